"""Constraints of pydantic fields: `Field(gt=0)`, `conint(ge=1)`, `Annotated[str, StringConstraints(...)]`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.evaluation import CheckNotMade
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.values import Instance, Native, Value
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

FIELD = make_class("FieldInfo", "pydantic.fields.FieldInfo")
VALIDATOR = make_class("Validator", "pydantic.Validator")
BOUNDS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
LENGTHS = {"min_length": ">=", "min_items": ">=", "max_length": "<=", "max_items": "<="}
_WORDS = {">": "greater than", ">=": "greater than or equal to", "<": "less than", "<=": "less than or equal to"}


class MisfitError(ValueError):
    """A value does not fit its annotation."""


def constrained(interp: Interpreter, options: dict[str, Value], value: Value) -> Value:
    """The value, with white space and case as the field wants them. Raises MisfitError where a constraint does not
    hold; what is not known passes."""
    plain = lower(value)
    if plain is None or isinstance(plain, NOT_KNOWN):
        return value
    if isinstance(plain, str) and _text(options, plain) != plain:
        value = plain = _text(options, plain)
    for name, op in BOUNDS.items():
        limit = options.get(name)
        if limit is not None and _compare(interp, op, value, limit) is False:
            raise MisfitError(f"Input should be {_WORDS[op]} {lower(limit)}")
    step = lower(options.get("multiple_of"))
    if isinstance(step, int | float) and isinstance(plain, int | float) and math.fmod(plain, step):
        raise MisfitError(f"Input should be a multiple of {step}")
    size = len(plain) if isinstance(plain, str | bytes | list | tuple | set | frozenset | dict) else None
    for name, op in LENGTHS.items():
        limit = lower(options.get(name))
        if isinstance(limit, int) and size is not None and _compare(interp, op, size, limit) is False:
            raise MisfitError(f"the length should be {_WORDS[op]} {limit}, not {size}")
    pattern = options.get("pattern") or options.get("regex")
    if pattern is not None and isinstance(plain, str):
        _match(interp, pattern, plain)
    return value


def _text(options: dict[str, Value], value: str) -> str:
    for name, change in (("strip_whitespace", str.strip), ("to_lower", str.lower), ("to_upper", str.upper)):
        if options.get(name) is True:
            value = change(value)
    return value


def _compare(interp: Interpreter, op: str, value: Value, limit: Value) -> Value:
    try:
        return interp.compare(op, value, limit)
    except Raised as error:
        raise MisfitError(error.describe()) from None


def _match(interp: Interpreter, pattern: Value, text: str) -> None:
    module = interp.import_module("re")
    compiled = interp.call(interp.getattr(module, "compile"), [pattern])
    found = interp.call(interp.getattr(compiled, "search"), [text])
    if isinstance(found, NOT_KNOWN):
        why = "whether a text matches a pattern is not known"
        interp.report(CheckNotMade(span=interp.span(), workflow=interp.workflow(), name="pydantic", why=why))
    elif found is None:
        raise MisfitError("String should match the pattern")


def part(interp: Interpreter, metadata: Value, value: Value) -> Value:
    """The value after one part of `Annotated[...]`: constraints, or a function that checks or changes it."""
    if not isinstance(metadata, Instance):
        return value
    if metadata.cls is FIELD:
        return constrained(interp, metadata.attrs, value)
    if metadata.cls is VALIDATOR and metadata.attrs.get("kind") == "annotated" and metadata.attrs["mode"] == "after":
        return interp.call(metadata.attrs["function"], [value])
    return value


def before(interp: Interpreter, metadata: tuple[Value, ...], value: Value) -> Value:
    """The value after the `BeforeValidator`s of `Annotated[...]`, the last first."""
    for one in reversed(metadata):
        if isinstance(one, Instance) and one.cls is VALIDATOR and one.attrs.get("mode") == "before":
            value = interp.call(one.attrs["function"], [value])
    return value


def options_maker(name: str) -> Native:
    """`StringConstraints(...)`, `annotated_types.Gt(0)`: the constraint as a field's options."""
    short = {"Gt": "gt", "Ge": "ge", "Lt": "lt", "Le": "le", "MultipleOf": "multiple_of", "MinLen": "min_length",
             "MaxLen": "max_length"}.get(name)  # fmt: skip

    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return Instance(FIELD, {short: args[0]} if short is not None and args else dict(kwargs))

    return Native(name, make)
