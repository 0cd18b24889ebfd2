"""Structure facts of a compiled workflow, for `inspect`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from migrate.ir.structure import SourcePlace, TaskStructure, WorkflowStructure
from parsers.digdag.schedules import DigSchedule, read_schedule
from parsers.digdag.tree import DigWorkflow


def structure(flow: DigWorkflow, start: datetime, count: int) -> WorkflowStructure:
    """Tasks with parents and upstreams as Digdag's compiler gives them, and the next `count` schedule times from
    `start` on. Raises DigError for a schedule that Digdag refuses."""
    schedule = read_schedule(flow.schedule, flow.timezone) if flow.schedule is not None else None
    tasks = tuple(
        TaskStructure(
            id=task.full_name,
            operator=task.operator or "",
            upstream=tuple(sorted(up.full_name for up in task.upstream)),
            kind="group" if task.is_group else "operator",
            parent=task.parent.full_name if task.parent else None,
            mapped=task.operator in ("for_each", "for_range", "loop", "td_for_each"),
        )
        for task in flow.root.walk()
    )
    return WorkflowStructure(
        id=flow.name,
        source=SourcePlace(file=flow.file, line=1),
        schedule=None if schedule is None else schedule_facts(schedule, start, count),
        tasks=tasks,
    )


def schedule_facts(schedule: DigSchedule, start: datetime, count: int) -> dict[str, Any]:
    """A schedule as data: patterns of session and run times in its zone, and the next pairs in UTC."""
    return {
        "type": schedule.kind,
        "timezone": schedule.zone,
        "session_cron": schedule.session,
        "delay_seconds": schedule.delay,
        "run_cron": schedule.run_cron,
        "run_second": schedule.delay % 60,
        "interval_seconds": schedule.every or None,
        "start": schedule.start.isoformat() if schedule.start else None,
        "end": schedule.end.isoformat() if schedule.end else None,
        "skip_on_overtime": schedule.skip_on_overtime,
        "skip_delayed_by": schedule.skip_delayed_by,
        "next": [
            {"session_time": session.isoformat(), "run_time": run.isoformat()}
            for session, run in schedule.pairs(start, count)
        ],
    }
