"""pydantic and pydantic_settings: models as plain data, with coercion, defaults, aliases and validators."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import EXCEPTIONS, PLAIN
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Function, Instance, Native, Value
from parsers.airflow.overlays import environment
from parsers.airflow.overlays.coercion import MisfitError, fit
from parsers.airflow.overlays.data_formats import _load_json as load_json
from parsers.airflow.overlays.dataclasses_module import _dataclass
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.plain import NOT_KNOWN, first_argument, inert, lower
from parsers.airflow.overlays.readable import read_text
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.small_modules import deep_copy
from parsers.airflow.overlays.typing_module import args_of, is_form, make_alias

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

FIELD = make_class("FieldInfo", "pydantic.fields.FieldInfo")


def _is_static(function: Value) -> bool:
    return isinstance(function, ClassMember) and function.kind == "staticmethod"


VALIDATOR = make_class("Validator", "pydantic.Validator")
PRIVATE = make_class("ModelPrivateAttr", "pydantic.PrivateAttr")
VALIDATION_ERROR = make_class(
    "ValidationError", "pydantic.ValidationError", (EXCEPTIONS["ValueError"],), {}, {"exception"}
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


def _subclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
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


def validators_of(cls: ClassValue, kind: str) -> list[Instance]:
    """The validators of a model and its ancestors, ancestors' first."""
    found: list[Instance] = []
    for base in reversed(cls.mro):
        found.extend(v for v in base.namespace.get("__validators__", []) if v.attrs["kind"] == kind)
    return found


def validate(interp: Interpreter, cls: ClassValue, given: dict[str, Value], site: Any) -> dict[str, Value]:
    """The values of a model's fields for some input. Raises ValidationError of user code."""
    for validator in validators_of(cls, "model before"):
        made = interp.call(validator.attrs["function"], [cls, given])
        if isinstance(made, dict):
            given = made
    values: dict[str, Value] = {}
    for field in fields_of(cls).values():
        values[field.name] = _field_value(interp, cls, field, given, values)
    extra = lower(config_of(interp, cls).get("extra"))
    known = {n for f in fields_of(cls).values() for n in f.names()}
    rest = {k: v for k, v in given.items() if k not in known}
    if rest and extra in ("forbid", "Extra.forbid"):
        _refuse(interp, cls, f"{next(iter(rest))}: extra fields not permitted")
    if extra in ("allow", "Extra.allow"):
        values.update(rest)
    return values


def _refuse(interp: Interpreter, cls: ClassValue, why: str) -> None:
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
    value = _run_validators(interp, cls, field, value, "before", values)
    try:
        value = fit(interp, field.annotation, value)
    except MisfitError as error:
        _refuse(interp, cls, f"{field.name}: {error}")
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
    _refuse(interp, cls, f"{field.name}: field required")
    return None


def _run_validators(
    interp: Interpreter, cls: ClassValue, field: ModelField, value: Value, mode: str, values: dict[str, Value]
) -> Value:
    for validator in validators_of(cls, "field"):
        wanted = validator.attrs["fields"]
        if (field.name in wanted or "*" in wanted) and validator.attrs["mode"] == mode:
            value = _call_validator(interp, cls, validator, field, value, values)
    for part in args_of(field.annotation) if is_form(field.annotation, "Annotated") else ():
        if isinstance(part, Instance) and part.cls is VALIDATOR and part.attrs["mode"] == mode:
            value = interp.call(part.attrs["function"], [value])
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
    try:
        return interp.call(function, args)
    except Raised as error:
        if error.value.cls.derives_from("ValueError") or error.value.cls.derives_from("AssertionError"):
            _refuse(interp, cls, f"{field.name}: {error.describe()}")
        raise


INFO = make_class("ValidationInfo", "pydantic.ValidationInfo")


def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    fill(interp, args[0], kwargs, site)
    return None


def fill(interp: Interpreter, instance: Instance, given: dict[str, Value], site: Any) -> None:
    """Sets the fields of a new model from input."""
    cls = instance.cls
    given = _with_environment(interp, cls, given, site) if cls.has_trait("settings") else given
    instance.attrs.update(validate(interp, cls, given, site))
    instance.attrs["__fields_set__"] = {f.name for f in fields_of(cls).values() if any(n in given for n in f.names())}
    for base in reversed(cls.mro):
        for name, value in base.namespace.items():
            if isinstance(value, Instance) and value.cls is PRIVATE:
                factory = value.attrs.get("default_factory")
                instance.attrs[name] = interp.call(factory, []) if factory is not None else value.attrs.get("default")
    for validator in validators_of(cls, "model after"):
        interp.call(validator.attrs["function"], [instance])
    for validator in validators_of(cls, "root after"):
        names = {n: instance.attrs.get(n) for n in fields_of(cls)}
        made = interp.call(validator.attrs["function"], [cls, names])
        if isinstance(made, dict):
            instance.attrs.update(made)
    hook = interp.lookup(cls, "model_post_init")
    if isinstance(hook, Function):
        interp.call(hook, [instance, None])


# --- settings -----------------------------------------------------------------------------------------------------


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


# --- methods ------------------------------------------------------------------------------------------------------


def dump(interp: Interpreter, value: Value, options: dict[str, Value]) -> Value:
    """A model, and models inside containers, as plain data."""
    if isinstance(value, Instance) and value.cls.has_trait("model"):
        return _dump_model(interp, value, options)
    inner = {k: v for k, v in options.items() if k not in ("include", "exclude")}
    if isinstance(value, dict):
        return {k: dump(interp, v, inner) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(dump(interp, v, inner) for v in value)
    if options.get("mode") == "json":
        return _json_value(interp, value)
    return value


def _json_value(interp: Interpreter, value: Value) -> Value:
    if isinstance(value, Instance) and value.cls.has_trait("enum"):
        return lower(value.attrs["_value_"])
    if isinstance(value, (str, int, float, bool, type(None), Instance, *NOT_KNOWN)):
        return value
    method = interp.getattr(value, "isoformat", None, None)
    return interp.call(method, []) if method is not None else interp.text(value)


def _names(value: Value) -> set[str] | None:
    value = lower(value)
    return {str(v) for v in value} if isinstance(value, set | list | tuple | dict) else None


def _dump_model(interp: Interpreter, model: Instance, options: dict[str, Value]) -> Value:
    include, exclude = _names(options.get("include")), _names(options.get("exclude")) or set()
    found: dict[str, Value] = {}
    inner = {k: v for k, v in options.items() if k not in ("include", "exclude")}
    fields = fields_of(model.cls)
    if model.cls.has_trait("root model"):
        return dump(interp, model.attrs["root"], options)
    extra = [n for n in model.attrs if n not in fields and not n.startswith("_")]
    computed = [
        n for c in reversed(model.cls.mro) for n, m in c.namespace.items() if isinstance(m, ClassMember) and m.kind == "property"  # noqa: E501
        and isinstance(m.function, Function) and "computed_field" in m.function.attrs
    ]  # fmt: skip
    for name in [*fields, *extra, *computed]:
        value = interp.getattr(model, name)
        field = fields.get(name)
        if (include is not None and name not in include) or name in exclude:
            continue
        if options.get("exclude_none") is True and value is None:
            continue
        if options.get("exclude_unset") is True and name not in model.attrs.get("__fields_set__", ()):
            continue
        if (
            options.get("exclude_defaults") is True
            and field is not None
            and interp.compare("==", value, field.default) is True
        ):
            continue
        if field is not None and field.options.get("exclude") is True:
            continue
        alias = lower(field.options.get("serialization_alias", field.options.get("alias"))) if field else None
        key = alias if options.get("by_alias") is True and isinstance(alias, str) else name
        found[key] = dump(interp, value, inner)
    return found


def _dump(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return dump(interp, args[0], {k: lower(v) for k, v in kwargs.items()})


def _dump_json(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    plain = dump(interp, args[0], {**{k: lower(v) for k, v in kwargs.items() if k != "indent"}, "mode": "json"})
    module = interp.import_module("json")
    compact: dict[str, Value] = (
        {"separators": (",", ":")} if kwargs.get("indent") is None else {"indent": kwargs["indent"]}
    )
    return interp.call(interp.getattr(module, "dumps"), [plain], compact)


def _from_object(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls, value = args[0], args[1] if len(args) > 1 else kwargs.get("obj")
    if isinstance(value, NOT_KNOWN):
        return interp.unknown(f"`{cls.name}` was made from a value that is not known", site, value)
    if isinstance(value, Instance) and cls in value.cls.mro:
        return value
    plain = lower(value)
    if cls.has_trait("root model"):
        return interp.call(cls, [value])
    if isinstance(plain, Instance):
        plain = plain.attrs
    if not isinstance(plain, dict):
        _refuse(interp, cls, "Input should be a valid dictionary")
    return interp.call(cls, [], {str(k): v for k, v in plain.items()}, site)


def _from_json(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _from_object(interp, [args[0], load_json(interp, lower(args[1]), {}, site)], {}, site)


def _from_file(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _from_json(interp, [args[0], read_text(interp, "parse_file", args[1], site)], {}, site)


def _copy(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    model = args[0]
    new = Instance(model.cls, dict(model.attrs), None)
    if kwargs.get("deep") is True:
        new.attrs = deep_copy(interp, model.attrs, {})
    update = lower(kwargs.get("update"))
    if isinstance(update, dict):
        new.attrs.update(update)
    for name in _names(kwargs.get("exclude")) or ():
        new.attrs.pop(name, None)
    return new


def _construct(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = interp.new_instance(args[0], site)
    for field in fields_of(args[0]).values():
        default = interp.call(field.factory, []) if field.factory is not MISSING else field.default
        instance.attrs[field.name] = kwargs.get(field.name, None if default is MISSING else default)
    return instance


def _equal(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    left, right = args
    if not isinstance(right, Instance) or right.cls is not left.cls:
        return NotImplemented
    names = [n for n in left.attrs if not n.startswith("_")]
    return interp.compare("==", [left.attrs[n] for n in names], [right.attrs.get(n) for n in names])


def _repr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    model = args[0]
    total: Value = f"{model.cls.name}("
    for index, name in enumerate(fields_of(model.cls)):
        text = interp.text(model.attrs.get(name), "repr")
        total = interp.binary("+", interp.binary("+", total, f"{', ' if index else ''}{name}="), text)
    return interp.binary("+", total, ")")


def _str(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    model = args[0]
    total: Value = ""
    for index, name in enumerate(fields_of(model.cls)):
        text = interp.text(model.attrs.get(name), "repr")
        total = interp.binary("+", interp.binary("+", total, f"{' ' if index else ''}{name}="), text)
    return total


def _iter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return [(n, args[0].attrs.get(n)) for n in fields_of(args[0].cls)]


def _field_infos(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0].cls if isinstance(args[0], Instance) else args[0]
    return {
        n: Instance(FIELD, {**f.options, "annotation": f.annotation, "default": None if f.default is MISSING else f.default,  # noqa: E501
                            "name": n, "alias": f.options.get("alias", n), "required": f.default is MISSING})
        for n, f in fields_of(cls).items()
    }  # fmt: skip


def _class_method(name: str, function: Any) -> ClassMember:
    return ClassMember("classmethod", Native(f"BaseModel.{name}", function))


_METHODS: dict[str, Value] = {
    "__init__": Native("BaseModel.__init__", _init),
    "__init_subclass__": _class_method("__init_subclass__", _subclass),
    "__eq__": Native("BaseModel.__eq__", _equal),
    "__repr__": Native("BaseModel.__repr__", _repr),
    "__str__": Native("BaseModel.__str__", _str),
    "__iter__": Native("BaseModel.__iter__", _iter),
    **{n: Native(f"BaseModel.{n}", _dump) for n in ("dict", "model_dump")},
    **{n: Native(f"BaseModel.{n}", _dump_json) for n in ("json", "model_dump_json")},
    **{n: Native(f"BaseModel.{n}", _copy) for n in ("copy", "model_copy")},
    **{n: _class_method(n, _from_object) for n in ("parse_obj", "model_validate", "from_orm", "validate")},
    **{n: _class_method(n, _from_json) for n in ("parse_raw", "model_validate_json")},
    "parse_file": _class_method("parse_file", _from_file),
    **{n: _class_method(n, _construct) for n in ("construct", "model_construct")},
    **{n: _class_method(n, lambda i, a, k, s: None) for n in ("update_forward_refs", "model_rebuild")},
}


def _metaclass() -> ClassValue:
    from parsers.airflow.evaluator.classes import TYPE

    return make_class(
        "ModelMetaclass",
        "pydantic.ModelMetaclass",
        (TYPE,),
        {n: ClassMember("property", Native(n, _field_infos)) for n in ("model_fields", "__fields__")},
    )


BASE_MODEL = make_class("BaseModel", "pydantic.BaseModel", (), _METHODS, {"model"})
BASE_MODEL.metaclass = _metaclass()
BASE_SETTINGS = make_class("BaseSettings", "pydantic_settings.BaseSettings", (BASE_MODEL,), {}, {"settings"})
BASE_SETTINGS.metaclass = BASE_MODEL.metaclass


def _root_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    value = args[1] if len(args) > 1 else kwargs.get("root", MISSING)
    field = fields_of(instance.cls).get("root")
    if field is not None and value is not MISSING:
        try:
            value = fit(interp, field.annotation, value)
        except MisfitError as error:
            _refuse(interp, instance.cls, str(error))
    instance.attrs["root"] = None if value is MISSING else value
    return None


def _root_item(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`RootModel[list[X]]` as a base: the field `root` of that type."""
    cls = make_class("RootModel", "pydantic.RootModel", (ROOT_MODEL,), {"__annotations__": {"root": args[1]}})
    cls.metaclass = BASE_MODEL.metaclass
    _subclass(interp, [cls], {}, site)
    return cls


ROOT_MODEL = make_class(
    "RootModel",
    "pydantic.RootModel",
    (BASE_MODEL,),
    {"__init__": Native("RootModel.__init__", _root_init), "__class_getitem__": Native("RootModel[]", _root_item)},
    {"root model"},
)
ROOT_MODEL.metaclass = BASE_MODEL.metaclass


# --- decorators, fields, types ------------------------------------------------------------------------------------


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
            lambda i, a, k, s: Instance(VALIDATOR, {**attrs, "function": _bare(a[0]), "static": _is_static(a[0])}),
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
