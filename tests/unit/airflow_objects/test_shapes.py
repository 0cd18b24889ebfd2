"""Whole files in the shapes of real DAG files; the expected tasks and edges are those of Airflow 2.11."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.diagnostics.base import Severity

SHAPES = sorted((Path(__file__).parent / "shapes").glob("*.txt"))


@pytest.mark.parametrize("path", SHAPES, ids=lambda p: p.stem)
def test_structure_is_airflows(evaluate, path: Path) -> None:
    result = evaluate(path.read_text())
    found = {
        dag.dag_id: {task.task_id: sorted(task.downstream) for task in dag.tasks.values()}
        for dag in result.dags.values()
    }
    assert found == json.loads(path.with_suffix(".json").read_text())
    assert [f.code for f in result.findings if f.severity is not Severity.INFO and f.code != "VAR010"] == []
