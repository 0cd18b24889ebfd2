"""References to results of other tasks (`XComArg`) as expressions."""

from __future__ import annotations

from migrate.ir import exprs
from migrate.ir.exprs import Expr
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject, XComArg


def xcom_expr(value: XComArg, context: DagContext, task: TaskObject | None) -> Expr:
    """`task.output`, a TaskFlow result, `.map`/`.filter`/`.zip`/`.concat` of such."""
    if value.op == "pull" and value.task is not None:
        if not isinstance(value.key, str):
            return exprs.Opaque(why="the key of a result of another task is not known at conversion")
        return exprs.OutputRef(task=value.task.task_id, key=value.key, index=value.index)
    return exprs.Opaque(why=f"`{value.op}` of a result")
