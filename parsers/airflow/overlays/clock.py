"""datetime, time and zoneinfo."""

from __future__ import annotations

import datetime as dt
import time
import zoneinfo
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import ClassMember, Native, Symbolic, Value
from parsers.airflow.overlays import symbolic_time
from parsers.airflow.overlays.plain import model_type, opaque_call, pure, pures
from parsers.airflow.overlays.registry import Hooks, make_class, overlay, register_class
from parsers.airflow.overlays.symbolic_time import ClockDate, clock
from parsers.airflow.overlays.zones import NamedZone, zone_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

SYMBOLIC = register_class(
    Symbolic,
    make_class(
        "symbolic",
        "migrate.symbolic",
        (),
        {
            "__add__": Native("time.__add__", symbolic_time.add),
            "__radd__": Native("time.__radd__", symbolic_time.add),
            "__sub__": Native("time.__sub__", symbolic_time.subtract),
            "__format__": Native("time.__format__", symbolic_time.formatted),
        },
    ),
)
Hooks.symbolic_member = symbolic_time.member
Hooks.symbolic_text = symbolic_time.as_text


def _static(name: str, function: Any) -> ClassMember:
    return ClassMember("staticmethod", Native(name, function))


def _now(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return clock(interp, "datetime.now()", site, args[0] if args else kwargs.get("tz"))


def _utcnow(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return clock(interp, "datetime.utcnow()", site)


def _today(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return clock(interp, "datetime.today()", site)


def _date_today(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return clock(interp, "date.today()", site, truncate="day", kind=ClockDate)


def _combine(date: dt.date, time_: dt.time, tzinfo: Any = Ellipsis) -> dt.datetime:
    zone = time_.tzinfo if tzinfo is Ellipsis else tzinfo
    return dt.datetime.combine(date, time_, tzinfo=zone)


def _from_timestamp(stamp: float, tz: dt.tzinfo | None = None) -> dt.datetime:
    if tz is None:
        return dt.datetime.fromtimestamp(stamp, dt.timezone.utc).replace(tzinfo=None)
    return dt.datetime.fromtimestamp(stamp, tz)


def _timestamp(value: dt.datetime) -> float:
    """Seconds since 1970; a naive time is taken as UTC, the zone that Airflow's images run in."""
    return (value if value.tzinfo is not None else value.replace(tzinfo=dt.timezone.utc)).timestamp()


TIMEDELTA = model_type(
    dt.timedelta,
    "datetime.timedelta",
    methods="total_seconds",
    attributes="days seconds microseconds",
    namespace={"min": dt.timedelta.min, "max": dt.timedelta.max, "resolution": dt.timedelta.resolution},
)
TZINFO = model_type(dt.tzinfo, "datetime.tzinfo", methods="utcoffset dst tzname fromutc")
TIMEZONE = model_type(dt.timezone, "datetime.timezone", bases=(TZINFO,), namespace={"utc": dt.timezone.utc})
ZONE = model_type(
    NamedZone,
    "zoneinfo.ZoneInfo",
    bases=(TZINFO,),
    methods="localize normalize convert",
    attributes="key name zone",
    make=zone_of,
)
DATE = model_type(
    dt.date,
    "datetime.date",
    methods="isoformat strftime weekday isoweekday isocalendar timetuple toordinal replace ctime",
    attributes="year month day",
    class_methods="fromisoformat fromordinal fromisocalendar",
    namespace={
        "today": _static("date.today", _date_today),
        "fromtimestamp": ClassMember(
            "staticmethod", pure("date.fromtimestamp", lambda stamp: _from_timestamp(stamp).date())
        ),
        "min": dt.date.min,
        "max": dt.date.max,
    },
)
TIME = model_type(
    dt.time,
    "datetime.time",
    methods="isoformat strftime replace utcoffset tzname dst",
    attributes="hour minute second microsecond tzinfo fold",
    class_methods="fromisoformat",
    namespace={"min": dt.time.min, "max": dt.time.max},
)
DATETIME = model_type(
    dt.datetime,
    "datetime.datetime",
    bases=(DATE,),
    methods="isoformat strftime weekday isoweekday isocalendar timetuple utctimetuple toordinal replace ctime date time "  # noqa: E501
    "timetz utcoffset tzname dst",
    attributes="year month day hour minute second microsecond tzinfo fold",
    class_methods="fromisoformat strptime fromordinal fromisocalendar",
    namespace={
        "now": _static("datetime.now", _now),
        "utcnow": _static("datetime.utcnow", _utcnow),
        "today": _static("datetime.today", _today),
        "combine": ClassMember("staticmethod", pure("datetime.combine", _combine)),
        "timestamp": pure("datetime.timestamp", _timestamp),
        "astimezone": pure(
            "datetime.astimezone",
            lambda value, tz=dt.timezone.utc: (
                value if value.tzinfo is not None else value.replace(tzinfo=dt.timezone.utc)
            ).astimezone(tz),
        ),
        "fromtimestamp": ClassMember("staticmethod", pure("datetime.fromtimestamp", _from_timestamp)),
        "utcfromtimestamp": ClassMember("staticmethod", pure("datetime.utcfromtimestamp", _from_timestamp)),
        "min": dt.datetime.min,  # noqa: DTZ901
        "max": dt.datetime.max,  # noqa: DTZ901
    },
)
STRUCT_TIME = model_type(
    time.struct_time,
    "time.struct_time",
    attributes="tm_year tm_mon tm_mday tm_hour tm_min tm_sec tm_wday tm_yday tm_isdst",
)
ISO_CALENDAR = model_type(
    type(dt.date(2024, 1, 1).isocalendar()), "datetime.IsoCalendarDate", attributes="year week weekday"
)


@overlay("datetime")
def datetime_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """The classes of datetime."""
    return {
        "datetime": DATETIME,
        "date": DATE,
        "time": TIME,
        "timedelta": TIMEDELTA,
        "timezone": TIMEZONE,
        "tzinfo": TZINFO,
        "UTC": dt.timezone.utc,
        "MINYEAR": dt.MINYEAR,
        "MAXYEAR": dt.MAXYEAR,
    }


@overlay("zoneinfo", "backports.zoneinfo")
def zoneinfo_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """ZoneInfo over the IANA database that comes with the converter."""
    missing = make_class(
        "ZoneInfoNotFoundError", "zoneinfo.ZoneInfoNotFoundError", (interp.error("KeyError").value.cls,)
    )
    return {
        "ZoneInfo": ZONE,
        "ZoneInfoNotFoundError": missing,
        "available_timezones": pure("zoneinfo.available_timezones", zoneinfo.available_timezones),
    }


@overlay("time")
def time_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """time: formatting is computed, the clock is not known."""
    attrs: dict[str, Value] = dict(pures(time, "strptime gmtime asctime", "time"))

    def strftime(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        if len(args) > 1:
            return plain.call(interp, args, kwargs, site)
        now = clock(interp, "time.strftime()", site)
        return interp.call(symbolic_time.member(interp, now, "strftime", site), args)

    def sleep(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return None

    plain = pure("time.strftime", time.strftime)
    attrs["strftime"] = Native("time.strftime", strftime)
    attrs["sleep"] = Native("time.sleep", sleep)
    for clocked in ("time", "time_ns", "monotonic", "perf_counter", "process_time", "localtime", "ctime"):
        attrs[clocked] = opaque_call(f"time.{clocked}", "is the clock")
    if "gmtime" in attrs:
        attrs["gmtime"] = Native("time.gmtime", _gmtime(attrs["gmtime"]))
    attrs["struct_time"] = STRUCT_TIME
    attrs["tzname"] = ("UTC", "UTC")
    attrs["timezone"] = 0
    return attrs


def _gmtime(plain: Native) -> Any:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        if not args or args[0] is None:
            return interp.unknown("`time.gmtime()` is the clock", site)
        return plain.call(interp, args, kwargs, site)

    return call
