"""The step that watches a run: the moment, and when the run counts as over."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.runtime.conftest import RUNTIME


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Any:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(RUNTIME))
    monkeypatch.syspath_prepend(str(Path(RUNTIME).parents[2] / "migrate" / "portable"))
    import pod_scoped_late  # type: ignore[import-not-found]

    yield pod_scoped_late
    for name in set(sys.modules) - before:
        del sys.modules[name]


def seconds(hours: int, minutes: int = 0) -> int:
    return hours * 3600 + minutes * 60


@pytest.mark.parametrize(
    ("fired", "settings", "zone", "wanted"),
    [
        ("2026-03-02T07:00:00Z", {"duration": seconds(0, 5)}, "UTC", "2026-03-02T07:05:00+00:00"),
        ("2026-03-02T07:00:00Z", {"time": seconds(8)}, "UTC", "2026-03-02T08:00:00+00:00"),
        ("2026-03-02T07:00:00Z", {"time": seconds(2)}, "UTC", "2026-03-03T02:00:00+00:00"),
        ("2026-03-01T22:00:00Z", {"time": seconds(9)}, "Asia/Tokyo", "2026-03-02T00:00:00+00:00"),
        ("2026-03-02T07:00:00Z", {"time": seconds(25)}, "UTC", "2026-03-03T01:00:00+00:00"),
        ("2026-03-08T05:30:00Z", {"time": seconds(3)}, "America/New_York", "2026-03-08T07:00:00+00:00"),
    ],
)
def test_moment(late: Any, fired: str, settings: dict[str, int], zone: str, wanted: str) -> None:
    task = SimpleNamespace(settings=settings, zone=zone)
    made = {"metadata": {"creationTimestamp": fired}}
    scheduled = {
        "metadata": {
            "creationTimestamp": "2020-01-01T00:00:00Z",
            "annotations": {"workflows.argoproj.io/scheduled-time": fired},
        }
    }
    assert [late.moment(task, w).isoformat() for w in (made, scheduled)] == [wanted, wanted]


def test_over(late: Any) -> None:
    dag = [
        {"name": "a", "template": "a"}, {"name": "b", "template": "b", "depends": "a.Succeeded"},
        {"name": "watch-1", "template": "watch"}, {"name": "tell", "template": "t", "depends": "watch-1.Succeeded"},
        {"name": "end", "template": "n", "depends": "b.Succeeded && tell.Succeeded"},
        {"name": "watch", "template": "w", "depends": "a.Succeeded"},
    ]  # fmt: skip
    nodes: dict[str, Any] = {
        "r": {"id": "r", "templateName": "main", "phase": "Running"},
        "w": {"id": "w", "templateName": "watch", "boundaryID": "r", "displayName": "watch-1", "phase": "Running"},
        "a": {"id": "a", "templateName": "a", "boundaryID": "r", "displayName": "a", "phase": "Failed"},
    }
    workflow = {
        "status": {
            "nodes": nodes,
            "storedWorkflowTemplateSpec": {"templates": [{"name": "main", "dag": {"tasks": dag}}]},
        }
    }
    assert late.siblings(workflow, "main", "watch") == ["a", "b", "watch"]
    assert not late.finished(workflow, "watch")
    for name in ("b", "watch"):
        nodes[name] = {"id": name, "boundaryID": "r", "displayName": name, "phase": "Omitted"}
    assert late.finished(workflow, "watch")
