"""Which values of tasks somebody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from migrate.ir.exprs import OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Group, Task


def references(value: Any) -> Iterator[OutputRef]:
    """All output references anywhere inside a model."""
    return (expr for expr in exprs_in(value) if isinstance(expr, OutputRef))


def with_needed_outputs(nodes: tuple[Task | Group, ...], extra: Any = ()) -> tuple[Task | Group, ...]:
    """The nodes with `Task.pushes` cut down to the keys that a task, a group or `extra` (run handlers) reads."""
    wanted: dict[str, list[str]] = {}
    for reference in [*references(nodes), *references(extra)]:
        keys = wanted.setdefault(reference.task, [])
        if reference.key not in keys:
            keys.append(reference.key)
    _group_results(nodes, wanted)
    return tuple(_filled(node, wanted) for node in nodes)


def _group_results(nodes: tuple[Task | Group, ...], wanted: dict[str, list[str]]) -> None:
    for node in nodes:
        if isinstance(node, Group):
            if node.outputs_from is not None:
                keys = wanted.setdefault(node.outputs_from, [])
                keys.extend(key for key in wanted.get(node.id, []) if key not in keys)
            _group_results(node.nodes, wanted)


def _filled(node: Task | Group, wanted: dict[str, list[str]]) -> Task | Group:
    if isinstance(node, Group):
        return node.model_copy(update={"nodes": tuple(_filled(inner, wanted) for inner in node.nodes)})
    keys = sorted(wanted.get(node.id, []), key=lambda key: (key != "return_value", key))
    if not node.pushes:
        keys = [key for key in keys if key != "return_value"]
    return node.model_copy(update={"pushes": tuple(keys)})
