"""The nodes of a dbt manifest and the selection among them, as cosmos makes it."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass, field
from typing import Any

KINDS = {"model": "run", "seed": "seed", "snapshot": "snapshot"}


@dataclass
class Node:
    """One model, seed or snapshot of a project."""

    id: str
    kind: str
    name: str
    path: str
    tags: list[str]
    config: dict[str, Any]
    fqn: list[str]
    depends_on: list[str] = field(default_factory=list)
    has_test: bool = False

    @property
    def label(self) -> str:
        """The name in task ids."""
        return self.id.split(".", 2)[2].replace(".", "_")


def read_manifest(text: str) -> dict[str, Node]:
    """The nodes of a manifest by unique id. Raises ValueError for anything else."""
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), dict):
        raise ValueError("no manifest of dbt")
    found: dict[str, Node] = {}
    for unique_id, raw in data["nodes"].items():
        kind = raw.get("resource_type")
        config = raw.get("config") or {}
        if kind not in KINDS or config.get("enabled") is False or unique_id.count(".") < 2:
            continue
        found[unique_id] = Node(
            unique_id, kind, str(raw.get("name", "")), str(raw.get("original_file_path", "")),
            [str(t) for t in raw.get("tags") or config.get("tags") or []], config, [str(p) for p in raw.get("fqn") or []],  # noqa: E501
            [str(d) for d in (raw.get("depends_on") or {}).get("nodes", [])],
        )  # fmt: skip
    for raw in data["nodes"].values():
        if raw.get("resource_type") == "test":
            for parent in (raw.get("depends_on") or {}).get("nodes", []):
                if parent in found:
                    found[parent].has_test = True
    return found


def _matches(node: Node, test: str) -> bool | None:
    """Whether a node has what one method of a selection asks for; None for a method that is not followed."""
    method, mark, value = test.partition(":")
    if not mark:
        return fnmatch.fnmatch(node.name, test) or fnmatch.fnmatch(".".join(node.fqn), test) or test in node.fqn[:-1]
    if method == "tag":
        return any(fnmatch.fnmatch(t, value) for t in node.tags)
    if method == "path":
        path = value.rstrip("/").removesuffix("/*").removeprefix("./")
        return node.path == path or node.path.startswith(path + "/") or fnmatch.fnmatch(node.path, value)
    if method.startswith("config."):
        found: Any = node.config
        for key in method.split(".")[1:]:
            found = found.get(key) if isinstance(found, dict) else None
        return value in [str(f) for f in found] if isinstance(found, list) else str(found).lower() == value.lower()
    if method == "resource_type":
        return node.kind == value
    if method == "fqn":
        return fnmatch.fnmatch(".".join(node.fqn), value) or fnmatch.fnmatch(node.name, value) or value in node.fqn
    if method == "package":
        return node.id.split(".")[1] == value
    return None


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


def choose(nodes: dict[str, Node], selections: list[str]) -> tuple[set[str], list[str]]:
    """The ids that selections take (a union; commas and blanks inside one as dbt reads them), and those not
    followed."""
    chosen: set[str] = set()
    refused: list[str] = []
    for selection in (s for text in selections for s in text.split()):
        taken: set[str] | None = None
        for part in selection.split(","):
            text, up, down = _graph_marks(part)
            answers = {n.id: _matches(n, text) for n in nodes.values()}
            if text.startswith("@") or None in answers.values():
                refused.append(selection)
                return set(nodes), refused
            found = {i for i, yes in answers.items() if yes}
            wide = set(found)
            if up != 0:
                wide |= _reach(nodes, found, True, up)
            if down != 0:
                wide |= _reach(nodes, found, False, down)
            taken = wide if taken is None else taken & wide
        chosen |= taken or set()
    return chosen, refused
