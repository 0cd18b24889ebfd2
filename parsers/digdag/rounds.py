"""What Digdag generates for a loop: one task per round, with the round's values in its exports.

Source of the names: `buildTaskName` of digdag-standards' `ForEachOperatorFactory`, `ForRangeOperatorFactory`,
`LoopOperatorFactory`; seen in recorded runs.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from migrate.portable.digdag_items import decoded
from parsers.digdag.dig_yaml import DigMap

if TYPE_CHECKING:
    from parsers.digdag.tree import DigTask


def written_out(task: DigTask, body: DigMap, items: list[dict[str, Any]], names: list[str]) -> DigMap:
    """The mapping of all rounds, in the loop's order."""
    made = DigMap(task.config.where("_do"))
    for name, item in zip(names, items, strict=True):
        one, given = body.without(), body.get("_export")
        exports = given.without() if isinstance(given, DigMap) else DigMap(made.span)
        for key, value in item.items():
            exports.put(key, value, made.span)
        one.put("_export", exports, made.span)
        made.put(name, one, made.span)
    if "_parallel" in task.config:
        made.put("_parallel", task.config["_parallel"], task.config.where("_parallel"))
    return made


def round_names(operation: str, items: list[dict[str, Any]], command: Any) -> list[str]:
    """Names of the rounds, in order. command: the evaluated one of `for_each>`."""
    if operation == "loop":
        return [f"+loop-{item['i']}" for item in items]
    if operation == "for_range":
        return [f"+range-from={item['range']['from']}&to={item['range']['to']}" for item in items]
    lists = decoded(command)
    sizes = [len(decoded(lists[key])) for key in items[0]]
    names = []
    for number, item in enumerate(items):
        parts = []
        for place, (key, value) in enumerate(item.items()):
            index = number // math.prod(sizes[place + 1 :]) % sizes[place]
            parts.append(f"{place}={tag(key)}={index}={tag(value)}")
        names.append("+for-" + "&".join(parts))
    return names


def tag(value: Any) -> str:
    """A value as it stands in a name: its first 8 characters, as in an address."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return quote(text[:8], safe="")
