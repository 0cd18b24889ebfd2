"""Tasks, parents, upstreams and schedules of `.dig` files are those of Digdag's own compiler."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Sink
from migrate.ir.structure import WorkflowStructure
from parsers.digdag.frontend import DigdagFrontEnd, DigdagInputs, discover_projects

HERE = Path(__file__).resolve().parent
CASES = sorted(p.parent for p in (HERE / "digdag").glob("*/compiled.json"))


def understood(folder: Path, start: datetime | None = None) -> tuple[dict[str, WorkflowStructure], Sink]:
    """Structure facts by file, and the findings."""
    inputs = DigdagInputs((folder,), start=start, count=50)
    front, sink, found = DigdagFrontEnd(inputs), Sink(), {}
    for file in discover_projects(inputs, sink):
        for facts in front.structure(file, sink):
            found[facts.source.file] = facts
    return found, sink


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_recorded_structure(case: Path) -> None:
    recorded = json.loads((case / "compiled.json").read_text())
    start = datetime.fromisoformat(recorded["schedule_from"].replace("Z", "+00:00"))
    found, sink = understood(case, start)
    for workflow in recorded["workflows"]:
        facts = found.get(workflow["file"])
        assert workflow["ok"] == (facts is not None), workflow.get("error")
        if facts is None:
            assert any(d.code == "DIG001" and d.span.file == workflow["file"] for d in sink.all())
            continue
        wanted = [
            (t["task"], t["parent"], sorted(t["upstream"]), t["type"], t.get("operator", "")) for t in workflow["tasks"]
        ]
        got = [(t.id, t.parent, list(t.upstream), t.kind, t.operator) for t in facts.tasks]
        assert got == wanted
        if workflow.get("schedule"):
            assert same_schedule(facts.schedule or {}, workflow["schedule"])


def same_schedule(got: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Patterns and the recorded times."""
    for key in ("type", "timezone", "session_cron", "delay_seconds", "run_cron", "run_second"):
        assert got[key] == wanted[key], key
    pairs = [(p["session_time"], p["run_time"]) for p in wanted["next"]]
    ours = [(p["session_time"], p["run_time"]) for p in got["next"]][: len(pairs)]
    return [tuple(map(datetime.fromisoformat, p)) for p in pairs] == [
        tuple(map(datetime.fromisoformat, p)) for p in ours
    ]


@pytest.mark.oracle
def test_against_the_compiler(digdag_compiler: tuple[str, str]) -> None:
    java, classes = digdag_compiler
    files = sorted(str(p) for case in CASES for p in case.glob("*.dig"))
    command = [java, "-cp", classes, "DigdagCompile", *files]
    out = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == len(files)
    for row in rows:
        path = Path(row["file"])
        found, _ = understood(path.parent)
        facts = found.get(path.name)
        if "error" in row:
            assert facts is None or "_parallel" in row["error"], row
            continue
        if facts is None:  # what only 0.10 or the scheduler refuses
            assert path.parent.name.startswith(("e", "51", "53")), path
            continue
        ids = [t["task"] for t in row["tasks"]]
        wanted = [(t["task"], t["group"], sorted(ids[u] for u in t["upstream"])) for t in row["tasks"]]
        assert [(t.id, t.kind == "group", list(t.upstream)) for t in facts.tasks] == wanted
