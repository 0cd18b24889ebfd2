"""Decisions that need no user code: day of the week, a range of time, whether a run is the latest one."""

from __future__ import annotations

import datetime

import pod_interval
import pod_modes
import pod_time
import pod_values

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def gate_test(runner, _function):
    """Tests by the name in `spec.test`; the answer is a choice of tasks or opens a gate."""
    rule = pod_values.unpack(runner.spec.get("rule") or {})
    if runner.spec["test"] == "latest_only":
        _latest_only(runner)
        return
    test = _day_of_week if runner.spec["test"] == "day_of_week" else _datetime_range
    follow = runner.spec.get("follow") or {}
    pod_modes.decide(runner, list(follow.get("true" if test(runner, rule) else "false") or ()))


def _moment(runner, rule):
    return runner.run.logical_date if rule.get("use_logical") else pod_time.now()


def _day_of_week(runner, rule):
    moment = _moment(runner, rule).in_timezone(rule.get("zone") or "UTC")
    return DAYS[moment.weekday()] in (rule.get("days") or ())


def _datetime_range(runner, rule):
    """The moment lies between the bounds. Times of day count on the moment's day; an upper one before the lower one
    belongs to the next day."""
    moment = _moment(runner, rule)
    values = [_clock(rule.get(name)) for name in ("lower", "upper")]
    lower, upper = (_bound(value, moment, rule) for value in values)
    clocks = any(isinstance(value, datetime.time) for value in values)
    if clocks and lower is not None and upper is not None and upper < lower:
        upper = upper.add(days=1)
    return not (lower is not None and lower > moment) and not (upper is not None and upper < moment)


def _clock(value):
    if isinstance(value, str):
        return pod_time.clock(value) if len(value) <= 8 and ":" in value else pod_time.parse(value)
    if isinstance(value, dict) and "$clock" in value:
        return pod_time.clock(value["$clock"])
    return value


def _bound(found, moment, rule):
    """A bound as a moment; a naive one, and a time of day on the moment's UTC day, are in the workflow's zone."""
    if isinstance(found, datetime.time):
        found = datetime.datetime.combine(moment.in_timezone("UTC"), found)
    return None if found is None else pod_time.parse(found, rule.get("zone") or "UTC")


def _latest_only(runner):
    """A run by hand is always the latest one; a scheduled one is, unless its period is over (a backfill)."""
    run = runner.run
    go = run.run_type == "manual" or _still_current(run, runner.spec.get("schedule") or {})
    runner.outputs.go(go)
    children = list(runner.spec.get("children") or ())
    if go or not run.airflow3:
        runner.keep_result(children if go else [])


def _still_current(run, schedule):
    """Now lies before the next tick of the schedule (or before the end of the period that follows the run's own)."""
    if schedule.get("cron"):
        return pod_time.now() <= pod_interval.Schedule(schedule["cron"], schedule.get("zone")).after(run.fire_time)
    if schedule.get("months"):
        return pod_time.now() <= run.fire_time.add(months=schedule["months"])
    if schedule.get("seconds"):
        return pod_time.now() <= run.fire_time.add(seconds=schedule["seconds"])
    period = run.interval_end - run.interval_start
    return period.total_seconds() == 0 or pod_time.now() <= run.interval_end + period
