"""`migrate inspect digdag`: which schedule times are listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from migrate.cli import cli

RECORDED = Path(__file__).resolve().parents[2] / "oracle" / "digdag"


def inspect(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["inspect", "digdag", str(folder), "--format", "json", "-q", *options])


@pytest.mark.parametrize("case", ["49-schedules-utc", "54-sla", "51-schedule-cron-corners"])
def test_times_from_a_date(case: Path) -> None:
    recorded = json.loads((RECORDED / case / "compiled.json").read_text())
    result = inspect(RECORDED / case, "--from", recorded["schedule_from"], "--times", "3", "--fail-on", "never")
    assert result.exit_code == 0, result.output
    found = {w["id"]: w["schedule"]["next"] for w in json.loads(result.stdout)["workflows"] if w["schedule"]}
    wanted = {w["workflow"]: w["schedule"]["next"][:3] for w in recorded["workflows"] if w.get("schedule")}
    assert wanted
    assert {name: found[name] for name in wanted} == wanted


def test_no_date(tmp_path: Path) -> None:
    (tmp_path / "w.dig").write_text("schedule:\n  daily>: 07:00:00\n+a:\n  echo>: x\n")
    result = inspect(tmp_path, "--from", "tomorrow")
    assert result.exit_code == 2
    assert "--from tomorrow" in result.output
    found = json.loads(inspect(tmp_path, "--from", "2026-03-01", "--times", "1").stdout)["workflows"][0]["schedule"]
    assert [p["run_time"] for p in found["next"]] == ["2026-03-01T07:00:00+00:00"]
