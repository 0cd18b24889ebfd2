"""Tasks that do nothing."""

from __future__ import annotations

from migrate.ir.actions import CodeUnit, Noop, Python
from migrate.ir.workflow import Handler
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator


@operator(
    "airflow.operators.empty.EmptyOperator",
    "airflow.operators.dummy.DummyOperator",
    "airflow.operators.dummy_operator.DummyOperator",
    "airflow.providers.standard.operators.empty.EmptyOperator",
    "airflow.providers.standard.operators.smooth.SmoothOperator",
    "airflow.operators.smooth.SmoothOperator",
)
def empty(args: Arguments) -> Noop:
    """Needs no pod."""
    return Noop()


def called_back(action: Noop, handlers: tuple[Handler, ...]) -> Noop | Python:
    """The action of an empty task with these callbacks. Airflow's scheduler marks an empty task as done by itself,
    unless it has a callback of its start or its success: then it is started like any other (`models/dagrun.py`)."""
    started = any(h.event in ("execute", "success") and isinstance(h.action, Python) for h in handlers)
    if not started:
        return action
    code = CodeUnit(source="def nothing():\n    pass\n", entry="nothing", context=())
    return Python(code=code, pass_context=False)
