"""attrs' validators and converters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.values import ClassValue, Instance, Native, Value
from parsers.airflow.overlays.inert_modules import silent_module
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.registry import BUILTINS, make_class

if TYPE_CHECKING:
    from collections.abc import Callable

    from parsers.airflow.evaluator.interpreter import Interpreter

Args = list[Value]
Kwargs = dict[str, Value]
Check: TypeAlias = "Callable[[Interpreter, Value, Value, Value], None]"
FACTORY = make_class("Factory", "attr.Factory")


def run(interp: Interpreter, validator: Value, instance: Value, attribute: Value, value: Value) -> None:
    """Calls a validator, or each of a list of them. What it raises is the program's."""
    for one in validator if isinstance(validator, list | tuple) else (validator,):
        interp.call(one, [instance, attribute, value])


def _validator(name: str, check: Check) -> Native:
    """A validator: `check(interp, instance, attribute, value)`; values that are not known pass."""

    def call(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        if not isinstance(args[2], NOT_KNOWN):
            check(interp, args[0], args[1], args[2])
        return None

    return Native(f"attr.validators.{name}", call)


def _fail(interp: Interpreter, attribute: Value, why: str, kind: str = "ValueError") -> None:
    name = attribute.attrs.get("name") if isinstance(attribute, Instance) else attribute
    raise interp.error(kind, f"'{name}' {why}")


def _instance_of(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if interp.isinstance(value, args[0]) is False:
            wanted = args[0].name if isinstance(args[0], ClassValue) else "one of several types"
            _fail(interp, attribute, f"must be <class '{wanted}'>", "TypeError")

    return _validator("instance_of", check)


def _comparison(name: str, op: str) -> Native:
    def make(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
            if interp.compare(op, value, args[0]) is False:
                _fail(interp, attribute, f"must be {op} {lower(args[0])}: {lower(value)}")

        return _validator(name, check)

    return Native(name, make)


def _length(name: str, op: str) -> Native:
    def make(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
            if interp.compare(op, len(interp.items(value)), args[0]) is False:
                _fail(interp, attribute, f"has a length that must be {op} {lower(args[0])}")

        return _validator(name, check)

    return Native(name, make)


def _matches(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    pattern = args[0] if isinstance(lower(args[0]), re.Pattern) else None
    modelled = interp.import_module("re")
    compiled = pattern or interp.call(interp.getattr(modelled, "compile"), [args[0], *args[1:2]])

    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        function = kwargs.get("func")
        name = function.name.rpartition(".")[2] if isinstance(function, Native) else "fullmatch"
        if interp.call(interp.getattr(compiled, name), [value]) is None:
            _fail(interp, attribute, "must match the regular expression")

    return _validator("matches_re", check)


def _optional(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if value is not None:
            run(interp, args[0], instance, attribute, value)

    return _validator("optional", check)


def _all(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return _validator("and_", lambda i, instance, attribute, value: run(i, list(args), instance, attribute, value))


def _passes(interp: Interpreter, validator: Value, instance: Value, attribute: Value, value: Value) -> bool:
    with interp.catching():
        try:
            run(interp, validator, instance, attribute, value)
        except Raised:
            return False
    return True


def _any(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if not any(_passes(interp, a, instance, attribute, value) for a in args):
            _fail(interp, attribute, "satisfies none of the validators")

    return _validator("or_", check)


def _not(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if _passes(interp, args[0], instance, attribute, value):
            _fail(interp, attribute, "satisfies a validator that it must not")

    return _validator("not_", check)


def _in(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if interp.compare("in", value, args[0]) is False:
            _fail(interp, attribute, "must be in the options")

    return _validator("in_", check)


def _callable(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if interp.truth_or_unknown(interp.call(BUILTINS["callable"], [value])) is False:
            _fail(interp, attribute, "must be callable", "TypeError")

    return _validator("is_callable", check)


def _deep_iterable(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    member = args[0] if args else kwargs.get("member_validator")
    whole = args[1] if len(args) > 1 else kwargs.get("iterable_validator")

    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if whole is not None:
            run(interp, whole, instance, attribute, value)
        for item in interp.items(value):
            run(interp, member, instance, attribute, item)

    return _validator("deep_iterable", check)


def _deep_mapping(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    names = dict(zip(("key_validator", "value_validator", "mapping_validator"), args, strict=False)) | kwargs

    def check(interp: Interpreter, instance: Value, attribute: Value, value: Value) -> None:
        if names.get("mapping_validator") is not None:
            run(interp, names["mapping_validator"], instance, attribute, value)
        for key, item in interp.dictionary([value], {}, None).items():
            for validator, part in ((names.get("key_validator"), key), (names.get("value_validator"), item)):
                if validator is not None:
                    run(interp, validator, instance, attribute, part)

    return _validator("deep_mapping", check)


def _converter_optional(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return Native("attr.optional", lambda i, a, k, s: None if a[0] is None else i.call(args[0], [a[0]]))


def _default_if_none(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    default, factory = args[0] if args else kwargs.get("default"), kwargs.get("factory")
    if isinstance(default, Instance) and default.cls is FACTORY:
        factory = default.attrs["factory"]

    def convert(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        if args[0] is not None:
            return args[0]
        return default if factory is None else interp.call(factory, [])

    return Native("attr.default_if_none", convert)


def _pipe(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    def convert(interp: Interpreter, given: Args, kwargs: Kwargs, site: Any) -> Value:
        value = given[0]
        for one in args:
            value = interp.call(one, [value])
        return value

    return Native("attr.pipe", convert)


_TRUTHS = {"true": True, "t": True, "yes": True, "y": True, "on": True, "1": True,
           "false": False, "f": False, "no": False, "n": False, "off": False, "0": False}  # fmt: skip


def _to_bool(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    value = lower(args[0])
    if isinstance(value, NOT_KNOWN):
        return interp.unknown("`attr.to_bool` was given a value that is not known", site, value)
    text = value.lower() if isinstance(value, str) else str(int(value)) if isinstance(value, bool | int) else ""
    if text not in _TRUTHS:
        raise interp.error("ValueError", f"Cannot convert value to bool: {value}")
    return _TRUTHS[text]


VALIDATORS = silent_module(
    "attr.validators",
    {
        "instance_of": Native("instance_of", _instance_of),
        "in_": Native("in_", _in),
        "optional": Native("optional", _optional),
        "and_": Native("and_", _all),
        "or_": Native("or_", _any),
        "not_": Native("not_", _not),
        "is_callable": Native("is_callable", _callable),
        "matches_re": Native("matches_re", _matches),
        "deep_iterable": Native("deep_iterable", _deep_iterable),
        "deep_mapping": Native("deep_mapping", _deep_mapping),
        **{n: _comparison(n, op) for n, op in (("lt", "<"), ("le", "<="), ("ge", ">="), ("gt", ">"))},
        **{n: _length(n, op) for n, op in (("max_len", "<="), ("min_len", ">="))},
    },
)
CONVERTERS = silent_module(
    "attr.converters",
    {
        "optional": Native("optional", _converter_optional),
        "default_if_none": Native("default_if_none", _default_if_none),
        "pipe": Native("pipe", _pipe),
        "to_bool": Native("to_bool", _to_bool),
    },
)
