"""The part of moment.js that workflows use: making, shifting, truncating, comparing and formatting times in a zone.

`moment(...)` reads in the default zone given, as Digdag's bundled moment (2.21, without moment-timezone: there is no
`tz`) does with the workflow's time zone. Days and longer units keep the clock time, hours and shorter ones are exact.
What is not covered raises Unsupported.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

try:
    from .java_zones import tzinfo_of
    from .js_parse import Unsupported, number
    from .js_values import UNDEFINED, HostObject, JsFault, Native, to_number, to_text
except ImportError:  # in a pod the files stand side by side
    from java_zones import tzinfo_of  # type: ignore[import-not-found, no-redef]
    from js_parse import Unsupported, number  # type: ignore[import-not-found, no-redef]
    from js_values import (  # type: ignore[import-not-found, no-redef]
        UNDEFINED,
        HostObject,
        JsFault,
        Native,
        to_number,
        to_text,
    )

UNITS = {
    "y": "year", "year": "year", "years": "year", "Q": "quarter", "quarter": "quarter", "quarters": "quarter",
    "M": "month", "month": "month", "months": "month", "w": "week", "week": "week", "weeks": "week",
    "d": "day", "day": "day", "days": "day", "h": "hour", "hour": "hour", "hours": "hour",
    "m": "minute", "minute": "minute", "minutes": "minute", "s": "second", "second": "second", "seconds": "second",
    "ms": "millisecond", "millisecond": "millisecond", "milliseconds": "millisecond",
    "isoWeek": "isoweek", "isoweek": "isoweek", "date": "day", "D": "day", "isoWeeks": "isoweek",
}  # fmt: skip
NO_SHIFT = {"D": "date", "date": "date", "isoWeek": "isoweek", "isoweek": "isoweek", "isoWeeks": "isoweek"}
"""Units that `add` and `diff` know but have no length for."""
EXACT = {"hour": 3_600_000, "minute": 60_000, "second": 1000, "millisecond": 1}
TOKEN = re.compile(
    r"\[([^\[]*)\]|(\\)?(YYYYYY|YYYYY|YYYY|YY|Y|Qo|Q|MMMM|MMM|MM|Mo|M|DDDD|DDDo|DDD|DD|Do|D|dddd|ddd|dd|do|d|E|e|"
    r"GGGGG|GGGG|GG|ggggg|gggg|gg|WW|Wo|W|ww|wo|w|HH|H|hh|h|kk|k|mm|m|ss|s|S{1,9}|A|a|ZZ|Z|zz|z|X|x|"
    r"LTS|LT|LLLL|LLL|LL|L|l{1,4}|[\s\S])"
)
READ = {
    "YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d\d)", "DD": r"(?P<day>\d\d)", "HH": r"(?P<hour>\d\d)",
    "mm": r"(?P<minute>\d\d)", "ss": r"(?P<second>\d\d)", "M": r"(?P<month>\d\d?)", "D": r"(?P<day>\d\d?)",
    "H": r"(?P<hour>\d\d?)", "m": r"(?P<minute>\d\d?)", "s": r"(?P<second>\d\d?)", "SSS": r"(?P<milli>\d{3})",
}  # fmt: skip
"""Tokens of the formats that `moment(text, format)` reads with."""
ISO = re.compile(
    r"^\s*(\d{4})-?(\d\d)(?:-?(\d\d))?"
    r"(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?)?\s*(Z|[-+]\d\d:?(?:\d\d)?)?$"
)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
LONG = {
    "LT": "h:mm A", "LTS": "h:mm:ss A", "L": "MM/DD/YYYY", "LL": "MMMM D, YYYY", "LLL": "MMMM D, YYYY h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A", "l": "M/D/YYYY", "ll": "MMM D, YYYY", "lll": "MMM D, YYYY h:mm A",
    "llll": "ddd, MMM D, YYYY h:mm A",
}  # fmt: skip


def zone_of(name: str) -> tzinfo:
    """A zone by name. Raises Unsupported."""
    try:
        return tzinfo_of(name)
    except ValueError:
        raise Unsupported(f"time zone {name}") from None


def localize(local: datetime, zone: tzinfo) -> datetime:
    """A local time in a zone; in a gap it moves forward by the gap, of two times it is the first, as `Date` has it."""
    moment = local.replace(tzinfo=zone, fold=0)
    return moment.astimezone(timezone.utc).astimezone(zone)


class Moment(HostObject):
    """A mutable time, as moment's are. `at` is aware; None when the date is invalid."""

    def __init__(self, at: datetime | None, default: tzinfo, fixed: bool = False) -> None:
        self.at = at
        self.default = default
        self.fixed = fixed
        """Shown in UTC, at an offset or in a named zone; otherwise local, which is the default zone."""

    @property
    def time(self) -> datetime:
        """The time; an invalid one is beyond this evaluator."""
        if self.at is None:
            raise Unsupported("an invalid date")
        return self.at

    @property
    def instant(self) -> datetime:
        """The time in UTC: times of one zone must not be compared by their clocks."""
        return self.time.astimezone(timezone.utc)

    def primitive(self) -> Any:
        return METHODS["valueOf"](self)

    def text(self) -> str:
        return self.render("ddd MMM DD YYYY HH:mm:ss [GMT]ZZ")

    def member(self, name: str) -> Any:
        if self.at is None:
            return self._of_invalid(name)
        if name in GETTERS:
            getter = GETTERS[name]
            return Native(lambda *a: getter(self.time) if not a else self._set(name, a[0]))
        method = METHODS.get(name)
        if name == "tz":
            return UNDEFINED
        if method is None:
            raise Unsupported(f"moment's {name}")
        return Native(lambda *arguments: method(self, *arguments))

    def _of_invalid(self, name: str) -> Any:
        """A member of an invalid date."""
        if name in GETTERS:
            return Native(lambda *a: self if a else math.nan)
        if name in ("add", "subtract", "startOf", "endOf", "clone", "utc", "local"):
            return Native(lambda *_: self)
        fixed: dict[str, Any] = {
            "format": "Invalid date", "toString": "Invalid date", "isValid": False, "unix": math.nan,
            "valueOf": math.nan, "diff": math.nan, "toISOString": None, "toJSON": None, "isBefore": False,
            "isAfter": False, "isSame": False, "isSameOrBefore": False, "isSameOrAfter": False,
        }  # fmt: skip
        if name == "tz":
            return UNDEFINED
        if name not in fixed:
            raise Unsupported(f"an invalid date's {name}")
        return Native(lambda *_: fixed[name])

    def _set(self, name: str, value: Any) -> Moment:
        whole = to_number(value)
        if not isinstance(whole, int) or abs(whole) > 100_000:
            raise Unsupported(f"setting {name}")
        local = self.time.replace(tzinfo=None)
        unit = {"hour": "hours", "minute": "minutes", "second": "seconds"}.get(name, name)
        if unit in ("hours", "minutes", "seconds"):
            local += timedelta(**{unit: whole - getattr(local, unit[:-1])})
        elif unit in ("date", "day", "weekday"):
            local += timedelta(days=whole - (local.day if unit == "date" else weekday(local)))
        elif unit == "month":
            years, month = divmod(whole, 12)
            year = local.year + years
            days = min(local.day, monthrange(year, month + 1)[1])
            local = local.replace(year=year, month=month + 1, day=days)
        elif unit == "year" and 1 <= whole <= 9999:
            local = local.replace(year=whole, day=min(local.day, monthrange(whole, local.month)[1]))
        else:
            raise Unsupported(f"setting {name}")
        self.at = localize(local, self.zone)
        return self

    @property
    def zone(self) -> tzinfo:
        """The zone it is shown in."""
        return self.time.tzinfo or timezone.utc

    # arithmetic -----------------------------------------------------------------------------------------------

    def add(self, amount: Any = 0, unit: Any = "ms", sign: int = 1) -> Moment:
        """add / subtract."""
        if isinstance(amount, dict):
            for name, value in amount.items():
                self.add(value, name, sign)
            return self
        if isinstance(amount, str) and isinstance(unit, int | float):
            amount, unit = unit, amount
        if to_text(unit) in NO_SHIFT:
            return self
        kind = UNITS.get(to_text(unit))
        value = to_number(amount)
        if kind is None or (isinstance(value, float) and (math.isnan(value) or abs(value) > 1e12)):
            raise Unsupported(f"adding {to_text(unit)}")
        if kind in EXACT:
            shifted = self.time.astimezone(timezone.utc) + timedelta(milliseconds=sign * value * EXACT[kind])
            self.at = shifted.astimezone(self.zone)
            return self
        try:
            self.at = localize(self._calendar(kind, sign * value), self.zone)
        except OverflowError:
            raise Unsupported("a time beyond the calendar") from None
        return self

    def _calendar(self, kind: str, amount: Any) -> datetime:
        local = self.time.replace(tzinfo=None)
        if kind in ("day", "week"):
            return local + timedelta(days=rounded(amount * (1 if kind == "day" else 7)))
        months = rounded(amount * {"month": 1, "quarter": 3, "year": 12}[kind])
        total = local.year * 12 + local.month - 1 + months
        year, month = divmod(total, 12)
        return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))

    def subtract(self, amount: Any = 0, unit: Any = "ms") -> Moment:
        """Subtracts."""
        return self.add(amount, unit, -1)

    def start_of(self, unit: Any) -> Moment:
        """startOf."""
        self.at = localize(floor(self.time.replace(tzinfo=None), unit), self.zone)
        return self

    def end_of(self, unit: Any) -> Moment:
        """endOf: the last millisecond."""
        kind = UNITS.get(to_text(unit), "")
        self.start_of(unit).add(1, "week" if kind == "isoweek" else kind)
        return self.subtract(1, "ms")

    def clone(self) -> Moment:
        """A copy."""
        return Moment(self.at, self.default, self.fixed)

    def local(self) -> Moment:
        """Shown in the default zone."""
        self.at, self.fixed = self.time.astimezone(self.default), False
        return self

    def utc(self) -> Moment:
        """Shown in UTC."""
        self.at, self.fixed = self.time.astimezone(timezone.utc), True
        return self

    def utc_offset(self, value: Any = UNDEFINED) -> Any:
        """Offset in minutes, or shown at an offset."""
        if value is UNDEFINED:
            return int((self.time.utcoffset() or timedelta()).total_seconds() // 60)
        self.fixed = True
        if isinstance(value, str):
            self.at = self.time.astimezone(zone_of(value))
            return self
        minutes = to_number(value)
        minutes = minutes * 60 if abs(minutes) < 16 else minutes
        self.at = self.time.astimezone(timezone(timedelta(minutes=minutes)))
        return self

    # reading --------------------------------------------------------------------------------------------------

    def diff(self, other: Any, unit: Any = "ms", exact: Any = False) -> Any:
        """Difference in a unit, truncated towards zero unless `exact`."""
        that = make(self.default, other)
        if that.at is None:
            return math.nan
        that.at = that.time.astimezone(self.zone)
        kind = "millisecond" if to_text(unit) in NO_SHIFT else UNITS.get(to_text(unit), "")
        millis = round((self.instant - that.instant) / timedelta(milliseconds=1))
        if kind in EXACT:
            value = millis / EXACT[kind]
        elif kind in ("day", "week"):
            zone_delta = (self.time.utcoffset() or timedelta()) - (that.time.utcoffset() or timedelta())
            value = (millis + zone_delta / timedelta(milliseconds=1)) / (86_400_000 * (7 if kind == "week" else 1))
        elif kind in ("month", "quarter", "year"):
            value = month_difference(self, that) / {"month": 1, "quarter": 3, "year": 12}[kind]
        else:
            raise Unsupported(f"diff in {to_text(unit)}")
        return number(float(value)) if exact is True else math.trunc(value)

    def relation(self, operator: str, other: Any, unit: Any = UNDEFINED) -> bool:
        """isBefore, isAfter, isSame, isSameOrBefore, isSameOrAfter. A text without an offset is of the default zone."""
        that, this = make(self.default, other).clone(), self.clone()
        if that.at is None:
            return False
        if unit is not UNDEFINED:
            that.at = that.time.astimezone(this.zone)
            this.start_of(unit)
            that.start_of(unit)
        a, b = this.instant, that.instant
        return {"<": a < b, ">": a > b, "=": a == b, "<=": a <= b, ">=": a >= b}[operator]

    def render(self, form: Any = UNDEFINED) -> str:
        """format."""
        if self.at is None:
            return "Invalid date"
        if form is UNDEFINED or form is None or form == "":
            form = "YYYY-MM-DDTHH:mm:ss[Z]" if self.fixed and not self.time.utcoffset() else "YYYY-MM-DDTHH:mm:ssZ"
        return TOKEN.sub(lambda m: self._token(m), to_text(form))

    def _token(self, match: re.Match[str]) -> str:
        if match.group(1) is not None:
            return match.group(1)
        token = match.group(3)
        if match.group(2) is not None:
            return str(token)
        if token in LONG:
            return self.render(LONG[token])
        if token in ("z", "zz"):
            return "UTC" if self.fixed else ""
        made = FORMATS.get(token)
        if made is not None:
            return str(made(self.time))
        if token.startswith("S"):
            return f"{self.time.microsecond:06d}000"[: len(token)]
        return str(token)

    def iso(self, keep: Any = False) -> str:
        """toISOString."""
        if keep is True:
            return self.render("YYYY-MM-DD[T]HH:mm:ss.SSSZ")
        return self.clone().utc().render("YYYY-MM-DD[T]HH:mm:ss.SSS[Z]")


def month_difference(a: Moment, b: Moment) -> float:
    """moment's monthDiff: whole months plus the part of the month around the anchor."""
    whole = (b.time.year - a.time.year) * 12 + (b.time.month - a.time.month)
    anchor = a.clone().add(whole, "month")
    step = -1 if b.instant < anchor.instant else 1
    other = a.clone().add(whole + step, "month")
    span = abs(other.instant - anchor.instant)
    return -(whole + (b.instant - anchor.instant) / span) or 0


def floor(local: datetime, unit: Any) -> datetime:
    """The start of a unit."""
    kind = UNITS.get(to_text(unit))
    if kind == "millisecond":
        return local.replace(microsecond=local.microsecond // 1000 * 1000)
    order = ["second", "minute", "hour", "day", "month", "year"]
    cleared: dict[str, int] = {"microsecond": 0}
    for name, low in (("second", 0), ("minute", 0), ("hour", 0)):
        if kind in order and order.index(kind) <= order.index(name):
            break
        cleared[name] = low
    local = local.replace(**cleared)  # type: ignore[arg-type]
    if kind in ("week", "isoweek"):
        return local - timedelta(days=(local.weekday() + 1) % 7 if kind == "week" else local.weekday())
    if kind == "quarter":
        return local.replace(month=(local.month - 1) // 3 * 3 + 1, day=1)
    if kind in ("month", "year"):
        return local.replace(day=1) if kind == "month" else local.replace(month=1, day=1)
    if kind not in ("second", "minute", "hour", "day"):
        raise Unsupported(f"startOf {to_text(unit)}")
    return local


def rounded(value: Any) -> int:
    """moment's absRound: halves away from zero."""
    whole: int = math.floor(abs(value) + 0.5)
    return -whole if value < 0 else whole


def week_year(at: datetime) -> tuple[int, int]:
    """Year and week of the locale `en`: weeks begin on Sunday, the first one holds 1 January."""
    sunday = at.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=weekday(at))
    year = (sunday + timedelta(days=6)).year
    first = datetime(year, 1, 1)  # noqa: DTZ001 - a calendar day
    return year, (sunday - (first - timedelta(days=weekday(first)))).days // 7 + 1


def offset(at: datetime, colon: bool) -> str:
    """+09:00 or +0900."""
    total = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    sign = "-" if total < 0 else "+"
    return f"{sign}{abs(total) // 60:02d}{':' if colon else ''}{abs(total) % 60:02d}"


def ordinal(value: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return (at.astimezone(timezone.utc) - EPOCH) // timedelta(milliseconds=1)


def weekday(at: datetime) -> int:
    """0 Sunday to 6 Saturday."""
    return (at.weekday() + 1) % 7


FORMATS: dict[str, Any] = {
    "YYYY": lambda t: f"{t.year:04d}", "YY": lambda t: f"{t.year % 100:02d}", "Q": lambda t: (t.month - 1) // 3 + 1,
    "MMMM": lambda t: MONTHS[t.month - 1], "MMM": lambda t: MONTHS[t.month - 1][:3], "MM": lambda t: f"{t.month:02d}",
    "M": lambda t: t.month, "Mo": lambda t: ordinal(t.month), "DDDD": lambda t: f"{t.timetuple().tm_yday:03d}",
    "DDD": lambda t: t.timetuple().tm_yday, "DD": lambda t: f"{t.day:02d}", "D": lambda t: t.day,
    "Do": lambda t: ordinal(t.day), "dddd": lambda t: DAYS[weekday(t)], "ddd": lambda t: DAYS[weekday(t)][:3],
    "dd": lambda t: DAYS[weekday(t)][:2], "d": weekday, "e": weekday, "E": lambda t: t.isoweekday(),
    "Y": lambda t: t.year, "YYYYY": lambda t: f"{t.year:05d}", "YYYYYY": lambda t: f"+{t.year:06d}",
    "Qo": lambda t: ordinal((t.month - 1) // 3 + 1), "DDDo": lambda t: ordinal(t.timetuple().tm_yday),
    "do": lambda t: ordinal(weekday(t)), "Wo": lambda t: ordinal(t.isocalendar()[1]),
    "wo": lambda t: ordinal(week_year(t)[1]), "w": lambda t: week_year(t)[1],
    "ww": lambda t: f"{week_year(t)[1]:02d}", "gg": lambda t: f"{week_year(t)[0] % 100:02d}",
    "gggg": lambda t: f"{week_year(t)[0]:04d}", "ggggg": lambda t: f"{week_year(t)[0]:05d}",
    "GG": lambda t: f"{t.isocalendar()[0] % 100:02d}", "GGGGG": lambda t: f"{t.isocalendar()[0]:05d}",
    "GGGG": lambda t: f"{t.isocalendar()[0]:04d}", "WW": lambda t: f"{t.isocalendar()[1]:02d}",
    "W": lambda t: t.isocalendar()[1], "HH": lambda t: f"{t.hour:02d}", "H": lambda t: t.hour,
    "hh": lambda t: f"{(t.hour - 1) % 12 + 1:02d}", "h": lambda t: (t.hour - 1) % 12 + 1,
    "kk": lambda t: f"{t.hour or 24:02d}", "k": lambda t: t.hour or 24, "mm": lambda t: f"{t.minute:02d}",
    "m": lambda t: t.minute, "ss": lambda t: f"{t.second:02d}", "s": lambda t: t.second,
    "A": lambda t: "AM" if t.hour < 12 else "PM", "a": lambda t: "am" if t.hour < 12 else "pm",
    "Z": lambda t: offset(t, True), "ZZ": lambda t: offset(t, False), "X": lambda t: int(t.timestamp()),
    "x": milliseconds,
}  # fmt: skip
GETTERS: dict[str, Any] = {
    "year": lambda t: t.year, "month": lambda t: t.month - 1, "date": lambda t: t.day, "day": weekday,
    "hour": lambda t: t.hour, "hours": lambda t: t.hour, "minute": lambda t: t.minute, "minutes": lambda t: t.minute,
    "second": lambda t: t.second, "seconds": lambda t: t.second, "isoWeekday": lambda t: t.isoweekday(),
    "isoWeek": lambda t: t.isocalendar()[1], "quarter": lambda t: (t.month - 1) // 3 + 1,
    "dayOfYear": lambda t: t.timetuple().tm_yday, "daysInMonth": lambda t: monthrange(t.year, t.month)[1],
    "millisecond": lambda t: t.microsecond // 1000, "milliseconds": lambda t: t.microsecond // 1000,
    "week": lambda t: week_year(t)[1], "weekYear": lambda t: week_year(t)[0],
    "isoWeekYear": lambda t: t.isocalendar()[0], "weekday": weekday,
}  # fmt: skip
METHODS: dict[str, Any] = {
    "add": Moment.add, "subtract": Moment.subtract, "startOf": Moment.start_of, "endOf": Moment.end_of,
    "clone": Moment.clone, "utc": Moment.utc, "local": Moment.local, "utcOffset": Moment.utc_offset,
    "zone": lambda m, v: m.utc_offset(v if isinstance(v, str) else -to_number(v)), "format": Moment.render,
    "diff": Moment.diff, "unix": lambda m: int(m.time.timestamp() // 1),
    "valueOf": lambda m: math.nan if m.at is None else milliseconds(m.at), "toISOString": Moment.iso,
    "toJSON": Moment.iso, "isLeapYear": lambda m: monthrange(m.time.year, 2)[1] == 29,
    "isUtc": lambda m: m.fixed and not m.time.utcoffset(),
    "isBefore": lambda m, o, u=UNDEFINED: m.relation("<", o, u), "toString": Moment.text,
    "isAfter": lambda m, o, u=UNDEFINED: m.relation(">", o, u),
    "isSame": lambda m, o, u=UNDEFINED: m.relation("=", o, u),
    "isSameOrBefore": lambda m, o, u=UNDEFINED: m.relation("<=", o, u),
    "isSameOrAfter": lambda m, o, u=UNDEFINED: m.relation(">=", o, u), "isValid": lambda m: m.at is not None,
}  # fmt: skip

SETTABLE = frozenset(
    {"hour", "minute", "second", "hours", "minutes", "seconds", "date", "day", "weekday", "month", "year"}
)
MOMENT_NAMES = frozenset(GETTERS) | frozenset(METHODS) | {"utc", "unix", "tz", "max", "min", "isMoment"}
"""Names of all methods of a moment, and of `moment` itself."""


def make(default: tzinfo, value: Any = UNDEFINED, *rest: Any) -> Moment:
    """moment(value)."""
    if len(rest) == 1 and isinstance(rest[0], str) and isinstance(value, str):
        return Moment(parse_form(value, rest[0], default), default)
    if rest or value is UNDEFINED:
        raise Unsupported("moment() with such arguments, or the present time")
    if value is None:
        return Moment(None, default)
    if isinstance(value, Moment):
        return value.clone()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Moment(datetime.fromtimestamp(value / 1000, tz=timezone.utc).astimezone(default), default)
    if isinstance(value, str):
        return Moment(parse_iso(value, default), default)
    raise Unsupported("moment() of such a value")


def readable(form: Any) -> bool:
    """Whether `moment(text, form)` is covered."""
    if not isinstance(form, str):
        return False
    tokens = [m.group(3) or "" for m in TOKEN.finditer(form)]
    words = [t for t in tokens if t.isalpha()]
    return "[" not in form and len(set(words)) == len(words) and {*words} <= READ.keys() and "YYYY" in words


def parse_form(text: str, form: str, default: tzinfo) -> datetime | None:
    """A text that has exactly the form. Raises Unsupported for what moment reads leniently."""
    parts = [READ.get(m.group(3) or "") or re.escape(m.group()) for m in TOKEN.finditer(form)]
    match = re.fullmatch("".join(parts), text) if readable(form) else None
    if match is None:
        raise Unsupported("a text that has not the form given")
    found = {name: int(value) for name, value in match.groupdict().items()}
    micro = found.pop("milli", 0) * 1000
    try:
        local = datetime(**{"month": 1, "day": 1, **found}, microsecond=micro)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        raise Unsupported("an invalid date") from None
    return localize(local, default)


def parse_iso(text: str, default: tzinfo) -> datetime | None:
    """An ISO 8601 text; without an offset it is local in the default zone. None for a day that is none. Raises
    Unsupported for other forms."""
    match = ISO.match(text)
    if match is None:
        raise Unsupported("moment() of a text that is no ISO 8601 time")
    year, month, day, hour, minute, second = (int(g) if g else 0 for g in match.groups()[:6])
    micro = int(((match.group(7) or "") + "000000")[:6])
    try:
        midnight = hour == 24 and not minute and not second and not micro
        local = datetime(year, month, day or 1, 0 if midnight else hour, minute, second, micro)  # noqa: DTZ001 - placed in a zone below
        local += timedelta(days=midnight)
    except ValueError:
        return None
    if match.group(8):
        return local.replace(tzinfo=zone_of(match.group(8))).astimezone(default)
    return localize(local, default)


def library(zone: str, *, now: bool = False) -> dict[str, Any]:
    """The names `moment` brings, with `zone` as its default time zone. `now`: `moment()` is the present time."""
    default = zone_of(zone)

    def present(*arguments: Any) -> Moment:
        if now and not arguments:
            return Moment(datetime.now(timezone.utc).astimezone(default), default)
        return make(default, *arguments)

    def utc(value: Any = UNDEFINED, *rest: Any) -> Moment:
        given = present() if now and value is UNDEFINED and not rest else make(timezone.utc, value, *rest)
        return fixed(given.utc() if given.at else given)

    def fixed(made: Moment) -> Moment:
        made.fixed, made.default = True, default
        return made

    def unix(value: Any) -> Moment:
        return make(default, to_number(value) * 1000)

    def extreme(best: Any, *values: Any) -> Moment:
        if not values or not all(isinstance(v, Moment) and v.at for v in values):
            raise Unsupported("max or min of such values")
        return best(values, key=lambda v: v.instant)  # type: ignore[no-any-return]

    members = {
        "utc": Native(utc), "unix": Native(unix), "tz": UNDEFINED,
        "isMoment": Native(lambda v=None: isinstance(v, Moment)),
        "max": Native(lambda *a: extreme(max, *a)), "min": Native(lambda *a: extreme(min, *a)),
    }  # fmt: skip
    return {"moment": Native(present, Members(members))}


class Members(dict[str, Any]):
    """Members of `moment`; others may exist in the real one."""

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            raise Unsupported(f"moment.{name}")
        return self[name]


__all__ = ["JsFault", "Moment", "library", "make"]
