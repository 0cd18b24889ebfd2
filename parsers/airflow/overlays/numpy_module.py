"""numpy as DAG files use it while they are read: lists cut into batches, ranges, rounding. The rest is not known.

An array here is one row (or rows of rows) whose items are all texts, all whole numbers, all fractions, all truth values
or all objects: numpy keeps those as they are. Arithmetic and every other attribute give an unknown value, because an
array's differs from a list's (https://numpy.org/doc/stable/reference/generated/numpy.array_split.html).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.values import (
    ClassMember,
    DagObject,
    GroupObject,
    Instance,
    ModuleValue,
    Native,
    TaskObject,
    Value,
)
from parsers.airflow.overlays.plain import NOT_KNOWN, lower, pure
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_PLAIN_KINDS = (str, bool, int, float)
_OBJECTS = (dict, set, frozenset, TaskObject, GroupObject, DagObject)


@dataclass(slots=True)
class Cells:
    """What an array holds. No list, for an array must not pass for one."""

    items: list[Value]


def _items(array: Instance) -> list[Value]:
    return array.native.items  # type: ignore[no-any-return]


def _array(items: list[Value]) -> Instance:
    return Instance(NDARRAY, native=Cells(items))


def _row(interp: Interpreter, value: Value, name: str, site: Any) -> Value:
    """The array that numpy makes of a sequence, an unknown where the items would be changed (texts made of numbers,
    numbers of truth values)."""
    if isinstance(value, Instance) and value.cls is NDARRAY:
        return value
    value = lower(value)
    if isinstance(value, NOT_KNOWN):
        return interp.unknown(f"`{name}` was given a value that is not known", site, value)
    if not isinstance(value, list | tuple | range):
        return interp.unknown(f"`{name}` is modelled for lists and tuples", site)
    items = [
        _row(interp, v, name, site) if isinstance(v, list | tuple) or _is_array(v) else v for v in interp.items(value)
    ]
    unknown = next((v for v in items if isinstance(v, NOT_KNOWN)), None)
    if unknown is not None:
        return interp.unknown(f"`{name}` was given a value that is not known", site, unknown)
    return _array(items) if _uniform(items) else interp.unknown(f"`{name}` is given items of several kinds", site)


def _is_array(value: Value) -> bool:
    return isinstance(value, Instance) and value.cls is NDARRAY


def _uniform(items: list[Value]) -> bool:
    kinds = {type(v) for v in items}
    if any(map(_is_array, items)):
        return all(map(_is_array, items)) and len({len(_items(v)) for v in items}) == 1
    if kinds & set(_PLAIN_KINDS):
        return len(kinds) == 1 and not any(isinstance(v, str) and v.endswith("\0") for v in items)
    return all(v is None or isinstance(v, _OBJECTS) or (isinstance(v, Instance) and _is_object(v)) for v in items)


def _is_object(value: Instance) -> bool:
    """Whether numpy takes an instance as one object, not as a sequence."""
    return (value.native is None or isinstance(value.native, _OBJECTS)) and not any(
        name in base.namespace for base in value.cls.mro for name in ("__len__", "__getitem__", "__array__")
    )


def _known(function: Callable[[list[Value]], Value]) -> Native:
    """A method of arrays by its items."""
    return Native(function.__name__, lambda interp, args, kwargs, site: function(_items(args[0])))


def _getitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    items, key = _items(args[0]), lower(args[1])
    if isinstance(key, slice) and all(p is None or type(p) is int for p in (key.start, key.stop, key.step)):
        return _array(items[key])
    if type(key) is not int:
        return interp.unknown("an array's item by something else than a number", site)
    if not -len(items) <= key < len(items):
        text = f"index {key} is out of bounds for axis 0 with size {len(items)}"
        raise interp.error("IndexError", text)
    return items[key]


def _bool(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    items = _items(args[0])
    if len(items) > 1:
        raise interp.error("ValueError", "The truth value of an array with more than one element is ambiguous.")
    return interp.truth(items[0]) if items else False


def _plain_list(items: list[Value]) -> list[Value]:
    return [_plain_list(_items(v)) if _is_array(v) else v for v in items]


def _property(function: Callable[[list[Value]], Value]) -> ClassMember:
    return ClassMember("property", _known(function))


NDARRAY = make_class(
    "ndarray",
    "numpy.ndarray",
    (),
    {
        "__len__": _known(len),
        "__iter__": _known(lambda items: Stream(iter(items))),
        "__getitem__": Native("ndarray.__getitem__", _getitem),
        "__bool__": Native("ndarray.__bool__", _bool),
        "tolist": _known(_plain_list),
        "size": _property(lambda items: len(_flat(items))),
        "shape": _property(lambda items: _shape(items)),
        "ndim": _property(lambda items: len(_shape(items))),
    },
    opaque=True,
)


def _shape(items: list[Value]) -> tuple[int, ...]:
    return (len(items), *(_shape(_items(items[0])) if items and _is_array(items[0]) else ()))


def _flat(items: list[Value]) -> list[Value]:
    return [leaf for v in items for leaf in (_flat(_items(v)) if _is_array(v) else [v])]


def _argument(args: list[Value], kwargs: dict[str, Value], place: int, name: str, default: Value = None) -> Value:
    return lower(args[place]) if len(args) > place else lower(kwargs.get(name, default))


def _cut(interp: Interpreter, items: list[Value], parts: Value) -> Iterator[list[Value]] | None:
    """The pieces of `array_split`: the first `len % n` of them are one longer. A list of bounds cuts at these."""
    if type(parts) is int:
        if parts <= 0:
            raise interp.error("ValueError", "number sections must be larger than 0.")
        interp.meter.check_items(parts, "numpy.array_split")
        size, longer = divmod(len(items), parts)
        bounds = [number * size + min(number, longer) for number in range(parts + 1)]
    elif isinstance(parts, list | tuple) and all(type(p) is int for p in parts):
        bounds = [0, *parts, len(items)]
    else:
        return None
    return (items[a:b] for a, b in itertools.pairwise(bounds))


def _array_split(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    array = _row(interp, args[0] if args else kwargs.get("ary"), "numpy.array_split", site)
    if not _is_array(array):
        return array
    parts = _argument(args, kwargs, 1, "indices_or_sections")
    pieces = _cut(interp, _items(array), parts)
    if pieces is None or _argument(args, kwargs, 2, "axis", 0) != 0:
        cause = parts if isinstance(parts, NOT_KNOWN) else None
        return interp.unknown("`numpy.array_split` is modelled for numbers of parts", site, cause)
    return [_array(piece) for piece in pieces]


def _make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if len(args) != 1 or kwargs:
        return interp.unknown("`numpy.array` is modelled without further arguments", site)
    return _row(interp, args[0], "numpy.array", site)


def _arange(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bounds = [lower(a) for a in args]
    if kwargs or not bounds or len(bounds) > 3 or any(type(b) is not int for b in bounds):
        cause = next((b for b in bounds if isinstance(b, NOT_KNOWN)), None)
        return interp.unknown("`numpy.arange` is modelled for whole numbers", site, cause)
    numbers = range(*bounds) if len(bounds) < 3 or bounds[2] else range(0)
    interp.meter.check_items(len(numbers), "numpy.arange")
    return _array(list(numbers))


def _rounded(name: str, function: Callable[[float], float]) -> Native:
    """`ceil` and `floor` of one number give a float (Python's give an int)."""
    one = pure(f"numpy.{name}", lambda number: float(function(number)))

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        if len(args) == 1 and not kwargs and isinstance(lower(args[0]), (int, float, *NOT_KNOWN)):
            return one.call(interp, args, kwargs, site)
        return interp.unknown(f"`numpy.{name}` is modelled for one number", site)

    return Native(f"numpy.{name}", call)


@overlay("numpy")
def numpy_module(interp: Interpreter, name: str) -> ModuleValue:
    """numpy."""
    attrs: dict[str, Value] = {
        "array_split": Native("numpy.array_split", _array_split),
        "array": Native("numpy.array", _make),
        "arange": Native("numpy.arange", _arange),
        "ceil": _rounded("ceil", math.ceil),
        "floor": _rounded("floor", math.floor),
        "ndarray": NDARRAY,
        **{n: getattr(math, n) for n in ("nan", "inf", "pi", "e")},
    }
    return ModuleValue(
        name, attrs, lambda other: interp.unknown(f"`numpy.{other}` is not modelled", path=f"numpy.{other}")
    )
