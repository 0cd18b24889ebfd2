"""What a converted workflow did on Argo's controller, in the terms of the source system."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from converted import Converted

INDEX = re.compile(r"^[^(]*\((\d+):", re.DOTALL)
STATES = {
    "Succeeded": "success",
    "Skipped": "skipped",
    "Omitted": "upstream_failed",
    "Failed": "failed",
    "Error": "failed",
}


@dataclass
class Instance:
    """One task instance. `starts` and `ends` of its tries (Unix seconds)."""

    task: str
    index: int
    state: str
    tries: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    message: str = ""


@dataclass
class ObservedRun:
    """One Argo Workflow."""

    slug: str
    name: str
    state: str
    instances: dict[tuple[str, int], Instance]
    timed_out: bool
    message: str
    raw: dict[str, Any]


def observe(result: dict[str, Any], converted: Converted) -> ObservedRun:
    """Maps the nodes of one workflow (argorun's JSON) to task instances."""
    slug = result.get("workflowTemplate") or result["source"].rpartition("/")[2]
    nodes = {n["id"]: n for n in result["nodes"]}
    attempts = {c for n in nodes.values() if n["type"] == "Retry" for c in n.get("children", [])}
    instances: dict[tuple[str, int], Instance] = {}
    by_template: dict[str, list[dict[str, Any]]] = {}
    for node in result["nodes"]:
        by_template.setdefault(node.get("templateName", ""), []).append(node)
    for node in result["nodes"]:
        task = converted.templates.get((slug, node.get("templateName", "")))
        if task is None or node["id"] in attempts:
            continue
        if node["type"] == "TaskGroup" and any(
            c in nodes and INDEX.match(nodes[c]["displayName"]) for c in node.get("children", [])
        ):
            continue
        instance = make(task, node, nodes)
        instances.setdefault((task, instance.index), instance)
    add_never_expanded(slug, by_template, converted, instances)
    state = "success" if result["phase"] == "Succeeded" else "failed"
    return ObservedRun(
        slug, result["name"], state, instances, result.get("timedOut", False), result.get("message", ""), result
    )


def make(task: str, node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Instance:
    """The instance behind a node (a Retry node with its attempts, or a node by itself)."""
    tries = [nodes[c] for c in node.get("children", []) if c in nodes] if node["type"] == "Retry" else [node]
    tries = [t for t in tries if t.get("execSeq") and t.get("templateName") == node.get("templateName")]
    tries.sort(key=lambda t: t["execSeq"])
    last = tries[-1] if tries else node
    outputs = node.get("outputs") or last.get("outputs") or {}
    state = STATES.get(node["phase"], node["phase"])
    if state == "success" and outputs.get("af-state") == "skipped":
        state = "skipped"
    starts = 1 if node["type"] == "DAG" and node["phase"] in ("Succeeded", "Failed") else len(tries)
    instance = Instance(task, index_of(node, nodes), state, starts, outputs, message=node.get("message", ""))
    for attempt in tries:
        instance.logs.append(attempt.get("log") or "")
        instance.starts.append(attempt.get("start", 0))
        instance.ends.append(attempt.get("end", 0))
    return instance


def index_of(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> int:
    """The item number of the node itself or of the nearest enclosing node that has one; -1 if none has."""
    seen = set()
    current: dict[str, Any] | None = node
    while current is not None and current["id"] not in seen:
        seen.add(current["id"])
        match = INDEX.match(current["displayName"])
        if match:
            return int(match.group(1))
        current = nodes.get(current.get("boundary", ""))
    return -1


def add_never_expanded(
    slug: str,
    by_template: dict[str, list[dict[str, Any]]],
    converted: Converted,
    instances: dict[tuple[str, int], Instance],
) -> None:
    """Tasks in a nested template that never started have the state of the call of that template."""
    present = {task for task, _ in instances}
    for (owner, template), task in converted.templates.items():
        if owner != slug or task in present:
            continue
        holder = converted.holders.get((slug, template))
        while holder is not None:
            nodes = by_template.get(holder, [])
            states = [STATES[n["phase"]] for n in nodes if n["phase"] in ("Skipped", "Omitted")]
            if states:
                instances[(task, -1)] = Instance(task, -1, states[0])
                break
            holder = converted.holders.get((slug, holder))


def prints(log: str) -> list[str]:
    """Lines `@@ key=value` of a log, without the mark."""
    found = re.finditer(r"^(?:[A-Z]+ - )?@@ ([^\n]*)", log, re.MULTILINE)
    return [m.group(1).rstrip() for m in found]


def value(text: str) -> Any:
    """An output parameter's JSON value (None for the mark of an instance that gave none; `$json`: a value as text); the
    text itself if it is no JSON."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if isinstance(found, dict) and found.keys() == {"$json"}:
        return value(found["$json"])
    return None if found == {"$absent": True} else found
