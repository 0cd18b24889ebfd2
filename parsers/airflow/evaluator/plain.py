"""Methods of plain data: whitelists, and those that need more than a native call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import plain
from parsers.airflow.evaluator.errors import NATIVE, convert
from parsers.airflow.evaluator.set_order import in_order
from parsers.airflow.evaluator.text import format_method
from parsers.airflow.evaluator.unknowns import cause_of, concat, derived, first_unknown
from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays.registry import MEMBERS, Call, Members, register_methods

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_STR = [
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
]
_BYTES = [
    "count",
    "fromhex",
    "maketrans",
    "translate",
    "decode",
    "endswith",
    "find",
    "hex",
    "index",
    "lower",
    "lstrip",
    "partition",
    "replace",
    "rsplit",
    "rstrip",
    "split",
    "startswith",
    "strip",
    "upper",
]
_LIST = ["append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse"]
_DICT = ["clear", "copy", "items", "keys", "pop", "popitem", "values"]
_SET = [
    "add",
    "clear",
    "copy",
    "difference",
    "difference_update",
    "discard",
    "intersection",
    "intersection_update",
    "isdisjoint",
    "issubset",
    "issuperset",
    "pop",
    "remove",
    "symmetric_difference",
    "symmetric_difference_update",
    "union",
    "update",
]
_FROZEN = [
    "copy",
    "difference",
    "intersection",
    "isdisjoint",
    "issubset",
    "issuperset",
    "symmetric_difference",
    "union",
]
CONSTRUCTORS: dict[type, tuple[str, ...]] = {
    str: ("maketrans",),
    bytes: ("maketrans", "fromhex"),
    int: ("from_bytes",),
    float: ("fromhex",),
}
"""Class methods and static methods of plain classes."""
_INT = ["from_bytes", "bit_length", "bit_count", "to_bytes", "conjugate", "as_integer_ratio", "is_integer"]

register_methods(str, _STR)
register_methods(bytes, _BYTES)
register_methods(list, _LIST)
register_methods(tuple, ("count", "index"))
register_methods(dict, _DICT)
register_methods(set, _SET)
register_methods(frozenset, _FROZEN)
register_methods(int, _INT, ("real", "imag", "numerator", "denominator"))
register_methods(bool, _INT, ("real", "imag", "numerator", "denominator"))
register_methods(float, ("fromhex", "is_integer", "hex", "conjugate", "as_integer_ratio"), ("real", "imag"))
register_methods(complex, ("conjugate",), ("real", "imag"))
register_methods(range, ("count", "index"), ("start", "stop", "step"))
register_methods(slice, ("indices",), ("start", "stop", "step"))
register_methods(type({}.keys()), ("isdisjoint",))
register_methods(type({}.items()), ("isdisjoint",))

MUTATORS = frozenset(
    [
        "append",
        "extend",
        "insert",
        "add",
        "update",
        "setdefault",
        "pop",
        "popitem",
        "remove",
        "discard",
        "clear",
        "reverse",
        "sort",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
        "appendleft",
        "extendleft",
        "popleft",
        "rotate",
        "move_to_end",
        "__setitem__",
    ]
)
_TAKES_ANYTHING = frozenset(
    ("append", "insert", "add", "appendleft", "copy", "clear", "pop", "items", "keys", "values")
)
_TAKES_ITERABLES = frozenset(
    (*(n for n in _SET if "i" in n or n.endswith("update") or n == "union"), "extend", "extendleft")
)
_PLAIN_ITERABLES: tuple[type, ...] = (
    list,
    tuple,
    dict,
    set,
    frozenset,
    str,
    range,
    type({}.keys()),
    type({}.items()),
    type({}.values()),
)
_GROWS = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs"))


def members_of(kind: type) -> Members | None:
    """The whitelist of a Python type or its nearest registered base."""
    found = MEMBERS.get(kind)
    if found is None:
        for base in kind.__mro__[1:-1]:
            if base in MEMBERS:
                return MEMBERS[base]
    return found


def plain_getattr(value: Value, name: str) -> Any:
    """A method or data attribute of plain data; None when it has none of that name."""
    members = members_of(type(value))
    if members is None:
        return None
    special = members.special.get(name)
    if special is not None:
        call = special.call
        return Native(special.name, lambda i, a, k, s: call(i, [value, *a], k, s))
    if name in members.methods and hasattr(value, name):
        return Native(name, lambda i, a, k, s: method(i, value, name, a, k))
    return None


def method(interp: Interpreter, value: Value, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Calls a whitelisted method natively."""
    if name in MUTATORS:
        interp.mutates(value)
        if hasattr(value, "__len__") and len(value) >= interp.meter.budgets.items:
            interp.meter.check_items(len(value) + 1)
    if name not in _TAKES_ANYTHING:
        unknown = first_unknown(args, kwargs.values())
        if unknown is not None:
            if name in ("index", "remove", "count", "discard") and not isinstance(value, str) and unknown in value:
                pass
            elif isinstance(value, list | set) and name in MUTATORS:
                _mutate_unknown(interp, value, name, unknown)
                return None
            else:
                return derived(interp, unknown)
        args = [plain(a) if not isinstance(value, list) else a for a in args]
    _guard(interp, value, name, args)
    if isinstance(value, set) and args:
        interp.meter.weigh(args[0])
    if type(value) is range and name in ("index", "count") and args and not isinstance(args[0], int):
        args = [int(args[0]) if isinstance(args[0], float) and args[0].is_integer() else value.stop]
    if name == "pop" and isinstance(value, set) and value and not args:
        first = in_order(value)[0]
        value.discard(first)
        return first
    if name in _TAKES_ITERABLES:
        if name in ("extend", "extendleft"):
            args = [in_order(a) if isinstance(a, set | frozenset) else a for a in args]
        args = [a if type(a) in _PLAIN_ITERABLES else interp.items(a) for a in args]
    try:
        result = getattr(value, name)(*args, **kwargs)
    except NATIVE as error:
        raise convert(error) from None
    if isinstance(result, str | bytes) and len(result) > 4096:
        interp.meter.check_text(len(result))
    return result


def _mutate_unknown(interp: Interpreter, value: Any, name: str, unknown: Value) -> None:
    """`items.extend(unknown)`: the collection then holds an unknown item."""
    item = derived(interp, unknown)
    if name == "extend":
        value.append(item)
    elif name == "update":
        value.add(item)


def _guard(interp: Interpreter, value: Value, name: str, args: list[Value]) -> None:
    if name in _GROWS and args and isinstance(args[0], int):
        interp.meter.check_text(args[0] * (value.count("\t") if name == "expandtabs" else 1))
    elif name == "replace" and len(args) >= 2 and isinstance(args[0], str | bytes) and isinstance(args[1], str | bytes):
        if len(args[1]) > len(args[0]):
            count = value.count(args[0]) if args[0] else len(value) + 1
            interp.meter.check_text(len(value) + count * len(args[1]))
    elif name == "to_bytes" and args and isinstance(args[0], int):
        interp.meter.check_text(args[0])


def _special(name: str) -> Callable[[Call], Call]:
    def register(function: Call) -> Call:
        kind: type = {"str": str, "list": list, "dict": dict}[name.partition(".")[0]]
        register_methods(kind, special=(Native(name, function),))
        return function

    return register


@_special("str.format")
def _format(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return format_method(interp, args[0], args[1:], kwargs)


@_special("str.format_map")
def _format_map(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return format_method(interp, args[0], [], args[1])


@_special("str.join")
def _join(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    separator = args[0]
    if cause_of(args[1]) is not None:
        return derived(interp, args[1], site)
    parts: list[Value] = []
    for number, item in enumerate(interp.iterate(args[1], site)):
        item = plain(item)
        if not isinstance(item, str) and cause_of(item) is None:
            raise interp.error("TypeError", f"sequence item {number}: expected str instance")
        if number and separator:
            parts.append(separator)
        parts.append(item)
    if first_unknown(parts) is None:
        interp.meter.check_text(sum(len(p) for p in parts))
    return concat(interp, parts, site)


@_special("list.sort")
def _sort(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    interp.mutates(args[0])
    result = interp.sort(list(args[0]), kwargs.get("key"), kwargs.get("reverse", False), site)
    if isinstance(result, list):
        args[0][:] = result
    return None


@_special("dict.get")
def _get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    mapping, key = args[0], args[1]
    default = args[2] if len(args) > 2 else kwargs.get("default")
    if not interp.hash_ok(key):
        raise interp.error("TypeError", f"unhashable type: '{interp.class_of(key).name}'")
    key = plain(key)
    if key in mapping:
        return mapping[key]
    if cause_of(key) is not None:
        return derived(interp, key, site) if mapping else default
    unknown = interp.unknown_rest(mapping)
    return derived(interp, unknown, site) if unknown is not None else default


@_special("dict.setdefault")
def _setdefault(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    mapping, key = args[0], plain(args[1])
    if key not in mapping:
        interp.setitem(mapping, key, args[2] if len(args) > 2 else None)
    return mapping[key]


@_special("dict.update")
def _update(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    interp.mutates(args[0])
    args[0].update(interp.dictionary(args[1:], kwargs, site))
    return None


@_special("dict.fromkeys")
def _fromkeys(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[2] if len(args) > 2 else None
    return {interp.key(k): value for k in interp.iterate(args[1], site)}
