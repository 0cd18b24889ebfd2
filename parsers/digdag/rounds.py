"""What Digdag generates for a loop: one task per round, with the round's values in its exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
