"""Times of the clock: `datetime.now()` and what is computed from it, carried into the run as `TimeRef`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from dateutil.relativedelta import relativedelta

from migrate.ir import exprs
from parsers.airflow.evaluator.values import Native, Symbolic, Value
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.zones import any_zone, zone_name

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Truncate = Literal["year", "month", "week", "day", "hour", "minute"]
UNITS: tuple[Truncate, ...] = ("year", "month", "week", "day", "hour", "minute")


class ClockTime:
    """Stands as `type` of a symbolic time without a zone."""


class ZonedTime:
    """Stands as `type` of a symbolic time with a zone."""


def clock(
    interp: Interpreter,
    name: str,
    site: Any,
    zone: Value = None,
    truncate: Truncate | None = None,
    kind: type | None = None,
) -> Value:
    """The symbolic present; Unknown when the zone is not known."""
    unknown = interp.unknown(f"`{name}` is the clock when the file is read", site)
    try:
        key = zone_name(any_zone(zone)) if zone is not None else None
    except (TypeError, ValueError):
        return unknown
    if zone is not None and key is None:
        return unknown
    expr = exprs.TimeRef(of="now", zone=None if key == "UTC" else key, truncate=truncate)
    return Symbolic(expr, unknown, kind or (ClockTime if zone is None else ZonedTime))


class ClockDate:
    """Stands as `type` of a symbolic date."""


def as_text(value: Symbolic, iso: bool = False) -> Value:
    """`str(value)` (or `isoformat()`) of a symbolic time; other symbolic values as they are."""
    expr = value.expr
    if not isinstance(expr, exprs.TimeRef) or expr.layout is not None:
        return value
    if value.type is ClockDate:
        return _text(value, expr, "%Y-%m-%d")
    if value.type is ClockTime:
        return _text(value, expr, f"%Y-%m-%d{'T' if iso else ' '}%H:%M:%S.%f")
    return _text(value, expr, "iso" if iso else "str")


def formatted(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`format(value, spec)` of a symbolic value."""
    value, spec = args[0], args[1] if len(args) > 1 else ""
    if is_time(value) and isinstance(spec, str):
        return _text(value, value.expr, spec) if spec else as_text(value)
    return interp.unknown(value.unknown.root().why, site, value)


def is_time(value: Value) -> bool:
    """Whether a value is a symbolic time (not text made of one)."""
    return type(value) is Symbolic and isinstance(value.expr, exprs.TimeRef) and value.expr.layout is None


def _again(value: Symbolic, **changes: Any) -> Symbolic:
    return Symbolic(value.expr.model_copy(update=changes), value.unknown, value.type)


def shift(value: Symbolic, gap: Any, sign: int) -> Value:
    """`value + gap` for a timedelta or a calendar duration; NotImplemented for others or after a truncation that the
    order of operations would not survive."""
    expr = value.expr
    assert isinstance(expr, exprs.TimeRef)
    if expr.truncate is not None:
        whole = isinstance(gap, timedelta) and expr.truncate == "day" and not (gap.seconds or gap.microseconds)
        if not whole:
            return NotImplemented
    step = _step(gap, sign)
    if step is None:
        return NotImplemented
    return Symbolic(expr.model_copy(update={"shifts": (*expr.shifts, step)}), value.unknown, value.type)


def _step(gap: Any, sign: int) -> exprs.TimeShift | None:
    if isinstance(gap, timedelta):
        years, months = getattr(gap, "years", 0), getattr(gap, "months", 0)
        days = gap.days - years * 365 - months * 30
        seconds = gap.seconds + gap.microseconds / 1_000_000
        return exprs.TimeShift(years=sign * years, months=sign * months, days=sign * days, seconds=sign * seconds or 0)
    names = ("years", "months", "days", "hours", "minutes", "seconds", "microseconds")
    if not all(hasattr(gap, n) for n in names) or not isinstance(gap, relativedelta):
        return None
    absolute = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond")
    if any(getattr(gap, n, None) is not None for n in absolute) or gap.leapdays:
        return None
    seconds = gap.hours * 3600 + gap.minutes * 60 + gap.seconds + gap.microseconds / 1_000_000
    return exprs.TimeShift(
        years=sign * int(gap.years), months=sign * int(gap.months), days=sign * int(gap.days), seconds=sign * seconds
    )


def add(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`symbolic time + gap`."""
    return shift(args[0], lower(args[1]), 1) if is_time(args[0]) else NotImplemented


def subtract(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`symbolic time - gap`."""
    return shift(args[0], lower(args[1]), -1) if is_time(args[0]) else NotImplemented


def member(interp: Interpreter, value: Symbolic, name: str, site: Any) -> Value:
    """A method of a symbolic time, or NotImplemented when it is not one that can be carried."""
    expr = value.expr
    if not isinstance(expr, exprs.TimeRef) or expr.layout is not None:
        return NotImplemented
    make = _METHODS.get(name)
    if make is None:
        return NotImplemented

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        plain = [lower(a) for a in args]
        result = make(value, expr, plain, {k: lower(v) for k, v in kwargs.items()})
        if result is NotImplemented:
            return interp.unknown(value.unknown.root().why, site, value)
        return result

    return Native(f"time.{name}", call)


def _text(value: Symbolic, expr: exprs.TimeRef, layout: str) -> Symbolic:
    return Symbolic(expr.model_copy(update={"layout": layout}), value.unknown, str)


def _strftime(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
    layout = args[0] if args else next(iter(kwargs.values()), None)
    return _text(value, expr, layout) if isinstance(layout, str) else NotImplemented


def _truncate(unit: Truncate) -> Any:
    def make(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
        return _again(value, truncate=unit) if expr.truncate is None else NotImplemented

    return make


def _start_of(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
    if len(args) != 1 or args[0] not in UNITS or expr.truncate is not None:
        return NotImplemented
    return _again(value, truncate=args[0])


def _replace(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
    if "tzinfo" in kwargs and len(kwargs) == 1 and not args:
        name = zone_name(kwargs["tzinfo"])
        same = name == "UTC" and expr.zone is None
        return Symbolic(expr, value.unknown, ZonedTime) if same else NotImplemented
    small = ("microsecond", "second", "minute", "hour", "day", "month")
    units: tuple[Truncate, ...] = ("minute", "hour", "day", "month", "year")
    given = [n for n in small if n in kwargs]
    if args or len(given) != len(kwargs) or expr.truncate is not None:
        return NotImplemented
    zeros = all(kwargs[n] == (1 if n in ("day", "month") else 0) for n in given)
    if (
        not zeros
        or "second" not in given
        or given != [n for n in small if n in small[small.index(given[0]) :]][: len(given)]
    ):
        return NotImplemented
    return _again(value, truncate=units[small.index(given[-1]) - 1])


def _zone(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
    zone = args[0] if args else next(iter(kwargs.values()), None)
    if expr.truncate is not None:
        return NotImplemented
    try:
        name = zone_name(any_zone(zone))
    except (TypeError, ValueError):
        return NotImplemented
    if not name:
        return NotImplemented
    return Symbolic(expr.model_copy(update={"zone": None if name == "UTC" else name}), value.unknown, ZonedTime)


def _shifted(sign: int) -> Any:
    def make(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
        whole = not any(kwargs.get(n) for n in ("hours", "minutes", "seconds"))
        if args or (expr.truncate is not None and not (expr.truncate == "day" and whole)):
            return NotImplemented
        if not all(isinstance(v, int | float) for v in kwargs.values()):
            return NotImplemented
        unit = {n: kwargs.get(n, 0) for n in ("years", "months", "weeks", "days", "hours", "minutes", "seconds")}
        step = exprs.TimeShift(
            years=sign * unit["years"],
            months=sign * unit["months"],
            days=sign * (unit["days"] + 7 * unit["weeks"]),
            seconds=sign * (unit["hours"] * 3600 + unit["minutes"] * 60 + unit["seconds"]),
        )
        return _again(value, shifts=(*expr.shifts, step))

    return make


def _isoformat(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
    return as_text(value, iso=True) if not (args or kwargs) else NotImplemented


def _date(value: Symbolic, expr: exprs.TimeRef, args: list[Any], kwargs: dict[str, Any]) -> Value:
    if expr.truncate not in (None, "day"):
        return NotImplemented
    return Symbolic(expr.model_copy(update={"truncate": "day"}), value.unknown, ClockDate)


def _layout(layout: str) -> Any:
    return lambda value, expr, args, kwargs: _text(value, expr, layout) if not (args or kwargs) else NotImplemented


_METHODS: dict[str, Any] = {
    "strftime": _strftime,
    "isoformat": _isoformat,
    "date": _date,
    "start_of": _start_of,
    "replace": _replace,
    "astimezone": _zone,
    "in_timezone": _zone,
    "in_tz": _zone,
    "add": _shifted(1),
    "subtract": _shifted(-1),
    "to_date_string": _layout("%Y-%m-%d"),
    "to_datetime_string": _layout("%Y-%m-%d %H:%M:%S"),
    "to_iso8601_string": _layout("iso"),
}
