"""pydantic and pydantic_settings: models as plain data, with coercion, defaults, aliases and validators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.values import ClassMember, Function, Instance, Native, Value
from parsers.airflow.overlays.coercion import MisfitError, fit
from parsers.airflow.overlays.dataclasses_module import _dataclass
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.plain import first_argument, inert, lower
from parsers.airflow.overlays.pydantic_fields import FIELD, INFO, PRIVATE, VALIDATION_ERROR, VALIDATOR, is_static
from parsers.airflow.overlays.pydantic_models import BASE_MODEL, BASE_SETTINGS, ROOT_MODEL
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
_NUMBER_TYPES = {
    "PositiveInt": int, "NonNegativeInt": int, "NegativeInt": int, "StrictInt": int, "PositiveFloat": float,
    "NonNegativeFloat": float, "StrictFloat": float, "StrictBool": bool,
}  # fmt: skip
_CONSTRAINED = {"constr": str, "conint": int, "confloat": float, "conbytes": bytes}


def _unmodelled(name: str) -> Native:
    return Native(name, lambda i, a, k, s: i.unknown(f"`pydantic.{name}` is not modelled", s))


def _collection_type(kind: type) -> Native:
    return Native("conlist", lambda i, a, k, s: make_alias(PLAIN[kind], tuple(a[:1])))


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
        **{n: PLAIN[t] for n, t in _NUMBER_TYPES.items()},
        **{n: inert(n, PLAIN[t]) for n, t in _CONSTRAINED.items()},
        "conlist": _collection_type(list),
        "conset": _collection_type(set),
        "dataclass": Native("pydantic.dataclasses.dataclass", _dataclass),
        "validate_call": first_argument("pydantic.validate_call"),
        "validate_arguments": first_argument("pydantic.validate_arguments"),
        "Json": make_alias("Any", ()),
        "TypeAdapter": _unmodelled("TypeAdapter"),
        "parse_obj_as": Native("parse_obj_as", lambda i, a, k, s: _parse_as(i, a[0], a[1], s)),
        "field_serializer": Native("field_serializer", lambda i, a, k, s: first_argument("field_serializer")),
        "model_serializer": Native("model_serializer", lambda i, a, k, s: first_argument("model_serializer")),
        "StringConstraints": silent_class("StringConstraints", "pydantic.StringConstraints"),
        "AliasChoices": silent_class("AliasChoices", "pydantic.AliasChoices"),
    }


def _parse_as(interp: Interpreter, annotation: Value, value: Value, site: Any) -> Value:
    try:
        return fit(interp, annotation, value)
    except MisfitError as error:
        raise interp.raised(VALIDATION_ERROR, str(error)) from None
