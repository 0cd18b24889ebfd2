"""Fields of pydantic models: how they are declared, what is validated and where values come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Function, Instance, Native, Value
from parsers.airflow.overlays import environment
from parsers.airflow.overlays.coercion import fit
from parsers.airflow.overlays.copy_module import deep_copy
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.pydantic_constraints import FIELD, VALIDATOR, MisfitError, constrained
from parsers.airflow.overlays.registry import make_class
from parsers.airflow.overlays.typing_module import args_of, is_form, make_alias, origin_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def is_static(function: Value) -> bool:
    return isinstance(function, ClassMember) and function.kind == "staticmethod"


PRIVATE = make_class("ModelPrivateAttr", "pydantic.PrivateAttr")


def _details(name: str) -> Native:
    return Native(name, lambda i, a, k, s: i.unknown(f"`ValidationError.{name}` is not modelled", s))


VALIDATION_ERROR = make_class(
    "ValidationError",
    "pydantic.ValidationError",
    (EXCEPTIONS["ValueError"],),
    {n: _details(n) for n in ("errors", "error_count", "json")},
    {"exception"},
)


class ModelField:
    """One field of a model."""

    __slots__ = ("annotation", "default", "factory", "name", "options")

    def __init__(self, name: str, annotation: Value, given: Value) -> None:
        self.name = name
        self.annotation = annotation
        self.options: dict[str, Value] = {}
        self.default: Value = given
        self.factory: Value = MISSING
        for part in (*args_of(annotation), given) if is_form(annotation, "Annotated") else (given,):
            if isinstance(part, Instance) and part.cls is FIELD:
                self.options.update(part.attrs)
        if isinstance(given, Instance) and given.cls is FIELD:
            self.default = MISSING
        if self.default is MISSING:
            self.default = self.options.get("default", MISSING)
        if self.default is Ellipsis:
            self.default = MISSING
        self.factory = self.options.get("default_factory") or MISSING

    def names(self) -> list[str]:
        """The names under which input may give it."""
        found = [lower(self.options.get(k)) for k in ("validation_alias", "alias")]
        return [n for n in found if isinstance(n, str)] + [self.name]

    @property
    def optional(self) -> bool:
        """Whether it may be None and, in pydantic 1, be left out."""
        annotation = self.annotation
        if is_form(annotation, "Optional"):
            return True
        return any(a is None or is_form(a, "None") or getattr(a, "name", "") == "NoneType" for a in args_of(annotation))


def fields_of(cls: ClassValue) -> dict[str, ModelField]:
    """The fields of a model, ancestors' first."""
    found: dict[str, ModelField] = cls.namespace.get("__model_fields__", {})
    return found


def config_of(interp: Interpreter, cls: ClassValue) -> dict[str, Value]:
    """The merged `model_config` and `class Config` of a model."""
    found: dict[str, Value] = {}
    for base in reversed(cls.mro):
        config = base.namespace.get("model_config")
        if isinstance(config, dict):
            found.update(config)
        inner = base.namespace.get("Config")
        if isinstance(inner, ClassValue):
            for one in reversed(inner.mro):
                found.update({k: v for k, v in one.namespace.items() if not k.startswith("__")})
        found.update(base.namespace.get("__class_options__", {}))
    return found


def subclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0]
    cls.traits.add("model")
    cls.namespace["__class_options__"] = dict(kwargs)
    fields: dict[str, ModelField] = {}
    for base in reversed(cls.mro[1:]):
        fields.update(base.namespace.get("__model_fields__", {}))
    for name, annotation in cls.namespace.get("__annotations__", {}).items():
        if is_form(annotation, "ClassVar") or name.startswith("_") or name == "model_config":
            continue
        fields[name] = ModelField(name, _resolved(interp, cls, annotation), cls.namespace.get(name, MISSING))
        cls.namespace.pop(name, None)
    for name, value in list(cls.namespace.items()):
        if name in fields and not isinstance(value, Function | Native | ClassMember | Instance | ClassValue):
            fields[name] = ModelField(name, fields[name].annotation, cls.namespace.pop(name))
    cls.namespace["__model_fields__"] = fields
    cls.namespace["__validators__"] = [
        v for v in cls.namespace.values() if isinstance(v, Instance) and v.cls is VALIDATOR
    ]
    return None


def _resolved(interp: Interpreter, cls: ClassValue, annotation: Value) -> Value:
    """A forward reference by name."""
    if not isinstance(annotation, str):
        return annotation
    names = interp.frame.scope
    found = names.lookup(annotation.strip("'\""))
    return annotation if found is MISSING else found


def _settled(interp: Interpreter, cls: ClassValue, annotation: Value) -> Value:
    """An annotation with the forward references in it (`list["Node"]`) resolved, now that the classes are there."""
    if isinstance(annotation, str):
        own = next((c for c in cls.mro if c.name == annotation), None)
        if own is not None:
            return own
        homes = [c.module.value.attrs for c in cls.mro if c.module is not None and c.module.value is not None]
        return next((names[annotation] for names in homes if annotation in names), annotation)
    args = args_of(annotation)
    if not args or is_form(annotation, "Literal"):
        return annotation
    settled = tuple(_settled(interp, cls, a) for a in args)
    if all(a is b for a, b in zip(args, settled, strict=True)):
        return annotation
    origin = origin_of(annotation)
    return make_alias(origin, settled) if origin is not None else annotation


def validators_of(cls: ClassValue, kind: str) -> list[Instance]:
    """The validators of a model and its ancestors, ancestors' first."""
    found: list[Instance] = []
    for base in reversed(cls.mro):
        found.extend(v for v in base.namespace.get("__validators__", []) if v.attrs["kind"] == kind)
    return found


def prepared(interp: Interpreter, cls: ClassValue, given: Value) -> Value:
    """The input after the model's validators of mode `before`."""
    for validator in validators_of(cls, "model before"):
        with interp.catching():
            try:
                given = interp.call(validator.attrs["function"], [cls, given])
            except Raised as error:
                _refused(interp, cls, error)
    return given


def _refused(interp: Interpreter, cls: ClassValue, error: Raised, where: str = "") -> NoReturn:
    """What a validator raises: a ValidationError of the model, or another error as it is."""
    kind = error.value.cls
    if kind is not VALIDATION_ERROR and (kind.derives_from("ValueError") or kind.derives_from("AssertionError")):
        refuse(interp, cls, f"{where}{error.describe()}")
    raise error


def validate(interp: Interpreter, cls: ClassValue, given: dict[str, Value], site: Any) -> dict[str, Value]:
    """The values of a model's fields for some input. Raises ValidationError of user code."""
    values: dict[str, Value] = {}
    for field in fields_of(cls).values():
        values[field.name] = _field_value(interp, cls, field, given, values)
    extra = lower(config_of(interp, cls).get("extra"))
    known = {n for f in fields_of(cls).values() for n in f.names()}
    rest = {k: v for k, v in given.items() if k not in known}
    if rest and extra in ("forbid", "Extra.forbid"):
        refuse(interp, cls, f"{next(iter(rest))}: extra fields not permitted")
    if extra in ("allow", "Extra.allow"):
        values.update(rest)
    return values


def refuse(interp: Interpreter, cls: ClassValue, why: str) -> NoReturn:
    """ValidationError of user code."""
    raise interp.raised(VALIDATION_ERROR, f"1 validation error for {cls.name}: {why}")


def _field_value(
    interp: Interpreter, cls: ClassValue, field: ModelField, given: dict[str, Value], values: dict[str, Value]
) -> Value:
    generator = config_of(interp, cls).get("alias_generator")
    names = field.names()
    if generator is not None and not isinstance(generator, NOT_KNOWN):
        names.insert(0, str(lower(interp.call(generator, [field.name]))))
    name = next((n for n in names if n in given), None)
    if name is None:
        return _default(interp, cls, field, given, values)
    value = given[name]
    field.annotation = _settled(interp, cls, field.annotation)
    value = _run_validators(interp, cls, field, value, "before", values)
    with interp.catching():
        try:
            value = constrained(interp, field.options, fit(interp, field.annotation, value))
        except MisfitError as error:
            refuse(interp, cls, f"{field.name}: {error}")
        except Raised as error:
            _refused(interp, cls, error, f"{field.name}: ")
    return _run_validators(interp, cls, field, value, "after", values)


def _default(
    interp: Interpreter, cls: ClassValue, field: ModelField, given: dict[str, Value], values: dict[str, Value]
) -> Value:
    if "**" in given:
        return interp.unknown(f"the field `{field.name}` is not known", None, given["**"])
    if field.factory is not MISSING:
        return interp.call(field.factory, [])
    if field.default is not MISSING:
        value = deep_copy(interp, field.default, {})
        always = any(v.attrs.get("always") for v in validators_of(cls, "field") if field.name in v.attrs["fields"])
        if always or lower(config_of(interp, cls).get("validate_default")) is True:
            value = _run_validators(interp, cls, field, value, "before", values)
            return _run_validators(interp, cls, field, value, "after", values)
        return value
    if field.optional:
        return None
    refuse(interp, cls, f"{field.name}: field required")


def _run_validators(
    interp: Interpreter, cls: ClassValue, field: ModelField, value: Value, mode: str, values: dict[str, Value]
) -> Value:
    for validator in validators_of(cls, "field"):
        wanted = validator.attrs["fields"]
        if (field.name in wanted or "*" in wanted) and validator.attrs["mode"] == mode:
            value = _call_validator(interp, cls, validator, field, value, values)
    return value


def _call_validator(
    interp: Interpreter, cls: ClassValue, validator: Instance, field: ModelField, value: Value, values: dict[str, Value]
) -> Value:
    function = validator.attrs["function"]
    static = validator.attrs.get("static", False)
    args = [value] if static else [cls, value]
    if isinstance(function, Function):
        count = len(function.node.params.params) + static
        if count > 2:
            old = validator.attrs["old"]
            info = Instance(INFO, {"data": values, "field_name": field.name})
            args.append(values if old else info)
        if count > 3:
            args.append(Instance(FIELD, {"name": field.name}))
    with interp.catching():
        try:
            return interp.call(function, args)
        except Raised as error:
            _refused(interp, cls, error, f"{field.name}: ")


INFO = make_class("ValidationInfo", "pydantic.ValidationInfo")


def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    made = prepared(interp, args[0].cls, kwargs)
    fill(interp, args[0], made if isinstance(made, dict) else kwargs, site)
    return None


def fill(interp: Interpreter, instance: Instance, given: dict[str, Value], site: Any) -> None:
    """Sets the fields of a new model from input that `prepared` has seen."""
    cls = instance.cls
    given = _with_environment(interp, cls, given, site) if cls.has_trait("settings") else given
    instance.attrs.update(validate(interp, cls, given, site))
    instance.attrs["__fields_set__"] = {f.name for f in fields_of(cls).values() if any(n in given for n in f.names())}
    for base in reversed(cls.mro):
        for name, value in base.namespace.items():
            if isinstance(value, Instance) and value.cls is PRIVATE:
                factory = value.attrs.get("default_factory")
                instance.attrs[name] = interp.call(factory, []) if factory is not None else value.attrs.get("default")
    _finish(interp, instance)
    hook = interp.lookup(cls, "model_post_init")
    if isinstance(hook, Function):
        interp.call(hook, [instance, None])


def _finish(interp: Interpreter, instance: Instance) -> None:
    """The model's validators of mode `after`."""
    cls = instance.cls
    with interp.catching():
        try:
            for validator in validators_of(cls, "model after"):
                interp.call(validator.attrs["function"], [instance])
            for validator in validators_of(cls, "root after"):
                names = {n: instance.attrs.get(n) for n in fields_of(cls)}
                made = interp.call(validator.attrs["function"], [cls, names])
                if isinstance(made, dict):
                    instance.attrs.update(made)
        except Raised as error:
            _refused(interp, cls, error)


def _with_environment(interp: Interpreter, cls: ClassValue, given: dict[str, Value], site: Any) -> dict[str, Value]:
    config = config_of(interp, cls)
    prefix = lower(config.get("env_prefix", ""))
    prefix = prefix if isinstance(prefix, str) else ""
    found = dict(given)
    for field in fields_of(cls).values():
        if any(n in found for n in field.names()):
            continue
        value = _environment_value(interp, field, prefix)
        if value is not MISSING:
            found[field.name] = _parsed(interp, field, value)
        elif field.default is MISSING and field.factory is MISSING and not field.optional:
            found[field.name] = environment.symbol(interp, f"{prefix}{field.name}".upper(), site, optional=False)
    return found


def _environment_value(interp: Interpreter, field: ModelField, prefix: str) -> Value:
    explicit = lower(field.options.get("env"))
    names = [explicit] if isinstance(explicit, str) else list(explicit) if isinstance(explicit, list | tuple) else []
    names += [n for n in field.names() if n != field.name]
    names += [f"{prefix}{field.name}", f"{prefix}{field.name}".upper(), f"{prefix}{field.name}".lower()]
    for name in names:
        value = environment.supplied(interp, str(name))
        if isinstance(value, str):
            return value
    return MISSING


def _parsed(interp: Interpreter, field: ModelField, value: str) -> Value:
    try:
        return fit(interp, field.annotation, value)
    except MisfitError:
        try:
            return json.loads(value)
        except ValueError:
            return value
