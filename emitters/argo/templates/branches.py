"""What a task that decides must know of the tasks below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.ir.workflow import Group, Task, walk_nodes

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


def branch_facts(ctx: TemplateContext, *, choose: bool) -> dict[str, Any]:
    """`children`: direct child -> ids whose choice keeps it from being skipped (itself, and what reaches it);
    for a choice also `tasks` (all valid answers beside the children) and `groups` (name -> its first tasks)."""
    nodes = {node.id: node for node in walk_nodes(ctx.workflow.nodes)}
    below: dict[str, list[str]] = {}
    for node in nodes.values():
        for edge in node.upstream:
            below.setdefault(edge.node, []).append(node.id)
    children = [name for name in below.get(ctx.task.id, ()) if not _is_teardown(nodes[name])]
    if not choose:
        return {"children": children} if children else {}
    under = _reachable(ctx.task.id, below)
    facts: dict[str, Any] = {
        "children": {name: [name, *_above(name, under, below)] for name in children},
    }
    others = [name for name in nodes if name not in children and name != ctx.task.id]
    if others:
        facts["tasks"] = others
    groups = _groups(nodes)
    if groups:
        facts["groups"] = groups
    return facts


def _is_teardown(node: Task | Group) -> bool:
    return isinstance(node, Task) and node.role == "teardown"


def _reachable(start: str, below: dict[str, list[str]]) -> list[str]:
    found: dict[str, None] = {}
    todo = list(below.get(start, ()))
    while todo:
        name = todo.pop(0)
        if name not in found:
            found[name] = None
            todo.extend(below.get(name, ()))
    return list(found)


def _above(name: str, under: list[str], below: dict[str, list[str]]) -> list[str]:
    return [other for other in under if other != name and name in _reachable(other, below)]


def _groups(nodes: dict[str, Task | Group]) -> dict[str, list[str]]:
    """First tasks of each group: those without an upstream inside it."""
    members: dict[str, list[str]] = {}
    for node in nodes.values():
        path = node.group if isinstance(node, Task) else None
        while path:
            members.setdefault(path, []).append(node.id)
            path = path.rpartition(".")[0]
    return {
        group: [n for n in names if not any(edge.node in names for edge in nodes[n].upstream)]
        for group, names in members.items()
    }
