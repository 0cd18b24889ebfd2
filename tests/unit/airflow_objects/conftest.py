from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.source import SourceFile
from parsers.airflow.evaluator.values import DagObject
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs


@dataclass
class Result:
    """What one DAG file gave."""

    dags: dict[str, DagObject]
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def dag(self) -> DagObject:
        """The only DAG."""
        (dag,) = self.dags.values()
        return dag

    @property
    def tasks(self) -> list[str]:
        return list(self.dag.tasks)

    @property
    def edges(self) -> list[str]:
        """`a>b`, sorted."""
        return sorted(f"{above}>{task.task_id}" for task in self.dag.tasks.values() for above in task.upstream)

    def codes(self) -> list[str]:
        return [f.code for f in self.findings]


Evaluate = Callable[..., Result]


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    """Evaluates the text of a DAG file; `files` are further files beside it; other keywords go to the inputs."""

    def run(text: str, files: dict[str, str] | None = None, imports: str = "", **inputs: Any) -> Result:
        root = tmp_path / "dags"
        root.mkdir(exist_ok=True)
        head = "from datetime import datetime, timedelta\nfrom airflow import DAG\n" + (
            imports and dedent(imports) + "\n"
        )
        for name, content in {"main_dag.py": head + dedent(text), **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(content), encoding="utf-8")
        plugins = tuple(p for p in [root / "plugins"] if p.is_dir())
        front = AirflowFrontEnd(AirflowInputs(roots=(root,), plugins=plugins, **inputs))
        sink = Sink()
        dags = front.evaluate(SourceFile(root, (root / "main_dag.py").resolve(), "main_dag.py"), sink)
        return Result({dag.dag_id: dag for dag in dags}, sink.all())

    return run
