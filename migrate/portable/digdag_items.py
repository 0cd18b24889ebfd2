"""The items of Digdag's loops, from evaluated settings.

Source of the rules: digdag-standards `operator/ForEachOperatorFactory.java`, `ForRangeOperatorFactory.java`,
`LoopOperatorFactory.java` (seen in recorded runs): the product of the lists with the first key slowest; `slices` uses
the ceiling as width; lists and mappings may be JSON text.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

MAX_ITEMS = 1000


class ItemsError(Exception):
    """Digdag refuses the settings when the loop starts."""


def each_items(command: Any) -> list[dict[str, Any]]:
    """`for_each>`: one item per combination."""
    lists = decoded(command)
    if not isinstance(lists, dict):
        raise ItemsError("for_each> needs a mapping of lists (config)")
    columns: dict[str, list[Any]] = {}
    size = 1
    for key, value in lists.items():
        items = decoded(value)
        if not isinstance(items, list):
            raise ItemsError(f"Expected array type for key '{key}' (config)")
        columns[key] = items
        size *= len(items)
    if size > MAX_ITEMS:
        raise ItemsError(f"Too many for_each subtasks: {size} (limit {MAX_ITEMS}) (config)")
    return [dict(zip(columns, values)) for values in itertools.product(*columns.values())]  # noqa: B905 - Python 3.9


def decoded(value: Any) -> Any:
    """A list or mapping that may be JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ItemsError(f"Expected JSON but got {value[:60]!r} (config)") from None


def count_items(command: Any) -> list[dict[str, Any]]:
    """`loop>`: `i` from 0."""
    count = whole(command, "_command")
    if count > MAX_ITEMS:
        raise ItemsError(f"Too many loop subtasks: {count} (limit {MAX_ITEMS}) (config)")
    return [{"i": i} for i in range(count)]


def range_items(command: Any) -> list[dict[str, Any]]:
    """`for_range>`: `range.from`, `range.to`, `range.index` per slice."""
    spec = decoded(command)
    if not isinstance(spec, dict):
        raise ItemsError("for_range> needs from, to and step or slices (config)")
    start, stop = whole(spec.get("from"), "from"), whole(spec.get("to"), "to")
    if "step" in spec:
        step = whole(spec["step"], "step")
    elif "slices" in spec:
        slices = max(1, whole(spec["slices"], "slices"))
        step = -(-(stop - start) // slices)
    else:
        raise ItemsError("step or slices option is required for for_range (config)")
    if step < 1 and stop > start:
        raise ItemsError("step must be larger than 0 (config)")
    edges = range(start, stop, step) if stop > start else range(0)
    if len(edges) > MAX_ITEMS:
        raise ItemsError(f"Too many for_range subtasks: {len(edges)} (limit {MAX_ITEMS}) (config)")
    return [{"range": {"from": at, "to": min(at + step, stop), "index": i}} for i, at in enumerate(edges)]


def whole(value: Any, key: str) -> int:
    """An integer, also as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    shown = f'"{value}" (string)' if isinstance(value, str) else json.dumps(value)
    raise ItemsError(f"Expected integer (int) type for key '{key}' but got {shown} (config)")


ITEMS = {"for_each": each_items, "loop": count_items, "for_range": range_items}
