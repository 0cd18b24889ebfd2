"""attrs: classes made from annotations or `attr.ib`, on the machinery of data classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Native, Value
from parsers.airflow.overlays import attrs_checks as checks
from parsers.airflow.overlays import dataclasses_module as data
from parsers.airflow.overlays.attrs_checks import FACTORY
from parsers.airflow.overlays.dataclasses_module import FieldSpec, bind_fields, fields_of, to_plain
from parsers.airflow.overlays.inert_modules import silent_module
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.typing_module import is_form

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

ATTRIBUTE = make_class("_CountingAttr", "attr._CountingAttr")


def _default_decorator(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["default_method"] = args[1]
    return args[1]


def _attribute(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    options = dict(kwargs)
    if args:
        options["default"] = args[0]
    instance = Instance(ATTRIBUTE, {"options": options})
    instance.attrs["default"] = Native("attr.default", lambda i, a, k, s: _default_decorator(i, [instance, a[0]], k, s))
    instance.attrs["validator"] = Native("attr.validator", lambda i, a, k, s: _validator_decorator(instance, a[0]))
    return instance


def _validator_decorator(attribute: Instance, function: Value) -> Value:
    attribute.attrs.setdefault("validators", []).append(function)
    return function


def _factory(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    takes_self = interp.truth_or_unknown(kwargs.get("takes_self", args[1] if len(args) > 1 else False)) is True
    return Instance(FACTORY, {"factory": args[0] if args else kwargs.get("factory"), "takes_self": takes_self})


def _spec(interp: Interpreter, name: str, value: Value, annotation: Value, kw_only: bool) -> FieldSpec:
    spec = FieldSpec(name, kw_only=kw_only, type=annotation, alias=name.lstrip("_"))
    if isinstance(value, Instance) and value.cls is ATTRIBUTE:
        given = value.attrs["options"]
        spec.default = given.get("default", MISSING)
        if given.get("factory") is not None:
            spec.factory = given["factory"]
        spec.init = lower(given.get("init", True)) is not False
        spec.kw_only = lower(given.get("kw_only", kw_only)) is True
        spec.converter = given.get("converter")
        spec.compare = lower(given.get("eq", True)) is not False
        alias = lower(given.get("alias"))
        spec.alias = alias if isinstance(alias, str) else spec.alias
        spec.repr = lower(given.get("repr", True)) is not False
        spec.metadata = {**(given.get("metadata") or {})}
        spec.default_method = value.attrs.get("default_method")
        own = given.get("validator")
        own = list(own) if isinstance(own, list | tuple) else [] if own is None else [own]
        spec.validator = [*own, *value.attrs.get("validators", ())]
    elif value is not MISSING:
        spec.default = value
    if isinstance(spec.default, Instance) and spec.default.cls is FACTORY:
        spec.takes_self = spec.default.attrs["takes_self"]
        spec.factory, spec.default = spec.default.attrs["factory"], MISSING
    return spec


def process(interp: Interpreter, cls: ClassValue, options: dict[str, Value], modern: bool) -> ClassValue:
    """Makes an attrs class of an evaluated class."""
    annotations = cls.namespace.get("__annotations__", {})
    marked = [n for n, v in cls.namespace.items() if isinstance(v, Instance) and v.cls is ATTRIBUTE]
    wants = lower(options.get("auto_attribs"))
    annotated = wants is True or (modern and wants is not False and all(n in annotations for n in marked))
    names = [n for n in annotations if not is_form(annotations[n], "ClassVar")] if annotated else marked
    fields: dict[str, FieldSpec] = {}
    for base in reversed(cls.mro[1:]):
        fields.update({s.name: s for s in base.namespace.get("__dataclass_fields__", {}).values()})
    kw_only = lower(options.get("kw_only")) is True
    for name in names:
        fields[name] = _spec(interp, name, cls.namespace.pop(name, MISSING), annotations.get(name), kw_only)
    cls.namespace["__dataclass_fields__"] = fields
    cls.traits.update(("dataclass", "attrs"))
    if lower(options.get("init", True)) is not False:
        cls.namespace.setdefault("__init__", Native(f"{cls.name}.__init__", _init))
    data._add_methods(interp, cls, {k: v for k, v in options.items() if k in ("repr", "eq", "order", "frozen")})
    if options.get("__frozen__") is True:
        data._add_methods(interp, cls, {"frozen": True})
    return cls


def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    specs = fields_of(instance.cls)
    late = [s for s in specs if s.default_method is not None or s.takes_self]
    plain = [s if s not in late else _without_default(s) for s in specs]
    values = bind_fields(interp, instance.cls, plain, args[1:], kwargs)
    for spec in specs:
        value = values.get(spec.name, MISSING)
        if value is MISSING or value is LATE:
            method = spec.default_method or (spec.factory if spec in late else None)
            if method is None:
                continue
            value = interp.call(method, [instance])
        converters = spec.converter if isinstance(spec.converter, list | tuple) else (spec.converter,)
        for converter in converters:
            value = value if converter is None else interp.call(converter, [value])
        instance.attrs[spec.name] = value
    for spec in specs:
        if spec.validator and spec.name in instance.attrs:
            attribute = Instance(data.FIELD, {"name": spec.name, "type": spec.type})
            checks.run(interp, spec.validator, instance, attribute, instance.attrs[spec.name])
    for hook in ("__attrs_post_init__",):
        if interp.lookup(instance.cls, hook) is not MISSING:
            interp.call(interp.getattr(instance, hook), [])
    return None


LATE = Instance(FACTORY)


def _without_default(spec: FieldSpec) -> FieldSpec:
    return FieldSpec(spec.name, default=LATE, init=spec.init, kw_only=spec.kw_only, alias=spec.alias)


def _decorator(modern: bool, frozen: bool = False) -> Native:
    def decorate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        options = {**kwargs, "__frozen__": frozen}
        if args and isinstance(args[0], ClassValue):
            return process(interp, args[0], options, modern)
        return Native("attrs.define", lambda i, a, k, s: process(i, a[0], options, modern))

    return Native("attrs.define", decorate)


def _asdict(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return to_plain(interp, args[0], dict)


def _has(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return isinstance(args[0], ClassValue) and args[0].has_trait("attrs")


def _make_class(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`attrs.make_class("C", ["x", "y"])` or with a dictionary of names and fields."""
    name, given = str(lower(args[0])), args[1]
    names = dict(given) if isinstance(given, dict) else {}
    if not isinstance(given, dict):
        names = {str(lower(n)): _attribute(interp, [], {}, site) for n in interp.items(given)}
    bases = tuple(interp.items(args[2] if len(args) > 2 else kwargs.pop("bases", ())))
    made = make_class(name, f"{interp.frame.module.name}.{name}", bases, names)
    return process(interp, made, kwargs, modern=False)


@overlay("attr.validators", "attrs.validators", "attr.converters", "attrs.converters")
def attrs_parts(interp: Interpreter, name: str) -> ModuleValue:
    """The modules of validators and converters, imported by themselves."""
    return checks.VALIDATORS if name.endswith("validators") else checks.CONVERTERS


@overlay("attr.exceptions", "attrs.exceptions")
def attrs_exceptions(interp: Interpreter, name: str) -> ModuleValue:
    """The exceptions of attrs."""
    return silent_module(name, {"FrozenInstanceError": data.FROZEN_ERROR})


@overlay("attr", "attrs")
def attrs_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """attr and attrs."""
    auto = Native("attr.dataclass", lambda i, a, k, s: _decorator(True).call(i, a, {**k, "auto_attribs": True}, s))
    return {
        **{n: _decorator(True) for n in ("define", "mutable")},
        "frozen": _decorator(True, frozen=True),
        **{n: _decorator(False) for n in ("s", "attrs", "attributes")},
        "dataclass": auto,
        **{n: Native(f"attr.{n}", _attribute) for n in ("ib", "attrib", "attr", "field")},
        "Factory": Native("attr.Factory", _factory),
        "NOTHING": data.MISSING_VALUE,
        "asdict": Native("attr.asdict", _asdict),
        "astuple": Native("attr.astuple", data._astuple),
        "evolve": Native("attr.evolve", data._replace),
        "fields": Native("attr.fields", data._fields),
        "has": Native("attr.has", _has),
        "validators": checks.VALIDATORS,
        "converters": checks.CONVERTERS,
        "exceptions": silent_module("attr.exceptions", {"FrozenInstanceError": data.FROZEN_ERROR}),
        "make_class": Native("attr.make_class", _make_class),
        "setters": silent_module("attr.setters", {}),
    }
