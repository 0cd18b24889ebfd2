"""Template text -> Expr."""

from __future__ import annotations

from migrate.ir import exprs
from migrate.ir.exprs import Expr
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject


def has_template(text: str) -> bool:
    """Whether Jinja would change `text` (apart from its last newline)."""
    return "{{" in text or "{%" in text or "{#" in text


def parse_template(text: str, context: DagContext, task: TaskObject | None = None) -> Expr:
    """`text` as Airflow renders it in a template field."""
    if not has_template(text):
        return exprs.Literal(value=text)
    return exprs.Template(text=text)


def parse_concat(expr: exprs.Concat, context: DagContext, task: TaskObject | None = None) -> Expr:
    """Text put together from Jinja text and values of the run."""
    return expr
