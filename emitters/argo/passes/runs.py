"""Pass `runs`: what holds for a run as a whole: deadline, tasks at once, runs at once (mapping 9 to 11)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.plan import PassContext, Plan
from migrate.diagnostics.argo_limits import ActiveTasks
from migrate.diagnostics.argo_rules import FailFast
from migrate.ir.schedule import Schedule


def runs(plan: Plan, context: PassContext) -> Plan:
    """Before: a workflow with a run timeout of an hour, at most 4 tasks at once, and one run at a time.

    After: `activeDeadlineSeconds: 3600`, `parallelism: 4`, and a mutex named like the workflow.
    """
    workflow = plan.workflow
    fields: dict[str, Any] = {}
    where: dict[str, Any] = {"span": workflow.span, "workflow": workflow.id}
    if workflow.timeout:
        fields["active_deadline_seconds"] = math.ceil(workflow.timeout)
    if (
        workflow.max_active_tasks is not None
        and workflow.max_active_tasks != context.config.deployment.max_active_tasks
    ):
        fields["parallelism"] = workflow.max_active_tasks
        context.sink.add(ActiveTasks(count=workflow.max_active_tasks, **where))
    if workflow.fail_fast:
        context.sink.add(FailFast(**where))
    pull = sorted(
        {s for leaf in plan.leaves for s in leaf.ctx.needs.image_pull_secrets} | set(context.config.image_pull_secrets)
    )
    if pull:
        fields["image_pull_secrets"] = [{"name": s} for s in pull]
    for leaf in plan.leaves:
        for name, value in leaf.ctx.workflow_fields.items():
            if name != "imagePullSecrets":  # they are joined above
                fields.setdefault(name, value)
    return replace(plan, fields=fields, synchronization=run_lock(plan))


def run_lock(plan: Plan) -> m.Synchronization | None:
    """The lock that keeps the number of runs at once."""
    workflow = plan.workflow
    count = workflow.max_active_runs
    queued = workflow.depends_on_past or any(t.depends_on_past for t in workflow.tasks())
    if queued or (count == 1 and not drops_ticks(workflow.schedule, count)):
        return m.Synchronization(mutexes=[m.Mutex(name=plan.slug)])
    if count is not None and count not in (1, 16):
        ref = m.SemaphoreRef(config_map_key_ref=m.KeyRef(name=f"{plan.slug}-limits", key="runs"))
        return m.Synchronization(semaphores=[ref])
    return None


def drops_ticks(schedule: Schedule | None, max_active_runs: int | None) -> bool:
    """Whether a tick is dropped while a run is active (`concurrencyPolicy: Forbid`), instead of queued."""
    if schedule is None:
        return False
    return schedule.skip_if_running or (max_active_runs == 1 and not schedule.catchup)
