"""`ti.xcom_pull(...)` in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from migrate.diagnostics.python_code import OtherRunsResult
from migrate.ir.exprs import Expr, Literal, OutputRef
from parsers.airflow.jinja.errors import CannotSayError

if TYPE_CHECKING:
    from parsers.airflow.evaluator.values import GroupObject
    from parsers.airflow.jinja.expressions import Converter


def pull(converter: Converter, node: nodes.Call) -> Expr:
    """One task, one key: a reference. Lists of tasks, mapped tasks and computed names are left to run time."""
    given = pull_arguments(converter, node)
    context = converter.context
    if given.get("dag_id") not in (None, context.dag.dag_id) or given.get("include_prior_dates"):
        place = converter.task.span if converter.task is not None else context.dag.span
        context.report(
            OtherRunsResult, place, converter.task, where="a template", text_of_call=f"xcom_pull({_shown(given)})"
        )
        raise CannotSayError("another run")
    task_ids = given.get("task_ids")
    key = given.get("key", "return_value")
    if not isinstance(task_ids, str) or not isinstance(key, str) or given.get("map_indexes") is not None:
        raise CannotSayError("xcom_pull")
    if task_ids not in context.dag.tasks:
        return Literal(value=given.get("default") if context.generation.major < 3 else None)
    if spreads(converter, task_ids):
        raise CannotSayError("a mapped task's results")
    default = given.get("default") if context.generation.major < 3 else None
    return OutputRef(task=task_ids, key=key, default=Literal(value=default) if default is not None else None)


def pull_arguments(converter: Converter, node: nodes.Call) -> dict[str, Any]:
    """The constant arguments by name."""
    args, kwargs = converter.arguments(node)
    order = ("task_ids", "dag_id", "key", "include_prior_dates")
    return {**dict(zip(order, args, strict=False)), **kwargs}


def spreads(converter: Converter, task_id: str) -> bool:
    """Whether a task has several instances: mapped, or inside a mapped group."""
    task = converter.context.dag.tasks[task_id]
    if task.mapping is not None:
        return True
    group: GroupObject | None = task.group
    while group is not None:
        if group.mapping is not None:
            return True
        group = group.parent
    return False


def _shown(given: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in given.items())
