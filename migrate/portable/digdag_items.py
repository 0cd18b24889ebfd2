"""The items of Digdag's loops, from evaluated settings.

Source of the rules: digdag-standards `operator/ForEachOperatorFactory.java`, `ForRangeOperatorFactory.java`,
`LoopOperatorFactory.java` (seen in recorded runs): the product of the lists with the first key slowest; `slices` uses
the ceiling as width; lists and mappings may be JSON text; after an empty list the product starts anew.
"""

from __future__ import annotations

import json
import math
from typing import Any
from urllib.parse import quote

MAX_ITEMS, MAX_NAME = 1000, 255
ROUND = "^round:"
"""Starts a key of an item: with the id of the loop's round, its value is the name that Digdag gives the round."""


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
    made: list[dict[str, Any]] = []
    for key, items in columns.items():
        made = [{**seed, key: item} for seed in made or [{}] for item in items]
    for name in round_names("for_each", made, lists):
        if "*" in name:
            raise ItemsError("Validating workflow failed: name must not contain character '*' (config)")
        if len(name) > MAX_NAME:
            raise ItemsError("Validating workflow failed: name must not be longer than 255 characters (config)")
    return made


def round_names(operation: str, items: list[dict[str, Any]], command: Any) -> list[str]:
    """Names of the rounds of a loop, in order. command: the evaluated one of `for_each>`."""
    if operation == "loop":
        return [f"+loop-{item['i']}" for item in items]
    if operation == "for_range":
        return [f"+range-from={item['range']['from']}&to={item['range']['to']}" for item in items]
    if operation == "td_for_each":
        return [f"+td-for-each-{number}" for number in range(len(items))]
    lists = decoded(command)
    sizes = [len(decoded(lists[key])) for key in items[0]] if items else []
    names = []
    for number, item in enumerate(items):
        parts = []
        for place, (key, value) in enumerate(item.items()):
            index = number // math.prod(sizes[place + 1 :]) % sizes[place]
            parts.append(f"{place}={tag(key)}={index}={tag(value)}")
        names.append("+for-" + "&".join(parts))
    return names


def tag(value: Any) -> str:
    """A value as it stands in a name: its first 8 characters, as Java writes them in an address."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return quote(text[:8], safe="*").replace("~", "%7E")


def with_names(items: list[dict[str, Any]], names: list[str], loop: str) -> list[dict[str, Any]]:
    """Items that know the names of their rounds. loop: the id of the loop's round."""
    return [{**item, ROUND + loop: name} for item, name in zip(items, names, strict=True)]


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
    start, stop = whole(spec.get("from"), "from", 63), whole(spec.get("to"), "to", 63)
    given = {key: whole(spec[key], key, 63) for key in ("step", "slices") if spec.get(key) is not None}
    if len(given) == 2:
        raise ItemsError("Setting both step and slices options to for_range is invalid (config)")
    if not given:
        raise ItemsError("step or slices option is required for for_range (config)")
    key, width = next(iter(given.items()))
    if width <= 0:
        raise ItemsError(f"{key} option must be same or greater than 1 but got {width} (config)")
    step = width if key == "step" else -(-(stop - start) // width)
    edges = range(start, stop, step) if stop > start else range(0)
    if len(edges) > MAX_ITEMS:
        raise ItemsError(f"Too many for_range subtasks: {len(edges)} (limit {MAX_ITEMS}) (config)")
    return [{"range": {"from": at, "to": min(at + step, stop), "index": i}} for i, at in enumerate(edges)]


def truth(value: Any) -> bool | None:
    """A boolean as Jackson reads it: also from texts and numbers; None for anything else."""
    if isinstance(value, bool | int):
        return bool(value)
    words = {"true": True, "True": True, "false": False, "False": False, "": False}
    return words.get(value.strip()) if isinstance(value, str) else None


def whole(value: Any, key: str, bits: int = 31) -> int:
    """An integer, also as text; a number's fraction is cut off, as Jackson does."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**bits:
        return int(value)
    if isinstance(value, str):
        try:
            return int(value.strip() or 0)
        except ValueError:
            pass
    shown = f'"{value}" (string)' if isinstance(value, str) else json.dumps(value)
    raise ItemsError(f"Expected integer (int) type for key '{key}' but got {shown} (config)")


ITEMS = {"for_each": each_items, "loop": count_items, "for_range": range_items}
