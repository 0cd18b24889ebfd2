"""Start, end, time zone and catch-up of a DAG's schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from migrate.diagnostics.source_schedules import BoundUnknown, MovingStart
from migrate.ir import exprs
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Argument, DagObject, Symbolic, Unknown, Value
from parsers.airflow.zones import as_aware, parse_date, zone_name

NEVER = 9000
"""An end date from this year on (`datetime.max`) is no end."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Aware dates that bound the logical time, the zone that cron patterns are read in, and whether missed runs count.

    `moving`: the start date is computed from the clock.
    """

    start: datetime | None
    end: datetime | None
    timezone: str
    catchup: bool
    moving: bool = False


def read_bounds(arguments: Arguments) -> Bounds:
    """Airflow's own rule (`models/dag.py`): the DAG's start and end, else those of default_args or of the tasks; the
    zone is that of the start date, else of the end date, else the deployment's (UTC)."""
    dag = arguments.context.dag
    start, moving = _date(arguments, "start_date", dag)
    end, _ = _date(arguments, "end_date", dag)
    usual = zone_name(arguments.context.setting("core", "default_timezone")) or "UTC"
    zone = None
    for date in (start, end):
        if date is not None and zone is None:
            zone = zone_name(date.tzinfo)
    catchup = arguments.bool("catchup", _catchup(arguments))
    return Bounds(
        start=as_aware(start, usual) if start else None,
        end=as_aware(end, usual) if end and end.year < NEVER else None,
        timezone=zone or usual,
        catchup=catchup,
        moving=moving,
    )


def _catchup(arguments: Arguments) -> bool:
    given = arguments.context.setting("scheduler", "catchup_by_default")
    return arguments.generation.major < 3 if given is None else given.strip().lower() in ("true", "t", "1")


def _date(arguments: Arguments, name: str, dag: DagObject) -> tuple[datetime | None, bool]:
    arguments.ignore(name)
    own = arguments.values.get(name) or dag.default_args.get(name)
    if own is None or own.value is None:
        return (_of_tasks(name, dag), False)
    value = own.value
    found = parse_date(value)
    if found is not None:
        return (found, False)
    span = own.span or arguments.span
    if _is_clock(value):
        arguments.context.report(MovingStart, span, name=name, written=_text(value))
        return (None, True)
    arguments.context.report(BoundUnknown, span, name=name, why=_why(value))
    return (None, False)


def _of_tasks(name: str, dag: DagObject) -> datetime | None:
    given = [task.arguments.get(name, Argument(None)).value for task in dag.tasks.values()]
    dates = [as_aware(date) for date in map(parse_date, given) if date is not None]
    if name == "start_date":
        return min(dates, default=None)
    return max(dates) if dates and len(dates) == len(given) else None


def _is_clock(value: Value) -> bool:
    if isinstance(value, Symbolic):
        return any(isinstance(part, exprs.TimeRef) and part.of == "now" for part in exprs.walk(value.expr)) or (
            _mentions_clock(value.unknown)
        )
    return isinstance(value, Unknown) and _mentions_clock(value)


def _mentions_clock(value: Unknown) -> bool:
    root = value.root()
    text = f"{value.text} {root.text} {root.why}"
    return any(word in text for word in ("days_ago", "now", "today", "clock", "utcnow"))


def _text(value: Value) -> str:
    unknown = value.unknown if isinstance(value, Symbolic) else value
    root = unknown.root()
    return str(unknown.text or root.text or root.why)


def _why(value: Value) -> str:
    if isinstance(value, Symbolic):
        return value.unknown.why
    return value.root().why if isinstance(value, Unknown) else f"it is a {type(value).__name__}"
