"""The base classes of pydantic models and their methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Function, Instance, Native, Value
from parsers.airflow.overlays.coercion import fit
from parsers.airflow.overlays.copy_module import deep_copy
from parsers.airflow.overlays.json_module import load_json
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.pydantic_constraints import FIELD, MisfitError
from parsers.airflow.overlays.pydantic_fields import config_of, fields_of, fill, init, prepared, refuse, subclass
from parsers.airflow.overlays.readable import read_text
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


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
    if cls.has_trait("root model"):
        return interp.call(cls, [value])
    plain = lower(value)
    if isinstance(plain, dict):
        return interp.call(cls, [], {str(k): v for k, v in plain.items()}, site)
    plain = lower(prepared(interp, cls, value))
    if isinstance(plain, Instance):
        if lower(config_of(interp, cls).get("from_attributes", config_of(interp, cls).get("orm_mode"))) is not True:
            refuse(interp, cls, f"Input should be a valid dictionary or instance of {cls.name}")
        plain = plain.attrs
    if not isinstance(plain, dict):
        refuse(interp, cls, f"Input should be a valid dictionary or instance of {cls.name}")
    instance = interp.new_instance(cls, site)
    fill(interp, instance, {str(k): v for k, v in plain.items()}, site)
    return instance


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


def _extra(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    known = fields_of(args[0].cls)
    extra = {n: v for n, v in args[0].attrs.items() if n not in known and not n.startswith("_")}
    return extra if lower(config_of(interp, args[0].cls).get("extra")) == "allow" else None


def _class_method(name: str, function: Any) -> ClassMember:
    return ClassMember("classmethod", Native(f"BaseModel.{name}", function))


_METHODS: dict[str, Value] = {
    "__init__": Native("BaseModel.__init__", init),
    "__init_subclass__": _class_method("__init_subclass__", subclass),
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
    "model_fields_set": ClassMember("property", Native("fields_set", lambda i, a, k, s: a[0].attrs["__fields_set__"])),
    "model_extra": ClassMember("property", Native("model_extra", _extra)),
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
            refuse(interp, instance.cls, str(error))
    instance.attrs["root"] = None if value is MISSING else value
    return None


def _root_item(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`RootModel[list[X]]` as a base: the field `root` of that type."""
    cls = make_class("RootModel", "pydantic.RootModel", (ROOT_MODEL,), {"__annotations__": {"root": args[1]}})
    cls.metaclass = BASE_MODEL.metaclass
    subclass(interp, [cls], {}, site)
    return cls


ROOT_MODEL = make_class(
    "RootModel",
    "pydantic.RootModel",
    (BASE_MODEL,),
    {"__init__": Native("RootModel.__init__", _root_init), "__class_getitem__": Native("RootModel[]", _root_item)},
    {"root model"},
)
ROOT_MODEL.metaclass = BASE_MODEL.metaclass
