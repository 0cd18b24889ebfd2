"""Pendulum's times and durations as Python types that behave like them (pendulum 3)."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

from parsers.airflow.overlays.pendulum_duration import UNITS, Interval
from parsers.airflow.overlays.zones import any_zone, zone_name


def shifted_months(value: Any, years: int = 0, months: int = 0) -> Any:
    """The same day `years` and `months` later; the last day of the month when that one is shorter."""
    index = value.year * 12 + value.month - 1 + years * 12 + months
    year, month = divmod(index, 12)
    day = min(value.day, calendar.monthrange(year, month + 1)[1])
    return value.replace(year=year, month=month + 1, day=day)


class DateTime(datetime):
    """A pendulum time. Calendar units shift the wall clock of its zone, hours and smaller ones the moment."""

    def __str__(self) -> str:
        return self.isoformat(" ")

    def __repr__(self) -> str:
        return f"DateTime({self.isoformat()})"

    @classmethod
    def of(cls, value: datetime, zone: tzinfo | None = None) -> DateTime:
        """From a Python time; `zone` when it has none."""
        return cls(
            value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond,
            value.tzinfo if value.tzinfo is not None else zone, fold=value.fold,
        )  # fmt: skip

    def plain(self) -> datetime:
        """The same as a Python time."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, self.tzinfo,
            fold=self.fold,
        )  # fmt: skip

    def astimezone(self, tz: tzinfo | None = None) -> DateTime:
        """The same moment in another zone."""
        if tz is None:
            raise ValueError("the local time zone is not known at conversion")
        return DateTime.of(self.plain().astimezone(tz))

    def add(
        self,
        years: int = 0,
        months: int = 0,
        weeks: int = 0,
        days: int = 0,
        hours: int = 0,
        minutes: int = 0,
        seconds: float = 0,
        microseconds: int = 0,
    ) -> DateTime:
        """Later by the given units."""
        wall = self.plain()
        if years or months:
            wall = shifted_months(wall, years, months)
        wall += timedelta(days=days, weeks=weeks)
        rest = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
        if self.tzinfo is None:
            return DateTime.of(wall + rest)
        moment = wall.astimezone(timezone.utc) + rest
        return DateTime.of(moment.astimezone(self.tzinfo))

    def subtract(self, **units: Any) -> DateTime:
        """Earlier by the given units."""
        return self.add(**{unit: -count for unit, count in units.items()})

    def __add__(self, other: timedelta) -> DateTime:
        if not isinstance(other, timedelta):
            return NotImplemented
        return self._shift(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return self._shift(other, -1)
        if isinstance(other, datetime):
            gap = self.plain() - (other.plain() if isinstance(other, DateTime) else other)
            return Interval.between(DateTime.of(other, self.tzinfo), self, gap)
        return NotImplemented

    def _shift(self, gap: timedelta, sign: int) -> DateTime:
        years, months = getattr(gap, "years", 0), getattr(gap, "months", 0)
        days = gap.days - years * 365 - months * 30
        return self.add(
            years=sign * years, months=sign * months, days=sign * days,
            seconds=sign * gap.seconds, microseconds=sign * gap.microseconds,
        )  # fmt: skip

    def in_timezone(self, tz: Any) -> DateTime:
        """The same moment in another zone."""
        zone = any_zone(tz)
        return DateTime.of(self.replace(tzinfo=zone) if self.tzinfo is None else self.astimezone(zone))

    in_tz = in_timezone

    def naive(self) -> DateTime:
        """Without its zone."""
        return DateTime.of(self.replace(tzinfo=None))

    def set(self, **parts: Any) -> DateTime:
        """With some parts replaced; `tz` is a zone or its name."""
        if "tz" in parts:
            parts["tzinfo"] = any_zone(parts.pop("tz"))
        return DateTime.of(self.replace(**parts))

    def on(self, year: int, month: int, day: int) -> DateTime:
        """The same clock on another date."""
        return self.set(year=year, month=month, day=day)

    def at(self, hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> DateTime:
        """Another clock on the same date."""
        return self.set(hour=hour, minute=minute, second=second, microsecond=microsecond)

    def start_of(self, unit: str) -> DateTime:
        """The start of the second, minute, hour, day, week (Monday), month, year, decade or century around it."""
        if unit not in UNITS:
            raise ValueError(f"Invalid unit {unit!r} for start_of()")
        parts: dict[str, int] = {"microsecond": 0}
        for smaller, names in (("second", UNITS[1:]), ("minute", UNITS[2:]), ("hour", UNITS[3:])):
            if unit in names:
                parts[smaller] = 0
        value = self.set(**parts)
        if unit == "week":
            return value.add(days=-value.weekday())
        if unit in ("month", "year", "decade", "century"):
            value = value.set(day=1)
        if unit in ("year", "decade", "century"):
            value = value.set(month=1)
        if unit == "decade":
            return value.set(year=value.year - value.year % 10)
        if unit == "century":
            return value.set(year=value.year - 1 - (value.year - 1) % 100 + 1)
        return value

    def end_of(self, unit: str) -> DateTime:
        """The last microsecond of the unit around it."""
        steps = {"decade": {"years": 10}, "century": {"years": 100}}
        step = steps.get(unit, {f"{unit}s": 1})
        return self.start_of(unit).add(**step).add(microseconds=-1)

    def next(self, day_of_week: Any = None, keep_time: bool = False) -> DateTime:
        """The next such weekday."""
        return self._other_day(day_of_week, 1, keep_time)

    def previous(self, day_of_week: Any = None, keep_time: bool = False) -> DateTime:
        """The previous such weekday."""
        return self._other_day(day_of_week, -1, keep_time)

    def _other_day(self, day_of_week: Any, step: int, keep_time: bool) -> DateTime:
        wanted = self.weekday() if day_of_week is None else int(day_of_week)
        value = (self if keep_time else self.start_of("day")).add(days=step)
        while value.weekday() != wanted % 7:
            value = value.add(days=step)
        return value

    def first_of(self, unit: str, day_of_week: Any = None) -> DateTime:
        """The first day (or such weekday) of the month or year."""
        value = self.start_of(unit)
        while day_of_week is not None and value.weekday() != int(day_of_week) % 7:
            value = value.add(days=1)
        return value

    def last_of(self, unit: str, day_of_week: Any = None) -> DateTime:
        """The last day (or such weekday) of the month or year."""
        value = self.end_of(unit).start_of("day")
        while day_of_week is not None and value.weekday() != int(day_of_week) % 7:
            value = value.add(days=-1)
        return value

    def diff(self, other: datetime, abs: bool = True) -> Interval:
        """The time until `other`."""
        start, end = self, DateTime.of(other, self.tzinfo)
        if abs and end < start:
            start, end = end, start
        return Interval.between(start, end, end.plain() - start.plain())

    def is_same_day(self, other: datetime) -> bool:
        """Whether the date is the same."""
        return self.date() == other.date()

    def format(self, fmt: str, locale: str | None = None) -> str:
        """Text by pendulum's tokens (`YYYY-MM-DD HH:mm:ss`)."""
        return TOKENS.sub(lambda m: _token(self, m), fmt)

    def to_date_string(self) -> str:
        """`2024-01-31`."""
        return self.strftime("%Y-%m-%d")

    def to_time_string(self) -> str:
        """`13:05:00`."""
        return self.strftime("%H:%M:%S")

    def to_datetime_string(self) -> str:
        """`2024-01-31 13:05:00`."""
        return self.strftime("%Y-%m-%d %H:%M:%S")

    def to_day_datetime_string(self) -> str:
        """`Wed, Jan 31, 2024 1:05 PM`."""
        return self.format("ddd, MMM D, YYYY h:mm A")

    def to_formatted_date_string(self) -> str:
        """`Jan 31, 2024`."""
        return self.format("MMM DD, YYYY")

    def to_iso8601_string(self) -> str:
        """ISO 8601; UTC as `Z`."""
        text = self.isoformat()
        return text[:-6] + "Z" if zone_name(self.tzinfo) == "UTC" and text.endswith("+00:00") else text

    def to_rfc3339_string(self) -> str:
        """ISO 8601 with offset."""
        return self.isoformat()

    to_atom_string = to_rfc3339_string

    @property
    def tz(self) -> tzinfo | None:
        """Its zone."""
        return self.tzinfo

    @property
    def timezone(self) -> tzinfo | None:
        """Its zone."""
        return self.tzinfo

    @property
    def timezone_name(self) -> str | None:
        """The name of its zone."""
        return zone_name(self.tzinfo)

    @property
    def offset(self) -> int:
        """Seconds east of UTC."""
        gap = self.utcoffset()
        return int(gap.total_seconds()) if gap is not None else 0

    @property
    def offset_hours(self) -> float:
        """Hours east of UTC."""
        return self.offset / 3600

    @property
    def int_timestamp(self) -> int:
        """Whole seconds since 1970 (UTC)."""
        aware = self if self.tzinfo is not None else self.replace(tzinfo=timezone.utc)
        return int(datetime.timestamp(aware))

    @property
    def float_timestamp(self) -> float:
        """Seconds since 1970 (UTC)."""
        return self.timestamp()

    @property
    def day_of_week(self) -> int:
        """Monday is 0 (pendulum 3)."""
        return self.weekday()

    @property
    def day_of_year(self) -> int:
        """1 to 366."""
        return self.timetuple().tm_yday

    @property
    def week_of_year(self) -> int:
        """ISO week."""
        return self.isocalendar()[1]

    @property
    def week_of_month(self) -> int:
        """1 to 6; weeks start on Monday."""
        first = self.replace(day=1).weekday()
        return (self.day + first - 1) // 7 + 1

    @property
    def days_in_month(self) -> int:
        """28 to 31."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def quarter(self) -> int:
        """1 to 4."""
        return (self.month - 1) // 3 + 1


TOKENS = re.compile(
    r"\[(?:\\.|[^\]])*\]|\\.|YYYY|YY|Y|Qo|Q|MMMM|MMM|MM|Mo|M|DDDD|DDD|DD|Do|D|dddd|ddd|dd|d|E|HH|H|hh|h|mm|m|ss|s"
    r"|S{1,6}|A|ZZ|Z|zz|z|X|x|W{1,2}"
)


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _token(value: DateTime, match: re.Match[str]) -> str:
    token = match.group(0)
    if token.startswith("["):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    hour12 = value.hour % 12 or 12
    simple: dict[str, Any] = {
        "YYYY": f"{value.year:04d}", "YY": f"{value.year % 100:02d}", "Y": value.year, "Q": value.quarter,
        "Qo": _ordinal(value.quarter), "MMMM": calendar.month_name[value.month],
        "MMM": calendar.month_abbr[value.month], "MM": f"{value.month:02d}", "M": value.month,
        "Mo": _ordinal(value.month), "DDDD": f"{value.day_of_year:03d}", "DDD": value.day_of_year,
        "DD": f"{value.day:02d}", "D": value.day, "Do": _ordinal(value.day),
        "dddd": calendar.day_name[value.weekday()], "ddd": calendar.day_abbr[value.weekday()],
        "dd": calendar.day_abbr[value.weekday()][:2], "d": value.isoweekday() % 7, "E": value.isoweekday(),
        "HH": f"{value.hour:02d}", "H": value.hour, "hh": f"{hour12:02d}", "h": hour12,
        "mm": f"{value.minute:02d}", "m": value.minute, "ss": f"{value.second:02d}", "s": value.second,
        "A": "AM" if value.hour < 12 else "PM", "ZZ": _offset(value, ""), "Z": _offset(value, ":"),
        "zz": value.timezone_name or "", "z": value.tzname() or "", "X": value.int_timestamp,
        "x": int(value.timestamp() * 1000), "W": value.week_of_year, "WW": f"{value.week_of_year:02d}",
    }  # fmt: skip
    if token in simple:
        return str(simple[token])
    return f"{value.microsecond:06d}"[: len(token)]


def _offset(value: DateTime, separator: str) -> str:
    minutes = value.offset // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{separator}{abs(minutes) % 60:02d}"
