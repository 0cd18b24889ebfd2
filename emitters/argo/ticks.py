"""The last tick of a schedule at or before a time, as an Argo expression.

Only for patterns whose ticks have a simple distance (mapping 8.1); for the others a helper step walks the pattern.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal as Lit
from zoneinfo import ZoneInfo

from emitters.argo.expressions import RFC3339, quote
from migrate.ir.schedule import PRESETS

_WEEKDAYS = {name: i for i, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_MONTHS = {
    name: i + 1
    for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
}


@dataclass(frozen=True)
class Rhythm:
    """Ticks of a simple pattern. unit `seconds`: every `every` seconds of real time, `offset` seconds after a multiple
    (UTC); `day`, `week`, `month`, `year`: at a wall-clock place in `zone`."""

    unit: Lit["seconds", "day", "week", "month", "year"]
    zone: str = "UTC"
    every: int = 0
    offset: int = 0
    minute: int = 0
    hour: int = 0
    day: int = 1
    weekday: int = 0
    month: int = 1

    def tick(self, time: str, back: int = 0) -> str:
        """Expression (RFC 3339 text) of the tick `back` places before the last one at or before `time`, which is an
        expression that yields RFC 3339 text. Negative: later ticks."""
        if self.unit == "seconds":
            base = f"date({time}).UTC(){_add(-self.offset)}.Truncate(duration('{self.every}s'))"
            return f"{base}{_add(self.offset - back * self.every)}.Format('{RFC3339}')"
        if self.zone == "UTC" and self.unit in ("day", "week"):
            return self._in_utc(time, back)
        return self._wall(time, back)

    def _in_utc(self, time: str, back: int) -> str:
        size = 86400 if self.unit == "day" else 604800
        offset = self._clock() + (((self.weekday - 1) % 7) * 86400 if self.unit == "week" else 0)
        base = f"date({time}).UTC(){_add(-offset)}.Truncate(duration('{size // 3600}h'))"
        return f"{base}{_add(offset - back * size)}.Format('{RFC3339}')"

    def _clock(self) -> int:
        return self.hour * 3600 + self.minute * 60

    def _wall(self, time: str, back: int) -> str:
        """Shifts the wall clock so that a tick falls on the start of its unit, cuts, and reads it back in the zone."""
        zone = quote(self.zone)
        wall = f"date(date({time}).In(timezone({zone})).Format('2006-01-02T15:04:05') + 'Z')"
        if self.zone == "UTC":
            wall = f"date({time}).UTC()"
        wall += _add(-self._clock())
        clock = f"{self.hour:02d}:{self.minute:02d}"
        if self.unit == "week":
            days = (self.weekday - 1) % 7
            start = f"{wall}{_days(-days)}.Truncate(duration('168h')){_days(days - 7 * back)}"
            day = f"{start}.Format('2006-01-02')"
        elif self.unit == "day":
            day = f"{wall}{_days(-back)}.Format('2006-01-02')"
        elif self.unit == "month":
            shifted = f"{wall}{_days(1 - self.day)}"
            back_months = f".AddDate(0, {-back}, 0)" if back else ""
            first = f"date({shifted}.Format('2006-01'), '2006-01'){back_months}"
            day = f"{first}.Format('2006-01-') + '{self.day:02d}'"
        else:
            shifted = f"{wall}.AddDate(0, {1 - self.month}, {1 - self.day})"
            back_years = f".AddDate({-back}, 0, 0)" if back else ""
            first = f"date({shifted}.Format('2006'), '2006'){back_years}"
            day = f"{first}.Format('2006-') + '{self.month:02d}-{self.day:02d}'"
        return f"date({day} + ' {clock}', '2006-01-02 15:04', {zone}).UTC().Format('{RFC3339}')"


def _days(days: int) -> str:
    return f".AddDate(0, 0, {days})" if days else ""


def _add(seconds: int) -> str:
    return f".Add(duration('{seconds}s'))" if seconds else ""


def rhythm_of(pattern: str, zone: str) -> Rhythm | None:
    """The rhythm of a five-field pattern, or None if its ticks are not evenly spread (or the clock changes of the zone
    would shift them)."""
    fields = PRESETS.get(pattern.strip().lower(), pattern).lower().split()
    if len(fields) == 6 and fields[5] == "0":
        fields = fields[:5]
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    rest = (day, month, weekday)
    if rest == ("*", "*", "*") and hour == "*":
        return _within_hour(minute, zone)
    if rest == ("*", "*", "*") and re.fullmatch(r"(\*|0)/\d+", hour) and minute.isdigit():
        step = int(hour.split("/")[1])
        even = step and 24 % step == 0 and zone == "UTC"
        return Rhythm("seconds", zone, step * 3600, int(minute) * 60) if even else None
    if not (minute.isdigit() and hour.isdigit()):
        return None
    if not always_once(zone, int(hour), int(minute)):
        return None
    at = {"minute": int(minute), "hour": int(hour), "zone": zone}
    if rest == ("*", "*", "*"):
        return Rhythm("day", **at)  # type: ignore[arg-type]
    if day in ("*", "?") and month == "*":
        number = _number(weekday, _WEEKDAYS)
        return None if number is None else Rhythm("week", weekday=number % 7, **at)  # type: ignore[arg-type]
    if weekday not in ("*", "?") or not day.isdigit() or int(day) > 28:
        return None
    if month == "*":
        return Rhythm("month", day=int(day), **at)  # type: ignore[arg-type]
    number = _number(month, _MONTHS)
    return None if number is None else Rhythm("year", day=int(day), month=number, **at)  # type: ignore[arg-type]


def _within_hour(minute: str, zone: str) -> Rhythm | None:
    if zone != "UTC" and not _whole_hours(zone):
        return None
    if minute.isdigit():
        return Rhythm("seconds", zone, 3600, int(minute) * 60)
    if minute == "*":
        return Rhythm("seconds", zone, 60)
    found = re.fullmatch(r"(\*|0)/(\d+)", minute)
    step = int(found[2]) if found else 0
    return Rhythm("seconds", zone, step * 60) if step and 60 % step == 0 else None


def _number(text: str, names: dict[str, int]) -> int | None:
    return names[text] if text in names else int(text) if text.isdigit() else None


@lru_cache(maxsize=256)
def always_once(zone: str, hour: int, minute: int) -> bool:
    """Whether a wall-clock time comes exactly once on every day of twenty years (no clock change touches it)."""
    where = _zone(zone)
    if where is None:
        return False
    if hour > 4 and hour < 22:
        return True
    for day in _days_of_change(zone):
        wall = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=where)
        if wall.utcoffset() != wall.replace(fold=1).utcoffset():
            return False
    return True


@lru_cache(maxsize=256)
def change_minutes(zone: str) -> int:
    """By how many minutes the clocks of a zone change; the largest step if there are several, 60 if there is none."""
    where = _zone(zone)
    steps = {60} if where is None else set()
    for day in _days_of_change(zone):
        ends = (dt.datetime(day.year, day.month, day.day, tzinfo=where, fold=0) - dt.timedelta(hours=1),
                dt.datetime(day.year, day.month, day.day, 23, 59, tzinfo=where, fold=1))  # fmt: skip
        first, last = (end.utcoffset() or dt.timedelta() for end in ends)
        steps.add(abs(round((last - first) / dt.timedelta(minutes=1))))
    return max(steps - {0}, default=60)


@lru_cache(maxsize=4096)
def skipped(zone: str, minute: int) -> bool:
    """Whether a clock change skips a minute of the day on some day of twenty years."""
    where = _zone(zone)
    for day in _days_of_change(zone):
        wall = dt.datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=where)
        if (wall.utcoffset() or dt.timedelta()) < (wall.replace(fold=1).utcoffset() or dt.timedelta()):
            return True
    return False


@lru_cache(maxsize=256)
def _days_of_change(zone: str) -> tuple[dt.date, ...]:
    """The days of twenty years, from 2018, on which the clocks of a zone change."""
    where = _zone(zone)
    found = []
    before = dt.datetime(2018, 1, 1, tzinfo=where).utcoffset()
    for number in range(20 * 366):
        day = dt.date(2018, 1, 1) + dt.timedelta(days=number)
        after = dt.datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=where, fold=1).utcoffset()
        if after != before:
            found.append(day)
        before = after
    return tuple(found)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _whole_hours(zone: str) -> bool:
    """Whether the zone's distance to UTC is in whole hours now and half a year from now."""
    where = _zone(zone)
    if where is None:
        return False
    days = (dt.datetime(2026, month, 1, tzinfo=where) for month in (1, 7))
    return all((d.utcoffset() or dt.timedelta()).total_seconds() % 3600 == 0 for d in days)
