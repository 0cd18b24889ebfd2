"""Edges between tasks, as Airflow sets them (`models/taskmixin.py`, `utils/task_group.py`, `utils/edgemodifier.py`).

A node is a `TaskObject`, `GroupObject`, `XComArg` or `EdgeModifier`; lists of nodes are handled one by one. Everything
here works on the model only, without an interpreter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from parsers.airflow.evaluator.values import DagObject, GroupObject, Instance, TaskObject, Value, XComArg
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_tree import add_task, dag_of_task, group_of_task


@dataclass(slots=True, eq=False)
class EdgeModifier:
    """A `Label` between two nodes; it joins its sides once both are known."""

    label: str | None = None
    upstream: list[Node] = field(default_factory=list)
    downstream: list[Node] = field(default_factory=list)


Node: TypeAlias = TaskObject | GroupObject | XComArg | EdgeModifier


def node_of(value: Value) -> Node | DagObject | None:
    """The model object behind a value of the evaluator; None if it is no node of a DAG."""
    if isinstance(value, Instance):
        value = value.native
    if isinstance(value, TaskObject | GroupObject | XComArg | EdgeModifier | DagObject):
        return value
    return None


def nodes_of(values: Value) -> list[Node]:
    """The nodes in a value or in a list, tuple or set of values. Raises AirflowError for anything else."""
    if isinstance(values, list | tuple | set | frozenset):
        return [node for item in values for node in nodes_of(item)]
    if isinstance(values, Instance) and isinstance(values.native, list):
        return nodes_of(values.native)
    node = node_of(values)
    if node is None or isinstance(node, DagObject):
        what = values.cls.name if isinstance(values, Instance) else type(values).__name__
        raise AirflowError("TypeError", f"Relationships can only be set between Operators; received {what}")
    return [node]


def tasks_in(group: GroupObject) -> Iterator[TaskObject]:
    """All tasks below a group, in order of creation within each group."""
    for child in group.children:
        if isinstance(child, TaskObject):
            yield child
        else:
            yield from tasks_in(child)


def roots(node: Node) -> list[TaskObject]:
    """The tasks that an edge into `node` ends at."""
    if isinstance(node, TaskObject):
        return [node]
    if isinstance(node, XComArg):
        return node.tasks()
    if isinstance(node, EdgeModifier):
        return [task for part in node.downstream for task in roots(part)]
    tasks = list(tasks_in(node))
    ids = {task.task_id for task in tasks}
    return [task for task in tasks if ids.isdisjoint(task.upstream)]


def leaves(node: Node) -> list[TaskObject]:
    """The tasks that an edge out of `node` starts at; a group's teardowns do not count."""
    if isinstance(node, TaskObject):
        return [node]
    if isinstance(node, XComArg):
        return node.tasks()
    if isinstance(node, EdgeModifier):
        return [task for part in node.upstream for task in leaves(part)]
    return list(dict.fromkeys(_group_leaves(node)))


def _group_leaves(group: GroupObject) -> Iterator[TaskObject]:
    tasks = {task.task_id: task for task in tasks_in(group)}
    for task in tasks.values():
        if not tasks.keys().isdisjoint(task.downstream):
            continue
        if task.is_teardown:
            yield from _work_before(task, tasks)
        else:
            yield task


def _work_before(task: TaskObject, tasks: dict[str, TaskObject]) -> Iterator[TaskObject]:
    for upstream_id in task.upstream:
        above = tasks.get(upstream_id)
        if above is None:
            continue
        if above.is_teardown:
            yield from _work_before(above, tasks)
        elif task.is_teardown and above.is_setup:
            continue
        elif not any(
            below in tasks and below != task.task_id and not tasks[below].is_teardown for below in above.downstream
        ):
            yield above


def connect(above: TaskObject, below: TaskObject, origin: str = "explicit", label: str | None = None) -> None:
    """One edge between two tasks. An explicit edge wins over one that only a value made."""
    old = below.upstream.get(above.task_id)
    if old is None or (old != "explicit" and origin == "explicit"):
        below.upstream[above.task_id] = origin
        above.downstream[below.task_id] = origin
    if label is not None:
        below.labels[above.task_id] = label


def set_relatives(
    node: Node, others: Value, upstream: bool, origin: str = "explicit", modifier: EdgeModifier | None = None
) -> None:
    """`node.set_upstream(others)` (or downstream). Raises AirflowError for values that are no nodes and for tasks of
    different DAGs."""
    if isinstance(node, EdgeModifier):
        _modifier_relatives(node, others, upstream)
    elif isinstance(node, XComArg):
        for task in node.tasks():
            set_relatives(task, others, upstream, origin, modifier)
    elif isinstance(node, GroupObject):
        _group_relatives(node, others, upstream, origin, modifier)
    else:
        _task_relatives(node, others, upstream, origin, modifier)


def _group_relatives(
    group: GroupObject, others: Value, upstream: bool, origin: str, modifier: EdgeModifier | None
) -> None:
    ends = roots(group) if upstream else leaves(group) or _leaves_around(group)
    for other in nodes_of(others):
        _update_relative(group, other, upstream)
    for task in ends:
        set_relatives(task, others, upstream, origin, modifier)


def _leaves_around(group: GroupObject) -> list[TaskObject]:
    """Since Airflow 3, what comes after an empty group comes after the tasks before it or its parent's leaves."""
    if group.dag.major < 3:
        return []
    current: GroupObject | None = group
    while current is not None:
        above = [group.dag.tasks[i] for i in sorted(current.upstream_ids) if i in group.dag.tasks]
        found = leaves(current) or above
        if found:
            return found
        current = current.parent
    return []


def _task_relatives(
    task: TaskObject, others: Value, upstream: bool, origin: str, modifier: EdgeModifier | None
) -> None:
    relatives: list[TaskObject] = []
    for other in nodes_of(others):
        if isinstance(other, EdgeModifier):
            _modifier_relatives(other, [task], not upstream)
        elif isinstance(other, GroupObject):
            _update_relative(other, task, not upstream)
        relatives += leaves(other) if upstream else roots(other)
    _share_dag(task, relatives)
    label = modifier.label if modifier is not None else None
    for other_task in relatives:
        if upstream:
            connect(other_task, task, origin, label)
        else:
            connect(task, other_task, origin, label)


def _update_relative(group: GroupObject, other: Node, upstream: bool) -> None:
    if isinstance(other, EdgeModifier):
        return
    others = [other.id] if isinstance(other, GroupObject) else [task.task_id for task in roots(other)]
    (group.upstream_ids if upstream else group.downstream_ids).update(i for i in others if i is not None)
    if isinstance(other, GroupObject) and group.id is not None:
        (other.downstream_ids if upstream else other.upstream_ids).add(group.id)


def _share_dag(task: TaskObject, relatives: list[TaskObject]) -> None:
    dags: list[DagObject] = []
    for one in [task, *relatives]:
        dag = dag_of_task(one)
        if dag is not None and all(dag is not known for known in dags):
            dags.append(dag)
    if len(dags) > 1:
        raise AirflowError(
            "AirflowException",
            f"Tried to set relationships between tasks in more than one DAG: {', '.join(d.dag_id for d in dags)}",
        )
    if not dags:
        if not relatives:
            return
        raise AirflowError("AirflowException", "Tried to create relationships between tasks that don't have DAGs yet")
    for one in [task, *relatives]:
        if dag_of_task(one) is None:
            add_task(dags[0], one, None)


# --- labels ---------------------------------------------------------------------------------------------------------


def _modifier_relatives(modifier: EdgeModifier, others: Value, upstream: bool) -> None:
    found = nodes_of(others)
    if any(isinstance(node, EdgeModifier) for node in found):
        raise AirflowError("TypeError", "Cannot use edge labels with EdgeModifier, only tasks, XComArg or TaskGroups")
    (modifier.upstream if upstream else modifier.downstream).extend(found)
    if modifier.upstream and modifier.downstream:
        _lift_to_groups(modifier)
    for node in list(modifier.downstream if upstream else modifier.upstream):
        set_relatives(node, list(found), upstream, modifier=modifier)


def _lift_to_groups(modifier: EdgeModifier) -> None:
    """Nodes of different groups are replaced by their groups (`_convert_streams_to_task_groups`)."""
    groups = set()
    for node in [*modifier.upstream, *modifier.downstream]:
        if isinstance(node, TaskObject | GroupObject):
            parent = parent_of(node)
            if parent is not None:
                groups.add(parent.id or "root")
            elif isinstance(node, GroupObject):
                groups.add(node.id or "root")
        elif isinstance(node, XComArg) and node.task is not None and (parent := group_of_task(node.task)) is not None:
            groups.add(parent.id or "root")
    if len(groups) == 1:
        return
    modifier.upstream = [_lifted(node) for node in modifier.upstream]
    modifier.downstream = [_lifted(node) for node in modifier.downstream]


def parent_of(node: TaskObject | GroupObject) -> GroupObject | None:
    """The group that a task or group stands in."""
    return group_of_task(node) if isinstance(node, TaskObject) else node.parent


def _lifted(node: Node) -> Node:
    parent = parent_of(node) if isinstance(node, TaskObject | GroupObject) else None
    return parent if parent is not None and parent.id else node


# --- helpers of airflow.models.baseoperator -----------------------------------------------------------------------


def _is_list(value: Value) -> bool:
    return isinstance(value, list | tuple)


def chain(elements: list[Value]) -> None:
    """`chain(...)`: neighbours are joined; two lists must have the same length and are joined pairwise."""
    for above, below in pairwise(elements):
        if not _is_list(above):
            set_relatives(nodes_of(above)[0], below, upstream=False)
        elif not _is_list(below):
            set_relatives(nodes_of(below)[0], above, upstream=True)
        elif len(above) != len(below):
            raise AirflowError(
                "AirflowException",
                f"Chain not supported for different length Iterable. Got {len(above)} and {len(below)}.",
            )
        else:
            for one, other in zip(above, below, strict=True):
                set_relatives(nodes_of(one)[0], other, upstream=False)


def cross_downstream(above: Value, below: Value) -> None:
    """`cross_downstream(above, below)`: every one to every one."""
    for node in nodes_of(above):
        set_relatives(node, below, upstream=False)


def chain_linear(elements: list[Value]) -> None:
    """`chain_linear(...)`: each element (or each of a list) before each of the next."""
    if not elements:
        raise AirflowError("ValueError", "No tasks provided; nothing to do.")
    for above, below in pairwise(elements):
        for node in nodes_of(above):
            set_relatives(node, below, upstream=False)
