"""Waits for a time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from migrate.diagnostics.waits import WaitFromStart
from migrate.ir import exprs
from migrate.ir.actions import Action, CodeUnit, Python, WaitTime
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.evaluator.values import Value
from parsers.airflow.operators._common import literal, poll
from parsers.airflow.operators.branch import use_logical, week_days, zone
from parsers.airflow.operators.hosted import hosted


@operator(
    "airflow.sensors.time_delta.TimeDeltaSensor",
    "airflow.sensors.time_delta.TimeDeltaSensorAsync",
    "airflow.sensors.time_delta_sensor.TimeDeltaSensor",
    "airflow.providers.standard.sensors.time_delta.TimeDeltaSensor",
    "airflow.providers.standard.sensors.time_delta.TimeDeltaSensorAsync",
)
def time_delta(args: Arguments) -> WaitTime | Action:
    """Waits until the end of the run's data interval plus `delta`."""
    seconds = _seconds(args.raw("delta"))
    if seconds is None:
        return hosted(args)
    _ignore(args)
    args.report(WaitFromStart)
    return WaitTime(until=exprs.TimeRef(of="interval_end", shifts=(exprs.TimeShift(seconds=seconds),)), poll=poll(args))


@operator("airflow.sensors.time_delta.WaitSensor", "airflow.providers.standard.sensors.time_delta.WaitSensor")
def wait(args: Arguments) -> WaitTime | Action:
    """Waits a length of time from the start of the task."""
    seconds = _seconds(args.raw("time_to_wait"))
    if seconds is None:
        return hosted(args)
    _ignore(args)
    return WaitTime(seconds=literal(seconds), poll=poll(args))


@operator(
    "airflow.sensors.time_sensor.TimeSensor",
    "airflow.sensors.time_sensor.TimeSensorAsync",
    "airflow.providers.standard.sensors.time.TimeSensor",
    "airflow.providers.standard.sensors.time.TimeSensorAsync",
)
def time_of_day(args: Arguments) -> WaitTime | Action:
    """Waits until that time of the current day in the DAG's time zone."""
    target = args.raw("target_time")
    if isinstance(target, datetime):
        target = target.timetz()
    if not isinstance(target, time):
        return hosted(args)
    _ignore(args)
    key = getattr(target.tzinfo, "key", None)
    text = target.replace(tzinfo=None, microsecond=0).isoformat()
    return WaitTime(time_of_day=text, zone=key if isinstance(key, str) else zone(args), poll=poll(args))


@operator(
    "airflow.sensors.date_time.DateTimeSensor",
    "airflow.sensors.date_time.DateTimeSensorAsync",
    "airflow.sensors.date_time_sensor.DateTimeSensor",
    "airflow.providers.standard.sensors.date_time.DateTimeSensor",
    "airflow.providers.standard.sensors.date_time.DateTimeSensorAsync",
)
def date_time(args: Arguments) -> WaitTime:
    """Waits until the time given, which may be a template."""
    _ignore(args)
    return WaitTime(until=args.expr("target_time"), poll=poll(args))


@operator(
    "airflow.sensors.weekday.DayOfWeekSensor",
    "airflow.contrib.sensors.weekday_sensor.DayOfWeekSensor",
    "airflow.providers.standard.sensors.weekday.DayOfWeekSensor",
)
def day_of_week(args: Arguments) -> Python:
    """Waits until it is one of the days, in the DAG's time zone."""
    looking = poll(args)
    given = {
        "days": week_days(args),
        "use_logical": use_logical(args, "use_task_execution_day"),
        "zone": zone(args) or "UTC",
    }
    return Python(
        code=CodeUnit(source=_IS_DAY, entry="is_day", context=("logical_date",)),
        mode="sensor",
        kwargs=tuple((name, literal(value)) for name, value in given.items()),
        poll=looking,
    )


_IS_DAY = """\
from datetime import datetime
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def is_day(days, use_logical, zone, logical_date=None, **context):
    moment = logical_date if use_logical else datetime.now(ZoneInfo(zone))
    return DAYS[moment.weekday()] in days
"""


def _seconds(value: Value) -> float | None:
    """A duration; whole numbers are minutes (standard provider)."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 60.0
    return None


def _ignore(args: Arguments) -> None:
    args.ignore_all("start_from_trigger", "end_from_trigger", "trigger_kwargs", "deferrable")
