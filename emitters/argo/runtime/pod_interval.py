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


def times_of(rule, anchor, by_hand):
    """Logical date, interval and neighbouring logical dates of a run, as moments.

    rule: `rule` is `period` (from tick to tick of `cron` in `zone`, or every `seconds` or `months`), `offset` (the
    interval begins `seconds` before the fire time) or `session` (`cron` says the session times, which fire `seconds`
    later). anchor: the fire time; of a run by hand its logical date, which it keeps: its interval is then the last
    whole period before it.
    """
    kind = rule.get("rule")
    back = _earlier(rule)
    start = end = anchor
    if kind == "session":
        schedule = Schedule(rule["cron"], rule.get("zone"))
        if not by_hand:
            anchor = schedule.before(anchor - timedelta(seconds=rule.get("seconds") or 0), inclusive=True)
        return anchor, anchor, anchor, schedule.before(anchor), schedule.after(anchor)
    if kind == "period" and "cron" in rule:
        schedule = Schedule(rule["cron"], rule.get("zone"))
        end = schedule.before(anchor, inclusive=True)
        start = schedule.before(end)
        logical = anchor if by_hand else start
        neighbours = (logical, logical) if by_hand else (schedule.before(logical), schedule.after(logical))
        return logical, start, end, *neighbours
    if kind in ("period", "offset"):
        start = back(anchor)
    logical = anchor if by_hand else start
    if by_hand or kind != "period":
        return logical, start, end, logical, logical
    return logical, start, end, back(logical), end


def _earlier(rule):
    """One period back: seconds, or calendar months."""

    def back(moment):
        months = rule.get("months")
        if not months:
            return moment - timedelta(seconds=rule.get("seconds") or 0)
        return pod_time.DateTime.of(moment).subtract(months=months)

    return back


def complete(facts):
    """The run's facts with the times that follow from its fire time by the rule in `schedule`."""
    rule = facts.get("schedule")
    if not rule or not facts.get("fire_time"):
        if facts.get("fire_time"):
            for name in ("logical_date", "data_interval_start", "data_interval_end"):
                facts.setdefault(name, facts["fire_time"])
        return facts
    anchor = pod_time.parse(facts["fire_time"]).astimezone(pod_time.UTC)
    names = ("logical_date", "data_interval_start", "data_interval_end", "previous_logical", "next_logical")
    for name, moment in zip(names, times_of(rule, anchor, facts.get("run_type") == "manual")):
        facts.setdefault(name, _text(moment))
    return facts


def interval(runner, _function):
    """Writes logical date, interval and neighbours of the run."""
    run = runner.run
    by_hand = run.run_type == "manual"
    moments = times_of(runner.spec, run.fire_time, by_hand)
    names = ("run-date", "interval-start", "interval-end", "previous-logical-date", "next-logical-date")
    for name, moment in zip(names, moments):
        runner.outputs.text(name, _text(moment))


def _text(moment):
    return pod_time.DateTime.of(moment.astimezone(pod_time.UTC)).isoformat()
