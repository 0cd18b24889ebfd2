"""Which period of time a run stands for, by walking the schedule's cron patterns.

Ticks follow the source system: wall clock of the schedule's zone; a day of month together with a day of week means
either of them; a time that a clock change skips comes when the clock jumps, of one that it repeats the second counts;
patterns that fire every hour follow real time.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

import pod_time

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
PRESETS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@quarterly": "0 0 1 */3 *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
HORIZON = timedelta(days=366 * 9)


class Cron:
    """One pattern of five fields in a zone."""

    def __init__(self, pattern, zone):
        fields = PRESETS.get(pattern.strip().lower(), pattern).lower().split()
        self.zone = pod_time.zone(zone)
        self.minutes = _field(fields[0], 0, 59, {})
        self.hours = _field(fields[1], 0, 23, {})
        self.months = _field(fields[3], 1, 12, MONTHS)
        self.any_day, self.any_weekday = fields[2] in ("*", "?"), fields[4] in ("*", "?")
        self.last_day = "l" in fields[2].split(",")
        self.days = _field(",".join(p for p in fields[2].split(",") if p != "l") or "*", 1, 31, {})
        if self.last_day and fields[2] == "l":
            self.days = set()
        self.nth = {}
        plain = []
        for part in fields[4].split(","):
            day, hash_, number = part.partition("#")
            if hash_:
                self.nth.setdefault(int(DAYS.get(day, day)) % 7, set()).add(int(number))
            elif len(part) > 1 and part.startswith("l"):
                self.nth.setdefault(int(part[1:]) % 7, set()).add(-1)
            else:
                plain.append(part)
        self.weekdays = {day % 7 for day in _field(",".join(plain), 0, 7, DAYS)} if plain else set()

    def fits_day(self, day):
        """Whether the pattern fires on a date."""
        if day.month not in self.months:
            return False
        of_month = day.day in self.days or (self.last_day and day.day == calendar.monthrange(day.year, day.month)[1])
        weekday = (day.weekday() + 1) % 7
        of_week = weekday in self.weekdays or self._nth_fits(day, weekday)
        if self.any_day:
            return of_week
        return of_month if self.any_weekday else of_month or of_week

    def _nth_fits(self, day, weekday):
        wanted = self.nth.get(weekday, ())
        last = day.day + 7 > calendar.monthrange(day.year, day.month)[1]
        return (day.day + 6) // 7 in wanted or (-1 in wanted and last)

    def after(self, moment):
        """First tick later than a moment."""
        return self._tick(moment, 1)

    def before(self, moment, inclusive=False):
        """Last tick before a moment, or at it."""
        last = self._tick(moment, -1)
        return moment if inclusive and self._tick(last, 1) == moment else last

    def _tick(self, moment, step):
        local = moment.astimezone(self.zone)
        wall = datetime(local.year, local.month, local.day, local.hour, local.minute, local.second, local.microsecond)
        tick = self._wall_tick(wall, step)
        if len(self.hours) == 24:
            return moment.astimezone(pod_time.UTC) + (tick - wall)
        return _moment(tick, self.zone)

    def _wall_tick(self, wall, step):
        """The next (step 1) or last (step -1) tick by the clock on the wall."""
        day = wall.date()
        for _ in range(HORIZON.days):
            if self.fits_day(day):
                ticks = [datetime(day.year, day.month, day.day, h, m) for h in self.hours for m in self.minutes]
                ticks = [tick for tick in ticks if (tick > wall if step > 0 else tick < wall)]
                if ticks:
                    return min(ticks) if step > 0 else max(ticks)
            day += timedelta(days=step)
        raise ValueError("the cron pattern never fires")


def _moment(wall, zone):
    """The moment of a wall time: the second one of a repeated time, the jump for a skipped one."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    skipped = first.utcoffset() < second.utcoffset()
    return (first if skipped else second).astimezone(pod_time.UTC)


def _field(text, low, high, names):
    found = set()
    for part in text.split(","):
        body, _, step = part.partition("/")
        if body in ("*", "?"):
            start, stop = low, high
        elif "-" in body:
            start, stop = (int(names.get(end, end)) for end in body.split("-", 1))
        else:
            start = int(names.get(body, body))
            stop = high if step else start
        if start > stop:
            found.update(range(start, high + 1, int(step or 1)))
            start = low
        found.update(range(start, stop + 1, int(step or 1)))
    return found


class Schedule:
    """Several patterns together."""

    def __init__(self, patterns, zone):
        self.patterns = [Cron(pattern, zone) for pattern in patterns]

    def after(self, moment):
        return min(pattern.after(moment) for pattern in self.patterns)

    def before(self, moment, inclusive=False):
        return max(pattern.before(moment, inclusive) for pattern in self.patterns)


def interval(runner, _function):
    """Writes logical date, interval and neighbours of the run.

    A scheduled run with a `period` rule stands for the period that ends at its fire time; its logical date is the
    period's start. A run by hand keeps its logical date, and its interval is the last whole period before it. With a
    `session` rule the patterns are those of the session times, which fire `seconds` later.
    """
    spec, run = runner.spec, runner.run
    schedule = Schedule(spec["cron"], spec.get("zone"))
    by_hand = run.run_type == "manual"
    anchor = run.logical_date if by_hand else run.fire_time
    start = end = anchor
    if spec.get("rule") == "session":
        if not by_hand:
            start = end = anchor = schedule.before(anchor - timedelta(seconds=spec.get("seconds") or 0), inclusive=True)
        _write(runner, anchor, start, end, schedule.before(anchor), schedule.after(anchor))
        return
    if spec.get("rule") == "period":
        end = schedule.before(anchor, inclusive=True)
        start = schedule.before(end)
    elif spec.get("rule") == "session" and not by_hand:
        start = end = anchor - timedelta(seconds=spec.get("seconds") or 0)
    logical = anchor if by_hand else start
    neighbours = (logical, logical) if by_hand else (schedule.before(logical), schedule.after(logical))
    _write(runner, logical, start, end, *neighbours)


def _write(runner, *moments):
    names = ("logical-date", "interval-start", "interval-end", "previous-logical-date", "next-logical-date")
    for name, moment in zip(names, moments):
        runner.outputs.text(name, pod_time.DateTime.of(moment.astimezone(pod_time.UTC)).isoformat())
