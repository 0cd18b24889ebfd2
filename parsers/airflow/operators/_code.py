"""Arguments that are code: callables, and objects that the pod makes again."""

from __future__ import annotations

from migrate.ir import exprs
from parsers.airflow.arguments import Arguments
from parsers.airflow.callables.closure import Closure
from parsers.airflow.callables.imports import Bundle
from parsers.airflow.callables.literals import NoLiteralError
from parsers.airflow.callables.signature import positional_names
from parsers.airflow.evaluator.values import BoundMethod, ClassValue, Function, Instance, Partial, Value
from parsers.airflow.to_expr import has_template, to_expr


def has_source(value: Value, args: Arguments, name: str) -> bool:
    """Whether a value that conversion does not know can be made again by its source text when the pod runs, as Airflow
    itself does by reading the DAG file anew."""
    try:
        Closure(Bundle(args.context.loader)).expression(value, name if name.isidentifier() else "value")
    except NoLiteralError:
        return False
    return True


def is_code(value: Value) -> bool:
    """A value that is a callable of the sources."""
    if isinstance(value, Partial):
        return True
    return isinstance(value, Function) or (isinstance(value, BoundMethod) and isinstance(value.function, Function))


def needs_code(value: Value, args: Arguments, name: str) -> bool:
    """Whether a value of a call can only be given as code: it has no form as data, but has source text."""
    if is_code(value) or (isinstance(value, ClassValue) and value.node is not None):
        return has_source(value, args, name)
    if value is None or isinstance(value, str | int | float):
        return False
    if has_templates(value) or (isinstance(value, Instance) and isinstance(value.native, str)):
        return False
    expr = to_expr(value, args.context, args.task, templated=True)
    return any(isinstance(e, exprs.Opaque) for e in exprs.walk(expr)) and has_source(value, args, name)


def has_templates(value: Value) -> bool:
    """Whether Airflow would render a text in a value: in lists, tuples, sets and dictionaries, not in objects."""
    if isinstance(value, str):
        return has_template(value)
    if isinstance(value, dict):
        return any(map(has_templates, value.values()))
    return isinstance(value, list | tuple | set) and any(map(has_templates, value))


def bind_code(function: Value, named: dict[str, Value], args: Arguments) -> tuple[Value, dict[str, Value]]:
    """The function with those named arguments bound that are code, and the other arguments."""
    bound = {k: v for k, v in named.items() if isinstance(k, str) and k.isidentifier() and needs_code(v, args, k)}
    if not bound or not is_code(function):
        return function, named
    return Partial(function, (), bound), {k: v for k, v in named.items() if k not in bound}


def by_name(function: Value, given: list[Value], args: Arguments) -> tuple[list[Value], dict[str, Value]]:
    """Positional arguments of a call, those from the first that is code on by the names of the function's parameters:
    only named ones can be bound."""
    first = next((i for i, v in enumerate(given) if needs_code(v, args, "argument")), len(given))
    names = positional_names(function) if first < len(given) else []
    if len(names) < len(given):
        return given, {}
    return given[:first], dict(zip(names[first:], given[first:], strict=False))
