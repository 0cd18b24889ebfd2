"""cron4j's patterns and its search for the next matching time, as Digdag's `CronScheduler` uses them.

Differences from other crons: day of month and day of week must both match, `L` is the last day of the month, `|`
separates alternatives, a range may wrap around, `*/90` is the first value, 7 is Sunday, `@daily` and six fields are
refused. The next time is searched in local fields and turned into an instant as Java's lenient calendar does: a local
time that a clock change skips moves forward, one that exists twice is the later (standard time) one.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

MONTHS = {
    n: i for i, n in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
DAYS = {n: i for i, n in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minutes", 0, 59, {}),
    ("hours", 0, 23, {}),
    ("days of month", 1, 31, {"l": 32}),
    ("months", 1, 12, MONTHS),
    ("days of week", 0, 7, DAYS),
)
LAST = 32
SEARCH_YEARS = 30


class BadPatternError(ValueError):
    """cron4j refuses the pattern."""


@dataclass(frozen=True)
class Alternative:
    """One five-field pattern as value sets; None matches everything (`*`)."""

    minutes: frozenset[int] | None
    hours: frozenset[int] | None
    days: frozenset[int] | None
    months: frozenset[int] | None
    weekdays: frozenset[int] | None

    def day_matches(self, year: int, month: int, day: int) -> bool:
        """Whether a date matches day of month and day of week, both."""
        return self.has_day(year, month, day) and self.has_weekday(year, month, day)

    def has_day(self, year: int, month: int, day: int) -> bool:
        """Whether a day of month matches; also one that the month does not have."""
        if self.days is None or day in self.days:
            return True
        return LAST in self.days and day == calendar.monthrange(year, month)[1]

    def has_weekday(self, year: int, month: int, day: int) -> bool:
        """Whether a date's day of week matches."""
        return self.weekdays is None or (calendar.weekday(year, month, day) + 1) % 7 in self.weekdays

    def matches(self, local: datetime) -> bool:
        """Whether a local time (to the minute) matches."""
        return (
            (self.minutes is None or local.minute in self.minutes)
            and (self.hours is None or local.hour in self.hours)
            and (self.months is None or local.month in self.months)
            and self.day_matches(local.year, local.month, local.day)
        )


def parse(pattern: str) -> tuple[Alternative, ...]:
    """The alternatives of a pattern. Raises BadPatternError."""
    parts = [p for p in pattern.split("|") if p]
    if not parts:
        raise BadPatternError(f'invalid pattern: "{pattern}"')
    return tuple(_alternative(part, pattern) for part in parts)


def _alternative(text: str, pattern: str) -> Alternative:
    words = text.split()
    if len(words) != 5:
        raise BadPatternError(f'invalid pattern: "{pattern}"')
    sets: list[frozenset[int] | None] = []
    for word, (name, low, high, names) in zip(words, FIELDS, strict=True):
        try:
            values = _field(word, low, high, names)
        except ValueError as error:
            raise BadPatternError(f'invalid pattern "{pattern}". Error parsing {name} field: {error}') from None
        if values is not None and name == "days of week":
            values = frozenset(v % 7 for v in values)
        sets.append(values)
    return Alternative(*sets)


def _field(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int] | None:
    if text == "*":
        return None
    values: set[int] = set()
    for element in text.split(","):
        values.update(_element(element, low, high, names))
    return frozenset(values)


def _element(text: str, low: int, high: int, names: dict[str, int]) -> list[int]:
    range_text, slash, step_text = text.partition("/")
    values = _range(range_text, low, high, names)
    if not slash:
        return values
    if not re.fullmatch(r"\d+", step_text) or int(step_text) < 1:
        raise ValueError(f'invalid divisor "{step_text}"')
    return values[:: int(step_text)]


def _range(text: str, low: int, high: int, names: dict[str, int]) -> list[int]:
    if text == "*":
        return list(range(low, high + 1))
    first, dash, second = text.partition("-")
    start = _value(first, low, high, names)
    if not dash:
        return [start]
    end = _value(second, low, high, names)
    if start < end:
        return list(range(start, end + 1))
    if start > end:
        return [*range(start, high + 1), *range(low, end + 1)]
    return [start]


def _value(text: str, low: int, high: int, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not re.fullmatch(r"\d+", text):
        raise ValueError(f'invalid value "{text}"')
    value = int(text)
    if not low <= value <= high:
        raise ValueError(f"value {value} is out of range {low}-{high}")
    return value


def instant(year: int, month: int, day: int, hour: int, minute: int, zone: tzinfo) -> datetime:
    """The instant (UTC) of local fields under Java's lenient calendar."""
    local = datetime(year, month, day, hour, minute, tzinfo=zone)
    early, late = local.astimezone(timezone.utc), local.replace(fold=1).astimezone(timezone.utc)
    return max(early, late)


def next_time(pattern: tuple[Alternative, ...], after: datetime, zone: tzinfo) -> datetime:
    """The first matching time (UTC) later than `after`, as cron4j's `Predictor` finds it."""
    time = after.astimezone(timezone.utc).replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = time.astimezone(zone)
    if any(alternative.matches(local) for alternative in pattern):
        return time
    return min(_search(alternative, local, zone) for alternative in pattern)


def _search(alternative: Alternative, local: datetime, zone: tzinfo) -> datetime:
    """The fields are moved on one after the other; a day that a month does not have becomes one of the next month, so
    that days before it are passed over (the 31st of February is the 3rd of March)."""
    year, month, day, hour, minute = local.year, local.month, local.day, local.hour, local.minute
    last = year + SEARCH_YEARS
    while year <= last:
        minute = _at_least(alternative.minutes, minute, 59)
        if minute < 0:
            hour, minute = hour + 1, 0
            continue
        if hour > 23:
            hour, day = 0, day + 1
        if alternative.hours is not None and hour not in alternative.hours:
            hour, minute = hour + 1, 0
            continue
        if day > 31:
            day, month = 1, month + 1
        if month > 12:
            month, year = 1, year + 1
        if not alternative.has_day(year, month, day):
            day, hour, minute = day + 1, 0, 0
            continue
        if alternative.months is not None and month not in alternative.months:
            month, day, hour, minute = month + 1, 1, 0, 0
            continue
        days = calendar.monthrange(year, month)[1]
        if day > days:  # of December, none
            month, day = month + 1, day - days
            continue
        if alternative.has_weekday(year, month, day):
            return instant(year, month, day, hour, minute, zone)
        day, hour, minute = day + 1, 0, 0
    raise BadPatternError("the pattern never matches")


def _at_least(values: frozenset[int] | None, least: int, largest: int) -> int:
    """The first value that is not less, -1 if there is none."""
    found = range(least, largest + 1) if values is None else sorted(v for v in values if v >= least)
    return next(iter(found), -1)
