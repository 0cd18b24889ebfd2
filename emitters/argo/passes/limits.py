"""Pass `limits`: retries, deadlines, locks, and where pods run (mapping 10 and 11)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.names import key_name
from emitters.argo.plan import Body, Leaf, PassContext, Plan
from migrate.diagnostics import argo_limits as found
from migrate.ir.actions import Command, Container, Hosted, Resource, Sql
from migrate.ir.workflow import Group, Retry, Task

POOLS = "airflow-pools"
FOR_GOOD = "lastRetry.exitCode != '100'"
DAY = 86400.0
START = 600
"""Seconds that a pod may need besides its task, when the runner in it counts the task's own time."""
DEFAULT_PRIORITY = 1


def limits(plan: Plan, context: PassContext) -> Plan:
    """Before: template `load` of a task with 2 retries after 5 minutes, a timeout and the pool `db`.

    After: it has `retryStrategy {limit: 2, backoff {duration: 300}}`, `activeDeadlineSeconds` and
    `synchronization.semaphores` on the key `db` of ConfigMap `airflow-pools`.
    """
    leaves = tuple(x if x.helper else _limited(plan, context, x) for x in plan.leaves)
    bodies = tuple(_group(body) for body in plan.bodies)
    return replace(plan, leaves=leaves, bodies=bodies)


def _group(body: Body) -> Body:
    node = body.node
    if not isinstance(node, Group) or node.retry.limit <= 0:
        return body
    return replace(body, retry=retry_strategy(node.retry, expression=None))


def _limited(plan: Plan, context: PassContext, leaf: Leaf) -> Leaf:
    task, template = leaf.ctx.task, leaf.template.model_copy()
    where: dict[str, Any] = {"span": task.span, "workflow": plan.workflow.id, "task": task.id}
    waits = template.suspend is not None
    if task.retry.limit > 0 and not waits:
        if template.retry_strategy is None:
            own_codes = not isinstance(task.action, Container | Resource) and not (template.resource or template.http)
            template.retry_strategy = retry_strategy(task.retry, FOR_GOOD if own_codes else None)
        if task.retry.factor > 1:
            context.sink.add(found.NoJitter(**where))
    if task.timeout and not waits:
        seconds = math.ceil(task.timeout) + (START if leaf.ctx.own_clock else 0)
        given = template.active_deadline_seconds
        template.active_deadline_seconds = min(seconds, given) if isinstance(given, int) else seconds
        if not leaf.ctx.own_clock:
            context.sink.add(found.DeadlineCountsStart(**where))
    _locks(plan, context, leaf, template, where)
    _placement(context, task, template, where)
    if context.config.gke_workload_identity and uses_google(task):
        template.init_containers = [wait_for_metadata(context), *(template.init_containers or [])]
    return replace(leaf, template=template)


def retry_strategy(retry: Retry, expression: str | None) -> m.RetryStrategy:
    """Retries as the source counts them: `limit` further tries, a wait before each."""
    backoff = None
    if retry.delay > 0:
        backoff = m.Backoff(duration=str(math.ceil(retry.delay)))
        if retry.factor > 1:
            backoff.factor = max(2, round(retry.factor))
            backoff.cap = str(math.ceil(retry.max_delay or DAY))
    return m.RetryStrategy(limit=str(retry.limit), retry_policy="Always", expression=expression, backoff=backoff)


def _locks(plan: Plan, context: PassContext, leaf: Leaf, template: m.Template, where: dict[str, Any]) -> None:
    wanted = leaf.ctx.task.limits
    semaphores, mutexes = [], []
    if wanted.pool and wanted.pool != "default_pool":
        leaf.ctx.needs.pools.add(wanted.pool)
        semaphores.append(_semaphore(POOLS, key_name(wanted.pool)))
        if wanted.pool not in context.config.pools:
            context.sink.add(found.PoolSize(pool=wanted.pool, **where))
    if wanted.pool_slots > 1:
        context.sink.add(found.PoolSlots(slots=wanted.pool_slots, **where))
    if wanted.over_all_runs == 1:
        mutexes.append(m.Mutex(name=f"{plan.slug}.{leaf.template.name}"))
    elif wanted.over_all_runs:
        semaphores.append(_semaphore(f"{plan.slug}-limits", leaf.template.name))
    if wanted.per_run == 1:
        mutexes.append(m.Mutex(name=f"{{{{workflow.name}}}}.{leaf.template.name}"))
    elif wanted.per_run:
        context.sink.add(found.InstancesPerRun(count=wanted.per_run, **where))
    if wanted.priority not in (None, DEFAULT_PRIORITY):
        context.sink.add(found.NoPriority(priority=wanted.priority or 0, **where))
    if semaphores or mutexes:
        template.synchronization = m.Synchronization(semaphores=semaphores or None, mutexes=mutexes or None)


def _semaphore(config_map: str, key: str) -> m.SemaphoreRef:
    return m.SemaphoreRef(config_map_key_ref=m.KeyRef(name=config_map, key=key))


def own_limits(plan: Plan) -> dict[str, str]:
    """Keys of ConfigMap `<slug>-limits`: how many instances of a task may run at once over all runs."""
    sizes = {}
    for leaf in plan.leaves:
        count = leaf.ctx.task.limits.over_all_runs
        if count and count > 1 and not leaf.helper:
            sizes[leaf.template.name] = str(count)
    if (plan.workflow.max_active_runs or 16) not in (1, 16):
        sizes["runs"] = str(plan.workflow.max_active_runs)
    return sizes


def _placement(context: PassContext, task: Task, template: m.Template, where: dict[str, Any]) -> None:
    queue = task.limits.queue
    if queue and queue != "default":
        target = context.config.queues.get(queue)
        if target is None:
            context.sink.add(found.QueueUnknown(queue=queue, **where))
        else:
            template.node_selector = {**target.node_selector, **(template.node_selector or {})} or None
            template.tolerations = [*(template.tolerations or []), *target.tolerations] or None
            template.affinity = template.affinity or target.affinity or None
            template.priority_class_name = template.priority_class_name or target.priority_class


def uses_google(task: Task) -> bool:
    """Whether the task's pod talks to Google Cloud."""
    action = task.action
    if isinstance(action, Container):
        return action.service == "gke"
    if isinstance(action, Sql):
        return action.dialect == "bigquery"
    if isinstance(action, Command):
        return action.tool in ("gcloud", "bq", "gsutil", "bigquery")
    return isinstance(action, Hosted) and ".google." in action.cls


def wait_for_metadata(context: PassContext) -> m.Container:
    """An init container that waits until the pod's identity is served: in a pod's first seconds it is not."""
    address = "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token"
    ask = f"curl -sf -H 'Metadata-Flavor: Google' {address} -o /dev/null"
    return m.Container(
        name="wait-metadata",
        image=context.config.images["curl"],
        command=["sh", "-c"],
        args=[f"for i in $(seq 1 30); do {ask} && exit 0; sleep 1; done; exit 1"],
    )
