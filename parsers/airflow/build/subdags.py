"""SubDagOperator: the DAG inside becomes a nested group in the task's place."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from migrate.diagnostics.building import SubDagNested
from migrate.ir.exprs import OutputRef
from migrate.ir.workflow import Edge, Group, Task
from parsers.airflow.arguments import Arguments
from parsers.airflow.build.common import retry, trigger_rule
from parsers.airflow.build.edges import edges_of
from parsers.airflow.build.handlers import run_handlers, task_handlers
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import DagObject, Instance, TaskObject


def inner_dag(task: TaskObject) -> DagObject | None:
    """The DAG that a SubDagOperator runs; None for any other task."""
    if not task.cls.derives_from("SubDagOperator"):
        return None
    given = task.arguments.get("subdag")
    value = given.value.native if given is not None and isinstance(given.value, Instance) else given and given.value
    return value if isinstance(value, DagObject) else None


def subdag_group(
    context: DagContext, task: TaskObject, args: Arguments, inner: DagContext, nodes: tuple[Task | Group, ...]
) -> Group:
    """A group with the task's id and edges; the nodes of the inner DAG get the task's id as a prefix."""
    args.ignore_all("subdag", "session", "propagate_skipped_state", "conf", "pool", "queue", "owner", "priority_weight")
    args.ignore_all("execution_timeout", "executor_config", "depends_on_past", "wait_for_downstream", "do_xcom_push")
    context.report(SubDagNested, None, task, name=inner.dag.dag_id)
    inner_args = Arguments(dict(inner.dag.arguments), inner)
    ids = set(inner.dag.tasks) | set(inner.dag.groups)
    prefix = f"{task.task_id}."
    return Group(
        id=task.task_id,
        span=task.span,
        call_site=task.call_site,
        upstream=edges_of(context, task),
        rule=trigger_rule(args),
        retry=retry(args),
        handlers=(*task_handlers(context, task, args), *run_handlers(inner, inner_args)),
        nodes=tuple(_prefixed(node, prefix, ids) for node in nodes),
        operator=task.cls.name,
    )


def _prefixed(value: Any, prefix: str, ids: set[str]) -> Any:
    """A model with every id of the inner DAG moved below the outer task's id."""
    if isinstance(value, Edge):
        return value.model_copy(update={"node": prefix + value.node})
    if isinstance(value, OutputRef):
        moved = prefix + value.task if value.task in ids else value.task
        return value.model_copy(update={"task": moved, "default": _prefixed(value.default, prefix, ids)})
    if isinstance(value, Task | Group):
        changes = {name: _prefixed(getattr(value, name), prefix, ids) for name in type(value).model_fields}
        changes["id"] = prefix + value.id
        if isinstance(value, Task):
            changes["group"] = prefix + value.group if value.group else prefix.rstrip(".")
            changes["setups"] = tuple(prefix + name for name in value.setups)
        return value.model_copy(update=changes)
    if isinstance(value, BaseModel):
        return value.model_copy(
            update={name: _prefixed(getattr(value, name), prefix, ids) for name in type(value).model_fields}
        )
    if isinstance(value, tuple):
        return tuple(_prefixed(item, prefix, ids) for item in value)
    return value
