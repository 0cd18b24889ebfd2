"""Schedules in every form."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest


def schedule(read: Any, arguments: str, version: str = "2.11", head: str = "") -> Any:
    found = read(f"{head}\nwith DAG('d', {arguments}):\n    EmptyOperator(task_id='a')\n", airflow_version=version)
    schedule.found = found  # type: ignore[attr-defined]
    return found.workflow.schedule


START = "start_date=datetime(2024, 1, 1)"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("'5 4 * * 1-5'", "5 4 * * 1-5"),
        ("'@daily'", "0 0 * * *"),
        ("'@hourly'", "0 * * * *"),
        ("'@weekly'", "0 0 * * 0"),
        ("'@quarterly'", "0 0 1 */3 *"),
        ("'@yearly'", "0 0 1 1 *"),
    ],
)
def test_cron_and_presets(read: Any, text: str, pattern: str) -> None:
    two = schedule(read, f"{START}, schedule={text}")
    three = schedule(read, f"{START}, schedule={text}", "3.1")
    assert (two.kind, two.patterns, two.interval.kind, two.catchup) == ("cron", (pattern,), "period", True)
    assert (three.patterns, three.interval.kind, three.catchup) == ((pattern,), "point", False)


def test_schedule_interval_none_once_continuous(read: Any) -> None:
    assert schedule(read, f"{START}, schedule_interval=None") is None
    assert schedule(read, f"{START}, schedule='@once'").kind == "once"
    assert schedule(read, f"{START}, schedule='@continuous', max_active_runs=1").kind == "continuous"


def test_absent_schedule_depends_on_the_version(read: Any) -> None:
    two = schedule(read, START)
    assert (two.kind, two.seconds, two.interval.kind) == ("interval", 86400, "period")
    assert "SCH006" in schedule.found.codes()  # type: ignore[attr-defined]
    assert schedule(read, START, "3.1") is None


def test_durations(read: Any) -> None:
    assert schedule(read, f"{START}, schedule=timedelta(hours=6)").seconds == 21600
    found = schedule(
        read, f"{START}, schedule=relativedelta(months=1)", head="from dateutil.relativedelta import relativedelta"
    )
    assert (found.kind, found.months) == ("interval", 1)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("CronDataIntervalTimetable('0 3 * * *', timezone='Asia/Tokyo')", ("cron", "period", "Asia/Tokyo")),
        ("CronTriggerTimetable('0 3 * * *', timezone='UTC')", ("cron", "point", "UTC")),
        ("CronTriggerTimetable('0 3 * * *', timezone='UTC', interval=timedelta(days=1))", ("cron", "offset", "UTC")),
        ("MultipleCronTriggerTimetable('0 3 * * *', '0 5 * * *', timezone='UTC')", ("cron", "point", "UTC")),
        ("DeltaDataIntervalTimetable(timedelta(hours=1))", ("interval", "period", "UTC")),
        ("DeltaTriggerTimetable(timedelta(hours=1))", ("interval", "point", "UTC")),
    ],
)
def test_timetables(read: Any, call: str, expected: tuple[str, str, str]) -> None:
    head = """
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable, DeltaTriggerTimetable, MultipleCronTriggerTimetable
"""
    found = schedule(read, f"{START}, schedule={call}", head=head)
    assert (found.kind, found.interval.kind, found.timezone) == expected


def test_events_within_a_year(read: Any) -> None:
    head = "from airflow.timetables.events import EventsTimetable"
    found = schedule(
        read, f"{START}, schedule=EventsTimetable(event_dates=[datetime(2024,3,5,8,30), datetime(2024,4,1)])", head=head
    )
    assert found.patterns == ("30 8 5 3 *", "0 0 1 4 *")
    assert found.end == datetime(2024, 4, 1, tzinfo=timezone.utc)
    assert schedule(
        read, f"{START}, schedule=EventsTimetable(event_dates=[datetime(2024,3,5), datetime(2026,4,1)])", head=head
    ).kind == "unknown"  # fmt: skip


def test_own_timetable_is_reported(read: Any) -> None:
    head = """
from airflow.timetables.base import Timetable
class Mine(Timetable):
    def next_dagrun_info(self, **kw): ...
"""
    assert schedule(read, f"{START}, schedule=Mine()", head=head).kind == "unknown"
    assert "SCH009" in schedule.found.codes()  # type: ignore[attr-defined]


def test_data_sets(read: Any) -> None:
    head = """
from airflow.datasets import Dataset
from airflow.timetables.datasets import DatasetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable
A, B, C = Dataset("s3://a"), Dataset("s3://b"), Dataset("s3://c")
"""
    found = schedule(read, f"{START}, schedule=[A, B]", head=head)
    assert (found.kind, found.names, found.expression) == ("on-data", ("s3://a", "s3://b"), "s3://a & s3://b")
    found = schedule(read, f"{START}, schedule=(A | (B & C))", head=head)
    assert found.names == ("s3://a", "s3://b", "s3://c")
    assert found.expression == "s3://a | (s3://b & s3://c)"
    both = "DatasetOrTimeSchedule(timetable=CronTriggerTimetable('0 1 * * 3', timezone='UTC'), datasets=[A])"
    found = schedule(read, f"{START}, schedule={both}", head=head)
    assert (found.names, found.cron) == (("s3://a",), ("0 1 * * 3",))


def test_bounds_and_zone(read: Any) -> None:
    head = "import pendulum"
    found = schedule(
        read,
        "start_date=pendulum.datetime(2024, 1, 1, tz='Europe/Berlin'), end_date=datetime(2025, 1, 1), "
        "schedule='0 1 * * *', catchup=False",
        head=head,
    )
    assert found.timezone == "Europe/Berlin"
    assert found.start.utcoffset().total_seconds() == 3600
    assert found.end == datetime(2025, 1, 1, tzinfo=timezone.utc)
    assert not found.catchup
    naive = schedule(read, "default_args={'start_date': '2024-01-01'}, schedule='0 1 * * *'")
    assert (naive.timezone, naive.start) == ("UTC", datetime(2024, 1, 1, tzinfo=timezone.utc))


def test_moving_start_and_bad_schedule(read: Any) -> None:
    found = schedule(
        read, "start_date=days_ago(2), schedule='0 1 * * *'", head="from airflow.utils.dates import days_ago"
    )
    assert found.start is None
    assert "SCH040" in schedule.found.codes()  # type: ignore[attr-defined]
    assert schedule(read, f"{START}, schedule='every day'").kind == "unknown"
    assert "SCH041" in schedule.found.codes()  # type: ignore[attr-defined]
