"""jsonschema: known data are checked against known schemas by the library itself.

References are looked up in the schema and among the published drafts only, never on a network or in files; each keyword
that is checked counts as a step; patterns that may need too long are not run. What cannot be checked has a finding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from migrate.diagnostics.evaluation import CheckNotMade
from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Value
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.pattern_cost import too_slow
from parsers.airflow.overlays.plain import first_modelled, lower
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

DRAFTS = (
    "Draft3Validator", "Draft4Validator", "Draft6Validator", "Draft7Validator", "Draft201909Validator",
    "Draft202012Validator",
)  # fmt: skip
UNIQUE_LIMIT = 5_000
_ERROR_BASE = make_class("_Error", "jsonschema.exceptions._Error", (EXCEPTIONS["Exception"],), {}, {"exception"})
_ERROR_BASE.namespace["__str__"] = Native("__str__", lambda i, a, k, s: a[0].attrs.get("text", ""))
VALIDATION_ERROR = make_class(
    "ValidationError", "jsonschema.exceptions.ValidationError", (_ERROR_BASE,), {}, {"exception"}
)
SCHEMA_ERROR = make_class("SchemaError", "jsonschema.exceptions.SchemaError", (_ERROR_BASE,), {}, {"exception"})


class _CannotCheckError(Exception):
    """Why data cannot be checked here."""


def _error(error: Any) -> Instance:
    """An error of the library as an exception of the program."""
    from jsonschema.exceptions import SchemaError

    cls = SCHEMA_ERROR if isinstance(error, SchemaError) else VALIDATION_ERROR
    plain = (str, int, float, bool, list, dict, type(None))
    attrs = {
        "args": (error.message,), "__cause__": None, "__context__": None, "message": error.message, "text": str(error),
        "path": list(error.path), "relative_path": list(error.path), "absolute_path": list(error.absolute_path),
        "schema_path": list(error.schema_path), "json_path": error.json_path, "validator": error.validator,
        "instance": error.instance if isinstance(error.instance, plain) else None,
        "validator_value": error.validator_value, "schema": error.schema, "cause": None, "parent": None,
        "context": [_error(inner) for inner in error.context],
    }  # fmt: skip
    return Instance(cls, attrs, error)


def _checker(interp: Interpreter, draft: str | None, schema: Any, formats: bool) -> Any:
    """The library's validator for a schema, without access to anything outside."""
    import jsonschema
    from jsonschema import validators
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    base = getattr(jsonschema, draft) if draft else validators.validator_for(schema, jsonschema.Draft202012Validator)

    def counted(function: Any, keyword: str) -> Any:
        def check(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
            interp.meter.step()
            if keyword in ("pattern", "patternProperties"):
                _check_patterns(keyword, value, instance)
            if keyword == "uniqueItems" and isinstance(instance, list) and len(instance) > UNIQUE_LIMIT:
                raise _CannotCheckError("a list is too long to look for equal items")
            return function(validator, value, instance, schema)

        return check

    functions = {name: counted(function, name) for name, function in base.VALIDATORS.items()}
    made: Any = validators.extend(base, validators=functions)  # type: ignore[no-untyped-call]
    checker = jsonschema.FormatChecker() if formats else None
    return made(schema, registry=REGISTRY, format_checker=checker)


def _check_patterns(keyword: str, value: Any, instance: Any) -> None:
    patterns = [value] if keyword == "pattern" else list(value) if isinstance(value, dict) else []
    texts = [instance] if isinstance(instance, str) else list(instance) if isinstance(instance, dict) else []
    size = max((len(t) for t in texts if isinstance(t, str)), default=0)
    if any(isinstance(p, str) and too_slow(re.compile(p), size) for p in patterns):
        raise _CannotCheckError("a pattern of the schema may need too long")


def _errors(interp: Interpreter, draft: str | None, data: Value, schema: Value, formats: Value) -> list[Any] | None:
    """The library's errors; None, with a finding, where the check cannot be made."""
    from referencing.exceptions import Unresolvable

    plain_data, plain_schema = lower(data), lower(schema)
    unknown = next((p for p in map(first_modelled, (plain_data, plain_schema)) if p is not MISSING), MISSING)
    try:
        if unknown is not MISSING:
            raise _CannotCheckError("data or schema are not known")
        checker = _checker(interp, draft, plain_schema, formats is not None)
        return _all_errors(checker, plain_data)
    except _CannotCheckError as error:
        why = str(error)
    except Unresolvable as error:
        why = f"the schema refers to `{error.ref}`"
    interp.report(CheckNotMade(span=interp.span(), workflow=interp.workflow(), name="jsonschema", why=why))
    return None


def _all_errors(checker: Any, data: Any) -> list[Any]:
    """Every error, in the library's order. Raises `_CannotCheckError` where the library stumbles on the schema."""
    try:
        return list(checker.iter_errors(data))
    except (RecursionError, re.error, TypeError, KeyError, AttributeError) as error:
        raise _CannotCheckError(f"the schema leads to {type(error).__name__}") from None


def _schema_error(interp: Interpreter, draft: str | None, schema: Value) -> None:
    """Raises SchemaError of the program for a schema that is none."""
    import jsonschema
    from jsonschema import validators

    plain = lower(schema)
    if first_modelled(plain) is not MISSING:
        return
    base = getattr(jsonschema, draft) if draft else validators.validator_for(plain, jsonschema.Draft202012Validator)
    try:
        base.check_schema(plain)
    except jsonschema.SchemaError as error:
        _throw(error)


def _throw(error: Any) -> NoReturn:
    from parsers.airflow.evaluator.errors import Raised

    raise Raised(_error(error)) from None


def _check(interp: Interpreter, draft: str | None, data: Value, schema: Value, formats: Value) -> None:
    from jsonschema.exceptions import best_match

    found = _errors(interp, draft, data, schema, formats)
    if found:
        _throw(best_match(iter(found)))


def _validate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    names = dict(zip(("instance", "schema", "cls"), args, strict=False)) | kwargs
    cls = names.get("cls")
    draft = cls.name if isinstance(cls, ClassValue) and cls.name in DRAFTS else None
    _schema_error(interp, draft, names.get("schema"))
    _check(interp, draft, names.get("instance"), names.get("schema"), names.get("format_checker"))
    return None


def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["schema"] = args[1] if len(args) > 1 else kwargs.get("schema")
    args[0].attrs["format_checker"] = kwargs.get("format_checker")
    return None


def _of(validator: Instance) -> tuple[str | None, Value, Value]:
    draft = validator.cls.name if validator.cls.name in DRAFTS else None
    return draft, validator.attrs["schema"], validator.attrs["format_checker"]


def _method_validate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    draft, schema, formats = _of(args[0])
    data = args[1] if len(args) > 1 else kwargs.get("instance")
    found = _errors(interp, draft, data, schema, formats)
    if found:
        _throw(found[0])
    return None


def _iter_errors(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    draft, schema, formats = _of(args[0])
    found = _errors(interp, draft, args[1] if len(args) > 1 else kwargs.get("instance"), schema, formats)
    return [_error(e) for e in found or ()]


def _is_valid(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    draft, schema, formats = _of(args[0])
    found = _errors(interp, draft, args[1] if len(args) > 1 else kwargs.get("instance"), schema, formats)
    return interp.unknown("whether the data fit the schema is not known", site) if found is None else not found


def _check_schema(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    _schema_error(interp, args[0].name, args[1] if len(args) > 1 else kwargs.get("schema"))
    return None


def _best_match(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from jsonschema.exceptions import best_match

    best = best_match(e.native for e in interp.items(args[0], site) if isinstance(e, Instance))
    return None if best is None else _error(best)


def _validator_class(name: str) -> ClassValue:
    return make_class(
        name,
        f"jsonschema.{name}",
        (),
        {
            "__init__": Native(f"{name}.__init__", _init),
            "validate": Native(f"{name}.validate", _method_validate),
            "iter_errors": Native(f"{name}.iter_errors", _iter_errors),
            "is_valid": Native(f"{name}.is_valid", _is_valid),
            "check_schema": ClassMember("classmethod", Native(f"{name}.check_schema", _check_schema)),
        },
    )


VALIDATORS: dict[str, Value] = {name: _validator_class(name) for name in DRAFTS}


def _validator_for(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from jsonschema import validators

    schema = lower(args[0] if args else kwargs.get("schema"))
    found = validators.validator_for(schema) if first_modelled(schema) is MISSING else None
    return VALIDATORS.get(getattr(found, "__name__", ""), VALIDATORS["Draft202012Validator"])


@overlay("jsonschema", "jsonschema.validators", "jsonschema.exceptions")
def jsonschema_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """jsonschema and its public submodules."""
    return {
        **VALIDATORS,
        "validate": Native("jsonschema.validate", _validate),
        "ValidationError": VALIDATION_ERROR,
        "SchemaError": SCHEMA_ERROR,
        "best_match": Native("jsonschema.best_match", _best_match),
        "validator_for": Native("jsonschema.validator_for", _validator_for),
        "FormatChecker": silent_class("FormatChecker", "jsonschema.FormatChecker"),
        "draft7_format_checker": "draft7",
        "exceptions": interp.import_module("jsonschema.exceptions") if name == "jsonschema" else None,
        "validators": interp.import_module("jsonschema.validators") if name == "jsonschema" else None,
    }
