"""Values of odd types at the keys that shape a workflow, and time zones: what Digdag 0.10's own loader said of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from emitters.argo.cron_patterns import cron4j_fires
from migrate.portable import cron4j
from migrate.portable.digdag_duration import seconds_of
from migrate.portable.java_zones import named, tzinfo_of, zone_id
from parsers.digdag.dig_yaml import Reader
from parsers.digdag.errors import DigError
from parsers.digdag.schedules import NoCronError, read_schedule
from parsers.digdag.tree import DigWorkflow, compile_workflow

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def compiled(folder: Path, text: str) -> DigWorkflow:
    """The workflow of a text, its schedule read."""
    (folder / "main.dig").write_text(text)
    flow = compile_workflow(Reader(folder).load("main.dig"), "main.dig")
    if flow.schedule is not None:
        read_schedule(flow.schedule, flow.timezone)
    return flow


TWO = "+a:\n  echo>: a\n+b:\n  {}\n  echo>: b\n+c:\n  echo>: c\n"
BESIDE = "_parallel: true\n" + TWO
LIMITS = "_parallel: {{limit: {}}}\n+a: {{echo>: 1}}\n+b: {{echo>: 1}}\n+c: {{echo>: 1}}\n"


@pytest.mark.parametrize("key", ["schedule", "sla", "_error", "_check", "_retry", "_parallel"])
def test_null_at_the_top(tmp_path: Path, key: str) -> None:
    with pytest.raises(DigError):
        compiled(tmp_path, f"{key}: null\n+a:\n  echo>: x\n")


@pytest.mark.parametrize("value", ["true", "1", "x", "[]", "''", "[{daily>: '01:00:00'}]"])
def test_a_schedule_is_a_mapping(tmp_path: Path, value: str) -> None:
    with pytest.raises(DigError):
        compiled(tmp_path, f"schedule: {value}\n+a:\n  echo>: x\n")


@pytest.mark.parametrize("text", ["TRUE", "'TRUE'", "FALSE", "yes", "tRuE", "[]", "{}"])
@pytest.mark.parametrize("key", ["_background", "_disable"])
def test_no_booleans(tmp_path: Path, key: str, text: str) -> None:
    with pytest.raises(DigError):
        compiled(tmp_path, TWO.format(f"{key}: {text}"))


@pytest.mark.parametrize(
    ("text", "waits"),
    [("null", True), ("''", True), ("0", True), ("' false'", True), ("1", False), ("' true'", False)],
)
def test_booleans(tmp_path: Path, text: str, waits: bool) -> None:
    _, b, c = compiled(tmp_path, TWO.format(f"_background: {text}")).root.children
    assert [up.name for up in b.upstream] == (["+a"] if waits else [])
    assert [up.name for up in c.upstream] == (["+b"] if waits else ["+a", "+b"])


@pytest.mark.parametrize(
    ("limit", "size"), [("' 2'", 2), ("1.9", 1), ("''", 3), ("0", 3), ("-1", 3), ("'2'", 2), ("2", 2)]
)
def test_limits(tmp_path: Path, limit: str, size: int) -> None:
    children = compiled(tmp_path, LIMITS.format(limit)).root.children
    assert next((i for i, task in enumerate(children) if task.upstream), 3) == size


@pytest.mark.parametrize("limit", ["x", "true", "null", "[]", "'1.5'"])
def test_no_limits(tmp_path: Path, limit: str) -> None:
    with pytest.raises(DigError):
        compiled(tmp_path, LIMITS.format(limit))


def test_no_names_after(tmp_path: Path) -> None:
    assert compiled(tmp_path, BESIDE.format("_after: null")).root.children[1].upstream == []


@pytest.mark.parametrize("keys", ["_after: [+a]", "_after: +x", "_background: true", "bad: 1", "_error: {bad: 1}"])
@pytest.mark.parametrize("around", [TWO, BESIDE])
def test_a_disabled_task_has_no_keys(tmp_path: Path, keys: str, around: str) -> None:
    """Digdag drops all of them before it looks at any."""
    _, b, c = compiled(tmp_path, around.format(f"_disable: true\n  {keys}")).root.children
    assert [up.name for up in b.upstream] == ([] if around is BESIDE else ["+a"])
    assert [up.name for up in c.upstream] == ([] if around is BESIDE else ["+b"])


def test_names(tmp_path: Path) -> None:
    assert compiled(tmp_path, "+g:\n  +a^b:\n    echo>: 1\n").root.walk()[2].full_name == "+main+g+a^b"
    for text in ("+a^b:\n  echo>: 1\n", "+g:\n  +a+b:\n    echo>: 1\n"):
        with pytest.raises(DigError):
            compiled(tmp_path, text)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("''", "UTC"),
        ("' '", "UTC"),
        ("null", "UTC"),
        ("-1", "-01:00"),
        ("'+9'", "+09:00"),
        ("UTC+9", "UTC+09:00"),
        ("GMT-3", "GMT-03:00"),
        ("UT+1", "UT+01:00"),
        ("UTC-0", "UTC"),
        ("'+00:00'", "Z"),
        ("'+093015'", "+09:30:15"),
        ("' Asia/Tokyo '", "Asia/Tokyo"),
    ],
)
def test_zones(tmp_path: Path, given: str, known: str) -> None:
    assert compiled(tmp_path, f"timezone: {given}\n+a:\n  echo>: 1\n").timezone == known


@pytest.mark.parametrize(
    "given",
    ["EST", "MST", "HST", "ROC", "localtime", "'+9:30'", "'+100'", "+18:01", "9", "true", "JST", "UTC+", "../x"],
)
def test_no_zones(tmp_path: Path, given: str) -> None:
    with pytest.raises(DigError):
        compiled(tmp_path, f"timezone: {given}\n+a:\n  echo>: 1\n")


@pytest.mark.parametrize(
    ("zone", "session", "region"),
    [
        ("+09:00", "2026-03-01T15:00:00", "Etc/GMT-9"),
        ("GMT-03:00", "2026-03-01T03:00:00", "Etc/GMT+3"),
        ("UTC+09:00", "2026-03-01T00:00:00", "UTC"),
        ("+09:30", "2026-03-01T14:30:00", "Australia/Darwin"),
        ("+05:45", "2026-03-01T18:15:00", "Asia/Kathmandu"),
        ("+09:30:15", "2026-03-01T00:00:00", "UTC"),
    ],
)
def test_schedules_in_offsets(tmp_path: Path, zone: str, session: str, region: str) -> None:
    flow = compiled(tmp_path, f"timezone: '{zone}'\nschedule:\n  daily>: 01:00:00\n+a:\n  echo>: 1\n")
    assert flow.schedule is not None
    schedule = read_schedule(flow.schedule, flow.timezone)
    first = datetime.fromisoformat(session + "+00:00")
    assert schedule.pairs(START + timedelta(hours=1), 1) == [(first, first + timedelta(hours=1))]
    made = schedule.to_ir("")
    assert made.timezone == region


def test_an_offset_without_a_region(tmp_path: Path) -> None:
    flow = compiled(tmp_path, "timezone: +03:17\nschedule:\n  daily>: 01:00:00\n+a:\n  echo>: 1\n")
    assert flow.schedule is not None
    with pytest.raises(NoCronError):
        read_schedule(flow.schedule, flow.timezone).to_ir("")


@pytest.mark.parametrize("zone", ["Asia/Tehran", "Asia/Kabul", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Yangon"])
def test_steady_regions(zone: str) -> None:
    offset = tzinfo_of(zone).utcoffset(datetime(2026, 1, 1))
    assert offset == tzinfo_of(zone).utcoffset(datetime(2026, 7, 1))
    assert offset is not None
    assert (
        named(zone_id(f"+{int(offset.total_seconds()) // 3600:02}:{int(offset.total_seconds()) // 60 % 60:02}")) == zone
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1d 2h 3m 4s", 93784), ("1H", 3600), (" 5 m ", 300), ("1 day", None), ("1s 1m", None), ("5", None), ("", None)],
)
def test_durations(text: str, seconds: int | None) -> None:
    if seconds is not None:
        assert seconds_of(text) == seconds
        return
    with pytest.raises(ValueError):
        seconds_of(text)


@pytest.mark.parametrize("option", ["skip_delayed_by: 1 day", "skip_on_overtime: x"])
def test_skip_options_count_when_a_run_is_due(tmp_path: Path, option: str) -> None:
    """Digdag takes the project, lists the times, and starts nothing."""
    flow = compiled(tmp_path, f"schedule:\n  daily>: 01:00:00\n  {option}\n+a:\n  echo>: 1\n")
    assert flow.schedule is not None
    schedule = read_schedule(flow.schedule, "UTC")
    assert len(schedule.pairs(START, 2)) == 2
    with pytest.raises(NoCronError):
        schedule.to_ir("")


def test_delay_of_minutes(tmp_path: Path) -> None:
    flow = compiled(tmp_path, "schedule:\n  minutes_interval>: ' 30 '\n  delay: 60\n+a:\n  echo>: 1\n")
    assert flow.schedule is not None
    session, run = read_schedule(flow.schedule, "UTC").pairs(START, 1)[0]
    assert run - session == timedelta(seconds=60)


def test_times_after_the_last_year(tmp_path: Path) -> None:
    flow = compiled(tmp_path, "schedule:\n  seconds_interval>: 100000000000\n+a:\n  echo>: 1\n")
    assert flow.schedule is not None
    assert len(read_schedule(flow.schedule, "UTC").pairs(START, 9)) < 9


def test_days_that_february_does_not_have() -> None:
    """The 31st of February is the 3rd of March, so the days before it are passed over (seen in Digdag)."""
    zone = tzinfo_of("America/New_York")
    found = cron4j.next_time(cron4j.parse("0 0 */10 * *"), datetime(2026, 2, 28, 23, tzinfo=timezone.utc), zone)
    assert found == datetime(2026, 3, 11, 4, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("pattern", "patterns", "condition"),
    [
        ("0 0 */10 * *", ("0 0 1,11,21,31 1,2,4-12 *", "0 0 11,21,31 3 *"), False),
        ("0 0 */2 * *", ("0 0 */2 * *",), True),
        ("0 0 1 * *", ("0 0 1 * *",), False),
        ("0 0 */10 4-9 *", ("0 0 */10 4-9 *",), False),
    ],
)
def test_patterns_without_the_days_passed_over(pattern: str, patterns: tuple[str, ...], condition: bool) -> None:
    fires = cron4j_fires(pattern, "UTC")
    assert fires.patterns == patterns
    assert bool(fires.when) == condition
