"""Whether a workflow is sound: unique ids, edges between siblings that exist, no circle, references that resolve."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.ir.exprs import OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Group, Task, Workflow, walk_nodes

Node = Task | Group


def problems(workflow: Workflow) -> list[str]:
    """What is wrong with a workflow, in order; empty when it is sound. No problem is fixed here."""
    found = [*_ids(workflow), *_edges(workflow)]
    ids = {n.id for n in walk_nodes(workflow.nodes)}
    for node in walk_nodes(workflow.nodes):
        own = node.model_copy(update={"nodes": ()}) if isinstance(node, Group) else node
        for expr in exprs_in(own):
            if isinstance(expr, OutputRef) and expr.task not in ids:
                found.append(f"`{node.id}` reads an output of `{expr.task}`, which does not exist")
    return list(dict.fromkeys(found))


def _ids(workflow: Workflow) -> Iterator[str]:
    seen: set[str] = set()
    for node in walk_nodes(workflow.nodes):
        if node.id in seen:
            yield f"two nodes have the id `{node.id}`"
        seen.add(node.id)


def circles(nodes: tuple[Node, ...]) -> list[str]:
    """What is said about circles among the nodes, at every level; empty when there is none."""
    return [problem for siblings in bodies(nodes) for problem in _circle({n.id: n for n in siblings})]


def _edges(workflow: Workflow) -> Iterator[str]:
    for siblings in bodies(workflow.nodes):
        here = {n.id: n for n in siblings}
        for node in siblings:
            for edge in node.upstream:
                if edge.node not in here:
                    yield f"`{node.id}` follows `{edge.node}`, which is no sibling of it"
    yield from circles(workflow.nodes)


def bodies(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """The siblings of every level, the outermost first."""
    yield nodes
    for node in nodes:
        if isinstance(node, Group):
            yield from bodies(node.nodes)


def _circle(here: dict[str, Node]) -> Iterator[str]:
    """Peels off nodes without upstream; what stays lies on circles or below them."""
    waiting = {i: {e.node for e in n.upstream if e.node in here} for i, n in here.items()}
    below: dict[str, list[str]] = {}
    for i, ups in waiting.items():
        for up in ups:
            below.setdefault(up, []).append(i)
    ready = [i for i, ups in waiting.items() if not ups]
    while ready:
        current = ready.pop()
        waiting.pop(current)
        for i in below.get(current, ()):
            waiting[i].discard(current)
            if not waiting[i]:
                ready.append(i)
    if waiting:
        yield f"the dependencies of {', '.join(f'`{i}`' for i in sorted(waiting))} form a circle"
