"""What a converted Digdag workflow did, in Digdag's task names and states.

Ids of the converted nodes are Digdag's full names; a suffix after `~` marks a part of a task that is no task of its own
in Digdag (`~run`, `~check`, `~core`, `~items`, `~else`, `~end`), `+ITER` the body of a loop.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from converted import Converted
from observed import INDEX

STATES = {"Succeeded": "success", "Skipped": "skipped", "Omitted": "blocked", "Failed": "error", "Error": "error"}
GROUPS = ("DAG", "Steps", "StepGroup", "TaskGroup")
OWN_ITEM = re.compile(r"af-item(-\d+)?$")
"""A body inside another loop's body has the outer item under the plain name, its own under the next number."""
WRITTEN_OUT = re.compile(r"-(\d+)$")
"""A body whose rounds are calls of their own and that reads no item."""
ROUND = re.compile(r"(.*\^sub)\+(?:for-|loop-|range-|td-for-)[^+^#]*(#\d+)?$", re.DOTALL)
ATTEMPT = re.compile(r"\((\d+)\)$")
Path = tuple[int, ...]


@dataclass
class Seen:
    """One Digdag task as observed."""

    state: str
    attempts: int = 0
    prints: list[str] = field(default_factory=list)
    stored: dict[str, Any] | None = None
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    group: bool = False
    own_error: bool = False


@dataclass
class Observed:
    """One run."""

    slug: str
    status: str
    message: str
    tasks: dict[str, Seen]


def observe(result: dict[str, Any], converted: Converted, expected: dict[str, Any]) -> Observed:
    """Maps argorun's nodes to Digdag's tasks."""
    slug = result.get("workflowTemplate") or result["source"].rpartition("/")[2]
    nodes = {n["id"]: n for n in result["nodes"]}
    parents = {c: n for n in nodes.values() for c in n.get("children", []) if n["type"] == "Retry"}
    tasks: dict[str, Seen] = {}
    root = next((k for k, v in converted.slugs.items() if v == slug), slug)
    ok = result["phase"] == "Succeeded"
    tasks[f"+{root}"] = Seen("success" if ok else "group_error", group=True)
    sources = {template: source for (owner, template), source in converted.templates.items() if owner == slug}
    names = Iterations(expected, sources)
    found: list[tuple[str, Path, dict[str, Any]]] = []
    for node in result["nodes"]:
        source = converted.templates.get((slug, node.get("templateName", "")))
        if source is None or is_loop_group(node, nodes):
            continue
        name, path = names.concrete(source, node, nodes, parents)
        if name is not None:
            found.append((name, path, node))
    found = without_other_bodies(found)
    copies = Copies(found)
    for name, path, node in found:
        note(tasks, name, copies.number(name, path), node, nodes, parents)
    settle(tasks)
    return Observed(slug, "success" if ok else "error", result.get("message", ""), tasks)


def without_other_bodies(found: list[tuple[str, Path, dict[str, Any]]]) -> list[tuple[str, Path, dict[str, Any]]]:
    """Without the body of an `if>` that was not run: both have the name that Digdag gives to the one that it makes."""
    idle = ("skipped", "blocked")
    ran = {(name, path) for name, path, node in found if STATES.get(node["phase"]) not in idle}
    return [f for f in found if f[:2] not in ran or STATES.get(f[2]["phase"]) not in idle]


def is_loop_group(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> bool:
    """The node of a loop as a whole."""
    return node["type"] == "TaskGroup" and any(
        c in nodes and INDEX.match(nodes[c]["displayName"]) for c in node.get("children", [])
    )


class Iterations:
    """Concrete names of loop bodies: the n-th instance has the n-th name that was recorded below `^sub`."""

    def __init__(self, expected: dict[str, Any], sources: dict[str, str]) -> None:
        self.sources = sources
        self.below: dict[str, list[str]] = {}
        for task in expected.get("tasks", []):
            name = task["task"].split("#")[0]
            for match in re.finditer(r"\^sub\+((?:for-|loop-|range-|td-for-)[^+^]*)", name):
                known = self.below.setdefault(name[: match.start()], [])
                if match.group(1) not in known:
                    known.append(match.group(1))

    def concrete(
        self, source: str, node: dict[str, Any], nodes: dict[str, dict[str, Any]], parents: dict[str, dict[str, Any]]
    ) -> tuple[str | None, Path]:
        """Digdag's name of a node (None for one that stands for nothing), and the tries of the groups around it."""
        indexes, path = places(node, nodes, parents, self.sources)
        name = source.replace("~else", "")
        for index in indexes:
            at = name.find("^sub+ITER")
            if at < 0:
                break
            found = self.below.get(name[:at], [])
            if index >= len(found):
                return None, path
            name = f"{name[:at]}^sub+{found[index]}{name[at + len('^sub+ITER') :]}"
        return (None if "+ITER" in name else name), path


class Copies:
    """Numbers of the copies that retries of groups make of a task, in order of their creation.

    A try of an outer group makes one copy of everything below it, also of what is never started; each further try of
    an inner group one more.
    """

    def __init__(self, found: list[tuple[str, Path, dict[str, Any]]]) -> None:
        self.paths: dict[str, set[Path]] = {}
        for name, path, _ in found:
            self.paths.setdefault(part_of(name)[0], set()).add(path)

    def number(self, name: str, path: Path) -> int:
        """How many copies of a task were made before the one with this path."""
        known = self.paths[part_of(name)[0]]
        return sum(self._below(known, (*path[:level], q)) for level, at in enumerate(path) for q in range(at))

    def _below(self, known: set[Path], prefix: Path) -> int:
        """Copies made in one try of an outer group."""
        longer = [p[len(prefix)] for p in known if p[: len(prefix)] == prefix and len(p) > len(prefix)]
        return sum(self._below(known, (*prefix, q)) for q in range(max(longer) + 1)) if longer else 1


def part_of(name: str) -> tuple[str, str]:
    """(task, part) of an id such as `+a~run`."""
    part = re.search(r"~(\w+)$", name)
    return (name[: part.start()], part.group(1)) if part else (name, "")


def len_and_text(name: str) -> tuple[int, str]:
    """Order of numbered names."""
    return len(name), name


def places(
    node: dict[str, Any],
    nodes: dict[str, dict[str, Any]],
    parents: dict[str, dict[str, Any]],
    sources: dict[str, str],
) -> tuple[list[int], Path]:
    """(item numbers from the outermost loop in, numbers of the tries of the groups around it from the outermost in)."""
    indexes: list[int] = []
    path: list[int] = []
    current: dict[str, Any] | None = node
    own_task = part_of(sources.get(node.get("templateName", ""), ""))[0]
    seen: set[str] = set()
    while current is not None and current["id"] not in seen:
        seen.add(current["id"])
        if sources.get(current.get("templateName", ""), "").endswith("+ITER"):
            given = current.get("inputs") or {}
            item = given[max(own, key=len_and_text)] if (own := [n for n in given if OWN_ITEM.match(n)]) else None
            match = INDEX.match(current["displayName"]) or WRITTEN_OUT.search(current["displayName"])
            number = int(json.loads(item)["i"]) if item is not None else -1
            if number >= 0:
                indexes.insert(0, number)
            elif match:
                indexes.insert(0, int(match.group(1)) + first_of_chunk(current, nodes))
        attempt = ATTEMPT.search(current["displayName"])
        again = part_of(sources.get(current.get("templateName", ""), ""))[0] == own_task  # its own try, no copy
        if attempt and current["id"] in parents and current["type"] in GROUPS and not again:
            path.insert(0, int(attempt.group(1)))
        current = nodes.get(current.get("boundary", ""))
    return indexes, tuple(path)


def first_of_chunk(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> int:
    """The number of the first item of the chunk that a node belongs to, where a loop of run time goes by chunks."""
    given = nodes.get(node.get("boundary", ""), {}).get("inputs") or {}
    return int(given["index"]) if {"items", "index"} <= set(given) else 0


def note(
    tasks: dict[str, Seen], name: str, copy: int, node: dict[str, Any], nodes: dict[str, Any], parents: dict[str, Any]
) -> None:
    """Adds what one node says about its task. copy: how many copies of the task were made before."""
    task, part = part_of(name)
    task += f"#{copy + 1}" if copy else ""
    if part == "end":
        return
    attempt_of = parents.get(node["id"])
    group = node["type"] in GROUPS or (node["type"] == "Retry" and is_group_retry(node, nodes))
    seen = tasks.setdefault(task, Seen("blocked"))
    if attempt_of is None and (not part or seen.state == "blocked"):
        state = STATES.get(node["phase"], node["phase"])
        seen.group = seen.group or group
        seen.state = "group_error" if state == "error" and group else state
    if node.get("execSeq") and node["type"] not in GROUPS and part != "check":
        seen.attempts += 1
        seen.prints += re.findall(r"^@@ ([^\n]*)", node.get("log") or "", re.MULTILINE)
        seen.starts.append(node.get("start", 0))
        seen.ends.append(node.get("end", 0))
        outputs = node.get("outputs") or {}
        if "xcom-store" in outputs and outputs["xcom-store"] not in ("null", ""):
            seen.stored = json.loads(outputs["xcom-store"])
    if attempt_of is None and part in ("core", "run", "check") and STATES.get(node["phase"]) == "error" and not group:
        seen.own_error = True


def is_group_retry(node: dict[str, Any], nodes: dict[str, Any]) -> bool:
    """Whether a Retry node's attempts are groups."""
    return any(nodes[c]["type"] in GROUPS for c in node.get("children", []) if c in nodes)


def settle(tasks: dict[str, Seen]) -> None:
    """A task whose own part failed is in error, not in group_error; `^sub` of loops have the state of their task."""
    for seen in tasks.values():
        if seen.own_error and seen.state == "group_error":
            seen.state = "error"
    for name in list(tasks):
        for match in re.finditer(r"\^sub\+(?:for-|loop-|range-|td-for-)", name):
            sub = name[: match.start()] + "^sub"
            owner = tasks.get(name[: match.start()])
            if owner is not None and sub not in tasks:
                tasks[sub] = Seen(owner.state, group=True)
    settle_copies(tasks)


def settle_copies(tasks: dict[str, Seen]) -> None:
    """The copies that a retry makes of the `^sub` of a loop: each has the state of its own rounds."""
    rounds: dict[str, dict[str, set[str]]] = {}
    for name, seen in tasks.items():
        if match := ROUND.match(name):
            rounds.setdefault(match[1], {}).setdefault(match[2] or "", set()).add(seen.state)
    for sub, copies in rounds.items():
        if len(copies) > 1:
            for copy, states in copies.items():
                failed = states & {"error", "group_error"}
                tasks[sub + copy] = Seen("group_error" if failed else "success", group=True)
