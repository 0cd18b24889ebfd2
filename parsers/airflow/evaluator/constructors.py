"""Constructors of plain data (`str(...)`, `list(...)`, ...), also for the user's subclasses of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import (
    BASE_EXCEPTION,
    OBJECT,
    PLAIN,
    PYTHON_TYPES,
    class_of,
    plain,
    user_method,
)
from parsers.airflow.evaluator.errors import attempt
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.unknowns import cause_of, derived, first_unknown
from parsers.airflow.evaluator.values import Instance, Native, Symbolic, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Make = Callable[["Interpreter", list[Value], dict[str, Value], Any], Value]


def register(python_type: type, make: Make) -> None:
    """Sets the `__new__` of a plain-data class: the plain value, or an instance of the user's subclass around it."""
    cls = PLAIN[python_type]

    def new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        wanted, rest = args[0], args[1:]
        if wanted is cls:
            return make(interp, rest, kwargs, site)
        keeps = python_type in (dict, list, set, bytearray)
        own_init = user_method(wanted, "__init__")
        plain_init = own_init is MISSING or own_init is cls.namespace.get("__init__")
        value = make(interp, *((rest, kwargs) if not keeps or plain_init else ([], {})), site)
        if cause_of(value) is not None:
            return value
        return Instance(wanted, native=value)

    cls.namespace["__new__"] = Native(f"{python_type.__name__}.__new__", new)
    if python_type in (dict, list, set):
        cls.namespace["__init__"] = Native(f"{python_type.__name__}.__init__", _init(python_type))


def _init(python_type: type) -> Make:
    def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        target = plain(args[0])
        if len(args) < 2 and not kwargs:
            return None
        if isinstance(target, dict):
            target.update(interp.dictionary(args[1:], kwargs, site))
        elif isinstance(target, list):
            target[:] = interp.items(args[1], site)
        elif isinstance(target, set):
            target.update(interp.items(args[1], site))
        return None

    return init


def _str(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if not args:
        return ""
    value = args[0]
    if isinstance(value, bytes) and (len(args) > 1 or kwargs):
        return attempt(str, value, *args[1:], **kwargs)
    return interp.text(value)


def _number(python_type: type) -> Make:
    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        unknown = first_unknown(args, kwargs.values())
        if unknown is not None:
            return derived(interp, unknown, site)
        if args:
            hook = user_method(class_of(args[0]), f"__{python_type.__name__}__")
            if hook is not MISSING and isinstance(args[0], Instance):
                return interp.call(hook, [args[0]], {}, site)
            if isinstance(plain(args[0]), Instance):
                raise interp.error("TypeError", f"{python_type.__name__}() argument must be a string or a real number")
        return attempt(python_type, *[plain(a) for a in args], **kwargs)

    return make


def _bool(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.truth_or_unknown(args[0]) if args else False


def _collection(python_type: type) -> Make:
    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        if not args:
            return python_type()
        if cause_of(args[0]) is not None:
            return derived(interp, args[0], site)
        values = interp.items(args[0], site)
        if python_type in (set, frozenset):
            for value in values:
                interp.key(value)
        return python_type(values)

    return make


def _dict(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if args and cause_of(args[0]) is not None and not kwargs:
        return derived(interp, args[0], site)
    return interp.dictionary(args, kwargs, site)


def _range(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    unknown = first_unknown(args)
    return derived(interp, unknown, site) if unknown is not None else attempt(range, *[plain(a) for a in args])


def _bytes(python_type: type) -> Make:
    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        unknown = first_unknown(args, kwargs.values())
        if unknown is not None:
            return derived(interp, unknown, site)
        if args and isinstance(args[0], int):
            interp.meter.check_text(args[0])
        if args and not isinstance(plain(args[0]), str | bytes | int):
            return attempt(python_type, interp.items(args[0], site))
        return attempt(python_type, *[plain(a) for a in args], **kwargs)

    return make


def _slice(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    unknown = first_unknown(args)
    return derived(interp, unknown, site) if unknown is not None else attempt(slice, *args)


register(str, _str)
for _type in (int, float, complex):
    register(_type, _number(_type))
register(bool, _bool)
for _sequence in (list, tuple, set, frozenset):
    register(_sequence, _collection(_sequence))
register(dict, _dict)
register(range, _range)
register(slice, _slice)
for _binary in (bytes, bytearray):
    register(_binary, _bytes(_binary))


def _exception_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["args"] = tuple(args[1:])
    return None


BASE_EXCEPTION.namespace["__init__"] = Native("BaseException.__init__", _exception_init)


def _object_new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.new_instance(args[0], site)


OBJECT_NEW = Native("object.__new__", _object_new)
__all__ = ["OBJECT", "PYTHON_TYPES", "Symbolic"]
