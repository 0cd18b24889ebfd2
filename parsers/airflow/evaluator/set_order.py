"""The order in which a set gives its items.

Python's own order depends on the process (hashes of texts, addresses of objects); code that works cannot rely on it,
and the same source must give the same output. So items come by kind and value; tasks by their id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from parsers.airflow.evaluator.values import Instance, TaskObject, Value

_PLAIN = (str, int, float, bytes, tuple, frozenset, type(None))


def in_order(values: set[Any] | frozenset[Any]) -> list[Value]:
    """The items of a set, always in the same order."""
    return sorted(values, key=_key)


def live(values: set[Any] | frozenset[Any]) -> Iterator[Value]:
    """As `in_order`, for a loop. Raises RuntimeError, as Python does, when the set changes its size meanwhile."""
    size = len(values)
    for item in in_order(values):
        yield item
        if len(values) != size:
            raise RuntimeError("Set changed size during iteration")


def _key(value: Value, depth: int = 0) -> tuple[str, float, str]:
    kind = type(value).__name__
    if isinstance(value, bool | int | float):
        return ("", value if value == value else 0.0, kind)
    if isinstance(value, frozenset):
        return (kind, len(value), repr([_key(part, depth + 1) for part in in_order(value)]) if depth < 5 else "")
    if isinstance(value, tuple):
        return (kind, 0, repr([_key(part, depth + 1) for part in value]) if depth < 5 else "")
    if isinstance(value, date | time | timedelta):
        return (kind, 0, repr(value))
    if isinstance(value, _PLAIN):
        return (kind, 0, str(value))
    if isinstance(value, Instance):
        native = value.native
        if isinstance(native, TaskObject):
            return _key(native)
        plain = sorted((k, str(v)) for k, v in value.attrs.items() if isinstance(v, str | int | float))
        return (kind, 0, f"{value.cls.name} {plain}")
    return (kind, 0, str(getattr(value, "task_id", None) or getattr(value, "name", "")))
