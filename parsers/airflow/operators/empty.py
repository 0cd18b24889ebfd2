"""Tasks that do nothing."""

from __future__ import annotations

from migrate.ir.actions import Noop
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
