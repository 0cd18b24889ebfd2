"""Edges between tasks, and how they are lifted where fanned-out groups nest."""

from __future__ import annotations

from migrate.ir.workflow import Edge
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import GroupObject, TaskObject

_ORIGINS = {"explicit": "explicit", "data": "data", "setup": "setup", "order": "order"}


def edges_of(context: DagContext, task: TaskObject) -> tuple[Edge, ...]:
    """The edges from the task's siblings: an upstream in another fanned-out group is that group; upstreams outside of
    the task's own fanned-out group are left to the group (`group_edges`)."""
    own = nest_of(task.group)
    found: dict[str, Edge] = {}
    for other_id, origin in task.upstream.items():
        other = context.dag.tasks.get(other_id)
        if other is None:
            continue
        node = _sibling(own, other, nest_of(other.group))
        if node is not None:
            found.setdefault(node, _edge(node, origin, task.labels.get(other_id)))
    return tuple(found.values())


def group_edges(context: DagContext, group: GroupObject, tasks: list[TaskObject]) -> tuple[Edge, ...]:
    """The edges into a fanned-out group: those of its tasks that come from outside of it."""
    outer = nest_of(group.parent)
    found: dict[str, Edge] = {}
    for task in tasks:
        for other_id, origin in task.upstream.items():
            other = context.dag.tasks.get(other_id)
            if other is None or group in nest_of(other.group):
                continue
            node = _sibling(outer, other, nest_of(other.group))
            if node is not None:
                found.setdefault(node, _edge(node, origin, task.labels.get(other_id)))
    return tuple(found.values())


def enters(context: DagContext, group: GroupObject, task: TaskObject) -> bool:
    """Whether a task of the group waits for something outside of the group."""
    others = (context.dag.tasks.get(other_id) for other_id in task.upstream)
    return any(other is not None and group not in nest_of(other.group) for other in others)


def nest_of(group: GroupObject | None) -> list[GroupObject]:
    """The fanned-out groups around a place, outermost first."""
    chain: list[GroupObject] = []
    while group is not None:
        if group.mapping is not None:
            chain.append(group)
        group = group.parent
    return chain[::-1]


def _sibling(own: list[GroupObject], other: TaskObject, theirs: list[GroupObject]) -> str | None:
    """The node on the level of `own` that stands for `other`; None when it is further out."""
    if theirs[: len(own)] != own:
        return None
    if len(theirs) > len(own):
        return theirs[len(own)].id
    return other.task_id


def _edge(node: str, origin: str, label: str | None) -> Edge:
    return Edge.model_validate({"node": node, "origin": _ORIGINS.get(origin, "explicit"), "label": label})
