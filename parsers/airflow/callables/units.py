"""Callable values -> CodeUnit."""

from __future__ import annotations

from migrate.ir.actions import CodeUnit
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject, Value


class CodeBuilder:
    """Makes code units; one per DAG, it remembers what it made."""

    def __init__(self, context: DagContext) -> None:
        self.context = context

    def unit(self, value: Value, task: TaskObject | None = None, name: str = "python_callable") -> CodeUnit | None:
        """The code of a callable value; None (with a finding) when it has no source that can be taken along."""
        return None


def code_unit(
    value: Value, context: DagContext, task: TaskObject | None = None, name: str = "python_callable"
) -> CodeUnit | None:
    """As `CodeBuilder.unit`, with the context's builder."""
    if context.code is None:
        context.code = CodeBuilder(context)
    return context.code.unit(value, task, name)
