"""The nodes of a dbt manifest and the selection among them, as cosmos makes it (cosmos/dbt/selector.py of 1.15)."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass, field
from typing import Any

KINDS = {"model": "run", "seed": "seed", "snapshot": "snapshot", "source": "source"}


@dataclass
class Node:
    """One model, seed, snapshot or source of a project. `name`: of a source `<source>.<table>`."""

    id: str
    kind: str
    name: str
    path: str
    tags: list[str]
    config: dict[str, Any]
    fqn: list[str]
    depends_on: list[str] = field(default_factory=list)
    has_test: bool = False
    has_freshness: bool = False

    @property
    def label(self) -> str:
        """The name in task ids."""
        return self.id.split(".", 2)[2].replace(".", "_")

    @property
    def package(self) -> str:
        """The dbt package that has it."""
        return self.id.split(".")[1]

    @property
    def selection(self) -> str:
        """What dbt takes for it on the command line."""
        return f"source:{self.name}" if self.kind == "source" else ".".join(self.fqn) or self.name


def read_manifest(text: str) -> dict[str, Node]:
    """The nodes of a manifest by unique id. Raises ValueError for anything else."""
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), dict):
        raise ValueError("no manifest of dbt")
    found: dict[str, Node] = {}
    for unique_id, raw in {**(data.get("sources") or {}), **data["nodes"]}.items():
        config = raw.get("config") or {}
        if raw.get("resource_type") in KINDS and config.get("enabled") is not False and unique_id.count(".") >= 2:
            found[unique_id] = _node(unique_id, raw, config)
    for raw in data["nodes"].values():
        if raw.get("resource_type") == "test":
            for parent in (raw.get("depends_on") or {}).get("nodes", []):
                if parent in found:
                    found[parent].has_test = True
    return found


def _node(unique_id: str, raw: dict[str, Any], config: dict[str, Any]) -> Node:
    name = str(raw.get("name", ""))
    limits = [limit for limit in (raw.get("freshness") or {}).values() if isinstance(limit, dict)]
    return Node(
        unique_id,
        raw["resource_type"],
        f"{raw.get('source_name')}.{name}" if raw["resource_type"] == "source" else name,
        str(raw.get("original_file_path", "")),
        [str(t) for t in raw.get("tags") or config.get("tags") or []],
        config,
        [str(p) for p in raw.get("fqn") or []],
        [str(d) for d in (raw.get("depends_on") or {}).get("nodes", [])],
        has_freshness=any(value is not None for limit in limits for value in limit.values()),
    )


def _matches(node: Node, test: str, exact: bool) -> bool | None:
    """Whether a node has what one method of a selection asks for; None for a method that is not followed. exact: names
    and tags have no wildcards."""

    def alike(text: str, pattern: str) -> bool:
        return text == pattern if exact else fnmatch.fnmatch(text, pattern)

    method, mark, value = test.partition(":")
    if not mark:
        if exact:
            return _named(node, test)
        return alike(node.name, test) or alike(".".join(node.fqn), test) or test in node.fqn[:-1]
    if method.startswith("config."):
        found: Any = node.config
        for key in method.split(".")[1:]:
            found = found.get(key) if isinstance(found, dict) else None
        return value in [str(f) for f in found] if isinstance(found, list) else str(found).lower() == value.lower()
    answers = {
        "tag": lambda: any(alike(t, value) for t in node.tags),
        "path": lambda: _under(node.path, value),
        "resource_type": lambda: node.kind == value,
        "exclude_resource_type": lambda: node.kind != value,
        "fqn": lambda: (
            alike(".".join(node.fqn), value) or (not exact and (alike(node.name, value) or value in node.fqn))
        ),
        "package": lambda: node.package == value,
        "source": lambda: node.kind == "source" and (alike(node.name, value) or (not exact and value in node.fqn)),
    }
    return answers[method]() if method in answers else None


def _named(node: Node, text: str) -> bool:
    """A bare word: a node's name, its package, a folder of its path. With a dot: a name with a version."""
    if "." in text:
        return node.label == text.replace(".", "_")
    return text in (node.name, node.label, node.package, *node.path.split("/"))


def _under(path: str, folder: str) -> bool:
    wanted = folder.rstrip("/").removesuffix("/*").removeprefix("./")
    return path == wanted or path.startswith(wanted + "/") or fnmatch.fnmatch(path, folder)


def _reach(nodes: dict[str, Node], start: set[str], up: bool, steps: int | None) -> set[str]:
    below: dict[str, set[str]] = {}
    for node in nodes.values():
        for parent in node.depends_on:
            below.setdefault(parent, set()).add(node.id)
    found, front = set(start), set(start)
    while front and (steps is None or steps > 0):
        steps = None if steps is None else steps - 1
        following: set[str] = set()
        for one in front:
            following |= set(nodes[one].depends_on) & set(nodes) if up else below.get(one, set())
        front = following - found
        found |= front
    return found


def _graph_marks(text: str) -> tuple[str, int | None, int | None]:
    """The method text of a selection and how many generations above and below it takes (0: none, None: all)."""
    up: int | None = 0
    down: int | None = 0
    head, mark, rest = text.partition("+")
    if mark and (head == "" or head.isdigit()):
        up, text = int(head) if head else None, rest
    body, mark, tail = text.rpartition("+")
    if mark and (tail == "" or tail.isdigit()):
        down, text = int(tail) if tail else None, body
    return text, up, down


def _taken(nodes: dict[str, Node], part: str, exact: bool) -> set[str] | None:
    """The ids that one part of a selection takes; None when it is not followed."""
    text, up, down = _graph_marks(part.removeprefix("@"))
    answers = {n.id: _matches(n, text, exact) for n in nodes.values()}
    if None in answers.values():
        return None
    found = {i for i, yes in answers.items() if yes}
    if part.startswith("@"):  # what depends on them, and whatever these need
        return _reach(nodes, _reach(nodes, found, False, None), True, None)
    wide = set(found)
    if up != 0:
        wide |= _reach(nodes, found, True, up)
    if down != 0:
        wide |= _reach(nodes, found, False, down)
    return wide


def choose(nodes: dict[str, Node], selections: list[str], exact: bool) -> tuple[set[str], list[str]]:
    """The ids that selections take (a union; what commas join must all hold), and those not followed. exact: cosmos
    itself selects in the manifest, where blanks and wildcards mean nothing; else dbt does (`LoadMode.DBT_LS`)."""
    chosen: set[str] = set()
    refused: list[str] = []
    for selection in selections if exact else [s for text in selections for s in text.split()]:
        taken: set[str] | None = None
        for part in selection.split(","):
            found = _taken(nodes, part.strip(), exact)
            if found is None:
                refused.append(selection)
                return set(nodes), refused
            taken = found if taken is None else taken & found
        chosen |= taken or set()
    return chosen, refused
