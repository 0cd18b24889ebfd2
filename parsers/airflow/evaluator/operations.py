"""Operators, comparison and truth."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.ir import exprs
from parsers.airflow.evaluator.classes import bind, class_of, opaque_base, plain, user_method
from parsers.airflow.evaluator.errors import NATIVE, Raised, convert
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.text import percent
from parsers.airflow.evaluator.unknowns import cause_of, concat, derived
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Native, Symbolic, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

METHOD = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip

FUNCTION: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "<<": operator.lshift, ">>": operator.rshift,
    "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip

COMPARE_METHOD = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
REFLECTED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

UNARY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "-": ("__neg__", operator.neg),
    "+": ("__pos__", operator.pos),
    "~": ("__invert__", operator.invert),
}

_SIZED = (str, bytes, bytearray, list, tuple)


def binary(interp: Interpreter, op: str, left: Value, right: Value, site: cst.CSTNode | None = None) -> Value:
    """`left <op> right`."""
    lkind, rkind = type(left), type(right)
    if lkind is rkind and (lkind is str or lkind is int):
        return _native(interp, op, left, right)
    result = _overloaded(interp, op, left, right)
    if result is not NotImplemented:
        return result
    left, right = plain(left), plain(right)
    if type(left) is Symbolic or type(left) is Unknown or type(right) is Symbolic or type(right) is Unknown:
        return _unknown_binary(interp, op, left, right, site)
    if op == "%" and isinstance(left, str | bytes):
        return percent(interp, left, right, site)
    if op == "|" and (isinstance(left, ClassValue) or isinstance(right, ClassValue)):
        return _union(left, right)
    if type(left) is Instance or type(right) is Instance:
        for side in (left, right):
            if type(side) is Instance and (base := opaque_base(side.cls)) is not None:
                return interp.unknown(f"`{base.name}` is a third-party class", site)
        raise _unsupported(interp, op, left, right)
    if lkind in _FOREIGN or rkind in _FOREIGN:
        raise _unsupported(interp, op, left, right)
    return _native(interp, op, left, right)


_FOREIGN = (ClassValue, ModuleValue, Native)


def _unsupported(interp: Interpreter, op: str, left: Value, right: Value) -> Raised:
    names = f"'{class_of(left).name}' and '{class_of(right).name}'"
    return interp.error("TypeError", f"unsupported operand type(s) for {op}: {names}")


def _union(left: Value, right: Value) -> tuple[Value, ...]:
    """`int | None` as a tuple of classes, which `isinstance` takes."""
    parts: list[Value] = []
    for side in (left, right):
        parts.extend(side if isinstance(side, tuple) else (class_of(None) if side is None else side,))
    return tuple(parts)


def _overloaded(interp: Interpreter, op: str, left: Value, right: Value) -> Value:
    """The result of `__op__` or `__rop__` of a class, or NotImplemented."""
    name = METHOD[op]
    left_cls, right_cls = class_of(left), class_of(right)
    first = user_method(left_cls, f"__{name}__")
    second = user_method(right_cls, f"__r{name}__")
    if first is MISSING and second is MISSING:
        return NotImplemented
    order = [(first, left, right), (second, right, left)]
    if right_cls is left_cls:
        order.pop()
    elif left_cls in right_cls.mro and second is not user_method(left_cls, f"__r{name}__"):
        order.reverse()
    for method, receiver, other in order:
        if method is not MISSING:
            result = interp.call(bind(interp, method, receiver, class_of(receiver)), [other], {})
            if result is not NotImplemented:
                return result
    return NotImplemented


def _unknown_binary(interp: Interpreter, op: str, left: Value, right: Value, site: cst.CSTNode | None) -> Value:
    if op == "+" and _texty(left) and _texty(right):
        return concat(interp, [left, right], site)
    if op == "%" and isinstance(left, str):
        return percent(interp, left, right, site)
    if op in (">>", "<<"):
        known = right if cause_of(left) is not None else left
        if not isinstance(known, int):
            return right
    return derived(interp, left if cause_of(left) is not None else right, site)


def _texty(value: Value) -> bool:
    return isinstance(value, str) or (type(value) is Symbolic and value.type in (str, None)) or type(value) is Unknown


def _native(interp: Interpreter, op: str, left: Value, right: Value) -> Value:
    _guard_size(interp, op, left, right)
    try:
        return FUNCTION[op](left, right)
    except NATIVE as error:
        raise convert(error) from None


_EXACT = (int, Fraction)


def _bits(value: int | Fraction) -> int:
    if isinstance(value, int):
        return value.bit_length()
    return value.numerator.bit_length() + value.denominator.bit_length()


def _guard_size(interp: Interpreter, op: str, left: Value, right: Value) -> None:
    meter = interp.meter
    if op == "+":
        if isinstance(left, str | bytes) and isinstance(right, str | bytes):
            size = len(left) + len(right)
            if size > 4096:
                meter.check_text(size)
        elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
            meter.check_items(len(left) + len(right))
    elif op == "*":
        for value, count in ((left, right), (right, left)):
            if isinstance(value, _SIZED) and isinstance(count, int):
                size = len(value) * max(count, 0)
                (meter.check_items if isinstance(value, list | tuple) else meter.check_text)(size)
        if isinstance(left, _EXACT) and isinstance(right, _EXACT) and _bits(left) + _bits(right) > 10_000:
            meter.check_text(_bits(left) + _bits(right))
    elif op == "**" and isinstance(left, _EXACT) and isinstance(right, int) and (right > 0 or type(left) is Fraction):
        bits = _bits(left) * abs(right)
        if bits > 10_000:
            meter.check_text(bits)
            if bits > 1_000_000:
                meter.check_text(meter.budgets.text + 1)
    elif op == "<<" and isinstance(left, int) and isinstance(right, int) and right > 10_000:
        meter.check_text(right)


def unary(interp: Interpreter, op: str, value: Value, site: cst.CSTNode | None = None) -> Value:
    """`-value`, `+value`, `~value`."""
    name, function = UNARY[op]
    method = user_method(class_of(value), name)
    if method is not MISSING:
        return interp.call(bind(interp, method, value, class_of(value)), [], {})
    value = plain(value)
    if cause_of(value) is not None:
        return derived(interp, value, site)
    try:
        return function(value)
    except NATIVE as error:
        raise convert(error) from None


def compare(interp: Interpreter, op: str, left: Value, right: Value, site: cst.CSTNode | None = None) -> bool | Unknown:
    """`left <op> right`: a bool or an Unknown (or what a user's method returns)."""
    if op in ("is", "is not"):
        return _identity(interp, op, left, right, site)
    if op in ("in", "not in"):
        return _contains(interp, op, left, right, site)
    result = _rich(interp, op, left, right)
    if result is not NotImplemented:
        return result  # type: ignore[no-any-return]
    left, right = plain(left), plain(right)
    if type(left) in (Unknown, Symbolic) or type(right) in (Unknown, Symbolic):
        if left is right and op in ("==", "!="):
            return op == "=="
        answer = derived(interp, left if cause_of(left) is not None else right, site)
        answer.guess = op == "!="
        return answer
    if op in ("==", "!=") and (unknown := _buried(left) or _buried(right)) is not None and left is not right:
        if type(left) is type(right) and len(left) == len(right):
            return derived(interp, unknown, site)
        return op == "!="
    interp.meter.weigh(left)
    interp.meter.weigh(right)
    try:
        return COMPARE[op](left, right)
    except NATIVE as error:
        raise convert(error) from None


def _buried(value: Value) -> Value | None:
    """An unknown item directly in a container."""
    if isinstance(value, list | tuple | set | frozenset):
        items: Any = value
    elif isinstance(value, dict):
        items = value.values()
    else:
        return None
    return next((i for i in items if type(i) is Unknown or type(i) is Symbolic), None)


def _identity(interp: Interpreter, op: str, left: Value, right: Value, site: cst.CSTNode | None) -> bool | Unknown:
    if left is right or (isinstance(left, str | int | tuple) and type(left) is type(right) and left == right):
        return op == "is"
    if right is None and type(left) is Symbolic and isinstance(left.expr, exprs.TimeRef | exprs.Concat):
        return op == "is not"
    for side in (left, right):
        if cause_of(side) is not None:
            answer = derived(interp, side, site)
            absent = right is None and (source := cause_of(left)) is not None and source.guess is False
            answer.guess = (op == "is") == absent
            return answer
    return op == "is not"


def _contains(interp: Interpreter, op: str, item: Value, container: Value, site: cst.CSTNode | None) -> bool | Unknown:
    answer = contains(interp, item, container, site)
    if isinstance(answer, Unknown):
        answer.guess = op == "not in"
        return answer
    return answer if op == "in" else not answer


def contains(interp: Interpreter, item: Value, container: Value, site: cst.CSTNode | None = None) -> bool | Unknown:
    """`item in container`."""
    method = user_method(class_of(container), "__contains__")
    if method is not MISSING:
        result = interp.call(bind(interp, method, container, class_of(container)), [item], {})
        return interp.truth_or_unknown(result)
    container = plain(container)
    if type(container) is range and not isinstance(item, int) and cause_of(item) is None:
        return _in_range(item, container)
    unknown = container if cause_of(container) is not None else item if cause_of(item) is not None else None
    if unknown is not None and not (isinstance(container, list | tuple | dict | set) and _is_in(item, container)):
        if isinstance(container, list | tuple | dict | set | frozenset) and not container:
            return False
        return derived(interp, unknown, site)
    if isinstance(container, str | bytes | list | tuple | set | frozenset | dict | range) or hasattr(
        type(container), "__contains__"
    ):
        try:
            if item in container:
                return True
        except NATIVE as error:
            raise convert(error) from None
        buried = _buried(container) if not isinstance(container, dict) else _buried(tuple(container))
        return derived(interp, buried, site) if buried is not None else False
    return any(compare(interp, "==", item, other) is True for other in interp.iterate(container, site))


def _in_range(item: Value, container: range) -> bool:
    """Python would look at each number of a range for what is no integer."""
    return isinstance(item, float) and item.is_integer() and int(item) in container


def _is_in(item: Value, container: Any) -> bool:
    try:
        return item in container
    except TypeError:
        return False


def _rich(interp: Interpreter, op: str, left: Value, right: Value) -> Value:
    left_cls, right_cls = class_of(left), class_of(right)
    for receiver, other, cls, name in (
        (left, right, left_cls, COMPARE_METHOD[op]),
        (right, left, right_cls, COMPARE_METHOD[REFLECTED[op]]),
    ):
        method = user_method(cls, name)
        if method is MISSING and name == "__ne__":
            method = user_method(cls, "__eq__")
            if method is not MISSING:
                result = interp.call(bind(interp, method, receiver, cls), [other], {})
                if result is not NotImplemented:
                    truth = interp.truth_or_unknown(result)
                    return truth if isinstance(truth, Unknown) else not truth
                continue
        if method is not MISSING:
            result = interp.call(bind(interp, method, receiver, cls), [other], {})
            if result is not NotImplemented:
                return result
    return NotImplemented


def truth_or_unknown(interp: Interpreter, value: Value) -> bool | Unknown:
    """The truth of a value, or the Unknown it depends on."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is Unknown:
        return value  # type: ignore[no-any-return]
    if kind is Symbolic:
        return value.unknown  # type: ignore[no-any-return]
    cls = class_of(value)
    for name in ("__bool__", "__len__"):
        method = user_method(cls, name)
        if method is not MISSING:
            result = plain(interp.call(bind(interp, method, value, cls), [], {}))
            return cause_of(result) or bool(result)
    value = plain(value)
    if type(value) is Instance or kind in _FOREIGN:
        return True
    try:
        return bool(value)
    except NATIVE as error:
        raise convert(error) from None
