"""`abc`, `types`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import OTHERS, TYPE
from parsers.airflow.evaluator.values import ClassMember, Function, Instance, ModuleValue, Native, Value
from parsers.airflow.overlays.plain import (
    first_argument,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


ABC_META = make_class("ABCMeta", "abc.ABCMeta", (TYPE,))
ABC = make_class("ABC", "abc.ABC", (), {"register": ClassMember("staticmethod", first_argument("ABC.register"))})


def _abstract(value: Value) -> Value:
    """Marks a function, also one inside a property, as abstract."""
    inner = value
    while isinstance(inner, ClassMember):
        inner = inner.function
    if isinstance(inner, Function):
        inner.attrs["__isabstractmethod__"] = True
    return value


def _abstract_member(kind: str) -> Native:
    return Native(f"abc.abstract{kind}", lambda i, a, k, s: ClassMember(kind, _abstract(a[0])))


@overlay("abc")
def abc_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """abc."""
    return {
        "ABC": ABC,
        "ABCMeta": ABC_META,
        "abstractmethod": Native("abc.abstractmethod", lambda i, a, k, s: _abstract(a[0])),
        **{f"abstract{kind}": _abstract_member(kind) for kind in ("property", "classmethod", "staticmethod")},
    }


def _namespace_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if len(args) > 1:
        args[0].attrs.update(interp.dictionary(args[1:], {}, site))
    args[0].attrs.update(kwargs)
    return None


def _namespace_repr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    total: Value = "namespace("
    for index, (key, value) in enumerate(args[0].attrs.items()):
        total = interp.binary(
            "+", interp.binary("+", total, f"{', ' if index else ''}{key}="), interp.text(value, "repr")
        )
    return interp.binary("+", total, ")")


def _namespace_equal(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    left, right = args
    if not isinstance(right, Instance) or right.cls is not left.cls:
        return NotImplemented
    return interp.compare("==", left.attrs, right.attrs)


NAMESPACE = make_class(
    "SimpleNamespace",
    "types.SimpleNamespace",
    (),
    {
        "__init__": Native("SimpleNamespace.__init__", _namespace_init),
        "__repr__": Native("SimpleNamespace.__repr__", _namespace_repr),
        "__eq__": Native("SimpleNamespace.__eq__", _namespace_equal),
    },
)


def _method_type(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from parsers.airflow.evaluator.values import BoundMethod

    return BoundMethod(args[1], args[2])


METHOD_TYPE = make_class("MethodType", "types.MethodType", (), {"__new__": Native("types.MethodType", _method_type)})


@overlay("types")
def types_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """types."""
    return {
        "SimpleNamespace": NAMESPACE,
        "MappingProxyType": Native("types.MappingProxyType", lambda i, a, k, s: i.dictionary(a, {}, s)),
        "FunctionType": OTHERS[Function],
        "LambdaType": OTHERS[Function],
        "BuiltinFunctionType": OTHERS[Native],
        "ModuleType": OTHERS[ModuleValue],
        "MethodType": METHOD_TYPE,
        "GeneratorType": make_class("generator", "types.GeneratorType"),
        "NoneType": OTHERS[type(None)],
        "TracebackType": make_class("traceback", "types.TracebackType"),
        "DynamicClassAttribute": Native(
            "types.DynamicClassAttribute", lambda i, a, k, s: ClassMember("property", a[0])
        ),
        "new_class": Native("types.new_class", lambda i, a, k, s: i.call(TYPE, [a[0], a[1] if len(a) > 1 else (), {}])),
        "UnionType": make_class("UnionType", "types.UnionType"),
        "GenericAlias": make_class("GenericAlias", "types.GenericAlias"),
    }
