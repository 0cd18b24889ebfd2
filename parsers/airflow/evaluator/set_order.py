"""The order in which a set gives its items.

Python's own order depends on the process (hashes of texts, addresses of objects); code that works cannot rely on it,
and the same source must give the same output. So items come by kind and value; tasks by their id; objects by the values
of their attributes, and those that look the same in the order in which they were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any

from parsers.airflow.evaluator.values import DagObject, Function, GroupObject, Instance, TaskObject, Value

_PLAIN = (str, bytes, type(None))


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


_DEPTH = 5
_WIDTH = 50
"""How far a key looks into what an object holds."""


def _key(value: Value, depth: int = 0) -> tuple[str, float, str, int]:
    kind = type(value).__name__
    if isinstance(value, bool | int | float):
        return ("", value if value == value else 0.0, kind, 0)
    if isinstance(value, Instance):
        native = value.native
        if isinstance(native, TaskObject | DagObject | GroupObject):
            return _key(native)
        return (kind, 0, f"{value.cls.path} {_inside(value, depth)}", value.serial)
    if isinstance(value, tuple | list):
        return (kind, 0, _parts(value, depth), 0)
    if isinstance(value, set | frozenset):
        return (kind, len(value), _parts(in_order(value), depth) if depth < _DEPTH else "", 0)
    if isinstance(value, dict):
        return (kind, len(value), _parts([part for item in value.items() for part in item], depth), 0)
    if isinstance(value, date | time | timedelta):
        return (kind, 0, repr(value), 0)
    if isinstance(value, _PLAIN):
        return (kind, 0, str(value), 0)
    if isinstance(value, Function):
        return (kind, 0, f"{value.module.file.relative} {value.qualname or value.name}", value.serial)
    named = next((v for n in _NAMES if isinstance(v := getattr(value, n, None), str)), "")
    return (kind, 0, named, 0)


_NAMES = ("task_id", "dag_id", "id", "path", "name", "why")


def _inside(value: Instance, depth: int) -> str:
    """The attributes of an object; of an Enum's member its value, of a class around plain data those."""
    attributes = [part for item in sorted(value.attrs.items()) for part in item]
    if type(value.native) in (str, int, float, list, tuple, dict, set, frozenset):
        attributes.append(value.native)
    return _parts(attributes, depth)


def _parts(values: Sequence[Value], depth: int) -> str:
    return repr([_key(part, depth + 1)[:3] for part in values[:_WIDTH]]) if depth < _DEPTH else str(len(values))
