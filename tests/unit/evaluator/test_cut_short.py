"""A DAG that evaluation gives up on while it makes thousands of tasks becomes one failing step."""

from __future__ import annotations

from pathlib import Path

from migrate.diagnostics.base import Sink
from migrate.ir.actions import Unconverted
from parsers.airflow.evaluator.budget import Budgets
from parsers.airflow.frontend import AirflowFrontEnd, discover
from parsers.airflow.inputs import AirflowInputs

SOURCE = """
from airflow import DAG
from airflow.operators.bash import BashOperator
with DAG("big", schedule=None) as dag:
    for i in range(10**9):
        BashOperator(task_id=f"t{i}", bash_command="true")
"""


def test_a_failing_step_stands_for_the_dag(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text(SOURCE)
    inputs = AirflowInputs(roots=(tmp_path,), budgets=Budgets(items=2_500))
    front, sink = AirflowFrontEnd(inputs), Sink()
    flows = [flow for file in discover(inputs, sink) for flow in front.read(file, sink)]
    assert [flow.id for flow in flows] == ["big"]
    assert [type(task.action) for task in flows[0].tasks()] == [Unconverted]
    assert [d.code for d in sink.all()] == ["BUD007", "BUD003"]


def test_assets_are_functions(tmp_path: Path) -> None:
    (tmp_path / "assets.py").write_text(
        "from airflow.sdk import asset\n\n@asset(schedule=None)\ndef one():\n    print(1)\n\n"
        "@asset(schedule=None)\ndef two(context, one):\n    print(one)\n"
    )
    inputs = AirflowInputs(roots=(tmp_path,), airflow_version="3.1")
    front, sink = AirflowFrontEnd(inputs), Sink()
    flows = [flow for file in discover(inputs, sink) for flow in front.read(file, sink)]
    assert [t.action.kind for flow in flows for t in flow.tasks()] == ["python", "python"]
    assert [(d.code, d.task) for d in sink.all() if d.severity.value == "manual"] == [("OPS024", "two")]
