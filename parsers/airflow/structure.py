"""Structure facts of an evaluated DAG: tasks, edges, rules, schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from migrate.ir.structure import SourcePlace, TaskStructure, WorkflowStructure
from parsers.airflow.evaluator.values import DagObject, Instance, Symbolic, TaskObject, Unknown, Value
from parsers.airflow.overlays.plain import lower
from parsers.airflow.schedules.objects import data_names, duration, is_data

DEFAULT_RULE = "all_success"


def structure_of(dag: DagObject, file: str | None = None) -> WorkflowStructure:
    """The structure of one DAG. `file`: the DAG file that brought it (default: where it is declared)."""
    place = dag.call_site if dag.call_site is not None and dag.call_site.file == file else dag.span
    return WorkflowStructure(
        id=dag.dag_id,
        source=SourcePlace(file=file or place.file, line=place.line if place.file == (file or place.file) else 0),
        schedule=schedule_of(dag),
        tasks=tuple(task_structure(task) for task in dag.tasks.values()),
    )


def task_structure(task: TaskObject) -> TaskStructure:
    """The structure of one task."""
    return TaskStructure(
        id=task.task_id,
        operator=operator_name(task),
        trigger_rule=rule_of(task),
        mapped=task.mapping is not None,
        upstream=tuple(sorted(task.upstream)),
        kind="teardown" if task.is_teardown else "setup" if task.is_setup else None,
        parent=task.group.id if task.group is not None else None,
    )


def operator_name(task: TaskObject) -> str:
    """The class that the user's code names, or the decorator."""
    return f"@{task.decorator}" if task.decorator is not None else task.cls.name


def rule_of(task: TaskObject) -> str:
    """The trigger rule as text."""
    argument = task.arguments.get("trigger_rule")
    value = lower(argument.value) if argument is not None else DEFAULT_RULE
    return value if isinstance(value, str) else DEFAULT_RULE


def schedule_of(dag: DagObject) -> dict[str, Any] | None:
    """The schedule as given: cron text or preset, interval, timetable, data sets; None when there is none.

    A DAG that says nothing has `{"default": true}` (daily before Airflow 3, none since).
    """
    for name in ("schedule", "timetable", "schedule_interval"):
        argument = dag.arguments.get(name)
        if argument is not None and (argument.value is not None or name == "schedule"):
            return _schedule(argument.value)
    if "schedule_interval" in dag.arguments:
        return None
    return {"default": True}


def _schedule(value: Value) -> dict[str, Any] | None:
    plain = lower(value)
    if plain is None or plain == "None":
        return None
    if isinstance(plain, str):
        return None if plain == "@none" else {"cron": plain}
    if isinstance(plain, timedelta):
        return {"interval_seconds": plain.total_seconds()}
    if isinstance(plain, Unknown | Symbolic):
        unknown = plain if isinstance(plain, Unknown) else plain.unknown
        return {"unknown": unknown.root().why}
    if is_data(plain) or isinstance(plain, list | tuple):
        names, expression = data_names(plain)
        return {"assets": names, "expression": expression}
    length = duration(plain)
    if length is not None:
        return {"interval_seconds": length[0], "interval_months": length[1]}
    if isinstance(plain, Instance):
        return {"timetable": plain.cls.name}
    return {"unknown": f"a value of type {type(plain).__name__}"}
