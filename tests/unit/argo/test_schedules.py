from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import yaml

from emitters.argo.cron_patterns import NoPattern, cron4j_fires, croniter_fires
from emitters.argo.fire_times import fires_of
from emitters.argo.language import evaluate
from emitters.argo.ticks import rhythm_of
from emitters.argo.verify_times import argo_ticks, source_ticks
from migrate.ir.schedule import Continuous, Cron, Interval, Once, PeriodInterval, PointInterval, SessionInterval

UTC = dt.timezone.utc


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * 5-7", "0 0 * * 0,5,6"),
        ("0 0 * * 0-7", "0 0 * * *"),
        ("0 22-2 * * *", "0 0-2,22,23 * * *"),
        ("0 0 */2 * 1", "0 0 1-31/2 * 1"),
        ("@quarterly", "0 0 1 */3 *"),
        ("15 3 * * MON-FRI", "15 3 * * MON-FRI"),
        ("30 6 * * 1-5 0", "30 6 * * 1-5"),
        ("*/90 * * * *", "0 * * * *"),
    ],
)
def test_patterns(source: str, written: str) -> None:
    assert croniter_fires(source, "UTC").patterns == (written,)


@pytest.mark.parametrize("pattern", ["0 0 * * * */10", "0 0 15W * *", "0 0 * * * 0 2027", "H H * * *", "x"])
def test_patterns_that_argo_cannot_fire(pattern: str) -> None:
    with pytest.raises(NoPattern):
        croniter_fires(pattern, "UTC")


def held(when: str, days: list[dt.datetime]) -> list[int]:
    return [d.day for d in days if evaluate(when, {}, d)]


def test_last_day_and_nth_weekday() -> None:
    february = [dt.datetime(2026, 2, d, tzinfo=UTC) for d in range(1, 29)]
    assert held(croniter_fires("0 0 L * *", "UTC").when, february) == [28]
    assert held(croniter_fires("0 0 * * 1#2", "UTC").when, february) == [9]
    assert held(croniter_fires("0 0 * * L5", "UTC").when, february) == [27]
    assert held(croniter_fires("0 0 13,L * *", "UTC").when, february) == [13, 28]


def test_cron4j_wants_both_days() -> None:
    fires = cron4j_fires("0 0 13 * 5", "UTC")
    assert fires.patterns == ("0 0 13 * *",)
    assert held(fires.when, [dt.datetime(2026, m, 13, tzinfo=UTC) for m in (1, 2, 3)]) == [13, 13]


def emitted(fires: Any, zone: str, begin: dt.datetime, days: int) -> list[dt.datetime]:
    spec = {
        "schedules": list(fires.patterns),
        "timezone": zone,
        "when": f"{{{{= {fires.when} }}}}" if fires.when else "",
    }
    return argo_ticks({"spec": spec}, begin, begin + dt.timedelta(days=days))


@pytest.mark.parametrize(
    "pattern", ["30 2 * * *", "30 1 * * *", "0 0 * * *", "15 */2 * * *", "5 * * * *", "0 1,2,3 * * *"]
)
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney"])
def test_fire_times_around_clock_changes_are_airflows(pattern: str, zone: str) -> None:
    schedule = Cron(patterns=(pattern,), timezone=zone, interval=PeriodInterval())
    fires, _ = fires_of(schedule)
    for month in (3, 4, 10, 11):
        begin = dt.datetime(2026, month, 1, tzinfo=UTC)
        end = begin + dt.timedelta(days=32)
        want = []
        for tick in source_ticks(schedule, begin):
            if tick >= end:
                break
            want.append(tick)
        got = emitted(fires, zone, begin, 32)
        assert got == sorted(set(want)), (month, sorted(set(got) ^ set(want))[:3])


@pytest.mark.parametrize("dialect", ["cron4j", "croniter"])
@pytest.mark.parametrize(
    "pattern", ["0 2 * * *", "30 1 * * *", "15 2 * * *", "45 1 * * *", "0 */2 * * *", "30 7 * * 1"]
)
@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Antarctica/Troll"]
)
def test_clock_changes_of_any_step(zone: str, pattern: str, dialect: Any) -> None:
    rule: Any = SessionInterval(session=pattern, delay=0) if dialect == "cron4j" else PeriodInterval()
    schedule = Cron(patterns=(pattern,), timezone=zone, dialect=dialect, interval=rule)
    fires, _ = fires_of(schedule)
    for month in (3, 4, 9, 10, 11):
        begin = dt.datetime(2026, month, 1, tzinfo=UTC)
        end = begin + dt.timedelta(days=31)
        want = list(itertools.takewhile(lambda tick: tick < end, source_ticks(schedule, begin)))  # noqa: B023
        assert emitted(fires, zone, begin, 31) == sorted(set(want)), month


@pytest.mark.parametrize("seconds", [600, 2400, 3600, 5400, 21600, 25200, 86400, 259200, 604800])
def test_fixed_distances_keep_their_phase(seconds: int) -> None:
    start = dt.datetime(2024, 5, 1, 3, 20, tzinfo=UTC)
    schedule = Interval(seconds=seconds, start=start, interval=PointInterval())
    fires, zone = fires_of(schedule)
    begin = dt.datetime(2026, 3, 1, tzinfo=UTC)
    got = emitted(fires, zone, begin, 15)
    ticks = source_ticks(schedule, begin)
    assert got == [next(ticks) for _ in got]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize(
    ("delay", "pattern"), [(25200, "0 0 * * *"), (90000, "0 0 * * *"), (1800, "0 * * * *"), (3600, "0 0 * * 1")]
)
def test_session_delays_are_real_time(zone: str, delay: int, pattern: str) -> None:
    rule = SessionInterval(session=pattern, delay=delay)
    schedule = Cron(patterns=(pattern,), dialect="cron4j", timezone=zone, interval=rule)
    fires, _ = fires_of(schedule)
    sessions = Cron(patterns=(pattern,), timezone=zone, interval=PointInterval())
    begin = dt.datetime(2026, 3, 3, tzinfo=UTC)
    got = emitted(fires, zone, begin, 15)
    want = []
    for session in source_ticks(sessions, begin - dt.timedelta(days=9)):
        fire = session + dt.timedelta(seconds=delay)
        if fire >= begin + dt.timedelta(days=15):
            break
        if fire >= begin:
            want.append(fire)
    assert got == want


@pytest.mark.parametrize(
    ("pattern", "zone", "now", "last", "before"),
    [
        ("0 0 * * *", "UTC", "2024-03-10T06:30:00Z", "2024-03-10T00:00", "2024-03-09T00:00"),
        ("30 7 * * *", "Asia/Tokyo", "2024-03-10T06:30:00Z", "2024-03-09T22:30", "2024-03-08T22:30"),
        ("0 6 * * 1", "UTC", "2024-03-10T06:30:00Z", "2024-03-04T06:00", "2024-02-26T06:00"),
        ("0 6 * * 0", "America/New_York", "2024-03-10T06:30:00Z", "2024-03-03T11:00", "2024-02-25T11:00"),
        ("0 0 1 * *", "UTC", "2024-03-01T00:00:00Z", "2024-03-01T00:00", "2024-02-01T00:00"),
        ("0 3 28 * *", "Asia/Tokyo", "2024-03-10T06:30:00Z", "2024-02-27T18:00", "2024-01-27T18:00"),
        ("0 0 1 1 *", "UTC", "2024-03-10T06:30:00Z", "2024-01-01T00:00", "2023-01-01T00:00"),
        ("15 * * * *", "America/New_York", "2024-03-10T06:10:00Z", "2024-03-10T05:15", "2024-03-10T04:15"),
        ("*/20 * * * *", "UTC", "2024-03-10T06:10:00Z", "2024-03-10T06:00", "2024-03-10T05:40"),
    ],
)  # fmt: skip
def test_last_tick_as_an_expression(pattern: str, zone: str, now: str, last: str, before: str) -> None:
    rhythm = rhythm_of(pattern, zone)
    assert rhythm is not None
    assert evaluate(rhythm.tick(f"'{now}'"), {}) == f"{last}:00+00:00"
    assert evaluate(rhythm.tick(f"'{now}'", 1), {}) == f"{before}:00+00:00"


@pytest.mark.parametrize("pattern", ["0 0 * * 1-5", "0 6,18 * * *", "0 0 29 * *", "7 */5 * * *"])
def test_uneven_patterns_need_a_step(pattern: str) -> None:
    assert rhythm_of(pattern, "UTC") is None


def cron_of(written: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(written.files["cron-workflow.yaml"])["spec"]
    return found


def test_cron_workflow(make: Any, write: Any) -> None:
    schedule = Cron(patterns=("0 6 * * *",), timezone="Asia/Tokyo", interval=PeriodInterval())
    written = write(make.workflow(make.noop("a"), schedule=schedule, max_active_runs=1))
    spec = cron_of(written)
    assert spec == {
        "schedules": ["0 6 * * *"],
        "timezone": "Asia/Tokyo",
        "startingDeadlineSeconds": 3600,
        "concurrencyPolicy": "Forbid",
        "suspend": True,
        "workflowSpec": {"workflowTemplateRef": {"name": "sample"}},
    }
    assert {"SCH012", "SCH013", "SCH016"} <= written.codes()


def test_bounds_are_of_the_logical_time(make: Any, write: Any) -> None:
    start, end = dt.datetime(2027, 5, 1, tzinfo=UTC), dt.datetime(2027, 5, 3, tzinfo=UTC)
    schedule = Cron(patterns=("0 6 * * *",), start=start, end=end, interval=PeriodInterval())
    spec = cron_of(write(make.workflow(make.noop("a"), schedule=schedule)))
    assert spec["when"] == "{{= now() >= date('2027-05-02T06:00:00Z') }}"
    assert spec["stopStrategy"] == {"expression": "now() >= date('2027-05-04T06:00:00Z')"}


def test_catchup_queues_and_has_a_backfill(make: Any, write: Any) -> None:
    schedule = Cron(patterns=("@daily",), catchup=True, interval=PeriodInterval())
    written = write(make.workflow(make.noop("a"), schedule=schedule, max_active_runs=1))
    assert cron_of(written)["concurrencyPolicy"] == "Allow"
    assert written.template["spec"]["synchronization"] == {"mutexes": [{"name": "sample"}]}
    assert "backfill.yaml" in written.files


def test_once_and_continuous(make: Any, write: Any) -> None:
    once = write(make.workflow(make.noop("a"), schedule=Once(start=dt.datetime(2024, 1, 2, tzinfo=UTC))))
    parameters = yaml.safe_load(once.files["sample-once.yaml"])["spec"]["arguments"]["parameters"]
    assert parameters == [{"name": "logical-date", "value": "2024-01-02T00:00:00+00:00"}]
    assert cron_of(write(make.workflow(make.noop("a"), schedule=Continuous())))["concurrencyPolicy"] == "Forbid"


def test_an_hour_that_comes_twice_has_one_session() -> None:
    """Digdag takes the second one (`cron4j`); a pattern of every minute goes on through both."""

    def when(pattern: str, zone: str, delay: float = 600) -> str:
        rule = SessionInterval(session=pattern, delay=delay)
        schedule = Cron(text=pattern, patterns=(pattern,), timezone=zone, dialect="cron4j", interval=rule)
        return fires_of(schedule)[0].when

    assert "Add(duration('-600s')).Add(duration('1h')).Hour() !=" in when("0 * * * *", "Europe/Berlin")
    assert "Add(duration('1h')).Hour() !=" in when("*/15 * * * *", "Europe/Berlin", 0)
    assert [when("0 * * * *", "Asia/Tokyo"), when("* * * * *", "Europe/Berlin", 0)] == ["", ""]
