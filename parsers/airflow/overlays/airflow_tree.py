"""Ids and membership: how tasks and groups get into a DAG (`DAG.add_task`, `TaskGroup`, `get_unique_task_id`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.airflow.evaluator.values import DagObject, GroupObject, TaskObject
from parsers.airflow.overlays.airflow_errors import AirflowError

_ID = re.compile(r"^[\w.-]+$")
_SUFFIX = re.compile(r"__\d+$")


@dataclass(slots=True, eq=False)
class Contexts:
    """What `with` statements made current during one file's evaluation: DAGs and groups, innermost last."""

    dags: list[DagObject | None] = field(default_factory=list)
    groups: list[GroupObject] = field(default_factory=list)

    def dag(self) -> DagObject | None:
        """The DAG of the innermost `with`."""
        return self.dags[-1] if self.dags else None

    def group(self, dag: DagObject | None) -> GroupObject | None:
        """The group of the innermost `with`, else the root group of `dag` or of the current DAG."""
        if self.groups:
            return self.groups[-1]
        dag = dag or self.dag()
        return dag.root if dag is not None else None


def child_id(group: GroupObject | None, label: str) -> str:
    """The full id of a child: prefixed with the group's id unless the group says otherwise."""
    if group is None or group.id is None or not group.prefix:
        return label
    return f"{group.id}.{label}"


def check_key(key: str, what: str) -> None:
    """Raises AirflowError when `key` is no legal id (`airflow/utils/helpers.py: validate_key`)."""
    if len(key) > 250:
        raise AirflowError("AirflowException", f"The {what} has to be less than 250 characters")
    if not _ID.match(key):
        raise AirflowError(
            "AirflowException",
            f"The {what} {key!r} has to be made of alphanumeric characters, dashes, dots, and underscores exclusively",
        )


def used_ids(dag: DagObject) -> set[str]:
    """Ids of tasks and groups of a DAG."""
    return dag.tasks.keys() | dag.groups.keys()


def dag_of_task(task: TaskObject) -> DagObject | None:
    """The task's DAG; None while it has none."""
    return task.dag


def group_of_task(task: TaskObject) -> GroupObject | None:
    """The task's group; None while it has none."""
    return task.group


def add_task(dag: DagObject, task: TaskObject, group: GroupObject | None) -> None:
    """Puts a task into a DAG, and into `group` (None: it stays where it is, or goes to the root group).

    A task that had no group when it was made keeps its id (Airflow fixes ids in the constructor).
    Raises AirflowError (DuplicateTaskIdFound) when the id is taken.
    """
    known = dag.tasks.get(task.task_id)
    if known is task:
        return
    if known is not None or task.task_id in dag.groups:
        raise AirflowError("DuplicateTaskIdFound", f"Task id '{task.task_id}' has already been added to the DAG")
    task.dag = dag
    if group_of_task(task) is None:
        target = group if group is not None else dag.root
        if target is not None:
            task.group = target
            target.children.append(task)
    dag.tasks[task.task_id] = task


def rename(task: TaskObject, task_id: str) -> None:
    """`task.task_id = task_id`; edges that were made already follow. An id that is taken is not given twice."""
    dag, old = dag_of_task(task), task.task_id
    if task_id == old or (dag is not None and task_id in used_ids(dag)):
        return
    check_key(task_id, "key")
    task.task_id = task_id
    if dag is None or dag.tasks.get(old) is not task:
        return
    dag.tasks = {task.task_id: task for task in dag.tasks.values()}
    for other in dag.tasks.values():
        other.upstream, other.downstream, other.labels = (
            {task_id if k == old else k: v for k, v in ids.items()}
            for ids in (other.upstream, other.downstream, other.labels)
        )


def add_group(group: GroupObject, label: str, suffix: bool) -> None:
    """Gives a new group its full id below its parent and registers it.

    `suffix`: a taken id becomes `id__1`, `id__2` ..., else it raises AirflowError (DuplicateTaskIdFound).
    Airflow looks for the bare label among the used ids, not for the full id (`_check_for_group_id_collisions`).
    """
    taken = used_ids(group.dag)
    if label in taken or (suffix and child_id(group.parent, label) in taken):
        if not suffix:
            raise AirflowError("DuplicateTaskIdFound", f"group_id '{label}' has already been added to the DAG")
        label = next_label(label, taken, group.parent)
    group.id = child_id(group.parent, label)
    if group.id in taken:
        raise AirflowError("DuplicateTaskIdFound", f"group_id '{group.id}' has already been added to the DAG")
    group.dag.groups[group.id] = group
    if group.parent is not None:
        group.parent.children.append(group)


def next_label(label: str, taken: set[str], parent: GroupObject | None) -> str:
    """The next free `label__N`."""
    base = _SUFFIX.split(label)[0]
    pattern = re.compile(rf"^(?:{re.escape(child_id(parent, base))}|{re.escape(base)})__(\d+)$")
    numbers = [int(m.group(1)) for m in map(pattern.match, taken) if m]
    return f"{base}__{max(numbers, default=0) + 1}"


def unique_task_id(label: str, dag: DagObject | None, group: GroupObject | None) -> str:
    """`get_unique_task_id`: the label, with `__N` appended when a task of that id exists already."""
    if dag is None or child_id(group, label) not in dag.tasks:
        return label
    prefix = _SUFFIX.split(child_id(group, label))[0]
    pattern = re.compile(rf"^{re.escape(prefix)}__(\d+)$")
    numbers = [int(m.group(1)) for m in map(pattern.match, dag.tasks) if m]
    return f"{_SUFFIX.split(label)[0]}__{max(numbers, default=0) + 1}"
