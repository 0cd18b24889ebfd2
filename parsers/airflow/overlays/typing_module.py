"""typing: inert at run time, except for named tuples, typed dictionaries, and what models read from annotations.

`List[int]`, `Optional[X]`, `Literal["a"]` are instances of the class ALIAS with `origin` (a class, or the name of a
special form)
and `args`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import OBJECT, PLAIN, TYPE
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Value
from parsers.airflow.overlays import collections_module as containers
from parsers.airflow.overlays.plain import NOT_KNOWN, first_argument, inert, lower
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _args(key: Value) -> tuple[Value, ...]:
    return key if isinstance(key, tuple) else (key,)


def _alias_call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    origin = args[0].attrs["origin"]
    if isinstance(origin, ClassValue):
        return interp.call(origin, args[1:], kwargs, site)
    raise interp.error("TypeError", f"Cannot instantiate typing.{origin}")


def _alias_bases(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    origin = args[0].attrs["origin"]
    if isinstance(origin, ClassValue):
        return (origin,)
    return (BASES.get(origin, OBJECT),)


def _alias_item(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    alias = args[0]
    return make_alias(alias.attrs["origin"], _args(args[1]))


def _alias_or(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return make_alias("Union", (args[0], args[1]))


def _alias_attribute(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    alias, name = args[0], args[1]
    names = {"__origin__": alias.attrs["origin"], "__args__": alias.attrs["args"]}
    if name in names:
        return names[name]
    if isinstance(alias.attrs["origin"], ClassValue):
        return interp.getattr(alias.attrs["origin"], name, site)
    raise interp.error("AttributeError", name)


def _alias_check(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    alias, value = args[0], args[1]
    origin = alias.attrs["origin"]
    if isinstance(origin, ClassValue):
        return interp.isinstance(value, origin)
    if origin in ("Union", "Optional"):
        return interp.isinstance(value, tuple(alias.attrs["args"]))
    return interp.unknown("`isinstance` with a typing form", site)


ALIAS = make_class(
    "_GenericAlias",
    "typing._GenericAlias",
    (),
    {
        "__call__": Native("alias", _alias_call),
        "__mro_entries__": Native("__mro_entries__", _alias_bases),
        "__getitem__": Native("__getitem__", _alias_item),
        "__or__": Native("__or__", _alias_or),
        "__ror__": Native("__ror__", _alias_or),
        "__getattr__": Native("__getattr__", _alias_attribute),
        "__instancecheck__": Native("__instancecheck__", _alias_check),
    },
)


def make_alias(origin: ClassValue | str, args: tuple[Value, ...]) -> Instance:
    """A class or special form with arguments."""
    return Instance(ALIAS, {"origin": origin, "args": args})


def origin_of(annotation: Value) -> ClassValue | str | None:
    """The class or the form's name behind an annotation; `Union` for `a | b`; None when it is not known."""
    if isinstance(annotation, ClassValue):
        return annotation
    if isinstance(annotation, Instance) and annotation.cls is ALIAS:
        origin: ClassValue | str = annotation.attrs["origin"]
        return origin
    if isinstance(annotation, tuple):
        return "Union"
    return "None" if annotation is None else None


def args_of(annotation: Value) -> tuple[Value, ...]:
    """The arguments of an annotation: `(int,)` for `list[int]`."""
    if isinstance(annotation, Instance) and annotation.cls is ALIAS:
        found: tuple[Value, ...] = annotation.attrs["args"]
        return found
    return annotation if isinstance(annotation, tuple) else ()


def is_form(annotation: Value, name: str) -> bool:
    """Whether an annotation is the special form `name`, with or without arguments, also as text."""
    if isinstance(annotation, str):
        return annotation.partition("[")[0].rpartition(".")[2].strip() == name
    return origin_of(annotation) == name


def _class_getitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return make_alias(args[0], _args(args[1]))


for _type in (list, dict, tuple, set, frozenset):
    PLAIN[_type].namespace.setdefault("__class_getitem__", Native("__class_getitem__", _class_getitem))
TYPE.namespace.setdefault("__class_getitem__", Native("__class_getitem__", _class_getitem))

FORMS = (
    "Any", "Optional", "Union", "Literal", "ClassVar", "Final", "Annotated", "NoReturn", "Never", "Self", "Concatenate",
    "Required", "NotRequired", "ReadOnly", "Unpack", "TypeAlias", "TypeGuard", "TypeIs", "LiteralString", "InitVar",
)  # fmt: skip
SPECIAL: dict[str, Instance] = {name: make_alias(name, ()) for name in FORMS}
GENERIC = make_class("Generic", "typing.Generic")
PROTOCOL = make_class("Protocol", "typing.Protocol", (GENERIC,))


_OF_EVERY_CLASS = frozenset(
    (
        "__init__",
        "__instancecheck__",
        "__new__",
        "__slots__",
        "__doc__",
        "__annotations__",
        "__module__",
        "__qualname__",
    )
)


def _protocol_members(cls: ClassValue) -> list[str]:
    """What a value must have to be an instance: the names that the protocol and its ancestors declare."""
    names: dict[str, None] = {}
    for base in cls.mro:
        if PROTOCOL in base.bases:
            names.update(dict.fromkeys((*base.namespace.get("__annotations__", {}), *base.namespace)))
    return [n for n in names if n not in _OF_EVERY_CLASS]


def _protocol_check(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`isinstance(value, Protocol)`: by the members (`typing.runtime_checkable`); else by inheritance."""
    cls, value = args
    if isinstance(value, NOT_KNOWN):
        return interp.unknown("the value of an `isinstance` test is not known", site, value)
    if cls in interp.class_of(value).mro:
        return True
    if "runtime_checkable" not in cls.traits:
        raise interp.error("TypeError", "Instance and class checks can only be used with @runtime_checkable protocols")
    missing = object()
    return all(interp.getattr(value, name, site, missing) is not missing for name in _protocol_members(cls))


def _protocol_subclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0]
    if PROTOCOL in cls.bases:
        cls.namespace["__instancecheck__"] = Native("Protocol.__instancecheck__", _protocol_check)
    return None


PROTOCOL.namespace["__init_subclass__"] = ClassMember("classmethod", Native("__init_subclass__", _protocol_subclass))


def _runtime_checkable(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if isinstance(args[0], ClassValue):
        args[0].traits.add("runtime_checkable")
    return args[0]


BASES: dict[str, ClassValue] = {"Generic": GENERIC, "Protocol": PROTOCOL, "Any": OBJECT}


# --- NamedTuple, TypedDict ----------------------------------------------------------------------------------------


def _named_tuple_subclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0]
    if NAMED_TUPLE in cls.bases:
        fields = [str(n) for n in cls.namespace.get("__annotations__", {})]
        defaults = {n: cls.namespace[n] for n in fields if n in cls.namespace}
        containers.equip(cls, fields, defaults)
    return None


def _named_tuple_new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`NamedTuple("P", [("x", int)])`."""
    name = str(lower(args[1]))
    pairs = interp.items(args[2], site) if len(args) > 2 else []
    fields = [str(lower(interp.items(pair)[0])) for pair in pairs] or list(kwargs)
    return containers.named_tuple_class(interp, name, fields, {}, f"{interp.frame.module.name}.{name}")


NAMED_TUPLE = make_class(
    "NamedTuple",
    "typing.NamedTuple",
    (PLAIN[tuple],),
    {
        "__init_subclass__": ClassMember("classmethod", Native("__init_subclass__", _named_tuple_subclass)),
        "__new__": Native("typing.NamedTuple", _named_tuple_new),
    },
)


def _typed_dict_new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if args[0] is TYPED_DICT:
        return make_class(str(lower(args[1])), f"{interp.frame.module.name}.{lower(args[1])}", (TYPED_DICT,))
    return interp.dictionary(args[1:], kwargs, site)


TYPED_DICT = make_class(
    "TypedDict",
    "typing.TypedDict",
    (PLAIN[dict],),
    {
        "__new__": Native("typing.TypedDict", _typed_dict_new),
        "__init__": inert("TypedDict.__init__"),
        "__init_subclass__": ClassMember("classmethod", inert("__init_subclass__")),
    },
)


# --- functions ----------------------------------------------------------------------------------------------------


def _cast(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return args[1] if len(args) > 1 else kwargs.get("val")


def _new_type(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return first_argument(str(lower(args[0])))


def _type_var(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return make_alias("TypeVar", tuple(args[:1]))


def hints(interp: Interpreter, value: Value) -> dict[str, Value]:
    """The annotations of a class with its ancestors', ancestors first, or of a function."""
    if not isinstance(value, ClassValue):
        return interp.annotations(value) if hasattr(value, "node") else {}
    found: dict[str, Value] = {}
    for cls in reversed(value.mro):
        found.update(cls.namespace.get("__annotations__", {}))
    return found


def _get_origin(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if not isinstance(args[0], Instance | tuple):
        return None
    origin = origin_of(args[0])
    return SPECIAL.get(origin, origin) if isinstance(origin, str) else origin


_ALIASES = {
    "List": list, "Dict": dict, "Tuple": tuple, "Set": set, "FrozenSet": frozenset, "Text": str, "DefaultDict": dict,
    "OrderedDict": dict, "AnyStr": str,
}  # fmt: skip


@overlay("typing", "typing_extensions")
def typing_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """typing and typing_extensions."""
    inert_classes = ("IO", "TextIO", "BinaryIO", "Pattern", "Match", "SupportsInt", "SupportsFloat", "SupportsStr", "SupportsAbs",  # noqa: E501
                     "ContextManager", "AsyncContextManager", "ForwardRef")  # fmt: skip
    decorators = ("overload", "final", "no_type_check", "override", "deprecated")
    return {
        **containers.ABSTRACT_CLASSES,
        **SPECIAL,
        **{n: PLAIN[t] for n, t in _ALIASES.items()},
        **{n: make_class(n, f"typing.{n}") for n in inert_classes},
        **{n: first_argument(n) for n in decorators},
        **{n: Native(f"typing.{n}", _runtime_checkable) for n in ("runtime_checkable", "runtime")},
        "Deque": containers.DEQUE,
        "Counter": containers.COUNTER,
        "ChainMap": containers.CHAIN_MAP,
        "AbstractSet": containers.ABSTRACT_CLASSES["Set"],
        "Type": TYPE,
        "Generic": make_alias("Generic", ()),
        "Protocol": PROTOCOL,
        "NamedTuple": NAMED_TUPLE,
        "TypedDict": TYPED_DICT,
        "TYPE_CHECKING": False,
        "cast": Native("typing.cast", _cast),
        "NewType": Native("typing.NewType", _new_type),
        **{n: Native(f"typing.{n}", _type_var) for n in ("TypeVar", "ParamSpec", "TypeVarTuple", "TypeAliasType")},
        "get_type_hints": Native("typing.get_type_hints", lambda i, a, k, s: hints(i, a[0])),
        "get_origin": Native("typing.get_origin", _get_origin),
        "get_args": Native("typing.get_args", lambda i, a, k, s: args_of(a[0])),
        "is_typeddict": Native(
            "typing.is_typeddict", lambda i, a, k, s: isinstance(a[0], ClassValue) and TYPED_DICT in a[0].mro
        ),
        "assert_never": first_argument("assert_never"),
        "reveal_type": first_argument("reveal_type"),
        "dataclass_transform": Native("dataclass_transform", lambda i, a, k, s: first_argument("dataclass_transform")),
    }
