"""DAG texts through the whole front end."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Sink
from migrate.ir.workflow import Workflow
from parsers.airflow.discover import discover
from parsers.airflow.frontend import AirflowFrontEnd
from parsers.airflow.inputs import AirflowInputs

HEAD = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.decorators import dag, task, task_group
from airflow.models.param import Param
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator, BranchPythonOperator, ShortCircuitOperator
from airflow.utils.task_group import TaskGroup
"""


class Read:
    """What came out of one text."""

    def __init__(self, workflows: list[Workflow], sink: Sink) -> None:
        self.workflows = workflows
        self.sink = sink

    @property
    def workflow(self) -> Workflow:
        assert len(self.workflows) == 1, [d.text for d in self.sink.all()]
        return self.workflows[0]

    def task(self, task_id: str) -> Any:
        return next(t for t in self.workflow.tasks() if t.id == task_id)

    def codes(self, *ignored: str) -> list[str]:
        return sorted({d.code for d in self.sink.all()} - {"TIM001", "OPS011", *ignored})

    def texts(self, code: str) -> list[str]:
        return [d.text for d in self.sink.all() if d.code == code]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """`read(text, files={name: text}, head=True, **inputs)`: the DAG file's text, with the usual imports before it."""

    def run(text: str, files: dict[str, str] | None = None, head: bool = True, **inputs: Any) -> Read:
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content), encoding="utf-8")
        (tmp_path / "the_dag.py").write_text((HEAD if head else "") + textwrap.dedent(text), encoding="utf-8")
        given = {"variables": {}, "env": {}, "connections": {}, **inputs}
        front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,), **given))
        sink = Sink()
        found = [f for f in discover(front.inputs, sink) if f.relative == "the_dag.py"]
        return Read([w for file in found for w in front.read(file, sink)], sink)

    return run
