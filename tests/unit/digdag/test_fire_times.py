"""The next 50 (session time, run time) pairs of every kind of schedule are those of Digdag 0.10 (recorded), around the
clock changes of several zones."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from parsers.digdag.dig_yaml import Reader
from parsers.digdag.errors import DigError
from parsers.digdag.schedules import read_schedule

RECORDED = json.loads((Path(__file__).resolve().parent / "fire_times_golden.json").read_text())
"""Zone, time from which, `schedule:` as written, and the pairs: first session (epoch seconds), delay of the runs, then
distances between sessions as [seconds, how often]; null where Digdag refuses the schedule."""


def sessions(pairs: dict[str, Any]) -> list[int]:
    """The recorded session times."""
    out = [] if pairs["first"] is None else [pairs["first"]]
    for step, count in pairs["steps"]:
        for _ in range(count):
            out.append(out[-1] + step)
    return out


def found(root: Path, zone: str, start: str, schedule: str) -> list[tuple[int, int]] | None:
    """Our pairs in epoch seconds; None where we refuse."""
    (root / "w.dig").write_text(f"schedule:\n{schedule}")
    after = datetime.fromisoformat(start.replace("Z", "+00:00"))
    try:
        pairs = read_schedule(Reader(root).load("w.dig")["schedule"], zone).pairs(after, 50)
    except DigError:
        return None
    return [(int(a.timestamp()), int(b.timestamp())) for a, b in pairs]


def test_pairs(tmp_path: Path) -> None:
    wrong = []
    for zone, start, schedule, pairs in RECORDED:
        got = found(tmp_path, zone, start, schedule)
        wanted = None if pairs is None else [(s, s + pairs["delay"]) for s in sessions(pairs)]
        if got != wanted:
            wrong.append((zone, start, schedule))
    assert wrong == []
    assert len(RECORDED) > 300
