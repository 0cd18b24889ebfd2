"""`params` of DAGs and tasks."""

from __future__ import annotations

from typing import Any

from migrate.diagnostics.building import ParamUndetermined
from migrate.diagnostics.secrets import SecretDefault
from migrate.ir.base import Json
from migrate.ir.workflow import Param
from migrate.secrets import secret_reason
from migrate.source import Span
from parsers.airflow.arguments import Arguments
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import Instance, Symbolic, Unknown, Value
from parsers.airflow.to_expr import opaque
from parsers.airflow.to_json import NotConstantError, to_json

_NOT_SCHEMA = frozenset({"value", "default", "_default", "description", "schema", "source", "CLASS_IDENTIFIER"})
_UNSET = ("NOTSET", "ArgNotSet", "ParamNotSet", "NoValueSentinel")


def dag_params(args: Arguments) -> tuple[Param, ...]:
    """The run parameters of a DAG, in order (`params=`, and the parameters of an `@dag` function)."""
    given = args.raw("params")
    if isinstance(given, Instance):
        given = given.attrs.get("_dict", given.attrs) if not isinstance(given.native, dict) else given.native
    if not isinstance(given, dict):
        if given is not None:
            args.value("params")
        return ()
    span = args.span_of("params")
    return tuple(_without_secret(args, param_of(args.context, str(name), value, span)) for name, value in given.items())


def _without_secret(args: Arguments, param: Param) -> Param:
    """A default that is a secret is left out: each run must be given the value."""
    reason = secret_reason(param.name, param.value)
    if reason is None:
        return param
    args.report(SecretDefault, "params", name=param.name, reason=reason)
    return param.model_copy(update={"value": None, "required": True})


def param_of(context: DagContext, name: str, value: Value, span: Span) -> Param:
    """One parameter: a plain default, or a `Param(default, description=, type=, enum=, ...)`."""
    if not (isinstance(value, Instance) and (value.cls.name == "Param" or value.cls.derives_from("Param"))):
        plain, known = _default(context, name, value, span)
        return Param(name=name, value=plain, required=not known)
    attrs = value.attrs
    default = next((attrs[key] for key in ("value", "default", "_default") if key in attrs), None)
    missing = not any(key in attrs for key in ("value", "default", "_default")) or _unset(default)
    missing = missing or attrs.get("__required__") is True
    description = attrs.get("description")
    plain, known = (None, False) if missing else _default(context, name, default, span)
    return Param(
        name=name,
        value=plain,
        required=not known,
        description=description if isinstance(description, str) else "",
        schema=_schema(attrs),
    )


def _unset(value: Value) -> bool:
    if isinstance(value, Instance):
        return value.cls.name in _UNSET
    return str(getattr(value, "name", "")) in _UNSET


def _schema(attrs: dict[str, Value]) -> dict[str, Json]:
    given: dict[str, Any] = {}
    inner = attrs.get("schema")
    if isinstance(inner, dict):
        given.update(inner)
    given.update({key: item for key, item in attrs.items() if key not in _NOT_SCHEMA and not key.startswith("_")})
    found: dict[str, Json] = {}
    for key, item in given.items():
        try:
            found[str(key)] = to_json(list(item) if isinstance(item, tuple | set) else item)
        except NotConstantError:
            continue
    return found


def _default(context: DagContext, name: str, value: Value, span: Span) -> tuple[Json, bool]:
    """The value, and whether it is known as a whole."""
    try:
        return to_json(value), True
    except NotConstantError as error:
        part = error.part if isinstance(error.part, Unknown | Symbolic) else value
        context.report(ParamUndetermined, span, name=name, why=opaque(part).why)
        return None, False
