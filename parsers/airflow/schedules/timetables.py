"""Timetable objects: which runs they make, and what interval each run stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from croniter import croniter

from migrate.diagnostics.source_schedules import ScheduleInvalid, ScheduleNotConverted
from migrate.ir.schedule import (
    PRESETS,
    Continuous,
    Cron,
    Interval,
    IntervalRule,
    OffsetInterval,
    Once,
    OnData,
    PeriodInterval,
    PointInterval,
    Schedule,
    UnknownSchedule,
)
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Instance, Value
from parsers.airflow.schedules.bounds import Bounds
from parsers.airflow.schedules.objects import data_names, duration, field
from parsers.airflow.zones import as_aware, zone_name

_OWN_RULES = ("next_dagrun_info", "infer_manual_data_interval", "next_dagrun_info_v2", "iter_dagrun_infos")


def read_timetable(
    value: Instance, name: str, arguments: Arguments, bounds: Bounds, common: dict[str, Any]
) -> Schedule | None:
    """The schedule that a timetable object stands for; a class of the user's own is reported (SCH009)."""
    known = _known_class(value)
    reader = _READERS.get(known) if known is not None else None
    if reader is not None:
        found = reader(value, arguments, common)
        if not isinstance(found, str):
            return found
        why = found
    else:
        why = "it is a timetable of the project's own, or one that Argo has no equivalent for"
    arguments.report(ScheduleNotConverted, name, schedule=value.cls.name, why=why)
    return UnknownSchedule(**common, why=why)


def _known_class(value: Instance) -> str | None:
    """The modelled class whose rules hold; None when the user's own class changes them."""
    for cls in value.cls.mro or (value.cls,):
        if cls.node is None and cls.name in _READERS:
            return cls.name
        if cls.node is not None and any(rule in cls.namespace for rule in _OWN_RULES):
            return None
    return None


def _zone(value: Instance, common: dict[str, Any]) -> str:
    return zone_name(field(value, "timezone", "_timezone")) or str(common["timezone"])


def _trigger_rule(value: Instance) -> IntervalRule:
    length = duration(field(value, "interval", "_interval"))
    return OffsetInterval(seconds=length[0]) if length is not None and length[0] > 0 else PointInterval()


def _cron(value: Instance, arguments: Arguments, common: dict[str, Any], rule: IntervalRule) -> Schedule | str:
    texts = field(value, "crons", "cron", "_expression", "cron_expressions")
    patterns = [texts] if isinstance(texts, str) else list(texts) if isinstance(texts, list | tuple) else []
    expanded = tuple(PRESETS.get(p, p) for p in patterns if isinstance(p, str))
    if not expanded or len(expanded) != len(patterns):
        return "its patterns are not known at conversion"
    if not all(croniter.is_valid(p) for p in expanded):
        arguments.report(ScheduleInvalid, None, schedule=", ".join(expanded))
    return Cron(**{**common, "timezone": _zone(value, common), "interval": rule}, patterns=expanded)


def _cron_interval(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    return _cron(value, arguments, common, PeriodInterval())


def _cron_trigger(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    return _cron(value, arguments, common, _trigger_rule(value))


def _delta(value: Instance, common: dict[str, Any], rule: IntervalRule) -> Schedule | str:
    length = duration(field(value, "delta", "_delta"))
    if length is None:
        return "its length is not known at conversion"
    return Interval(**{**common, "interval": rule}, seconds=length[0], months=length[1])


def _delta_interval(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    return _delta(value, common, PeriodInterval())


def _delta_trigger(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    return _delta(value, common, _trigger_rule(value))


def _data_or_time(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    names, expression = data_names(field(value, "datasets", "assets", "asset_condition", "dataset_condition"))
    inner = field(value, "timetable")
    known = _known_class(inner) if isinstance(inner, Instance) else None
    timed = _READERS[known](inner, arguments, common) if known is not None else "no time"
    if not isinstance(timed, Cron):
        return OnData(**common, names=tuple(dict.fromkeys(names)), expression=expression)
    bounds = {**common, "timezone": timed.timezone, "interval": timed.interval}
    return OnData(**bounds, names=tuple(dict.fromkeys(names)), expression=expression, cron=timed.patterns)


def _events(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    """Single dates become yearly patterns that the last date ends; that is exact within one year only."""
    given: Value = field(value, "event_dates", "_event_dates")
    if not isinstance(given, list | tuple | set) or not all(isinstance(d, datetime) for d in given):
        return "its dates are not known at conversion"
    dates = sorted(as_aware(d) for d in given)
    if not dates or dates[-1] - dates[0] > timedelta(days=364) or any(d.second or d.microsecond for d in dates):
        return "cron patterns name no year, and its dates cover more than one"
    zone = zone_name(dates[0].tzinfo) or "UTC"
    local = [d.astimezone(dates[0].tzinfo) for d in dates]
    patterns = tuple(dict.fromkeys(f"{d.minute} {d.hour} {d.day} {d.month} *" for d in local))
    start = max(filter(None, (common["start"], dates[0])))
    end = min(filter(None, (common["end"], dates[-1])))
    return Cron(
        **{**common, "timezone": zone, "start": start, "end": end, "interval": PointInterval()}, patterns=patterns
    )


def _once(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    return Once(**common)


def _continuous(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str:
    return Continuous(**common)


def _none(value: Instance, arguments: Arguments, common: dict[str, Any]) -> Schedule | str | None:
    return None


_Reader = Callable[[Instance, Arguments, dict[str, Any]], "Schedule | str | None"]
_READERS: dict[str, _Reader] = {
    "CronDataIntervalTimetable": _cron_interval,
    "CronTriggerTimetable": _cron_trigger,
    "MultipleCronTriggerTimetable": _cron_trigger,
    "DeltaDataIntervalTimetable": _delta_interval,
    "DeltaTriggerTimetable": _delta_trigger,
    "DatasetOrTimeSchedule": _data_or_time,
    "AssetOrTimeSchedule": _data_or_time,
    "EventsTimetable": _events,
    "OnceTimetable": _once,
    "ContinuousTimetable": _continuous,
    "NullTimetable": _none,
}
