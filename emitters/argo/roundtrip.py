"""The emitted YAML is read back and compared with the workflow it was made of."""

from __future__ import annotations

from collections.abc import Iterator

from emitters.argo.readback import ReadTask, ReadWorkflow, read_template
from migrate.ir.exprs import OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Group, Task, Workflow, walk_nodes


def differences(workflow: Workflow, text: str) -> list[str]:
    """What the YAML says otherwise than the workflow: missing or added nodes, edges, loops. Empty when equal."""
    try:
        read = read_template(text)
    except Exception as problem:  # the text is ours: whatever is wrong with it is a finding
        return [f"the output cannot be read back: {problem}"]
    return [*_nodes(workflow, read), *_edges(workflow, read)]


def _nodes(workflow: Workflow, read: ReadWorkflow) -> Iterator[str]:
    expected = {n.id for n in walk_nodes(workflow.nodes)}
    found = {task.id for _, task in read.nodes()}
    for missing in sorted(expected - found):
        yield f"node `{missing}` is missing"
    for added in sorted(found - expected):
        yield f"node `{added}` is not in the source"


def _edges(workflow: Workflow, read: ReadWorkflow) -> Iterator[str]:
    places: dict[str, tuple[str, ReadTask]] = {}
    for dag, task in read.nodes():
        places.setdefault(task.id, (dag, task))
    ids = set(places)
    for siblings in _bodies(workflow.nodes):
        here = {n.id for n in siblings}
        for node in siblings:
            if node.id not in ids:
                continue
            wanted = {e.node for e in node.upstream if e.node in here}
            wanted |= {s for s in getattr(node, "setups", ()) if s in here}
            dag, task = places[node.id]
            found = read.edges(dag, task)
            for missing in sorted(wanted - found):
                yield f"edge `{missing}` -> `{node.id}` is missing"
            for added in sorted(found - wanted):
                if not _reads(node, added, siblings) and not _closes(node, added, siblings):
                    yield f"edge `{added}` -> `{node.id}` is not in the source"
            ordered = node.fan_out is not None and node.fan_out.order != "parallel"
            if (node.fan_out is not None) != task.looped and not ordered:
                yield f"`{node.id}` is {'not ' if node.fan_out is not None else ''}a loop"


def _bodies(nodes: tuple[Task | Group, ...]) -> Iterator[tuple[Task | Group, ...]]:
    yield nodes
    for node in nodes:
        if isinstance(node, Group):
            yield from _bodies(node.nodes)


def _reads(node: Task | Group, producer: str, siblings: tuple[Task | Group, ...]) -> bool:
    """Whether the node reads a value of the producer, or of something inside it: then it waits for it."""
    inside = {producer}
    for sibling in siblings:
        if sibling.id == producer and isinstance(sibling, Group):
            inside |= {n.id for n in walk_nodes(sibling.nodes)}
    return any(isinstance(e, OutputRef) and e.task in inside for e in exprs_in(node))


def _closes(node: Task | Group, gate: str, siblings: tuple[Task | Group, ...]) -> bool:
    """Whether `gate` is an ancestor that skips everything below it whatever the rule: then the node asks it itself."""
    by_id = {s.id: s for s in siblings}
    found = by_id.get(gate)
    if not isinstance(found, Task) or found.branch is None or not found.branch.ignore_rules:
        return False
    seen: set[str] = set()
    waiting = [e.node for e in node.upstream]
    while waiting:
        name = waiting.pop()
        if name not in seen and name in by_id:
            seen.add(name)
            waiting.extend(e.node for e in by_id[name].upstream)
    return gate in seen
