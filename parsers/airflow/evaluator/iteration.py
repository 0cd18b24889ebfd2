"""Iteration, dictionaries, sorting, `isinstance`, and instances inside Python containers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.evaluator import values as values_module
from parsers.airflow.evaluator.classes import (
    BASE_EXCEPTION,
    OBJECT,
    PLAIN,
    PYTHON_TYPES,
    bind,
    class_of,
    opaque_base,
    plain,
    user_method,
)
from parsers.airflow.evaluator.errors import NATIVE, Raised, convert
from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.plain import method
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.set_order import live
from parsers.airflow.evaluator.unknowns import cause_of, derived, report_loop
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Symbolic, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_NATIVE_ITERABLES: tuple[type, ...] = (
    list, tuple, dict, set, frozenset, str, bytes, bytearray, range, Stream,
    type({}.keys()), type({}.values()), type({}.items()),
)  # fmt: skip


def iterate(interp: Interpreter, value: Value, site: cst.CSTNode | None = None) -> Iterator[Value]:
    """The items of any iterable; of an unknown one: one unknown item."""
    if isinstance(value, Stream):
        return value
    if isinstance(value, list):
        return _live(value)
    if isinstance(value, _NATIVE_ITERABLES):
        return _guarded(value)
    if cause_of(value) is not None:
        return iter((derived(interp, value, site),))
    cls = class_of(value)
    maker = user_method(cls, "__iter__")
    if maker is not MISSING:
        made = interp.call(bind(interp, maker, value, cls), [], {}, site)
        return iterate(interp, made, site) if made is not value else _by_next(interp, made)
    native = plain(value)
    if native is not value:
        return iterate(interp, native, site)
    if user_method(cls, "__getitem__") is not MISSING:
        return _by_index(interp, value)
    if user_method(cls, "__next__") is not MISSING:
        return _by_next(interp, value)
    base = opaque_base(cls)
    if base is not None:
        unknown = interp.unknown(f"`{base.name}` is a third-party class", site)
        report_loop(interp, unknown, site)
        return iter((unknown,))
    if isinstance(value, Iterator):
        return value
    if not isinstance(value, Instance | ClassValue) and hasattr(type(value), "__iter__") and cls is not OBJECT:
        return iter(value)
    if isinstance(value, ClassValue):
        meta = class_of(value)
        hook = user_method(meta, "__iter__")
        if hook is not MISSING:
            return iterate(interp, interp.call(bind(interp, hook, value, meta), [], {}, site), site)
    raise interp.error("TypeError", f"'{cls.name}' object is not iterable")


def _live(items: list[Value]) -> Iterator[Value]:
    """A list may grow while it is iterated, as in Python."""
    return iter(items)


def _guarded(value: Any) -> Iterator[Value]:
    try:
        yield from live(value) if isinstance(value, set | frozenset) else value
    except RuntimeError as error:
        raise convert(error) from None


def _by_next(interp: Interpreter, value: Value) -> Iterator[Value]:
    while True:
        try:
            item = next_item(interp, value)
        except StopIteration:
            return
        yield item


def next_item(interp: Interpreter, value: Value) -> Value:
    """`next(value)`; raises Python's StopIteration at the end."""
    if isinstance(value, Stream):
        return next(value)
    cls = class_of(value)
    hook = user_method(cls, "__next__")
    if hook is MISSING:
        raise interp.error("TypeError", f"'{cls.name}' object is not an iterator")
    with interp.catching():
        try:
            return interp.call(bind(interp, hook, value, cls), [], {})
        except Raised as error:
            if error.value.cls.name == "StopIteration":
                raise StopIteration from None
            raise


def _by_index(interp: Interpreter, value: Value) -> Iterator[Value]:
    cls = class_of(value)
    hook = user_method(cls, "__getitem__")
    for index in range(interp.meter.budgets.items):
        with interp.catching():
            try:
                item = interp.call(bind(interp, hook, value, cls), [index], {})
            except Raised as error:
                if error.value.cls.name == "IndexError":
                    return
                raise
        yield item


def items(interp: Interpreter, value: Value, site: cst.CSTNode | None = None) -> list[Value]:
    """The items as a list, within the budget."""
    if hasattr(type(value), "__len__") and not isinstance(value, Instance):
        interp.meter.check_items(_size(value))
        if isinstance(value, list | tuple):
            return list(value)
    out: list[Value] = []
    limit = interp.meter.budgets.items
    for item in iterate(interp, value, site):
        out.append(item)
        if len(out) > limit:
            interp.meter.check_items(len(out))
    return out


def _size(value: Any) -> int:
    try:
        return len(value)
    except OverflowError:
        return 1 << 62


def hash_ok(value: Value) -> bool:
    """Whether a value can be a dictionary key."""
    if isinstance(value, list | dict | set | bytearray):
        return False
    if isinstance(value, tuple):
        return all(hash_ok(v) for v in value)
    if isinstance(value, Instance) and type(value.native) in (list, dict, set):
        return user_method(value.cls, "__hash__") is not MISSING
    return True


def dictionary(
    interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> dict[Value, Value]:
    """`dict(*args, **kwargs)`."""
    out: dict[Value, Value] = {}
    for arg in args[:1]:
        source = plain(arg)
        if isinstance(source, dict):
            out.update(source)
        elif cause_of(source) is not None:
            rest = derived(interp, source, site)
            out[rest] = rest
        else:
            _fill(interp, out, source, site)
    for key, value in kwargs.items():
        if key == "**":
            out[value] = value
        else:
            out[key] = value
    return out


def _fill(interp: Interpreter, out: dict[Value, Value], source: Value, site: cst.CSTNode | None) -> None:
    keys = interp.getattr(source, "keys", site, None)
    if keys is not None:
        for key in interp.iterate(interp.call(keys, [], {}), site):
            out[interp.key(key)] = interp.getitem(source, key)
        return
    for pair in interp.iterate(source, site):
        if cause_of(pair) is not None:
            out[pair] = pair
            continue
        parts = interp.items(pair, site)
        if len(parts) != 2:
            raise interp.error(
                "ValueError", f"dictionary update sequence element has length {len(parts)}; 2 is required"
            )
        out[interp.key(parts[0])] = parts[1]


def sort(interp: Interpreter, values: list[Value], key: Value, reverse: Value, site: cst.CSTNode | None) -> Value:
    """The sorted list; an Unknown when the order depends on one."""
    keys = values if key is None else [interp.call(key, [v], {}, site) for v in values]
    unknown = next((k for k in keys if cause_of(k) is not None), None)
    if unknown is not None:
        return list(values) if len(values) == 1 else derived(interp, unknown, site)
    order = functools.cmp_to_key(_comparer(interp)) if any(_custom(k) for k in keys) else None
    try:
        pairs = sorted(
            zip(keys, range(len(keys)), strict=True),
            key=(lambda p: order(p[0])) if order is not None else (lambda p: p[0]),
            reverse=bool(reverse),
        )
    except NATIVE as error:
        raise convert(error) from None
    if reverse:
        return _stable_reverse(values, keys, pairs)
    return [values[index] for _, index in pairs]


def _stable_reverse(values: list[Value], keys: list[Value], pairs: list[tuple[Value, int]]) -> list[Value]:
    return [values[index] for _, index in pairs]


def _custom(value: Value) -> bool:
    return isinstance(value, Instance) or (isinstance(value, tuple | list) and any(_custom(v) for v in value))


def _comparer(interp: Interpreter) -> Callable[[Any, Any], int]:
    def compare(left: Value, right: Value) -> int:
        if interp.compare("<", left, right) is True:
            return -1
        return 1 if interp.compare("<", right, left) is True else 0

    return compare


def is_instance(interp: Interpreter, value: Value, cls: Value) -> bool | Unknown:
    """`isinstance(value, cls)`."""
    if isinstance(cls, tuple):
        unknown: Unknown | None = None
        for part in cls:
            answer = is_instance(interp, value, part)
            if answer is True:
                return True
            unknown = answer if isinstance(answer, Unknown) else unknown
        return unknown if unknown is not None else False
    if cause_of(cls) is not None or (isinstance(cls, ClassValue) and cls.opaque):
        return _instance_of_unknown(interp, value, cls)
    if not isinstance(cls, ClassValue):
        if cls is None:
            return value is None
        return interp.unknown("the class of an `isinstance` test", cause=cls if cause_of(cls) else None)
    hook = user_method(class_of(cls), "__instancecheck__")
    hook = cls.namespace.get("__instancecheck__", hook)
    if hook is not MISSING:
        return interp.truth_or_unknown(interp.call(bind(interp, hook, cls, class_of(cls)), [value], {}))
    if type(value) is Symbolic and value.type is not None:
        return cls in (PLAIN.get(value.type) or OBJECT).mro
    cause = cause_of(value)
    if cause is not None:
        return True if cls is OBJECT else derived(interp, cause)
    mine = class_of(value)
    if cls in mine.mro:
        return True
    base = opaque_base(mine)
    return interp.unknown(f"`{base.name}` is a third-party class") if base is not None else False


def _instance_of_unknown(interp: Interpreter, value: Value, cls: Value) -> bool | Unknown:
    """Plain data and the user's own objects are no instances of a third party's class."""
    if isinstance(value, Instance) and cls in value.cls.mro:
        return True
    if cause_of(value) is None and (not isinstance(value, Instance) or opaque_base(value.cls) is None):
        return False
    cause = cls.namespace.get("__unknown__") if isinstance(cls, ClassValue) else cls
    return derived(interp, cause) if cause is not None else interp.unknown("a third-party class")


def class_default(
    interp: Interpreter, cls: ClassValue, receiver: Value, name: str, rest: tuple[ClassValue, ...]
) -> Value:
    """`super().name` where only `object` or a plain-data class is left."""
    if any(base.opaque for base in rest):
        return MISSING
    if name == "__new__":
        return Native("object.__new__", lambda i, a, k, s: i.new_instance(a[0], s))
    if isinstance(receiver, Instance):
        python_type = next((PYTHON_TYPES[b] for b in rest if b in PYTHON_TYPES), None)
        if python_type is not None:
            return _plain_super(interp, receiver, name)
        if name == "__getattribute__":
            return Native(name, lambda i, a, k, s: i.plain_getattr(receiver, a[0], s))
        if name == "__setattr__":
            return Native(name, lambda i, a, k, s: receiver.attrs.__setitem__(a[0], a[1]))
        if name in ("__str__", "__repr__"):
            return Native(name, lambda i, a, k, s: f"<{receiver.cls.path} object>")
        if name == "__eq__":
            return Native(name, lambda i, a, k, s: True if receiver is a[0] else NotImplemented)
        if name == "__hash__":
            return Native(name, lambda i, a, k, s: id(receiver))
        if name in ("__enter__",):
            return MISSING
    if name == "__call__" and isinstance(receiver, ClassValue):
        return Native("type.__call__", lambda i, a, k, s: i.call(receiver, a, k, s))
    return MISSING


def _plain_super(interp: Interpreter, receiver: Instance, name: str) -> Value:
    from parsers.airflow.evaluator.attributes import get_attribute

    native = receiver.native
    if name == "__setitem__":
        return Native(name, lambda i, a, k, s: i.setitem(native, a[0], a[1]))
    if name == "__getitem__":
        return Native(name, lambda i, a, k, s: i.getitem(native, a[0], s))
    if name == "__init__":
        return Native(name, lambda i, a, k, s: None)
    return get_attribute(interp, native, name, None)


class Comparing:
    """Equality, hash and order of instances by the methods of their classes, for Python's own containers."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def equal(self, left: Instance, right: object) -> bool:
        """`left == right`."""
        hook = user_method(left.cls, "__eq__")
        if hook is MISSING:
            native = plain(left)
            return native is not left and bool(native == plain(right))
        result = self.interp.call(bind(self.interp, hook, left, left.cls), [right], {})
        return result is not NotImplemented and self.interp.truth_or_unknown(result) is True

    def hash(self, value: Instance) -> int:
        """`hash(value)`."""
        hook = user_method(value.cls, "__hash__")
        if hook is not MISSING and hook is not None:
            result = plain(self.interp.call(bind(self.interp, hook, value, value.cls), [], {}))
            if isinstance(result, int):
                return hash(result)
        native = plain(value)
        if native is not value and not isinstance(native, list | dict | set):
            return hash(native)
        return id(value)

    def less(self, left: Instance, right: object) -> bool:
        """`left < right`."""
        return self.interp.compare("<", left, right) is True

    def install(self) -> None:
        """Makes this the comparison of all instances in this process."""
        values_module.EQUALITY = self


__all__ = ["BASE_EXCEPTION", "ClassMember", "Comparing", "method"]
