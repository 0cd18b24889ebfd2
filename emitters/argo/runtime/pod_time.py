"""Date-times with the methods that templates and task code use on them.

The source system hands out pendulum date-times. A pod's image need not have that library, so this is a `datetime` with
the same methods and the same texts; where pendulum can be imported, it is used itself.
"""

from __future__ import annotations

import calendar
import math
import re
from datetime import date, datetime, time, timedelta, timezone

from pod_spans import Duration, Interval
from pod_time_text import TOKEN, token_text
from pod_zones import UTC, is_utc, zone, zone_name

_UNITS = ("second", "minute", "hour", "day", "week", "month", "year", "decade", "century")


class DateTime(datetime):
    """A date-time with pendulum's methods. Without a zone it stays naive."""

    @classmethod
    def of(cls, value):
        """The same moment (a `datetime`) with these methods."""
        if isinstance(value, cls):
            return value
        return cls(
            value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond,
            UTC if value.tzinfo is not None and value.utcoffset() == timedelta(0) and is_utc(value.tzinfo)
            else value.tzinfo, fold=value.fold,
        )  # fmt: skip

    @classmethod
    def create(cls, year, month, day, hour=0, minute=0, second=0, microsecond=0, tz=UTC, fold=1):
        return cls(year, month, day, hour, minute, second, microsecond, zone(tz), fold=fold)._settled()

    # arithmetic

    def add(self, years=0, months=0, weeks=0, days=0, hours=0, minutes=0, seconds=0, microseconds=0):
        """Calendar units by the clock of the zone, shorter ones in real time."""
        moved = self
        if years or months or weeks or days:
            year, month = divmod(self.year * 12 + self.month - 1 + years * 12 + months, 12)
            day = min(self.day, calendar.monthrange(year, month + 1)[1])
            wall = datetime(year, month + 1, day, self.hour, self.minute, self.second, self.microsecond)
            wall += timedelta(days=days + 7 * weeks)
            moved = DateTime.of(wall.replace(tzinfo=self.tzinfo, fold=1))._settled()
        delta = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
        return moved._move(delta) if delta else moved

    def subtract(self, years=0, months=0, weeks=0, days=0, hours=0, minutes=0, seconds=0, microseconds=0):
        return self.add(-years, -months, -weeks, -days, -hours, -minutes, -seconds, -microseconds)

    def _move(self, delta):
        if self.tzinfo is None:
            return DateTime.of(datetime.__add__(self, delta))
        moved = datetime.__add__(self._plain().astimezone(UTC), delta)
        return DateTime.of(moved.astimezone(self.tzinfo))

    def _settled(self):
        """The same wall clock time; one that a clock change jumps over becomes the time it jumps to."""
        if self.tzinfo is None or isinstance(self.tzinfo, timezone):
            return self
        return DateTime.of(self._plain().astimezone(UTC).astimezone(self.tzinfo))

    def _plain(self):
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, self.tzinfo,
            fold=self.fold,
        )  # fmt: skip

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        return self._move(timedelta(days=other.days, seconds=other.seconds, microseconds=other.microseconds))

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return self._move(-timedelta(days=other.days, seconds=other.seconds, microseconds=other.microseconds))
        if not isinstance(other, datetime):
            return NotImplemented
        mine, theirs = self._plain(), other._plain() if isinstance(other, DateTime) else other
        if self.tzinfo is not None and theirs.tzinfo is not None:
            mine, theirs = mine.astimezone(UTC), theirs.astimezone(UTC)
        return Interval.between(DateTime.of(other), self, mine - theirs)

    def __rsub__(self, other):
        return DateTime.of(other) - self if isinstance(other, datetime) else NotImplemented

    def diff(self, other=None, abs=True):
        """Time from here to `other` (now by default), without sign unless `abs` is false."""
        end = DateTime.of(other) if other is not None else now(self.tzinfo)
        return self - end if abs and end < self else end - self

    # zones

    def in_timezone(self, tz):
        return DateTime.of(self._plain().astimezone(zone(tz)))

    in_tz = in_timezone

    def astimezone(self, tz=None):
        return DateTime.of(self._plain().astimezone(None if tz is None else zone(tz)))

    def set(self, **parts):
        return self.replace(**{"tzinfo" if key == "tz" else key: value for key, value in parts.items()})

    def replace(self, *args, **parts):
        if "tzinfo" in parts and isinstance(parts["tzinfo"], str):
            parts["tzinfo"] = zone(parts["tzinfo"])
        return DateTime.of(self._plain().replace(*args, **parts))

    def on(self, year, month, day):
        return self.replace(year=year, month=month, day=day)

    def at(self, hour, minute=0, second=0, microsecond=0):
        return self.replace(hour=hour, minute=minute, second=second, microsecond=microsecond)

    def naive(self):
        return DateTime.of(self._plain().replace(tzinfo=None))

    def date(self):
        return Date(self.year, self.month, self.day)

    @property
    def tz(self):
        return self.tzinfo

    timezone = tz

    @property
    def timezone_name(self):
        return None if self.tzinfo is None else zone_name(self)

    tz_name = timezone_name

    @property
    def offset(self):
        return None if self.utcoffset() is None else int(self.utcoffset().total_seconds())

    @property
    def offset_hours(self):
        return None if self.offset is None else self.offset / 3600

    def is_utc(self):
        return self.offset == 0 and is_utc(self.tzinfo)

    # facts

    @property
    def day_of_week(self):
        return self.weekday()

    @property
    def day_of_year(self):
        return self.timetuple().tm_yday

    @property
    def week_of_year(self):
        return self.isocalendar()[1]

    @property
    def week_of_month(self):
        first = self.replace(day=1)
        return math.ceil((self.day + first.weekday()) / 7)

    @property
    def days_in_month(self):
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def quarter(self):
        return (self.month - 1) // 3 + 1

    @property
    def int_timestamp(self):
        return math.floor(self.timestamp())

    @property
    def float_timestamp(self):
        return self.timestamp()

    @property
    def age(self):
        return int(self.diff().total_days() // 365.2425)

    def is_leap_year(self):
        return calendar.isleap(self.year)

    def is_past(self):
        return self < now()

    def is_future(self):
        return self > now()

    def is_same_day(self, other):
        return self.date() == DateTime.of(other).date()

    # edges

    def start_of(self, unit):
        """First moment of the second, minute, hour, day, week (from Monday), month, year, decade or century."""
        parts = {"microsecond": 0}
        level = _UNITS.index(unit)
        for index, name in enumerate(("second", "minute", "hour")):
            if level > index:
                parts[name] = 0
        if level >= _UNITS.index("month"):
            parts["day"] = 1
        if level >= _UNITS.index("year"):
            parts["month"] = 1
        if unit == "decade":
            parts["year"] = self.year - self.year % 10
        if unit == "century":
            parts["year"] = self.year - 1 - (self.year - 1) % 100 + 1
        start = self.replace(fold=1, **parts)
        return start.subtract(days=self.weekday()) if unit == "week" else start._settled()

    def end_of(self, unit):
        """Last microsecond of the unit."""
        start = self.start_of(unit)
        step = {"decade": {"years": 10}, "century": {"years": 100}}.get(unit, {unit + "s": 1})
        if unit in ("second", "minute", "hour"):
            return start.replace(microsecond=999999, **_TOPS[unit])
        last = start.add(**step).subtract(days=1)
        return last.replace(hour=23, minute=59, second=59, microsecond=999999)

    def next(self, day_of_week=None, keep_time=False):
        return self._seek(day_of_week, keep_time, 1)

    def previous(self, day_of_week=None, keep_time=False):
        return self._seek(day_of_week, keep_time, -1)

    def _seek(self, day_of_week, keep_time, step):
        wanted = self.weekday() if day_of_week is None else int(day_of_week)
        moved = (self if keep_time else self.start_of("day")).add(days=step)
        while moved.weekday() != wanted:
            moved = moved.add(days=step)
        return moved

    def first_of(self, unit, day_of_week=None):
        first = self._edge(unit, last=False)
        while day_of_week is not None and first.weekday() != int(day_of_week):
            first = first.add(days=1)
        return first

    def last_of(self, unit, day_of_week=None):
        last = self._edge(unit, last=True)
        while day_of_week is not None and last.weekday() != int(day_of_week):
            last = last.subtract(days=1)
        return last

    def _edge(self, unit, last):
        if unit == "quarter":
            start = self.start_of("month").replace(month=3 * self.quarter - 2)
            return start.add(months=3).subtract(days=1) if last else start
        return self.end_of(unit).start_of("day") if last else self.start_of(unit)

    # texts

    def isoformat(self, sep="T", timespec="auto"):
        return datetime.isoformat(self._plain(), sep, timespec)

    def __str__(self):
        return self.isoformat(" ")

    def __repr__(self):
        parts = [self.year, self.month, self.day, self.hour, self.minute, self.second]
        text = ", ".join(str(part) for part in parts + ([self.microsecond] if self.microsecond else []))
        if self.tzinfo is None:
            return f"DateTime({text})"
        return f"DateTime({text}, tzinfo=Timezone('{zone_name(self)}'))"

    def __format__(self, spec):
        if not spec:
            return str(self)
        return self.strftime(spec) if "%" in spec else self.format(spec)

    def format(self, fmt, locale=None):
        """Text by pendulum's tokens (`YYYY-MM-DD HH:mm:ss`; `[text]` as it stands)."""
        return TOKEN.sub(lambda m: m[1] if m[1] is not None else token_text(self, m[0]), fmt)

    def to_date_string(self):
        return self.strftime("%Y-%m-%d")

    def to_time_string(self):
        return self.strftime("%H:%M:%S")

    def to_datetime_string(self):
        return self.strftime("%Y-%m-%d %H:%M:%S")

    def to_day_datetime_string(self):
        return self.format("ddd, MMM D, YYYY h:mm A")

    def to_formatted_date_string(self):
        return self.format("MMM DD, YYYY")

    def to_iso8601_string(self):
        text = self.isoformat()
        return text[:-6] + "Z" if self.tzinfo is not None and self.is_utc() else text

    def to_rfc3339_string(self):
        return self.isoformat()

    def to_atom_string(self):
        return self.format("YYYY-MM-DDTHH:mm:ssZ")

    to_w3c_string = to_atom_string

    def to_cookie_string(self):
        return self.format("dddd, DD-MMM-YYYY HH:mm:ss zz")

    def to_rfc822_string(self):
        return self.format("ddd, DD MMM YY HH:mm:ss ZZ")

    def to_rfc2822_string(self):
        return self.format("ddd, DD MMM YYYY HH:mm:ss ZZ")

    def to_rfc850_string(self):
        return self.format("dddd, DD-MMM-YY HH:mm:ss zz")

    to_rfc1036_string = to_rfc822_string
    to_rss_string = to_rfc2822_string

    def diff_for_humans(self, other=None, absolute=False, locale=None):
        """`3 days ago`, `in 2 hours`; `before` and `after` when compared with another time."""
        span = (DateTime.of(other) if other is not None else now(self.tzinfo)) - self
        seconds = abs(span.total_seconds())
        for name, size in _HUMAN:
            if seconds >= size or name == "second":
                count = max(int(seconds // size), 0)
                break
        text = "%d %s%s" % (count, name, "" if count == 1 else "s") if name != "second" else "a few seconds"
        if absolute:
            return text
        past = span.total_seconds() > 0
        if other is not None:
            return "{} {}".format(text, "before" if past else "after")
        return f"{text} ago" if past else f"in {text}"

    # identity

    __hash__ = datetime.__hash__

    def __reduce_ex__(self, protocol):
        return (_rebuild, (self._plain(),))


_TOPS = {"second": {}, "minute": {"second": 59}, "hour": {"second": 59, "minute": 59}}
_HUMAN = (
    ("year", 365 * 86400), ("month", 30 * 86400), ("week", 7 * 86400), ("day", 86400), ("hour", 3600),
    ("minute", 60), ("second", 1),
)  # fmt: skip


class Date(date):
    """A date with the methods that go with `DateTime`."""

    def add(self, years=0, months=0, weeks=0, days=0):
        moved = DateTime(self.year, self.month, self.day).add(years, months, weeks, days)
        return Date(moved.year, moved.month, moved.day)

    def subtract(self, years=0, months=0, weeks=0, days=0):
        return self.add(-years, -months, -weeks, -days)

    def format(self, fmt, locale=None):
        return DateTime(self.year, self.month, self.day).format(fmt)

    def to_date_string(self):
        return self.isoformat()

    @property
    def day_of_week(self):
        return self.weekday()

    def __sub__(self, other):
        result = date.__sub__(self, other)
        if isinstance(result, timedelta):
            return Duration.of(result)
        return Date(result.year, result.month, result.day)


def _rebuild(value):
    return DateTime.of(value)


def now(tz=None):
    """The present moment in a zone (UTC by default)."""
    return DateTime.of(datetime.now(zone(tz)))


def parse(text, tz=UTC):
    """A date-time for an ISO 8601 text, a date or a date-time; without a zone it is taken in `tz`."""
    if isinstance(text, datetime):
        value = text
    elif isinstance(text, date):
        value = datetime(text.year, text.month, text.day)
    else:
        value = _from_iso(text.strip())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone(tz))
    return DateTime.of(value)


def _from_iso(text):
    text = text.replace("Z", "+00:00") if text.endswith("Z") else text
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if re.fullmatch(r"\d{4}-\d\d", text):
        text += "-01"
    text = re.sub(r"\.(\d{1,9})", lambda m: "." + (m[1] + "000000")[:6], text)
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    return datetime.fromisoformat(text)


def strptime(text, fmt):
    """`datetime.strptime` with a `DateTime` as result."""
    return DateTime.of(datetime.strptime(text, fmt))


def clock(text):
    """A time of day for `HH:MM[:SS]`."""
    parts = [int(part) for part in text.split(":")]
    return time(*parts)


def logical(value):
    """What user code sees as a date-time of the run: pendulum's own type where it is installed."""
    try:
        import pendulum
    except ImportError:
        return DateTime.of(value)
    return pendulum.instance(value)
