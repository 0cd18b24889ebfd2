"""pendulum: times, zones and durations; the clock stays symbolic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.values import ClassMember, Native, Value
from parsers.airflow.overlays import pendulum_parse
from parsers.airflow.overlays import pendulum_values as pv
from parsers.airflow.overlays.clock import DATE, DATETIME, TIME, TIMEDELTA, TZINFO, ZONE
from parsers.airflow.overlays.pendulum_duration import UNITS, WEEKDAYS, Duration, Interval
from parsers.airflow.overlays.plain import NOT_KNOWN, lower, model_type, pure
from parsers.airflow.overlays.registry import overlay
from parsers.airflow.overlays.symbolic_time import ZonedTime, clock
from parsers.airflow.overlays.zones import any_zone, zone_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _clock(name: str, days: int = 0, truncate: Any = None) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        zone = args[0] if args else kwargs.get("tz", "UTC")
        value = clock(interp, f"pendulum.{name}()", site, zone, truncate, ZonedTime)
        if days:
            return interp.binary("+", value, dt.timedelta(days=days), site)
        return value

    return Native(f"pendulum.{name}", call)


CLOCKS = {
    "now": _clock("now"),
    "today": _clock("today", truncate="day"),
    "yesterday": _clock("yesterday", -1, "day"),
    "tomorrow": _clock("tomorrow", 1, "day"),
}
_METHODS = (
    "add subtract in_timezone in_tz naive set on at start_of end_of next previous first_of last_of diff "
    "is_same_day format "
    "to_date_string to_time_string to_datetime_string to_day_datetime_string to_formatted_date_string "
    "to_iso8601_string "
    "to_rfc3339_string to_atom_string astimezone replace"
)
_ATTRIBUTES = (
    "tz timezone timezone_name offset offset_hours int_timestamp float_timestamp day_of_week day_of_year week_of_year "
    "week_of_month days_in_month quarter"
)
DATE_TIME = model_type(
    pv.DateTime,
    "pendulum.DateTime",
    bases=(DATETIME,),
    methods=_METHODS,
    attributes=_ATTRIBUTES,
    make=pv.DateTime,
    namespace={n: ClassMember("staticmethod", native) for n, native in CLOCKS.items()},
)
DURATION = model_type(
    Duration,
    "pendulum.Duration",
    bases=(TIMEDELTA,),
    methods="in_weeks in_days in_hours in_minutes in_seconds total_minutes total_hours total_days total_weeks as_timedelta",  # noqa: E501
    attributes="years months hours minutes remaining_seconds",
)


def _range(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`interval.range("days", 2)`: the moments from its start to its end."""
    interval = args[0]
    unit = lower(args[1] if len(args) > 1 else kwargs.get("unit", "days"))
    amount = lower(args[2] if len(args) > 2 else kwargs.get("amount", 1))
    if isinstance(unit, NOT_KNOWN) or isinstance(amount, NOT_KNOWN):
        return interp.unknown(
            "the step of an interval is not known", site, unit if isinstance(unit, NOT_KNOWN) else amount
        )
    if f"{unit}".rstrip("s") not in UNITS[:7] or not isinstance(amount, int) or amount < 1:
        raise interp.error("ValueError", f"the unit {unit!r} is not supported")
    sign = 1 if interval.start <= interval.end else -1

    def moments() -> Iterator[Value]:
        step, moment = 0, pv.DateTime.of(interval.start)
        while sign * (interval.end - moment).total_seconds() >= 0:
            interp.meter.step()
            yield moment
            step += amount
            moment = pv.DateTime.of(interval.start).add(**{f"{str(unit).rstrip('s')}s": sign * step})

    return Stream(moments())


INTERVAL = model_type(
    Interval,
    "pendulum.Interval",
    bases=(DURATION,),
    methods="in_months in_years",
    attributes="start end",
    namespace={
        "range": Native("Interval.range", _range),
        "__iter__": Native("Interval.__iter__", lambda i, a, k, s: _range(i, a, {"unit": "days"}, s)),
        "__contains__": pure(
            "Interval.__contains__", lambda interval, moment: interval.start <= moment <= interval.end
        ),
    },
)


def _date(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, day)


def _from_timestamp(stamp: float, tz: Any = "UTC") -> pv.DateTime:
    return pv.DateTime.of(dt.datetime.fromtimestamp(stamp, any_zone(tz)))


def _functions() -> dict[str, Value]:
    return {
        "datetime": pure("pendulum.datetime", pendulum_parse.make),
        "create": pure("pendulum.create", pendulum_parse.make),
        "local": pure("pendulum.local", lambda *args: pendulum_parse.make(*args)),
        "naive": pure("pendulum.naive", lambda *args, **kw: pendulum_parse.make(*args, **{**kw, "tz": None})),
        "parse": pure("pendulum.parse", pendulum_parse.parse),
        "from_format": pure("pendulum.from_format", pendulum_parse.from_format),
        "instance": pure("pendulum.instance", pendulum_parse.instance),
        "from_timestamp": pure("pendulum.from_timestamp", _from_timestamp),
        "date": pure("pendulum.date", _date),
        "time": pure("pendulum.time", lambda h, m=0, s=0, us=0: dt.time(h, m, s, us)),
        "duration": pure("pendulum.duration", Duration),
        "interval": pure("pendulum.interval", _interval),
        "period": pure("pendulum.period", _interval),
        "timezone": pure("pendulum.timezone", any_zone),
    }


def _interval(start: Any, end: Any = None, absolute: bool = False, **units: Any) -> Duration:
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        return pv.DateTime.of(start).diff(end, absolute)
    return Duration(start, **units)


@overlay("pendulum", "pendulum.datetime", "pendulum.date", "pendulum.duration")
def pendulum_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """Everything that DAG files take from pendulum."""
    days = {n.upper(): i for i, n in enumerate(WEEKDAYS)}
    return {
        **_functions(),
        **CLOCKS,
        **days,
        "DateTime": DATE_TIME,
        "Date": DATE,
        "Time": TIME,
        "Duration": DURATION,
        "Interval": INTERVAL,
        "Period": INTERVAL,
        "Timezone": ZONE,
        "Pendulum": DATE_TIME,
        "UTC": zone_of("UTC"),
        "tz": interp.import_module("pendulum.tz"),
    }


@overlay("pendulum.tz", "pendulum.tz.timezone")
def tz_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """pendulum.tz."""
    return {
        "timezone": pure("pendulum.timezone", any_zone),
        "UTC": zone_of("UTC"),
        "Timezone": ZONE,
        "FixedTimezone": pure("pendulum.FixedTimezone", lambda offset: dt.timezone(dt.timedelta(seconds=offset))),
        "tzinfo": TZINFO,
    }
