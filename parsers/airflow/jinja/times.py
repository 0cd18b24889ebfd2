"""Times of the run: methods and arithmetic of pendulum dates as `TimeRef`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrate.ir import exprs
from migrate.ir.exprs import TimeRef, TimeShift
from parsers.airflow.jinja.errors import CannotSayError
from parsers.airflow.jinja.layouts import from_pendulum, replaced
from parsers.airflow.zones import zone_name

_UNITS = {"weeks": 604800.0, "days": 86400.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "microseconds": 1e-6}
_FIELDS = {"year": "%Y", "month": "%-m", "day": "%-d", "hour": "%-H", "minute": "%-M", "second": "%-S"}
_TRUNCATE = ("year", "month", "week", "day", "hour", "minute")


@dataclass(frozen=True, slots=True)
class Delta:
    """A duration inside a template: `macros.timedelta(...)`, `relativedelta(...)` (calendar units)."""

    seconds: float = 0
    days: int = 0
    months: int = 0
    years: int = 0

    def shift(self, sign: int) -> TimeShift:
        """The step that adds (1) or subtracts (-1) it."""
        return TimeShift(
            years=sign * self.years, months=sign * self.months, days=sign * self.days, seconds=sign * self.seconds
        )


def timedelta_of(args: list[Any], kwargs: dict[str, Any]) -> Delta:
    """`timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks)`: a fixed length."""
    names = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    sizes = {**_UNITS, "milliseconds": 1e-3}
    if not all(name in sizes and isinstance(value, int | float) for name, value in given.items()):
        raise CannotSayError("timedelta")
    return Delta(seconds=sum(value * sizes[name] for name, value in given.items()))


def relativedelta_of(kwargs: dict[str, Any]) -> Delta:
    """`relativedelta(years=, months=, weeks=, days=, hours=, minutes=, seconds=)`."""
    known = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
    if not all(name in known and isinstance(value, int) for name, value in kwargs.items()):
        raise CannotSayError("relativedelta")
    return Delta(
        years=kwargs.get("years", 0),
        months=kwargs.get("months", 0),
        days=kwargs.get("days", 0) + 7 * kwargs.get("weeks", 0),
        seconds=sum(kwargs.get(name, 0) * _UNITS[name] for name in ("hours", "minutes", "seconds")),
    )


def shifted(time: TimeRef, delta: Delta, sign: int = 1) -> TimeRef:
    """`time + delta` or `time - delta`. Raises CannotSayError for texts and truncated times."""
    if time.layout is not None or time.truncate is not None:
        raise CannotSayError("arithmetic on a text or truncated time")
    return time.model_copy(update={"shifts": (*time.shifts, delta.shift(sign))})


def attribute(time: TimeRef, name: str) -> exprs.Expr:
    """`time.year`, `.int_timestamp` ..."""
    if time.layout is not None:
        raise CannotSayError(name)
    if name in _FIELDS:
        return exprs.Concat(parts=(time.model_copy(update={"layout": _FIELDS[name]}),))
    if name == "int_timestamp":
        return time.model_copy(update={"layout": "unix"})
    raise CannotSayError(name)


def method(time: TimeRef, name: str, args: list[Any], kwargs: dict[str, Any]) -> exprs.Expr:
    """`time.strftime(...)`, `.add(...)`, `.in_timezone(...)` ...; on a text of a date `.replace(...)`."""
    if time.layout is not None:
        return _text_method(time, name, args, kwargs)
    if name in ("add", "subtract"):
        return _add(time, args, kwargs, 1 if name == "add" else -1)
    if name in _LAYOUTS and not args and not kwargs:
        return time.model_copy(update={"layout": _LAYOUTS[name]})
    if kwargs and name not in ("isoformat", "strftime", "format"):
        raise CannotSayError(name)
    one = args[0] if len(args) == 1 else None
    if name == "strftime" and isinstance(one, str):
        return time.model_copy(update={"layout": one})
    if name == "format" and isinstance(one, str):
        layout = from_pendulum(one)
        if layout is not None:
            return time.model_copy(update={"layout": layout})
    if name == "isoformat":
        sep = one or kwargs.get("sep", "T")
        if sep in ("T", " "):
            return time.model_copy(update={"layout": "iso" if sep == "T" else "str"})
    if name in ("in_timezone", "in_tz", "astimezone", "convert") and isinstance(one, str):
        return _in_zone(time, one)
    if name == "start_of" and one in _TRUNCATE and time.truncate is None:
        return time.model_copy(update={"truncate": one})
    raise CannotSayError(name)


_LAYOUTS = {
    "to_date_string": "%Y-%m-%d",
    "to_time_string": "%H:%M:%S",
    "to_datetime_string": "%Y-%m-%d %H:%M:%S",
    "to_formatted_date_string": "%b %d, %Y",
    "date": "%Y-%m-%d",
    "__str__": "str",
}


def _text_method(time: TimeRef, name: str, args: list[Any], kwargs: dict[str, Any]) -> exprs.Expr:
    if name == "replace" and len(args) == 2 and not kwargs and all(isinstance(a, str) for a in args):
        layout = replaced(time.layout or "", args[0], args[1]) if time.layout not in ("iso", "str", "unix") else None
        if layout is not None:
            return time.model_copy(update={"layout": layout})
    if name == "strftime" and len(args) == 1 and time.layout == "%Y-%m-%d" and isinstance(args[0], str):
        return time.model_copy(update={"layout": args[0]})  # `x.date().strftime(...)`
    raise CannotSayError(name)


def _add(time: TimeRef, args: list[Any], kwargs: dict[str, Any], sign: int) -> TimeRef:
    names = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    if len(args) > len(names):
        raise CannotSayError("add")
    return shifted(time, relativedelta_of(given), sign)


def _in_zone(time: TimeRef, zone: str) -> TimeRef:
    """Calendar steps that were taken in the old zone cannot be told apart any more: only fixed lengths are."""
    name = zone_name(zone)
    if name is None or time.truncate is not None or any(s.years or s.months or s.days for s in time.shifts):
        raise CannotSayError("in_timezone")
    return time.model_copy(update={"zone": name})
