"""The schedule of a DAG, whatever form it was written in (`airflow/models/dag.py: create_timetable`)."""

from __future__ import annotations

from typing import Any

from croniter import croniter

from migrate.diagnostics.source_schedules import (
    DefaultSchedule,
    ScheduleInvalid,
    ScheduleNotConverted,
    ScheduleUnknown,
)
from migrate.ir.schedule import (
    PRESETS,
    Continuous,
    Cron,
    Interval,
    Once,
    OnData,
    PeriodInterval,
    PointInterval,
    Schedule,
    UnknownSchedule,
)
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Instance, Symbolic, Unknown, Value
from parsers.airflow.schedules.bounds import Bounds, read_bounds
from parsers.airflow.schedules.objects import data_names, duration, is_data
from parsers.airflow.schedules.timetables import read_timetable
from parsers.airflow.to_expr import describe

_NAMES = ("schedule", "schedule_interval", "timetable")
_ABSENT: Any = object()


def read_schedule(arguments: Arguments) -> Schedule | None:
    """The schedule of a DAG from its arguments; None: only run by hand. Reads `schedule`, `schedule_interval`,
    `timetable`, `start_date`, `end_date` and `catchup`; whatever cannot be converted is reported."""
    bounds = read_bounds(arguments)
    paused = arguments.raw("is_paused_upon_creation")
    value: Value = _ABSENT
    name = "schedule"
    for candidate in _NAMES:
        found = arguments.raw(candidate, _ABSENT)
        if found is not _ABSENT and (value is _ABSENT or value is None):
            value, name = found, candidate
    if value is _ABSENT:
        return _default(arguments, bounds, paused is True)
    common = _common(bounds, paused is True, _text(value))
    return _of_value(value, name, arguments, bounds, common)


def _common(bounds: Bounds, paused: bool, text: str) -> dict[str, Any]:
    return {
        "timezone": bounds.timezone,
        "start": bounds.start,
        "end": bounds.end,
        "catchup": bounds.catchup,
        "paused": paused,
        "text": text,
    }


def _default(arguments: Arguments, bounds: Bounds, paused: bool) -> Schedule | None:
    old = arguments.generation.major < 3
    shown = "once a day from its start date" if old else "no schedule"
    arguments.report(DefaultSchedule, None, default=shown, generation=arguments.generation.text)
    if not old:
        return None
    return Interval(**_common(bounds, paused, "(default)"), seconds=86400, interval=PeriodInterval())


def _of_value(value: Value, name: str, arguments: Arguments, bounds: Bounds, common: dict[str, Any]) -> Schedule | None:
    periods = PeriodInterval() if arguments.generation.major < 3 else PointInterval()
    if value is None:
        return None
    if isinstance(value, str):
        return _of_text(value, name, arguments, {**common, "interval": periods})
    length = duration(value)
    if length is not None:
        return Interval(**common, seconds=length[0], months=length[1], interval=periods)
    if is_data(value) or (isinstance(value, list | tuple | set) and any(is_data(item) for item in value)):
        names, expression = data_names(value)
        return OnData(**common, names=tuple(dict.fromkeys(names)), expression=expression)
    if isinstance(value, Instance):
        return read_timetable(value, name, arguments, bounds, common)
    return _unreadable(value, name, arguments, common)


def _of_text(text: str, name: str, arguments: Arguments, common: dict[str, Any]) -> Schedule | None:
    pattern = text.strip()
    if pattern == "@once":
        return Once(**{**common, "interval": PointInterval()})
    if pattern == "@continuous":
        return Continuous(**{**common, "interval": PointInterval()})
    pattern = PRESETS.get(pattern, pattern)
    if not croniter.is_valid(pattern):
        arguments.report(ScheduleInvalid, name, schedule=text)
        return UnknownSchedule(**common, why=f"`{text}` is no valid schedule")
    return Cron(**common, patterns=(pattern,))


def _unreadable(value: Value, name: str, arguments: Arguments, common: dict[str, Any]) -> Schedule:
    if isinstance(value, Unknown | Symbolic):
        unknown = value.unknown if isinstance(value, Symbolic) else value
        why = unknown.root().why
        arguments.report(ScheduleUnknown, name, why=why)
        return UnknownSchedule(**common, why=why)
    why = f"it is {describe(value)}"
    arguments.report(ScheduleNotConverted, name, schedule=_text(value), why=why)
    return UnknownSchedule(**common, why=why)


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Instance):
        return value.cls.name
    if isinstance(value, Unknown | Symbolic):
        return (value.unknown if isinstance(value, Symbolic) else value).text
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)
