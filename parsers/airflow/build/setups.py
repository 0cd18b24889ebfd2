"""Setups that a task needs although they are not directly above it (`models/abstractoperator.py`)."""

from __future__ import annotations

from parsers.airflow.evaluator.values import DagObject, TaskObject


def indirect_setups(dag: DagObject, task: TaskObject) -> tuple[str, ...]:
    """Setups above the task whose teardown is below it, or that have none, without the direct upstreams. Teardowns
    need none (their own rule looks at their setups)."""
    if task.is_teardown or not any(t.is_setup for t in dag.tasks.values()):
        return ()
    below = _relatives(dag, task, up=False)
    teardowns_below = {t for t in below if dag.tasks[t].is_teardown}
    found = []
    for other_id in _relatives(dag, task, up=True):
        other = dag.tasks[other_id]
        if not other.is_setup or other_id in task.upstream:
            continue
        own_teardowns = [t for t in _below(dag, other) if dag.tasks[t].is_teardown]
        if not own_teardowns or any(t in teardowns_below for t in own_teardowns):
            found.append(other_id)
    return tuple(t for t in dag.tasks if t in found)


def _below(dag: DagObject, task: TaskObject) -> list[str]:
    return [t.task_id for t in dag.tasks.values() if task.task_id in t.upstream]


def _relatives(dag: DagObject, task: TaskObject, up: bool) -> list[str]:
    order: list[str] = []
    waiting = list(task.upstream) if up else _below(dag, task)
    while waiting:
        current = waiting.pop(0)
        if current in order or current not in dag.tasks:
            continue
        order.append(current)
        waiting.extend(dag.tasks[current].upstream if up else _below(dag, dag.tasks[current]))
    return order
