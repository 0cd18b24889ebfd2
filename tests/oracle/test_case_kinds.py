"""The recorded cases of Airflow hold enough of each kind: what runs beside or after other runs is easily forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "airflow"
ENOUGH = 3
KINDS = {
    "sensors": r"\b(?!External)\w+Sensor\(|@task\.sensor",
    "TriggerDagRun that waits": r"TriggerDagRunOperator(?s:.)*wait_for_completion=True",
    "TriggerDagRun that does not wait": r"^(?s:(?=.*TriggerDagRunOperator\()(?!.*wait_for_completion=True))",
    "ExternalTaskSensor across two DAGs": r"ExternalTaskSensor\(",
    "LatestOnly": r"LatestOnlyOperator\(",
    "setup and teardown": r"@teardown|as_teardown\(",
    "pools": r"pool=",
    "max_active_tasks": r"max_active_tasks=",
    "max_active_tis_per_dag": r"max_active_tis_per_dag(run)?=",
    "max_active_runs": r"max_active_runs=\d",
    "depends_on_past": r"depends_on_past\"?[=:] ?True",
    "callbacks of tasks": r"\bti\b(?s:.)*on_(success|failure|retry|execute|skipped)_callback|on_\w+_callback(?s:.)*\bti\b",
    "callbacks of runs": r"(dag_run|run_note|Chat\()(?s:.)*on_(success|failure)_callback=",
}


def found(pattern: str) -> list[str]:
    """Folders whose DAG file has the pattern."""
    return [p.parent.name for p in sorted(CASES.glob("*/dag.py")) if re.search(pattern, p.read_text())]


def backfills() -> Iterator[str]:
    """Folders with a run by hand, for a past date, of a DAG that has a schedule."""
    for path in sorted(CASES.glob("*/run.json")):
        spec = json.loads(path.read_text())
        source = (path.parent / "dag.py").read_text()
        if spec.get("trigger", "manual") == "manual" and re.search(r"\bschedule=(?!None)", source):
            yield path.parent.name


@pytest.mark.parametrize("kind", KINDS)
def test_enough_cases(kind: str) -> None:
    folders = found(KINDS[kind])
    assert len(folders) >= ENOUGH, f"{kind}: only {folders}"


def test_enough_backfills() -> None:
    assert len(list(backfills())) >= ENOUGH


def test_runs_that_follow_each_other() -> None:
    several = [p.parent for p in CASES.glob("*/run.json") if json.loads(p.read_text()).get("n_runs", 1) > 1]
    past = [p for p in several if re.search(KINDS["depends_on_past"], (p / "dag.py").read_text())]
    assert len(several) >= ENOUGH and past
