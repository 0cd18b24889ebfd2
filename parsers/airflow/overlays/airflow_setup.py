"""Setup and teardown: marks, and the edges that `with setup_or_teardown:` adds (`airflow/utils/setup_teardown.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.airflow.evaluator.values import Argument, TaskObject
from parsers.airflow.overlays.airflow_edges import set_relatives
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_tree import dag_of_task

Tasks = list[TaskObject]


@dataclass(slots=True, eq=False)
class Held:
    """Tasks that are current, and those of the statements around."""

    tasks: Tasks = field(default_factory=list)
    outer: list[Tasks] = field(default_factory=list)

    def push(self, tasks: Tasks) -> None:
        """Makes `tasks` current."""
        if self.tasks and self.tasks != tasks:
            self.outer.append(self.tasks)
        self.tasks = tasks

    def pop(self) -> tuple[Tasks, Tasks]:
        """Ends the current ones; gives (what was current, what is now)."""
        old = self.tasks
        self.tasks = self.outer.pop() if self.outer else []
        return old, self.tasks


@dataclass(slots=True, eq=False)
class SetupContext:
    """Open `with` statements over setups or teardowns.

    As in Airflow, a task that is made after an inner `with` has ended, but inside the outer one, belongs to neither.
    """

    active: bool = False
    setups: Held = field(default_factory=Held)
    teardowns: Held = field(default_factory=Held)
    setups_above: Held = field(default_factory=Held)
    teardowns_below: Held = field(default_factory=Held)
    work: dict[tuple[int, ...], Tasks] = field(default_factory=dict)

    def add(self, task: TaskObject) -> None:
        """Notes a task made inside the `with` (or `scope.add_task(task)`)."""
        if not self.active or task.is_setup or task.is_teardown:
            return
        for held in (self.setups, self.teardowns):
            if held.tasks:
                self.work.setdefault(_key(held.tasks), []).append(task)

    def push(self, tasks: Tasks) -> None:
        """`with tasks:`. Raises AirflowError when they are neither setups nor teardowns, or both kinds."""
        first = tasks[0]
        if not first.is_setup and not first.is_teardown:
            raise AirflowError("AirflowException", "Only setup/teardown tasks can be used as context managers.")
        if any(t.is_setup != first.is_setup for t in tasks):
            raise AirflowError("ValueError", "All tasks in the list must be either setup or teardown tasks")
        if first.is_teardown:
            self.teardowns.push(tasks)
            self.setups_above.push(_related(first, "is_setup"))
        else:
            self.setups.push(tasks)
            self.teardowns_below.push(_related(first, "is_teardown"))
        self.active = True

    def pop(self) -> None:
        """The end of the `with`: the work's roots come after the setups, its leaves before the teardowns; the outer
        statement's setups come before the inner ones, the inner teardowns before the outer ones."""
        self._join_setups()
        self._join_teardowns()
        keys = [_key(held.tasks) for held in (self.setups, self.teardowns) if held.tasks]
        for held, inner_last in ((self.setups, True), (self.teardowns, False)):
            _order(*held.pop(), inner_last)
        for held, inner_last in ((self.teardowns_below, False), (self.setups_above, True)):
            _order(*held.pop(), inner_last)
        for key in keys:
            self.work.pop(key, None)
        self.active = False

    def _inside(self, held: Held) -> Tasks:
        work = self.work.get(_key(held.tasks), []) if held.tasks else []
        return [t for t in work if not t.is_setup and not t.is_teardown]

    def _join_setups(self) -> None:
        work = self._inside(self.setups)
        if work:
            _before(self.setups.tasks, [t for t in work if not t.upstream] or work[:1])
            ends = [t for t in work if not t.downstream] or work[-1:]
            _before(self.teardowns.tasks or ends, self.teardowns_below.tasks)

    def _join_teardowns(self) -> None:
        work = self._inside(self.teardowns)
        if work:
            _before([t for t in work if not t.downstream] or work[-1:], self.teardowns.tasks)
            tops = [t for t in work if not t.upstream] or work[:1]
            _before(self.setups_above.tasks, self.setups.tasks or tops)


def _key(tasks: Tasks) -> tuple[int, ...]:
    return tuple(id(t) for t in tasks)


def _order(inner: Tasks, outer: Tasks, inner_last: bool) -> None:
    if inner and outer:
        _before(*((outer, inner) if inner_last else (inner, outer)))


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
