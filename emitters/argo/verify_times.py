"""Proof of fire times, logical times and intervals: the source's schedule against the manifests.

The source side walks the schedule as the source system does (Airflow: croniter on the wall clock,
`timetables/_cron.py`); the Argo side reads the CronWorkflow as Argo's cron does and evaluates the expressions of the
WorkflowTemplate.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from emitters.argo.cron import PAST
from emitters.argo.cron_patterns import MONTHS, WEEKDAYS, expand
from emitters.argo.expressions import literal
from emitters.argo.fire_times import bounds_of
from emitters.argo.language import evaluate
from emitters.argo.passes.time import schedule_facts
from emitters.argo.readback import ReadWorkflow
from migrate.ir.base import Model
from migrate.ir.schedule import PRESETS, Cron, Interval, OffsetInterval, PeriodInterval, Schedule, SessionInterval
from migrate.portable import cron4j

UTC = dt.timezone.utc
Facts = Mapping[str, Any]
COUNT = 20
AROUND = 3
STAR = ("*", "?")
_RULE = re.compile(r"'schedule': (\{.*?\})(?=, '|\s*\})", re.DOTALL)


class _Kept(Model):
    schedule: Schedule


def schedule_of(facts: Mapping[str, Any]) -> Schedule | None:
    """The schedule kept in the facts."""
    if facts.get("schedule") is None:
        return None
    return _Kept(schedule=facts["schedule"]).schedule


# the source ----------------------------------------------------------------------------------------------------------


def source_ticks(schedule: Cron | Interval, after: dt.datetime) -> Iterator[dt.datetime]:
    """Fire times from `after` on (UTC), without bounds."""
    if isinstance(schedule, Interval):
        yield from _even_ticks(schedule, after)
        return
    zone = ZoneInfo(schedule.timezone)
    if schedule.dialect == "cron4j":
        yield from _session_ticks(schedule, zone, after)
        return
    last = after - dt.timedelta(seconds=1)
    while True:
        found = min(_next_tick(p, zone, last) for p in schedule.patterns)
        yield found
        last = found


def _session_ticks(schedule: Cron, zone: ZoneInfo, after: dt.datetime) -> Iterator[dt.datetime]:
    """Session times as Digdag finds them, each later by the delay, in whole minutes (Argo's cron knows no seconds)."""
    patterns = [cron4j.parse(p) for p in schedule.patterns]
    delay = dt.timedelta(seconds=_delay(schedule))
    last = after - delay - dt.timedelta(seconds=1)
    while True:
        last = min(cron4j.next_time(p, last, zone) for p in patterns)
        yield last + delay


def _delay(schedule: Cron | Interval) -> int:
    rule = schedule.interval
    return int(rule.delay // 60 * 60) if isinstance(rule, SessionInterval) else 0


def _next_tick(pattern: str, zone: ZoneInfo, after: dt.datetime) -> dt.datetime:
    """Airflow's reading: wall clock; a skipped time comes an hour later, of a repeated one the second counts; patterns
    that fire every hour follow real time."""
    text = PRESETS.get(pattern.strip().lower(), pattern)
    naive = after.astimezone(zone).replace(tzinfo=None)
    fields = text.split()
    walk = croniter(" ".join(fields[:5]), naive)
    scheduled = walk.get_next(dt.datetime)
    if len(expand(fields[1], 0, 23)) == 24:
        return (after + (scheduled - naive)).astimezone(UTC)
    moment = _aware(scheduled, zone)
    while moment <= after:
        moment = _aware(walk.get_next(dt.datetime), zone)
    return moment


def _aware(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    before, later = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    gap = (before.utcoffset() or dt.timedelta()) < (later.utcoffset() or dt.timedelta())
    return (before if gap else later).astimezone(UTC)


def _even_ticks(schedule: Interval, after: dt.datetime) -> Iterator[dt.datetime]:
    start = (schedule.start or dt.datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC)
    if schedule.months:
        local, number = start.astimezone(ZoneInfo(schedule.timezone)), 0
        while True:
            months = local.month - 1 + number * schedule.months
            tick = local.replace(year=local.year + months // 12, month=months % 12 + 1).astimezone(UTC)
            if tick >= after:
                yield tick
            number += 1
    size = dt.timedelta(seconds=schedule.seconds)
    number = max(0, -((start - after) // size))
    while True:
        tick = start + number * size
        if tick >= after:
            yield tick
        number += 1


def source_interval(schedule: Cron | Interval, fire: dt.datetime) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    """(logical time, interval start, interval end) of the run that fires at a tick."""
    rule = schedule.interval
    if isinstance(rule, SessionInterval):
        session = fire - dt.timedelta(seconds=_delay(schedule))
        return session, session, session
    if isinstance(rule, OffsetInterval):
        start = fire - dt.timedelta(seconds=rule.seconds)
        return start, start, fire
    if not isinstance(rule, PeriodInterval):
        return fire, fire, fire
    start = _back(schedule, fire) if isinstance(schedule, Interval) else _some_before(schedule, fire)[-1]
    return start, start, fire


def _back(schedule: Interval, fire: dt.datetime) -> dt.datetime:
    if not schedule.months:
        return fire - dt.timedelta(seconds=schedule.seconds)
    months = fire.month - 1 - schedule.months
    return fire.replace(year=fire.year + months // 12, month=months % 12 + 1)


def _some_before(schedule: Cron, fire: dt.datetime) -> list[dt.datetime]:
    for days in (2, 9, 40, 400, 1500):
        found = []
        for tick in source_ticks(schedule, fire - dt.timedelta(days=days)):
            if tick >= fire:
                break
            found.append(tick)
        if found:
            return found[-1:]
    return [fire]


# Argo ----------------------------------------------------------------------------------------------------------------


def argo_ticks(cron: Mapping[str, Any], after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """Times in [after, until) at which the CronWorkflow makes a run: real minutes whose wall clock fits, `when` holds
    and `stopStrategy` does not."""
    spec = cron["spec"]
    zone = ZoneInfo(spec["timezone"])
    found: set[dt.datetime] = set()
    for pattern in spec["schedules"]:
        found.update(_matches(pattern, zone, after, until))
    when = str(spec.get("when") or "").removeprefix("{{=").removesuffix("}}").strip()
    stop = (spec.get("stopStrategy") or {}).get("expression", "")
    stop = " || ".join(p for p in stop.split(" || ") if "cronworkflow." not in p)
    out = []
    for tick in sorted(found):
        if stop and evaluate(stop, {}, tick) is True:
            break
        if not when or evaluate(when, {}, tick) is True:
            out.append(tick)
    return out


def _matches(pattern: str, zone: ZoneInfo, after: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    minute, hour, day, month, weekday = PRESETS.get(pattern, pattern).split()
    minutes, hours = expand(minute, 0, 59), expand(hour, 0, 23)
    days, months = expand(day, 1, 31), expand(month, 1, 12, MONTHS)
    weekdays = expand(weekday, 0, 6, WEEKDAYS)
    free = day[:1] in STAR or weekday[:1] in STAR
    date = after.astimezone(zone).date() - dt.timedelta(days=1)
    while date <= until.astimezone(zone).date():
        of_month, of_week = date.day in days, (date.weekday() + 1) % 7 in weekdays
        if date.month in months and ((of_month and of_week) if free else (of_month or of_week)):
            for moment in _moments(date, hours, minutes, zone):
                if after <= moment < until:
                    yield moment
        date += dt.timedelta(days=1)


def _moments(date: dt.date, hours: set[int], minutes: set[int], zone: ZoneInfo) -> Iterator[dt.datetime]:
    for h in sorted(hours):
        for m in sorted(minutes):
            wall = dt.datetime(date.year, date.month, date.day, h, m, tzinfo=zone)
            for fold in (0, 1):
                moment = wall.replace(fold=fold).astimezone(UTC)
                back = moment.astimezone(zone)
                if (back.hour, back.minute, back.date()) == (h, m, date) and back.fold == fold:
                    yield moment


def argo_times(read: ReadWorkflow, fire: dt.datetime) -> dict[str, str]:
    """The time inputs of the root template in a scheduled run: name -> RFC 3339 text."""
    root = read.templates[read.raw["spec"]["entrypoint"]]
    parameters = {p["name"]: p.get("value") for p in (root.get("inputs") or {}).get("parameters") or []}
    text = fire.strftime("%Y-%m-%dT%H:%M:%SZ")
    values: dict[str, Any] = {
        "workflow": {
            "scheduledTime": text,
            "parameters": {"logical-date": "", "conf": "{}"},
            "creationTimestamp": {"RFC3339": text},
            "name": "x",
            "uid": "x",
        },
        "inputs": {"parameters": {}},
    }
    found: dict[str, str] = {}
    for name in ("fire-time", "run-date", "interval-start", "interval-end"):
        expression = re.fullmatch(r"\{\{=(.*)\}\}", parameters.get(name) or "", re.DOTALL)
        if expression:
            found[name] = str(evaluate(expression[1], values))
            values["inputs"]["parameters"][name] = found[name]
    return found


def time_problems(
    read: ReadWorkflow, cron: Mapping[str, Any] | None, facts: Mapping[str, Any], start: dt.datetime
) -> tuple[int, list[str]]:
    """(fire times compared, problems)."""
    schedule = schedule_of(facts)
    if not isinstance(schedule, Cron | Interval) or cron is None:
        return 0, []
    limits = bounds_of(schedule)
    first = limits.first if limits.first is not None and limits.first > PAST else None
    begin = max(start, first) if first is not None else start
    windows: list[tuple[dt.datetime, list[dt.datetime]]] = [(start, list(islice(source_ticks(schedule, begin), COUNT)))]
    windows += [around(schedule, change) for change in clock_changes(schedule.timezone, start)]
    count, problems = 0, list(_told(read, schedule))
    for opened, ticks in windows:
        want = [t for t in ticks if (first is None or t >= first) and (limits.stop is None or t < limits.stop)]
        if not ticks or ticks[-1] <= opened:
            continue
        got = argo_ticks(cron, opened, ticks[-1] + dt.timedelta(seconds=1))
        count += len(ticks)
        if got != want:
            differ = min(set(got) ^ set(want))
            problems.append(f"{_show(differ)}: {'fires only in Argo' if differ in got else 'does not fire in Argo'}")
            continue
        problems += _interval_problems(read, schedule, want)
    return count, problems[:3]


def around(schedule: Cron | Interval, change: dt.datetime) -> tuple[dt.datetime, list[dt.datetime]]:
    """The last fire times before a moment and the first ones after it; and where to look from to see just these."""
    before: list[dt.datetime] = []
    after: list[dt.datetime] = []
    for days in (0.25, 5, 40, 400, 1500):
        ticks = source_ticks(schedule, change - dt.timedelta(days=days))
        before = []
        for tick in ticks:
            if tick >= change:
                after = [tick, *islice(ticks, AROUND - 1)]
                break
            before.append(tick)
        if len(before) >= AROUND:
            break
    kept = before[-AROUND:]
    return (kept[0] if kept else change), [*kept, *after]


def _told(read: ReadWorkflow, schedule: Schedule) -> Iterator[str]:
    """Pods that compute the interval themselves must be told the schedule's own rule."""
    rule = schedule_facts(schedule)
    for name, template in read.templates.items():
        for parameter in (template.get("inputs") or {}).get("parameters") or []:
            told = _RULE.search(str(parameter.get("value") or ""))
            if told and told[1] != literal(rule):
                yield f"{name}: pods are told the schedule {told[1]} instead of {literal(rule)}"


def _interval_problems(read: ReadWorkflow, schedule: Cron | Interval, ticks: list[dt.datetime]) -> Iterator[str]:
    for tick in ticks:
        logical, start, end = source_interval(schedule, tick)
        want = {"run-date": logical, "interval-start": start, "interval-end": end}
        for name, text in argo_times(read, tick).items():
            if name in want and _moment(text) != want[name]:
                yield f"run of {_show(tick)}: {name} is {text} instead of {_show(want[name])}"
                return


def clock_changes(zone: str, start: dt.datetime) -> list[dt.datetime]:
    """Moments at which the zone's clock changes within a year."""
    where = ZoneInfo(zone)
    out = []
    moment = start.replace(minute=0, second=0, microsecond=0)
    for _ in range(366 * 24):
        later = moment + dt.timedelta(hours=1)
        if moment.astimezone(where).utcoffset() != later.astimezone(where).utcoffset():
            out.append(later)
        moment = later
    return out


def _show(moment: dt.datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def once_problems(run: Facts | None, cron: Facts | None, facts: Facts) -> Iterator[str]:
    """The one run of `@once`: a Workflow with the logical time of the start date, and nothing that makes another."""
    if cron is not None:
        yield "there is a CronWorkflow for a single run"
    if run is None:
        yield "the one run is missing"
        return
    spec = run["spec"]
    if spec["workflowTemplateRef"]["name"] != facts["slug"]:
        yield f"the one run is one of {spec['workflowTemplateRef']['name']}"
    start = facts["schedule"]["start"]
    given = {p["name"]: p.get("value") for p in (spec.get("arguments") or {}).get("parameters") or []}
    found = given.get("logical-date")
    if start is not None and (not found or _moment(found) != _moment(start)):
        yield f"the one run has the logical date {found} instead of {start}"


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
