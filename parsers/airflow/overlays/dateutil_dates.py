"""dateutil: relativedelta, parser, tz, rrule, easter, by the library itself on plain data."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from dateutil import easter, parser, relativedelta, rrule

from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays import symbolic_time
from parsers.airflow.overlays.clock import TZINFO
from parsers.airflow.overlays.plain import inert, model_type, opaque_call, pure
from parsers.airflow.overlays.registry import overlay
from parsers.airflow.overlays.zones import any_zone, zone_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

RELATIVE_DELTA = model_type(
    relativedelta.relativedelta,
    "dateutil.relativedelta.relativedelta",
    methods="normalized",
    attributes="years months days leapdays hours minutes seconds microseconds year month day weekday hour minute second "  # noqa: E501
    "microsecond weeks",
)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY = model_type(
    type(relativedelta.MO),
    "dateutil.relativedelta.weekday",
    attributes="weekday n",
    namespace={"__call__": pure("weekday", lambda day, n: day(n))},
)
MAX_RULE = 20_000


def _parse(text: str, default: dt.datetime | None = None, **options: Any) -> Any:
    if not isinstance(text, str) or len(text) > 500:
        raise TypeError("Parser must be a string of at most 500 characters")
    known = {k: v for k, v in options.items() if k in ("dayfirst", "yearfirst", "fuzzy", "ignoretz")}
    if default is None:
        first = parser.parse(text, default=dt.datetime(2000, 1, 1), **known)  # noqa: DTZ001
        other = parser.parse(text, default=dt.datetime(2001, 2, 2), **known)  # noqa: DTZ001
        if first != other:
            raise IncompleteDateError("the text has no full date, so the rest would come from the clock")
        return first
    return parser.parse(text, default=default, **known)


class IncompleteDateError(ValueError):
    """The result would depend on the day of the run."""


def _parse_native(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    try:
        return pure("dateutil.parser.parse", _guarded).call(interp, args, kwargs, site)
    except _ClockError:
        return interp.unknown(
            "`dateutil.parser.parse` of a text without a full date takes the rest from the clock", site
        )


class _ClockError(BaseException):
    pass


def _guarded(*args: Any, **kwargs: Any) -> Any:
    try:
        return _parse(*args, **kwargs)
    except IncompleteDateError:
        raise _ClockError from None


@overlay("dateutil.relativedelta")
def relativedelta_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """relativedelta and the weekdays."""
    return {
        "relativedelta": RELATIVE_DELTA,
        "weekday": WEEKDAY,
        **{day: getattr(relativedelta, day) for day in WEEKDAYS},
    }


@overlay("dateutil.parser")
def parser_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """parse and isoparse."""
    return {
        "parse": Native("dateutil.parser.parse", _parse_native),
        "isoparse": pure("dateutil.parser.isoparse", parser.isoparse),
        "ParserError": interp.error("ValueError").value.cls,
    }


@overlay("dateutil.tz")
def tz_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """gettz, tzutc, tzoffset; the local zone is not known."""

    def gettz(key: str) -> dt.tzinfo | None:
        try:
            return any_zone(key)
        except ValueError:
            return None

    def local(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        if args and args[0]:
            return known.call(interp, args, kwargs, site)
        return interp.unknown("`dateutil.tz.gettz()` is the zone of the machine", site)

    known = pure("dateutil.tz.gettz", gettz)
    return {
        "gettz": Native("dateutil.tz.gettz", local),
        "tzutc": inert("dateutil.tz.tzutc", zone_of("UTC")),
        "UTC": zone_of("UTC"),
        "tzoffset": pure("dateutil.tz.tzoffset", lambda label, offset: any_offset(label, offset)),
        "tzlocal": opaque_call("dateutil.tz.tzlocal", "is the zone of the machine"),
        "tzinfo": TZINFO,
    }


def any_offset(label: str | None, offset: float | dt.timedelta) -> dt.timezone:
    """dateutil.tz.tzoffset as a fixed zone of Python."""
    gap = offset if isinstance(offset, dt.timedelta) else dt.timedelta(seconds=offset)
    return dt.timezone(gap, label) if label else dt.timezone(gap)


@overlay("dateutil.rrule")
def rrule_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """rrule as the list of its times (bounded); `dtstart` must be given."""

    def dates(freq: Any, dtstart: dt.datetime | None = None, **options: Any) -> list[dt.datetime]:
        if dtstart is None:
            raise ValueError("rrule without dtstart starts at the clock")
        found = list(itertools.islice(rrule.rrule(freq, dtstart=dtstart, **options), MAX_RULE + 1))
        if len(found) > MAX_RULE:
            raise ValueError(f"rrule gives more than {MAX_RULE} times")
        return found

    names = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
    return {
        "rrule": pure("dateutil.rrule.rrule", dates),
        **{n: getattr(rrule, n) for n in names},
        **{day: getattr(rrule, day) for day in WEEKDAYS},
    }


@overlay("dateutil.easter")
def easter_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """easter."""
    return {"easter": pure("dateutil.easter.easter", easter.easter)}


@overlay("dateutil", "dateutil.utils")
def dateutil_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """The package with its submodules."""
    subs = ("relativedelta", "parser", "tz", "rrule", "easter") if name == "dateutil" else ()
    attrs: dict[str, Value] = {sub: interp.import_module(f"dateutil.{sub}") for sub in subs}
    if name == "dateutil.utils":
        attrs["today"] = Native(
            "dateutil.utils.today",
            lambda interp, args, kwargs, site: symbolic_time.clock(
                interp, "dateutil.utils.today()", site, truncate="day"
            ),
        )
    return attrs
