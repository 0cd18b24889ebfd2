"""When a schedule makes runs, in Argo's terms: cron patterns, a condition, bounds."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from croniter import croniter

from emitters.argo.cron_patterns import Fires, NoPattern, cron4j_fires, croniter_fires, expand, merged
from emitters.argo.expressions import quote
from emitters.argo.ticks import always_once, change_minutes, skipped
from migrate.ir.schedule import Continuous, Cron, Interval, OffsetInterval, OnData, PeriodInterval, SessionInterval

MINUTE, HOUR, DAY = 60, 3600, 86400
UTC = dt.timezone.utc


@dataclass(frozen=True)
class Bounds:
    """First allowed fire time and first fire time that is no longer allowed (None: no bound)."""

    first: dt.datetime | None = None
    stop: dt.datetime | None = None


def fires_of(schedule: Cron | Interval | Continuous | OnData) -> tuple[Fires, str]:
    """Patterns with condition, and the zone they are read in. Raises NoPattern."""
    zone = schedule.timezone
    if isinstance(schedule, Continuous):
        return Fires(("* * * * *",)), zone
    if isinstance(schedule, Interval):
        return (_monthly(schedule), zone) if schedule.months else (_even(schedule), "UTC")
    patterns = schedule.patterns if isinstance(schedule, Cron) else schedule.cron
    if isinstance(schedule, Cron) and schedule.dialect == "cron4j":
        delay = schedule.interval.delay if isinstance(schedule.interval, SessionInterval) else 0
        parts = [(cron4j_fires(p, zone), int(delay)) for p in patterns]
        return merged([_in_real_time(f, late, zone) for f, late in parts], zone), zone
    return merged([_clock_changes(croniter_fires(p, zone), zone) for p in patterns], zone), zone


def _in_real_time(fires: Fires, delay: int, zone: str) -> Fires:
    """Run times of a cron4j pattern's session times around clock changes: as Airflow's, where it names hours."""
    if delay < MINUTE and fires.patterns[0].split()[1] != "*":
        return _clock_changes(replace(fires, seconds=delay), zone)
    return _second_of_two(fires, _delayed(fires, delay, zone), delay, zone)


def _clock_changes(fires: Fires, zone: str) -> Fires:
    """Airflow's reading of hours that a clock change touches, unless the pattern fires every hour: a time that is
    skipped comes one hour later by the clock, one that is repeated comes the second time (`timetables/_cron.py`)."""
    minute, hour, *days = fires.patterns[0].split()
    hours = expand(hour, 0, 23)
    minutes = expand(minute, 0, 59)
    touched = sorted(h for h in hours if len(hours) < 24 and not all(always_once(zone, h, m) for m in minutes))
    if not touched:
        return fires
    if change_minutes(zone) != 60:
        return _odd_changes(fires, zone, hours, minutes)
    now = f"now().In(timezone({quote(zone)}))"
    wanted = sorted(hours)
    here = f"{now}.Hour() in {wanted} && {now}.Add(duration('1h')).Hour() != {now}.Hour()"
    moved = f"{now}.Hour() - 1 in {touched} && {now}.Add(duration('-1h')).Hour() != {now}.Hour() - 1"
    test = f"({here}) || ({moved})"
    when = f"({fires.when}) && ({test})" if fires.when else test
    written = ",".join(map(str, sorted(hours | {(h + 1) % 24 for h in touched})))
    return Fires((" ".join([minute, written, *days]),), when, fires.seconds, True)


def _odd_changes(fires: Fires, zone: str, hours: set[int], minutes: set[int]) -> Fires:
    """The same in a zone whose clocks change by another step than an hour: minutes of the day are compared."""
    step = change_minutes(zone)
    moved = sorted({(t + step) % 1440 for t in (h * 60 + m for h in hours for m in minutes) if skipped(zone, t)})
    now = f"now().In(timezone({quote(zone)}))"
    clock = f"({now}.Hour() * 60 + {now}.Minute())"
    later, before = (_minutes_of_day(f"{now}.Add(duration('{sign}{step}m'))") for sign in ("", "-"))
    test = f"{now}.Hour() in {sorted(hours)} && {now}.Minute() in {sorted(minutes)} && {later} != {clock}"
    if moved:
        test = f"({test}) || ({clock} in {moved} && {before} != {clock} - {step})"
    when = f"({fires.when}) && ({test})" if fires.when else test
    every = minutes | {t % 60 for t in moved}
    written = hours | {t // 60 for t in moved}
    first = " ".join(",".join(map(str, sorted(part))) for part in (every, written))
    return Fires((" ".join([first, *fires.patterns[0].split()[2:]]),), when, fires.seconds, True)


def _minutes_of_day(moment: str) -> str:
    return f"({moment}.Hour() * 60 + {moment}.Minute())"


def _even(schedule: Interval) -> Fires:
    """A fixed distance, counted from the start: a plain pattern where it divides the hour, day or week, else a pattern
    that fires too often and the remainder of the epoch."""
    seconds = int(schedule.seconds)
    if seconds < MINUTE or seconds % MINUTE or seconds != schedule.seconds:
        raise NoPattern(f"every {schedule.seconds:g} seconds")
    start = (schedule.start or dt.datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC)
    minute, hour = start.minute, start.hour
    if seconds < HOUR and HOUR % seconds == 0:
        step = seconds // MINUTE
        return Fires((f"{_phase(minute % step, step, 60)} * * * *",))
    if seconds <= DAY and DAY % seconds == 0 and seconds % HOUR == 0:
        step = seconds // HOUR
        return Fires((f"{minute} {_phase(hour % step, step, 24)} * * *",))
    if seconds == 7 * DAY:
        return Fires((f"{minute} {hour} * * {(start.weekday() + 1) % 7}",))
    step = math.gcd(seconds, HOUR) // MINUTE
    base = int(start.timestamp()) % seconds
    when = f"(now().Unix() - {base}) % {seconds} < {step * MINUTE}"
    if seconds % DAY == 0:
        return Fires((f"{minute} {hour} * * *",), f"(now().Unix() - {base}) % {seconds} < {DAY}")
    if seconds % HOUR == 0:
        return Fires((f"{minute} * * * *",), f"(now().Unix() - {base}) % {seconds} < {HOUR}")
    return Fires((f"{_phase(minute % step, step, 60)} * * * *",), when)


def _phase(first: int, step: int, size: int) -> str:
    if step == size:
        return str(first)
    if step == 1:
        return "*"
    return f"*/{step}" if first == 0 else f"{first}-{size - 1}/{step}"


def _monthly(schedule: Interval) -> Fires:
    start = schedule.start or dt.datetime(1970, 1, 1, tzinfo=UTC)
    start = start.astimezone(ZoneInfo(schedule.timezone))
    if start.day > 28 or (12 % schedule.months and schedule.months % 12):
        raise NoPattern(f"every {schedule.months} months from day {start.day}")
    months = sorted({(start.month - 1 + k * schedule.months) % 12 + 1 for k in range(12)})
    field = "*" if len(months) == 12 else ",".join(map(str, months))
    fires = Fires((f"{start.minute} {start.hour} {start.day} {field} *",))
    if schedule.months > 12:
        years = schedule.months // 12
        year = f"now().In(timezone({quote(schedule.timezone)})).Year()"
        return replace(fires, when=f"({year} - {start.year}) % {years} == 0")
    return fires


def _delayed(fires: Fires, delay: int, zone: str) -> Fires:
    """The run times of session times: `delay` seconds of real time later, without seconds that are no whole minute."""
    if delay < MINUTE:
        return replace(fires, seconds=delay)
    minute, hour, day, month, weekday = fires.patterns[0].split()
    rest = delay // MINUTE
    if hour == "*" and minute.isdigit():
        made = f"{(int(minute) + rest) % 60} * {day} {month} {weekday}"
        if rest < 60 - int(minute) or (day, month, weekday) == ("*", "*", "*"):
            return Fires((made,), fires.when, delay % MINUTE, True)
    if not (minute.isdigit() and hour.isdigit()):
        raise NoPattern(f"`{fires.patterns[0]}` with a delay of {delay} seconds")
    days, late = divmod(int(hour) * 60 + int(minute) + rest, 1440)
    own = (int(hour), int(minute))
    if not days and all(always_once(zone, h, late % 60) for h in range(own[0], late // 60 + 1)):
        return Fires((f"{late % 60} {late // 60} {day} {month} {weekday}",), fires.when, delay % MINUTE, True)
    return _around_changes(fires, delay, zone, days, late)


def _second_of_two(session: Fires, fires: Fires, delay: int, zone: str) -> Fires:
    """cron4j takes the second of an hour that comes twice, unless it goes on minute by minute into the first one."""
    minute, hour, *_ = session.patterns[0].split()
    minutes = expand(minute, 0, 59)
    if hour != "*" or {0, 59} <= minutes or all(always_once(zone, h, 0) for h in range(24)):
        return fires
    now = f"now().In(timezone({quote(zone)}))"
    own = f"{now}.Add(duration('-{delay}s'))" if delay >= MINUTE else now
    step = change_minutes(zone)
    later = f"{own}.Add(duration('{step}m'))"
    test = f"{own}.Add(duration('1h')).Hour() != {own}.Hour()"
    if step != 60:
        test = f"{_minutes_of_day(later)} != {_minutes_of_day(own)}"
    return replace(fires, when=f"({fires.when}) && {test}" if fires.when else test, changed=True)


def _around_changes(fires: Fires, delay: int, zone: str, days: int, late: int) -> Fires:
    """Clock changes may move the run time by the clock: the hours around it, and only the true one of them."""
    minute, hour, day, month, weekday = fires.patterns[0].split()
    step = change_minutes(zone)
    places = sorted({p for p in (late - step, late, late + step) if 0 <= p < 1440})
    hours = sorted({p // 60 for p in places})
    at = ",".join(map(str, sorted({p % 60 for p in places})))
    now = f"now().In(timezone({quote(zone)}))"
    base = f"{now}.AddDate(0, 0, {-days})" if days else now
    session = (
        f"date({base}.Format('2006-01-02') + ' {int(hour):02d}:{int(minute):02d}', '2006-01-02 15:04', {quote(zone)})"
    )
    passed = f"now().Unix() - {session}.Unix() - {delay // MINUTE * MINUTE}"
    when = f"{passed} >= 0 && {passed} < {HOUR if step % 60 == 0 else MINUTE}"
    if days:
        if day != "*" or month != "*":
            raise NoPattern("a day of month with a delay beyond the day")
        if weekday != "*":
            weekday = ",".join(str((int(w) + days) % 7) for w in weekday.split(","))
    if fires.when:
        when = f"({fires.when}) && {when}"
    pattern = f"{at} {','.join(map(str, hours))} {day} {month} {weekday}"
    return Fires((pattern,), when, delay % MINUTE, True)


# bounds --------------------------------------------------------------------------------------------------------------


def bounds_of(schedule: Cron | Interval | Continuous | OnData) -> Bounds:
    """The source bounds the logical time; the fire times that go with it (one period later for data intervals)."""
    if schedule.bounds == "fire":
        return Bounds(schedule.start, schedule.end)
    first = schedule.start and _first_fire(schedule, schedule.start)
    stop = schedule.end and _after_last(schedule, schedule.end)
    return Bounds(first, stop)


def _first_fire(schedule: Cron | Interval | Continuous | OnData, start: dt.datetime) -> dt.datetime | None:
    """Fire time of the first run whose logical time is not before `start`."""
    rule = schedule.interval
    if isinstance(rule, OffsetInterval):
        return start + dt.timedelta(seconds=rule.seconds)
    if not isinstance(rule, PeriodInterval):
        return start
    if isinstance(schedule, Interval):
        return _later(schedule, start, 1)
    tick = _tick(schedule, start, inclusive=True)
    return tick and _tick(schedule, tick)


def _after_last(schedule: Cron | Interval | Continuous | OnData, end: dt.datetime) -> dt.datetime | None:
    """First moment at which no run may be made any more: just after the fire time of the last logical time <= `end`."""
    rule = schedule.interval
    second = dt.timedelta(seconds=1)
    if isinstance(rule, OffsetInterval):
        return end + dt.timedelta(seconds=rule.seconds) + second
    if isinstance(rule, PeriodInterval):
        if isinstance(schedule, Interval):
            return _later(schedule, end, 1) + second
        next_logical = _tick(schedule, end)
        return next_logical and _tick(schedule, next_logical)
    return _tick(schedule, end) if isinstance(schedule, Cron) else end + second


def _later(schedule: Interval, moment: dt.datetime, periods: int) -> dt.datetime:
    if not schedule.months:
        return moment + dt.timedelta(seconds=periods * schedule.seconds)
    months = moment.month - 1 + periods * schedule.months
    return moment.replace(year=moment.year + months // 12, month=months % 12 + 1, day=min(moment.day, 28))


_EARLIEST = dt.datetime(1970, 1, 2, tzinfo=dt.timezone.utc)
"""A start before this (`datetime.min`) bounds nothing; arithmetic on it would leave the range of dates."""


def _tick(
    schedule: Cron | Interval | Continuous | OnData, after: dt.datetime, *, inclusive: bool = False
) -> dt.datetime | None:
    """The next tick of the source's patterns in their zone."""
    patterns = schedule.patterns if isinstance(schedule, Cron) else ()
    zone = ZoneInfo(schedule.timezone)
    after = max(after, _EARLIEST)
    local = after.astimezone(zone) - (dt.timedelta(seconds=1) if inclusive else dt.timedelta())
    found = []
    for pattern in patterns:
        found.append(_next(pattern, local.replace(tzinfo=None)).replace(tzinfo=zone))
    return min(found) if found else None


@lru_cache(maxsize=2_000)
def _next(pattern: str, after: dt.datetime) -> dt.datetime:
    """The next tick by the wall clock."""
    found: dt.datetime = croniter(pattern, after).get_next(dt.datetime)
    return found


def shortest_distance(schedule: Cron | Interval | Continuous | OnData) -> float:
    """Seconds between two neighbouring ticks, at the least of the next hundred; an hour where that is not known."""
    if isinstance(schedule, Interval):
        return schedule.seconds or 28 * DAY
    return _shortest(tuple(schedule.patterns)) if isinstance(schedule, Cron) else HOUR


@lru_cache(maxsize=2_000)
def _shortest(patterns: tuple[str, ...]) -> float:
    days = [_in_a_day(p) for p in patterns]
    if len(days) == 1 and days[0]:
        return _closest(days[0])
    try:
        ticks: list[dt.datetime] = []
        for pattern in patterns:
            walk = croniter(pattern.replace("|", ","), dt.datetime(2026, 1, 1))  # noqa: DTZ001 - wall clock
            ticks += [walk.get_next(dt.datetime) for _ in range(60)]
    except (ValueError, KeyError):
        return HOUR
    ticks.sort()
    return min((b - a).total_seconds() for a, b in pairwise(ticks) if b > a)


_EVERY = re.compile(r"(\*|\*/[1-9]\d*|\d+(?:,\d+)*) (\*|\*/[1-9]\d*|\d+(?:,\d+)*) \* \* \*")
"""Patterns that are the same every day; most are, and walking them tick by tick costs milliseconds."""


def _in_a_day(pattern: str) -> list[int]:
    """The minutes of the day at which such a pattern fires; empty for any other."""
    match = _EVERY.fullmatch(pattern)
    if match is None:
        return []
    minutes, hours = expand(match[1], 0, 59), expand(match[2], 0, 23)
    if max(minutes) > 59 or max(hours) > 23:
        return []
    return sorted(h * 60 + m for h in hours for m in minutes)


def _closest(minutes: list[int]) -> float:
    """Seconds between neighbours among the next sixty ticks after midnight, at the least."""
    day = DAY // MINUTE
    ticks = [m + day * n for n in range(60 // len(minutes) + 2) for m in minutes]
    after = [m for m in ticks if m > 0][:60]
    return float(MINUTE * min(b - a for a, b in pairwise(after)))
