"""Proof of nodes, edges and loops of one workflow from its manifest and its facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emitters.argo.readback import ReadTask, ReadWorkflow

_NAMED = re.compile(r"tasks(?:\['([^']+)'\]|\.([a-z][-a-z0-9]*)\.)")
Facts = Mapping[str, Any]


def graph_problems(read: ReadWorkflow, facts: Facts) -> Iterator[str]:
    """Nodes, edges and loops that the manifest has otherwise than the source."""
    places = {task.id: (dag, task) for dag, task in reversed(list(read.nodes()))}
    known = {n["id"] for siblings in levels(facts["nodes"]) for n in siblings}
    yield from (f"node `{i}` is missing" for i in sorted(known - set(places)))
    yield from (f"node `{i}` is not in the source" for i in sorted(set(places) - known))
    for siblings in levels(facts["nodes"]):
        by_id = {n["id"]: n for n in siblings}
        for node in siblings:
            if node["id"] in places:
                dag, task = places[node["id"]]
                yield from _edges(read, dag, task, node, by_id)
                yield from _loop(read, dag, task, node)
    for dag, tasks in read.dags.items():
        yield from (
            f"`{name}` of {dag} calls `{task.template}`, which does not exist"
            for name, task in tasks.items()
            if task.template not in read.templates and "templateRef" not in task.raw
        )


def levels(nodes: Sequence[Facts]) -> Iterator[Sequence[Facts]]:
    """The siblings of every level."""
    yield nodes
    for node in nodes:
        if "nodes" in node:
            yield from levels(node["nodes"])


def _edges(read: ReadWorkflow, dag: str, task: ReadTask, node: Facts, by_id: Mapping[str, Facts]) -> Iterator[str]:
    wanted = {u for u in (*node.get("upstream", ()), *node.get("setups", ())) if u in by_id}
    found = read.edges(dag, task)
    yield from (f"edge `{u}` -> `{node['id']}` is missing" for u in sorted(wanted - found))
    for added in sorted(found - wanted):
        if not _reads(node, by_id.get(added)) and not _closes(node, added, by_id):
            yield f"edge `{added}` -> `{node['id']}` is not in the source"


def _reads(node: Facts, producer: Facts | None) -> bool:
    """Whether the node reads a value of the producer, or of something inside it: then it waits for it."""
    if producer is None:
        return False
    inside = {n["id"] for siblings in levels([producer]) for n in siblings}
    wanted = {r for siblings in levels([node]) for n in siblings for r in n.get("reads", ())}
    return not inside.isdisjoint(wanted)


def _closes(node: Facts, gate: str, by_id: Mapping[str, Facts]) -> bool:
    """Whether `gate` is an ancestor that skips everything below it whatever the rule: then the node asks it itself."""
    branch = by_id.get(gate, {}).get("branch") or {}
    if not branch.get("everything") or (branch.get("spares") and node.get("fixed")):
        return False
    seen: set[str] = set()
    waiting = list(node.get("upstream", ()))
    while waiting:
        name = waiting.pop()
        if name not in seen and name in by_id:
            seen.add(name)
            waiting.extend(by_id[name].get("upstream", ()))
    return gate in seen


def _loop(read: ReadWorkflow, dag: str, task: ReadTask, node: Facts) -> Iterator[str]:
    wanted = node.get("loop")
    if wanted not in (None, "parallel"):
        return
    if (wanted is not None) != task.looped:
        yield f"`{node['id']}` is {'not ' if wanted else ''}a loop"
        return
    items = task.raw.get("withItems")
    if isinstance(items, list) and "items" in node and len(items) != node["items"]:
        yield f"`{node['id']}` has {len(items)} items instead of {node['items']}"
    named = {a or b for a, b in _NAMED.findall(str(task.raw.get("withParam") or ""))}
    if "over" in node and named:
        reached = {i for name in named for i in _stands_for(read, dag, name)}
        if not reached & set(node["over"]):
            yield f"`{node['id']}` loops over a value of {_words(reached)} instead of {_words(node['over'])}"


def _stands_for(read: ReadWorkflow, dag: str, name: str) -> set[str]:
    """Source ids behind a task: its own and those inside of it; for a helper those of the tasks it waits for."""
    task = read.dags[dag].get(name)
    if task is None:
        return set()
    if not task.id:
        return read.edges(dag, task)
    inner = read.dags.get(task.template, {}).values()
    return {task.id, *(t.id for t in inner)}


def _words(ids: Any) -> str:
    return ", ".join(f"`{i}`" for i in sorted(ids)) or "nothing"
