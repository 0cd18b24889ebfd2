"""One operator call through the whole front end."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Sink
from migrate.ir import exprs
from migrate.ir.workflow import Task
from parsers.airflow.discover import discover
from parsers.airflow.frontend import AirflowFrontEnd
from parsers.airflow.inputs import AirflowInputs


class One:
    """The task that came out of a call, its action and findings."""

    def __init__(self, tasks: list[Task], sink: Sink) -> None:
        self.tasks = tasks
        self.sink = sink

    @property
    def task(self) -> Task:
        return next(t for t in self.tasks if t.id == "t")

    @property
    def action(self) -> Any:
        return self.task.action

    def codes(self) -> list[str]:
        return sorted({d.code for d in self.sink.all() if d.task == "t"} - {"OPS011"})

    def texts(self, code: str) -> list[str]:
        return [d.text for d in self.sink.all() if d.code == code]


@pytest.fixture
def one(tmp_path: Path) -> Callable[..., One]:
    """`one(call, imports="", files={}, default_args={}, **inputs)`: a DAG with this call, whose task id must be `t`."""

    def run(
        call: str, imports: str = "", files: dict[str, str] | None = None, default_args: str = "{}", **inputs: Any
    ) -> One:
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content), encoding="utf-8")
        text = (
            "from datetime import datetime, time, timedelta\nfrom airflow import DAG\nfrom airflow.decorators import task\n"
            + textwrap.dedent(imports)
            + f"\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule='@daily', default_args={default_args}):\n"
            + textwrap.indent(textwrap.dedent(call), "    ")
        )
        (tmp_path / "the_dag.py").write_text(text, encoding="utf-8")
        front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,), **inputs))
        sink = Sink()
        files_found = [f for f in discover(front.inputs, sink) if f.relative == "the_dag.py"]
        return One([t for f in files_found for w in front.read(f, sink) for t in w.tasks()], sink)

    return run


def plain(expr: exprs.Expr | None) -> Any:
    """A constant expression's value; others by their kind."""
    if expr is None:
        return None
    return expr.value if isinstance(expr, exprs.Literal) else f"<{expr.kind}>"


@pytest.fixture
def value() -> Callable[[exprs.Expr | None], Any]:
    return plain
