"""Setup and teardown: marks, and the edges that `with setup_or_teardown:` adds (`airflow/utils/setup_teardown.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.airflow.evaluator.values import Argument, TaskObject
from parsers.airflow.overlays.airflow_edges import set_relatives
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_tree import dag_of_task

Tasks = list[TaskObject]


@dataclass(slots=True, eq=False)
class Level:
    """One `with`: the setups and teardowns it was opened with or that belong to them, and the work made inside."""

    setups: Tasks = field(default_factory=list)
    teardowns: Tasks = field(default_factory=list)
    teardowns_below: Tasks = field(default_factory=list)
    setups_above: Tasks = field(default_factory=list)
    work: Tasks = field(default_factory=list)


@dataclass(slots=True, eq=False)
class SetupContext:
    """Open `with` statements over setups or teardowns, innermost last."""

    levels: list[Level] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether tasks that are made now are work of a setup or teardown."""
        return bool(self.levels)

    def add(self, task: TaskObject) -> None:
        """Notes a task made inside the `with` (or `scope.add_task(task)`)."""
        if self.levels and not task.is_setup and not task.is_teardown:
            level = self.levels[-1]
            if task not in level.work:
                level.work.append(task)

    def push(self, tasks: Tasks) -> None:
        """`with tasks:`. Raises AirflowError when they are neither setups nor teardowns, or both kinds."""
        first = tasks[0]
        if not first.is_setup and not first.is_teardown:
            raise AirflowError("AirflowException", "Only setup/teardown tasks can be used as context managers.")
        if any(t.is_setup != first.is_setup for t in tasks):
            raise AirflowError("ValueError", "All tasks in the list must be either setup or teardown tasks")
        level = Level()
        if first.is_teardown:
            level.teardowns = list(tasks)
            level.setups_above = _related(first, "is_setup")
        else:
            level.setups = list(tasks)
            level.teardowns_below = _related(first, "is_teardown")
        self.levels.append(level)

    def pop(self) -> None:
        """The end of the `with`: the work's roots come after the setups, its leaves before the teardowns; the outer
        level's setups come before the inner ones, the inner teardowns before the outer ones."""
        level = self.levels.pop()
        work = [t for t in level.work if not t.is_setup and not t.is_teardown]
        if work:
            tops = [t for t in work if not t.upstream] or work[:1]
            ends = [t for t in work if not t.downstream] or work[-1:]
            if level.setups:
                _before(level.setups, tops)
                ends = [t for t in work if not t.downstream] or work[-1:]
                _before(ends, level.teardowns_below)
            if level.teardowns:
                _before(ends, level.teardowns)
                tops = [t for t in work if not t.upstream] or work[:1]
                _before(level.setups_above, tops)
        if self.levels:
            outer = self.levels[-1]
            _before(outer.setups, level.setups)
            _before(level.teardowns, outer.teardowns)
            _before(outer.setups_above, level.setups_above)
            _before(level.teardowns_below, outer.teardowns_below)


def _before(above: Tasks, below: Tasks) -> None:
    for task in below:
        if above:
            set_relatives(task, list(above), upstream=True, origin="setup")


def _related(task: TaskObject, mark: str) -> Tasks:
    """The nearest setups above (teardowns below) a task, as Airflow searches for them."""
    dag = dag_of_task(task)
    if dag is None:
        return []
    ids = task.downstream if mark == "is_teardown" else task.upstream
    front = [dag.tasks[i] for i in ids if i in dag.tasks]
    for _ in range(len(dag.tasks) + 1):
        found = [t for t in front if getattr(t, mark)]
        if found or not front:
            return found
        around = [dag.tasks[i] for t in front for i in (*t.downstream, *t.upstream) if i in dag.tasks]
        front = list(dict.fromkeys(t for t in around if t is not task))
    return []


def as_teardown(task: TaskObject) -> None:
    """Marks a task as a teardown, with its own trigger rule."""
    task.is_teardown = True
    task.arguments["trigger_rule"] = Argument("all_done_setup_success", task.span, "class")
    if task.instance is not None:
        task.instance.attrs["trigger_rule"] = "all_done_setup_success"
