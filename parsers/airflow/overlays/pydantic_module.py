"""pydantic and pydantic_settings: models as plain data, with coercion, defaults, aliases and validators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Function, Instance, Native, Value
from parsers.airflow.overlays.coercion import fit
from parsers.airflow.overlays.dataclasses_module import _dataclass, fields_of
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.json_module import load_json
from parsers.airflow.overlays.plain import first_argument, lower
from parsers.airflow.overlays.pydantic_constraints import FIELD, VALIDATOR, MisfitError, options_maker
from parsers.airflow.overlays.pydantic_fields import INFO, PRIVATE, VALIDATION_ERROR, is_static
from parsers.airflow.overlays.pydantic_models import BASE_MODEL, BASE_SETTINGS, ROOT_MODEL, dump
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.typing_module import make_alias

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _field(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    options = dict(kwargs)
    if args:
        options["default"] = args[0]
    return Instance(FIELD, options)


def _private(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return Instance(PRIVATE, {**kwargs, **({"default": args[0]} if args else {})})


def _bare(function: Value) -> Value:
    return function.function if isinstance(function, ClassMember) else function


def _field_validator(old: bool) -> Native:
    def decorate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        mode = lower(kwargs.get("mode", "after"))
        if old:
            mode = "before" if lower(kwargs.get("pre", False)) is True else "after"
        attrs = {
            "kind": "field", "fields": [lower(a) for a in args], "mode": "before" if mode in ("before", "plain", "wrap") else "after",  # noqa: E501
            "old": old, "always": lower(kwargs.get("always", False)) is True,
        }  # fmt: skip
        return Native(
            "validator",
            lambda i, a, k, s: Instance(VALIDATOR, {**attrs, "function": _bare(a[0]), "static": is_static(a[0])}),
        )

    return Native("pydantic.validator", decorate)


def _model_validator(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    kind = "model before" if lower(kwargs.get("mode")) in ("before", "wrap") else "model after"
    return Native("model_validator", lambda i, a, k, s: Instance(VALIDATOR, {"kind": kind, "function": _bare(a[0])}))


def _root_validator(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    kind = "model before" if lower(kwargs.get("pre")) is True else "root after"

    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return Instance(VALIDATOR, {"kind": kind, "function": _bare(args[0])})

    return make(interp, args, {}, site) if args else Native("root_validator", make)


def _annotated_validator(mode: str) -> Native:
    return Native(mode, lambda i, a, k, s: Instance(VALIDATOR, {"kind": "annotated", "mode": mode, "function": a[0]}))


def _computed(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if not args:
        return Native("computed_field", _computed)
    member = args[0]
    if isinstance(member, Function):
        member = ClassMember("property", member)
    if isinstance(member, ClassMember) and isinstance(member.function, Function):
        member.function.attrs["computed_field"] = True
    return member


def _secret_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["secret"] = args[1]
    return None


SECRET = make_class(
    "SecretStr",
    "pydantic.SecretStr",
    (),
    {
        "__init__": Native("SecretStr.__init__", _secret_init),
        "get_secret_value": Native("get_secret_value", lambda i, a, k, s: a[0].attrs["secret"]),
        "__str__": Native("SecretStr.__str__", lambda i, a, k, s: "**********"),
    },
)
_TEXT_TYPES = (
    "AnyUrl HttpUrl AnyHttpUrl PostgresDsn RedisDsn EmailStr NameEmail FilePath DirectoryPath StrictStr NonEmptyStr"
)
_STRICT_TYPES = {"StrictInt": int, "StrictFloat": float, "StrictBool": bool}
_NUMBER_TYPES: dict[str, tuple[type, str, int]] = {
    f"{sign}{name}": (kind, op, 0)
    for name, kind in (("Int", int), ("Float", float))
    for sign, op in (("Positive", "gt"), ("NonNegative", "ge"), ("Negative", "lt"), ("NonPositive", "le"))
}
_CONSTRAINED = {
    "constr": str, "conint": int, "confloat": float, "conbytes": bytes, "conlist": list, "conset": set,
}  # fmt: skip


def _adapter_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["type"] = args[1] if len(args) > 1 else kwargs.get("type")
    return None


def _adapter_json(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _parse_as(interp, args[0].attrs["type"], load_json(interp, lower(args[1]), {}, site), site)


TYPE_ADAPTER = make_class(
    "TypeAdapter",
    "pydantic.TypeAdapter",
    (),
    {
        "__init__": Native("TypeAdapter.__init__", _adapter_init),
        "validate_python": Native("validate_python", lambda i, a, k, s: _parse_as(i, a[0].attrs["type"], a[1], s)),
        "validate_json": Native("validate_json", _adapter_json),
        "dump_python": Native("dump_python", lambda i, a, k, s: dump(i, a[1], {n: lower(v) for n, v in k.items()})),
        "__class_getitem__": Native("TypeAdapter[]", lambda i, a, k, s: a[0]),
    },
)


def _constrained_type(name: str, kind: type) -> Native:
    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        inner = make_alias(PLAIN[kind], tuple(args[:1])) if args else PLAIN[kind]
        return make_alias("Annotated", (inner, Instance(FIELD, dict(kwargs))))

    return Native(f"pydantic.{name}", make)


def _bounded(kind: type, **options: Value) -> Instance:
    return make_alias("Annotated", (PLAIN[kind], Instance(FIELD, options)))


def _checked_dataclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`pydantic.dataclasses.dataclass`: the values are made to fit the annotations."""
    options = {k: v for k, v in kwargs.items() if k != "config"}

    def finish(cls: Value) -> Value:
        if isinstance(cls, ClassValue):
            for spec in fields_of(cls):
                spec.converter = _fitter(spec.type)
        return cls

    if args and isinstance(args[0], ClassValue):
        return finish(_dataclass(interp, args, options, site))
    return Native("dataclass", lambda i, a, k, s: finish(_dataclass(i, a, options, s)))


def _fitter(annotation: Value) -> Native:
    return Native("fit", lambda i, a, k, s: _parse_as(i, annotation, a[0], s))


@overlay("pydantic", "pydantic.v1", "pydantic_settings", "pydantic.fields", "pydantic.dataclasses", "pydantic.types", "pydantic.main",  # noqa: E501
         "pydantic.class_validators", "pydantic.functional_validators", "pydantic.error_wrappers", "pydantic.env_settings",  # noqa: E501
         "pydantic.networks", "pydantic.config", "pydantic.generics")  # fmt: skip
def pydantic_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """pydantic."""
    extra = Instance(make_class("Extra", "pydantic.Extra"), {n: n for n in ("allow", "forbid", "ignore")})
    return {
        "BaseModel": BASE_MODEL,
        "BaseSettings": BASE_SETTINGS,
        "RootModel": ROOT_MODEL,
        "GenericModel": BASE_MODEL,
        "Field": Native("pydantic.Field", _field),
        "FieldInfo": FIELD,
        "PrivateAttr": Native("pydantic.PrivateAttr", _private),
        "validator": _field_validator(True),
        "field_validator": _field_validator(False),
        "model_validator": Native("pydantic.model_validator", _model_validator),
        "root_validator": Native("pydantic.root_validator", _root_validator),
        "BeforeValidator": _annotated_validator("before"),
        "AfterValidator": _annotated_validator("after"),
        "computed_field": Native("pydantic.computed_field", _computed),
        **{n: Native(f"pydantic.{n}", lambda i, a, k, s: dict(k)) for n in ("ConfigDict", "SettingsConfigDict")},
        "ValidationError": VALIDATION_ERROR,
        "ValidationInfo": INFO,
        "Extra": extra,
        "SecretStr": SECRET,
        "SecretBytes": SECRET,
        **dict.fromkeys(_TEXT_TYPES.split(), PLAIN[str]),
        **{n: PLAIN[t] for n, t in _STRICT_TYPES.items()},
        **{n: _bounded(t, **{k: v}) for n, (t, k, v) in _NUMBER_TYPES.items()},
        **{n: _constrained_type(n, t) for n, t in _CONSTRAINED.items()},
        "dataclass": Native("pydantic.dataclasses.dataclass", _checked_dataclass),
        "validate_call": first_argument("pydantic.validate_call"),
        "validate_arguments": first_argument("pydantic.validate_arguments"),
        "Json": make_alias("Any", ()),
        "TypeAdapter": TYPE_ADAPTER,
        "parse_obj_as": Native("parse_obj_as", lambda i, a, k, s: _parse_as(i, a[0], a[1], s)),
        "field_serializer": Native("field_serializer", lambda i, a, k, s: first_argument("field_serializer")),
        "model_serializer": Native("model_serializer", lambda i, a, k, s: first_argument("model_serializer")),
        "StringConstraints": options_maker("StringConstraints"),
        "AliasChoices": silent_class("AliasChoices", "pydantic.AliasChoices"),
    }


def _parse_as(interp: Interpreter, annotation: Value, value: Value, site: Any) -> Value:
    with interp.catching():
        try:
            return fit(interp, annotation, value)
        except MisfitError as error:
            raise interp.raised(VALIDATION_ERROR, str(error)) from None


@overlay("annotated_types")
def annotated_types_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """annotated_types: constraints that pydantic reads."""
    return {n: options_maker(n) for n in ("Gt", "Ge", "Lt", "Le", "MultipleOf", "MinLen", "MaxLen")}
