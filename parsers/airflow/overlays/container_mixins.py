"""What `collections.abc` gives to a user's own containers, made of the few methods that they define."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.attributes import del_item
from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Native, Value
from parsers.airflow.overlays.plain import NOT_KNOWN, lower

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Args = list[Value]
Kwargs = dict[str, Value]


def _item(interp: Interpreter, owner: Value, key: Value, error: str = "KeyError") -> Value:
    """`owner[key]`, MISSING where it raises `error`."""
    with interp.catching():
        try:
            return interp.getitem(owner, key)
        except Raised as raised:
            if EXCEPTIONS[error] not in raised.value.cls.mro:
                raise
            return MISSING


def _get(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    found = _item(interp, args[0], args[1])
    return (args[2] if len(args) > 2 else kwargs.get("default")) if found is MISSING else found


def _has_key(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return _item(interp, args[0], args[1]) is not MISSING


def _keys(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.items(args[0], site)


def _values(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return [interp.getitem(args[0], key) for key in interp.items(args[0], site)]


def _pairs(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return [(key, interp.getitem(args[0], key)) for key in interp.items(args[0], site)]


def _equal_mapping(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    other = lower(args[1])
    if isinstance(other, Instance) and interp.lookup(other.cls, "keys") is MISSING:
        return NotImplemented
    return interp.compare("==", interp.dictionary([args[0]], {}, site), interp.dictionary([other], {}, site), site)


def _pop(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    found = _item(interp, args[0], args[1])
    if found is MISSING:
        if len(args) > 2 or "default" in kwargs:
            return args[2] if len(args) > 2 else kwargs["default"]
        raise interp.error("KeyError", args[1])
    del_item(interp, args[0], args[1])
    return found


def _popitem(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    keys = interp.items(args[0], site)
    if not keys:
        raise interp.error("KeyError")
    value = interp.getitem(args[0], keys[0])
    del_item(interp, args[0], keys[0])
    return keys[0], value


def _clear(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    for key in interp.items(args[0], site):
        del_item(interp, args[0], key)
    return None


def _update(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    for key, value in interp.dictionary(args[1:], kwargs, site).items():
        interp.setitem(args[0], key, value)
    return None


def _setdefault(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    found = _item(interp, args[0], args[1])
    if found is not MISSING:
        return found
    default = args[2] if len(args) > 2 else kwargs.get("default")
    interp.setitem(args[0], args[1], default)
    return default


def _length(interp: Interpreter, owner: Value) -> int:
    size = interp.call(interp.getattr(owner, "__len__"), [])
    return size if isinstance(size, int) else 0


def _by_index(interp: Interpreter, owner: Value) -> list[Value]:
    found: list[Value] = []
    while (item := _item(interp, owner, len(found), "IndexError")) is not MISSING:
        found.append(item)
        interp.meter.check_items(len(found))
    return found


def _sequence_iter(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return Stream(iter(_by_index(interp, args[0])))


def _sequence_reversed(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return Stream(iter([interp.getitem(args[0], n) for n in reversed(range(_length(interp, args[0])))]))


def _contains(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.compare("in", args[1], interp.items(args[0], site), site)


def _index(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.call(interp.getattr(interp.items(args[0], site), "index"), args[1:], kwargs, site)


def _count(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.call(interp.getattr(interp.items(args[0], site), "count"), args[1:], kwargs, site)


def _insert(interp: Interpreter, owner: Value, position: int, value: Value) -> None:
    interp.call(interp.getattr(owner, "insert"), [position, value])


def _append(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    _insert(interp, args[0], _length(interp, args[0]), args[1])
    return None


def _extend(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    for value in interp.items(args[1], site):
        interp.call(interp.getattr(args[0], "append"), [value])
    return None


def _add_in_place(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    interp.call(interp.getattr(args[0], "extend"), [args[1]])
    return args[0]


def _pop_index(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    position = args[1] if len(args) > 1 else -1
    value = interp.getitem(args[0], position)
    del_item(interp, args[0], position)
    return value


def _remove(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    del_item(interp, args[0], _index(interp, [args[0], args[1]], {}, site))
    return None


def _set_operation(op: str) -> Any:
    def call(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        left, right = args
        if isinstance(right, NOT_KNOWN):
            return interp.unknown("the other set is not known", site, right)
        made = interp.binary(op, dict.fromkeys(interp.items(left)).keys(), dict.fromkeys(interp.items(right)).keys())
        build = interp.lookup(left.cls, "_from_iterable")
        return interp.call(left.cls if build is MISSING else interp.getattr(left, "_from_iterable"), [list(made)])

    return call


def _natives(owner: str, methods: dict[str, Any]) -> dict[str, Value]:
    return {name: Native(f"{owner}.{name}", function) for name, function in methods.items()}


_MAPPING = {
    "get": _get, "keys": _keys, "values": _values, "items": _pairs, "__contains__": _has_key, "__eq__": _equal_mapping,
}  # fmt: skip
_SEQUENCE = {
    "__iter__": _sequence_iter, "__contains__": _contains, "__reversed__": _sequence_reversed, "index": _index,
    "count": _count,
}  # fmt: skip
_SET = {"__and__": _set_operation("&"), "__or__": _set_operation("|"), "__sub__": _set_operation("-")}
MIXINS: dict[str, dict[str, Value]] = {
    "Mapping": _natives("Mapping", _MAPPING),
    "MutableMapping": _natives(
        "MutableMapping",
        {**_MAPPING, "pop": _pop, "popitem": _popitem, "clear": _clear, "update": _update, "setdefault": _setdefault},
    ),
    "Sequence": _natives("Sequence", _SEQUENCE),
    "MutableSequence": _natives(
        "MutableSequence",
        {**_SEQUENCE, "append": _append, "extend": _extend, "__iadd__": _add_in_place, "pop": _pop_index,
         "remove": _remove},
    ),
    "Set": _natives("Set", _SET),
    "MutableSet": _natives("MutableSet", _SET),
}  # fmt: skip
"""Methods by the name of the abstract class."""
