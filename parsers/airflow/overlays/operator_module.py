"""operator: the operators as functions, and getters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.attributes import del_item
from parsers.airflow.evaluator.operations import unary
from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays.registry import BUILTINS, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

BINARY = {
    "add": "+", "concat": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>", "matmul": "@",
}  # fmt: skip
COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "is_": "is", "is_not": "is not"}


UNARY = {"neg": "-", "pos": "+", "inv": "~", "invert": "~"}


def _binary(name: str, op: str) -> Native:
    return Native(f"operator.{name}", lambda i, a, k, s: i.binary(op, a[0], a[1], s))


def _compare(name: str, op: str) -> Native:
    return Native(f"operator.{name}", lambda i, a, k, s: i.compare(op, a[0], a[1], s))


def _attribute(interp: Interpreter, value: Value, path: Value) -> Value:
    for name in str(path).split("."):
        value = interp.getattr(value, name)
    return value


def _itemgetter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    def get(interp: Interpreter, given: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        found = [interp.getitem(given[0], key, site) for key in args]
        return found[0] if len(found) == 1 else tuple(found)

    return Native("operator.itemgetter", get)


def _attrgetter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    def get(interp: Interpreter, given: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        found = [_attribute(interp, given[0], path) for path in args]
        return found[0] if len(found) == 1 else tuple(found)

    return Native("operator.attrgetter", get)


def _methodcaller(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    def get(interp: Interpreter, given: list[Value], _: dict[str, Value], site: Any) -> Value:
        return interp.call(interp.getattr(given[0], args[0]), list(args[1:]), dict(kwargs), site)

    return Native("operator.methodcaller", get)


def _setitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    interp.setitem(args[0], args[1], args[2])
    return None


def _in_place(name: str, op: str) -> Native:
    """`operator.iadd(a, b)`: lists, sets and dictionaries change in place."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        left, right = args
        if name == "iadd" and isinstance(left, list):
            left.extend(interp.items(right, site))
            interp.mutates(left)
            return left
        if name == "ior" and isinstance(left, set | dict) and isinstance(right, set | dict):
            left.update(right)
            interp.mutates(left)
            return left
        return interp.binary(op, left, right, site)

    return Native(f"operator.{name}", call)


def _not(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    truth = interp.truth_or_unknown(args[0])
    return not truth if isinstance(truth, bool) else truth


def _count_of(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    same = [interp.compare("==", item, args[1]) for item in interp.items(args[0], site)]
    unknown = next((s for s in same if not isinstance(s, bool)), None)
    return same.count(True) if unknown is None else unknown


def _index_of(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for index, item in enumerate(interp.items(args[0], site)):
        same = interp.compare("==", item, args[1])
        if same is True:
            return index
        if same is not False:
            return same
    raise interp.error("ValueError", "sequence.index(x): x not in sequence")


def _delitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    del_item(interp, args[0], args[1])
    return None


def _unary(name: str, op: str) -> Native:
    return Native(f"operator.{name}", lambda i, a, k, s: unary(i, op, a[0], s))


@overlay("operator")
def operator_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """operator."""
    return {
        **{n: _binary(n, op) for n, op in BINARY.items()},
        **{f"i{n.rstrip('_')}": _in_place(f"i{n.rstrip('_')}", op) for n, op in BINARY.items()},
        **{n: _compare(n, op) for n, op in COMPARE.items()},
        "contains": Native("operator.contains", lambda i, a, k, s: i.compare("in", a[1], a[0], s)),
        "getitem": Native("operator.getitem", lambda i, a, k, s: i.getitem(a[0], a[1], s)),
        "setitem": Native("operator.setitem", _setitem),
        "itemgetter": Native("operator.itemgetter", _itemgetter),
        "attrgetter": Native("operator.attrgetter", _attrgetter),
        "methodcaller": Native("operator.methodcaller", _methodcaller),
        "not_": Native("operator.not_", _not),
        "truth": Native("operator.truth", lambda i, a, k, s: i.truth_or_unknown(a[0])),
        **{n: _unary(n, op) for n, op in UNARY.items()},
        "abs": BUILTINS["abs"],
        "delitem": Native("operator.delitem", _delitem),
        "countOf": Native("operator.countOf", _count_of),
        "indexOf": Native("operator.indexOf", _index_of),
        "call": Native("operator.call", lambda i, a, k, s: i.call(a[0], a[1:], k, s)),
        "length_hint": BUILTINS["len"],
    }
