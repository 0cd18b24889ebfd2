"""Results that code or templates pull, as references to outputs of tasks."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.ir.exprs import OutputRef
from parsers.airflow.callables.scan import Pull
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject


def pulled_outputs(pulls: Iterable[Pull], context: DagContext, task: TaskObject | None) -> list[OutputRef]:
    """The outputs that the calls name, each once. A pull without a task means any task above (2.x) or the task itself
    (3.x, which never has a result of its own from this run); one whose task is computed, any task above."""
    found: dict[tuple[str, str], OutputRef] = {}
    for pull in pulls:
        if pull.other_run:
            continue
        task_ids = list(pull.tasks) if pull.tasks is not None else any_task(context, task)
        if pull.tasks == () and task is not None:
            task_ids = _above(context, task)
        for task_id in task_ids:
            for key in pull.keys if task_id in context.dag.tasks else ():
                found.setdefault((task_id, key), OutputRef(task=task_id, key=key))
    return list(found.values())


def any_task(context: DagContext, task: TaskObject | None) -> list[str]:
    """Tasks that a pull without a task id looks at: all tasks above, nearest first; none in Airflow 3."""
    return [] if task is None or context.generation.major >= 3 else _above(context, task)


def _above(context: DagContext, task: TaskObject) -> list[str]:
    """All tasks above, nearest first."""
    order: list[str] = []
    waiting = list(task.upstream)
    while waiting:
        current = waiting.pop(0)
        if current not in order and current in context.dag.tasks:
            order.append(current)
            waiting.extend(context.dag.tasks[current].upstream)
    return order
