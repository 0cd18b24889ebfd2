"""dataclasses: `__init__` and the rest are made from the annotations of the evaluated class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Instance, Native, Value
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.typing_module import SPECIAL, is_form

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

FIELD = make_class("Field", "dataclasses.Field")
MISSING_TYPE = make_class("_MISSING_TYPE", "dataclasses._MISSING_TYPE")
MISSING_VALUE = Instance(MISSING_TYPE)
KW_ONLY = make_class("KW_ONLY", "dataclasses.KW_ONLY")


@dataclass(slots=True)
class FieldSpec:
    """One field of a data class. `default` and `factory` are MISSING when not given."""

    name: str
    default: Value = MISSING
    factory: Value = MISSING
    init: bool = True
    repr: bool = True
    compare: bool = True
    kw_only: bool = False
    init_var: bool = False
    type: Value = None
    alias: str = ""
    converter: Value = None
    validator: Value = None
    metadata: dict[str, Value] = field(default_factory=dict)
    default_method: Value = None
    """attrs: the function of `@x.default`."""
    takes_self: bool = False
    """attrs: the factory is called with the instance."""

    @property
    def argument(self) -> str:
        """The name in `__init__`."""
        return self.alias or self.name


def fields_of(cls: ClassValue) -> list[FieldSpec]:
    """The fields of a data class, ancestors' first; an overriding field keeps its place."""
    for base in cls.mro:
        found: dict[str, FieldSpec] | None = base.namespace.get("__dataclass_fields__")
        if found is not None:
            return list(found.values())
    return []


def is_data_class(value: Value) -> bool:
    """Whether a class, or an instance's class, is a data class."""
    cls = value.cls if isinstance(value, Instance) else value
    return isinstance(cls, ClassValue) and cls.has_trait("dataclass")


def _flag(interp: Interpreter, kwargs: dict[str, Value], name: str, default: bool) -> bool:
    value = kwargs.get(name, MISSING)
    if value is MISSING or value is MISSING_VALUE or value is None:
        return default
    return interp.truth_or_unknown(value) is True


def _field(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return Instance(FIELD, dict(kwargs))


def _spec(interp: Interpreter, name: str, value: Value, annotation: Value, kw_only: bool) -> FieldSpec:
    spec = FieldSpec(name, kw_only=kw_only, type=annotation, init_var=is_form(annotation, "InitVar"))
    if isinstance(value, Instance) and value.cls is FIELD:
        given = value.attrs
        spec.default = given.get("default", MISSING)
        spec.factory = given.get("default_factory", MISSING)
        spec.init = _flag(interp, given, "init", True)
        spec.repr = _flag(interp, given, "repr", True)
        spec.compare = _flag(interp, given, "compare", True)
        spec.kw_only = _flag(interp, given, "kw_only", kw_only)
        spec.metadata = given.get("metadata") or {}
    elif value is not MISSING:
        spec.default = value
    if spec.default is MISSING_VALUE:
        spec.default = MISSING
    return spec


def process(interp: Interpreter, cls: ClassValue, options: dict[str, Value]) -> ClassValue:
    """Makes a data class of an evaluated class."""
    fields: dict[str, FieldSpec] = {}
    for base in reversed(cls.mro[1:]):
        fields.update({s.name: s for s in base.namespace.get("__dataclass_fields__", {}).values()})
    kw_only = _flag(interp, options, "kw_only", False)
    for name, annotation in cls.namespace.get("__annotations__", {}).items():
        if annotation is KW_ONLY or (isinstance(annotation, str) and annotation.endswith("KW_ONLY")):
            kw_only = True
            continue
        if is_form(annotation, "ClassVar"):
            continue
        spec = _spec(interp, name, cls.namespace.get(name, MISSING), annotation, kw_only)
        if isinstance(lower(spec.default), list | dict | set):
            raise interp.error("ValueError", f"mutable default for field {name} is not allowed: use default_factory")
        fields[name] = spec
        if spec.default is not MISSING:
            cls.namespace[name] = spec.default
        elif name in cls.namespace:
            del cls.namespace[name]
    if _flag(interp, options, "slots", False):
        cls.namespace.setdefault("__slots__", tuple(fields))
    cls.namespace["__dataclass_fields__"] = fields
    cls.traits.add("dataclass")
    cls.namespace["__match_args__"] = tuple(s.name for s in fields.values() if s.init and not s.kw_only)
    if _flag(interp, options, "init", True):
        cls.namespace.setdefault("__init__", Native(f"{cls.name}.__init__", _init))
    _add_methods(interp, cls, options)
    if _flag(interp, options, "slots", False):
        inherited = {s.name for base in cls.mro[1:] for s in base.namespace.get("__dataclass_fields__", {}).values()}
        cls.namespace["__slots__"] = tuple(n for n, s in fields.items() if n not in inherited and not s.init_var)
    return cls


def _add_methods(interp: Interpreter, cls: ClassValue, options: dict[str, Value]) -> None:
    names = cls.namespace
    if _flag(interp, options, "repr", True):
        names.setdefault("__repr__", Native("__repr__", _repr))
    equal = _flag(interp, options, "eq", True)
    frozen = _flag(interp, options, "frozen", False)
    if equal:
        names.setdefault("__eq__", Native("__eq__", _equal))
    if frozen:
        names["__setattr__"] = Native("__setattr__", _frozen)
        names["__delattr__"] = Native("__delattr__", _frozen)
    if (frozen and equal) or _flag(interp, options, "unsafe_hash", False):
        names.setdefault("__hash__", Native("__hash__", _hash))
    if _flag(interp, options, "order", False):
        for name, op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            names.setdefault(name, Native(name, _ordering(op)))


def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    values = bind_fields(interp, instance.cls, fields_of(instance.cls), args[1:], kwargs)
    init_vars: list[Value] = []
    for spec in fields_of(instance.cls):
        value = values.get(spec.name, MISSING)
        if spec.init_var:
            init_vars.append(spec.default if value is MISSING else value)
        elif value is not MISSING:
            instance.attrs[spec.name] = value if spec.converter is None else interp.call(spec.converter, [value])
    after = interp.lookup(instance.cls, "__post_init__")
    if after is not MISSING:
        interp.call(interp.getattr(instance, "__post_init__"), init_vars, {}, site)
    return None


def bind_fields(
    interp: Interpreter, cls: ClassValue, fields: list[FieldSpec], args: list[Value], kwargs: dict[str, Value]
) -> dict[str, Value]:
    """The value of each field for a call. Raises TypeError of user code as a generated `__init__` does."""
    positional = [s for s in fields if s.init and not s.kw_only]
    if len(args) > len(positional):
        raise interp.error(
            "TypeError",
            f"{cls.name}.__init__() takes {len(positional) + 1} positional arguments but {len(args) + 1} were given",
        )
    values = {s.name: v for s, v in zip(positional, args, strict=False)}
    known = {s.argument: s for s in fields if s.init}
    for name, value in kwargs.items():
        if name not in known:
            if name == "**":
                continue
            raise interp.error("TypeError", f"{cls.name}.__init__() got an unexpected keyword argument '{name}'")
        if known[name].name in values:
            raise interp.error("TypeError", f"{cls.name}.__init__() got multiple values for argument '{name}'")
        values[known[name].name] = value
    for spec in fields:
        if spec.name in values:
            continue
        if spec.factory is not MISSING:
            values[spec.name] = interp.call(spec.factory, [])
        elif spec.default is not MISSING:
            values[spec.name] = spec.default
        elif "**" in kwargs:
            values[spec.name] = interp.unknown(f"the argument `{spec.name}` is not known", None, kwargs["**"])
        elif spec.init:
            raise interp.error(
                "TypeError", f"{cls.name}.__init__() missing 1 required positional argument: '{spec.name}'"
            )
    return values


def _repr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    total: Value = f"{interp.getattr(instance.cls, '__qualname__')}("
    shown = [s for s in fields_of(instance.cls) if s.repr and not s.init_var]
    for index, spec in enumerate(shown):
        value = interp.text(interp.getattr(instance, spec.name), "repr")
        total = interp.binary("+", interp.binary("+", total, f"{', ' if index else ''}{spec.name}="), value)
    return interp.binary("+", total, ")")


def compared(interp: Interpreter, instance: Instance) -> tuple[Value, ...]:
    """The values that equality and order look at."""
    specs = [s for s in fields_of(instance.cls) if s.compare and not s.init_var]
    return tuple(interp.getattr(instance, s.name, None, None) for s in specs)


def _equal(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    left, right = args
    if not isinstance(right, Instance) or right.cls is not left.cls:
        return NotImplemented
    return interp.compare("==", compared(interp, left), compared(interp, right))


def _ordering(op: str) -> Any:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        left, right = args
        if not isinstance(right, Instance) or right.cls is not left.cls:
            return NotImplemented
        return interp.compare(op, compared(interp, left), compared(interp, right))

    return call


def _hash(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    try:
        return hash(compared(interp, args[0]))
    except TypeError as error:
        raise interp.error("TypeError", str(error)) from None


def _frozen(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    raise interp.raised(FROZEN_ERROR, f"cannot assign to field {lower(args[1])!r}")


def _frozen_error() -> ClassValue:
    from parsers.airflow.evaluator.classes import EXCEPTIONS

    return make_class(
        "FrozenInstanceError", "dataclasses.FrozenInstanceError", (EXCEPTIONS["AttributeError"],), {}, {"exception"}
    )


FROZEN_ERROR = _frozen_error()


def _dataclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@dataclass` and `@dataclass(...)`."""
    if args and isinstance(args[0], ClassValue):
        return process(interp, args[0], kwargs)
    return Native(
        "dataclasses.dataclass", lambda i, a, k, s: process(i, a[0], kwargs) if isinstance(a[0], ClassValue) else a[0]
    )


def _fields(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0].cls if isinstance(args[0], Instance) else args[0]
    if not is_data_class(cls):
        raise interp.error("TypeError", "must be called with a dataclass type or instance")
    return tuple(_as_field(s) for s in fields_of(cls) if not s.init_var)


def _as_field(spec: FieldSpec) -> Instance:
    default = MISSING_VALUE if spec.default is MISSING else spec.default
    factory = MISSING_VALUE if spec.factory is MISSING else spec.factory
    names = {"name": spec.name, "type": spec.type, "default": default, "default_factory": factory, "init": spec.init}
    return Instance(FIELD, {**names, "repr": spec.repr, "metadata": spec.metadata, "kw_only": spec.kw_only})


def to_plain(interp: Interpreter, value: Value, make: Any) -> Value:
    """A value with the data class instances inside replaced by `make(pairs)`."""
    if isinstance(value, Instance) and is_data_class(value):
        specs = [s for s in fields_of(value.cls) if not s.init_var]
        return make([(s.name, to_plain(interp, interp.getattr(value, s.name), make)) for s in specs])
    if isinstance(value, Instance) and value.cls.has_trait("namedtuple"):
        return interp.call(interp.getattr(value.cls, "_make"), [[to_plain(interp, v, make) for v in value.native]])
    if isinstance(value, list | tuple):
        return type(value)(to_plain(interp, v, make) for v in value)
    if isinstance(value, dict):
        return {to_plain(interp, k, make): to_plain(interp, v, make) for k, v in value.items()}
    return value


def _asdict(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if not isinstance(args[0], Instance) or not is_data_class(args[0]):
        raise interp.error("TypeError", "asdict() should be called on dataclass instances")
    factory = args[1] if len(args) > 1 else kwargs.get("dict_factory")
    make = dict if factory is None else lambda pairs: interp.call(factory, [pairs])
    return to_plain(interp, args[0], make)


def _astuple(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return to_plain(interp, args[0], lambda pairs: tuple(v for _, v in pairs))


def _replace(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    values = {
        s.argument: interp.getattr(instance, s.name, None, None)
        for s in fields_of(instance.cls)
        if s.init and not s.init_var
    }
    return interp.call(instance.cls, [], {**values, **kwargs}, site)


def _make_dataclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = str(lower(args[0]))
    names: dict[str, Value] = dict(kwargs.pop("namespace", None) or {})
    annotations: dict[str, Value] = {}
    for item in interp.items(args[1], site):
        parts = [item] if isinstance(item, str) else interp.items(item)
        annotations[str(parts[0])] = parts[1] if len(parts) > 1 else SPECIAL["Any"]
        if len(parts) > 2:
            names[str(parts[0])] = parts[2]
    names["__annotations__"] = annotations
    bases = tuple(interp.items(kwargs.pop("bases", ())))
    return process(interp, make_class(name, f"{interp.frame.module.name}.{name}", bases, names), kwargs)


@overlay("dataclasses")
def dataclasses_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """dataclasses."""
    return {
        "dataclass": Native("dataclasses.dataclass", _dataclass),
        "field": Native("dataclasses.field", _field),
        "fields": Native("dataclasses.fields", _fields),
        "asdict": Native("dataclasses.asdict", _asdict),
        "astuple": Native("dataclasses.astuple", _astuple),
        "replace": Native("dataclasses.replace", _replace),
        "is_dataclass": Native("dataclasses.is_dataclass", lambda i, a, k, s: is_data_class(a[0])),
        "make_dataclass": Native("dataclasses.make_dataclass", _make_dataclass),
        "Field": FIELD,
        "MISSING": MISSING_VALUE,
        "KW_ONLY": KW_ONLY,
        "InitVar": SPECIAL["InitVar"],
        "FrozenInstanceError": FROZEN_ERROR,
    }
