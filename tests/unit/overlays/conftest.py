"""Evaluates short programs with the modelled modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.source import SourceFile
from parsers.airflow.deep import run_deep
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs


class Program:
    """The names of an evaluated module, and its findings."""

    def __init__(self, names: dict[str, Any], findings: list[Diagnostic]) -> None:
        self.names = names
        self.findings = findings

    def __getitem__(self, name: str) -> Any:
        return self.names[name]


@pytest.fixture
def evaluate(tmp_path: Path) -> Callable[..., Program]:
    """`evaluate(text, files={...}, env={...})`: the file is `dags/dag.py`, the files stand beside it."""

    def run(text: str, files: Mapping[str, str | bytes] | None = None, **inputs: Any) -> Program:
        folder = tmp_path / "dags"
        folder.mkdir(exist_ok=True)
        for name, content in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        source = folder / "dag.py"
        source.write_text(text)
        sink = Sink()
        front = AirflowFrontEnd(AirflowInputs(roots=(folder,), **inputs))
        module = run_deep(lambda: front.run_module(SourceFile(folder, source, "dag.py"), sink))
        assert module is not None
        return Program(module.attrs, sink.all())

    return run
