"""Evaluator values as expressions of the intermediate representation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from migrate.ir import exprs
from migrate.ir.exprs import Expr
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    MappedArgument,
    ModuleValue,
    Native,
    Partial,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.jinja import has_template, parse_concat, parse_template
from parsers.airflow.to_json import NotConstantError, dict_json, to_json
from parsers.airflow.xcom import xcom_expr


def to_expr(value: Value, context: DagContext, task: TaskObject | None = None, templated: bool = False) -> Expr:
    """`value` as an Expr. With `templated`, Jinja in every text (nested in lists and dict values too) is parsed, as
    Airflow renders a template field. What cannot be known becomes `Opaque`; nothing is reported here."""
    if isinstance(value, str):
        return parse_template(value, context, task) if templated else exprs.Literal(value=value)
    if isinstance(value, frozenset) and not any(isinstance(item, Symbolic | XComArg) for item in value):
        templated = False  # `render_template` goes into lists, tuples, sets and dictionaries only
    if isinstance(value, list | tuple | set | frozenset):
        return _sequence(value, lambda item: to_expr(item, context, task, templated))
    if isinstance(value, dict):
        return _mapping(value, lambda item: to_expr(item, context, task, templated))
    try:
        return exprs.Literal(value=to_json(value))
    except NotConstantError:
        return _special(value, context, task, templated)


def _sequence(value: Value, convert: Callable[[Value], Expr]) -> Expr:
    kind: Literal["list", "tuple", "set"]
    kind = "list" if isinstance(value, list) else "tuple" if isinstance(value, tuple) else "set"
    mark = "frozenset" if isinstance(value, frozenset) else kind
    items = tuple(convert(item) for item in value)
    if all(isinstance(item, exprs.Literal) for item in items):
        plain = [item.value for item in items if isinstance(item, exprs.Literal)]
        if kind == "set":
            plain.sort(key=repr)
        return exprs.Literal(value=plain if kind == "list" else {f"${mark}": plain})
    return exprs.ListExpr(items=items, type=kind)


def _mapping(value: dict[Value, Value], convert: Callable[[Value], Expr]) -> Expr:
    items = [(key, convert(item)) for key, item in value.items()]
    if all(isinstance(item, exprs.Literal) for _, item in items):
        try:
            return exprs.Literal(value=dict_json([(k, i.value) for k, i in items if isinstance(i, exprs.Literal)]))
        except NotConstantError as error:
            return opaque(error.part)
    if not all(isinstance(key, str) for key in value):
        return exprs.Opaque(why="a dictionary with keys that are not text holds values that are not constant")
    return exprs.DictExpr(items=tuple(items))


def _special(value: Value, context: DagContext, task: TaskObject | None, templated: bool) -> Expr:
    if isinstance(value, Symbolic):
        expr = value.expr
        if templated and isinstance(expr, exprs.Concat):
            return parse_concat(expr, context, task)
        return expr
    if isinstance(value, XComArg):
        return xcom_expr(value, context, task)
    if isinstance(value, MappedArgument):
        return exprs.ItemRef(path=(value.name,))
    text = printed_text(value) if templated else None
    return opaque(value) if text is None else parse_template(text, context, task)


def printed_text(value: Value) -> str | None:
    """`str(value)` of an object that is a text (a member of a `str` enumeration), which is what a template is made of;
    None for other objects, and where a class of the project says how it is printed."""
    if not isinstance(value, Instance) or not isinstance(value.native, str):
        return None
    printer = next((cls.namespace["__str__"] for cls in value.cls.mro if "__str__" in cls.namespace), None)
    if isinstance(printer, Function):
        return None
    plain = not value.cls.has_trait("enum") or value.cls.derives_from("enum.ReprEnum") or value.cls.node is None
    return value.native if plain else f"{value.cls.name}.{value.attrs.get('_name_')}"


def opaque(value: Value) -> exprs.Opaque:
    """The marker for a value that cannot be carried into the output; says why."""
    if isinstance(value, Unknown):
        root = value.root()
        return exprs.Opaque(why=root.why, text=value.text or root.text, span=root.origin)
    if isinstance(value, Symbolic):
        return exprs.Opaque(why=value.unknown.why, text=value.unknown.text, span=value.unknown.origin)
    return exprs.Opaque(why=f"{describe(value)} has no form outside of Python")


def describe(value: Value) -> str:
    """A phrase for people: `a text`, `the function `f``, `an object of class `C``."""
    if isinstance(value, Function | Native):
        return f"the function `{value.name}`"
    if isinstance(value, BoundMethod):
        return f"the method `{value.function.name}`"
    if isinstance(value, Partial):
        return "a partial function"
    if isinstance(value, XComArg):
        return "the result of another task"
    if isinstance(value, ClassValue):
        return f"the class `{value.name}`"
    if isinstance(value, ModuleValue):
        return f"the module `{value.name}`"
    if isinstance(value, Instance):
        return f"an object of class `{value.cls.name}`"
    if isinstance(value, Unknown | Symbolic):
        return "a value that is only known when the run is"
    names = {str: "a text", bool: "a boolean", int: "a whole number", float: "a number", dict: "a dictionary"}
    return names.get(type(value), "nothing" if value is None else f"a {type(value).__name__}")


__all__ = ["describe", "has_template", "opaque", "to_expr"]
