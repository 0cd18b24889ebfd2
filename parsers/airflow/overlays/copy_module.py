"""`copy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.values import Function, Instance, Native, Value
from parsers.airflow.overlays.collections_module import DefaultDict
from parsers.airflow.overlays.registry import overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def deep_copy(interp: Interpreter, value: Value, memo: dict[int, Value]) -> Value:
    """`copy.deepcopy`: containers and objects are copied, functions, classes, tasks and unknown values shared."""
    if id(value) in memo:
        return memo[id(value)]
    interp.meter.step()
    if isinstance(value, dict):
        new: Value = value.copy() if type(value) is not dict else {}
        new.clear()
        memo[id(value)] = new
        for key, item in value.items():
            new[deep_copy(interp, key, memo)] = deep_copy(interp, item, memo)
        return new
    if isinstance(value, list):
        memo[id(value)] = new = []
        new.extend(deep_copy(interp, item, memo) for item in value)
        return new
    if type(value) in (tuple, set, frozenset):
        items = [deep_copy(interp, item, memo) for item in value]
        same = type(value) is tuple and all(a is b for a, b in zip(items, value, strict=True))
        memo[id(value)] = made = value if same else type(value)(items)
        return made
    if isinstance(value, Instance):
        return _copy_instance(interp, value, memo)
    return value


def _copy_instance(interp: Interpreter, value: Instance, memo: dict[int, Value] | None) -> Value:
    name = "__copy__" if memo is None else "__deepcopy__"
    method = interp.lookup(value.cls, name)
    if isinstance(method, Function | Native):
        return interp.call(method, [value] if memo is None else [value, {}])
    if value.native is not None and type(value.native) not in PLAIN:
        return value
    if value.cls.has_trait("enum"):
        return value
    new = interp.new_instance(value.cls)
    if memo is not None:
        memo[id(value)] = new
        new.native = deep_copy(interp, value.native, memo)
        new.attrs.update({k: deep_copy(interp, v, memo) for k, v in value.attrs.items()})
    else:
        new.native = value.native.copy() if isinstance(value.native, dict | list | set) else value.native
        new.attrs.update(value.attrs)
    return new


def _copy(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[0]
    if isinstance(value, Instance):
        return _copy_instance(interp, value, None)
    return value.copy() if isinstance(value, list | dict | set | DefaultDict) else value


@overlay("copy")
def copy_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """copy."""
    return {
        "copy": Native("copy.copy", _copy),
        "deepcopy": Native("copy.deepcopy", lambda i, a, k, s: deep_copy(i, a[0], {})),
        "Error": interp.error("Exception").value.cls,
    }
