"""collections: Python's own containers, with factories and named tuples that call back into the evaluator."""

from __future__ import annotations

import collections
import keyword
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.attributes import del_item
from parsers.airflow.evaluator.classes import PLAIN, register_plain
from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Unknown, Value
from parsers.airflow.overlays.container_mixins import MIXINS
from parsers.airflow.overlays.plain import NOT_KNOWN, constructor, inert, lower, unknown_because
from parsers.airflow.overlays.registry import make_class, overlay, register_methods

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

DICT, LIST, TUPLE = PLAIN[dict], PLAIN[list], PLAIN[tuple]


class DefaultDict(dict[Any, Any]):
    """A defaultdict whose factory is a value of the evaluator."""

    def __init__(self, interp: Interpreter, factory: Value) -> None:
        super().__init__()
        self.default_factory = factory
        self._interp = interp

    def __missing__(self, key: Any) -> Any:
        if self.default_factory is None:
            raise KeyError(key)
        self[key] = value = self._interp.call(self.default_factory, [])
        return value

    def copy(self) -> DefaultDict:
        """A shallow copy with the same factory."""
        new = DefaultDict(self._interp, self.default_factory)
        new.update(self)
        return new


def _fill(interp: Interpreter, target: dict[Any, Any], args: list[Value], kwargs: dict[str, Value], site: Any) -> None:
    target.update(interp.dictionary(args, kwargs, site))


def _defaultdict(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    factory = args[0] if args else kwargs.pop("default_factory", None)
    made = DefaultDict(interp, factory)
    _fill(interp, made, args[1:], kwargs, site)
    return made


def _ordered(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    made: collections.OrderedDict[Any, Any] = collections.OrderedDict()
    _fill(interp, made, args, kwargs, site)
    return made


def _counter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    made: collections.Counter[Any] = collections.Counter()
    _count(interp, made, args, kwargs, 1, site)
    return made


def _count(
    interp: Interpreter, counter: Any, args: list[Value], kwargs: dict[str, Value], sign: int, site: Any
) -> None:
    for source in (*args, kwargs):
        value = lower(source)
        pairs = value.items() if isinstance(value, dict) else ((k, 1) for k in interp.iterate(source, site))
        for key, number in pairs:
            counter[interp.key(key)] += sign * number


def _counter_update(sign: int) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        interp.mutates(args[0])
        _count(interp, args[0], args[1:], kwargs, sign, site)
        return None

    return Native("Counter.update", call)


def _deque(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = lower(args[1] if len(args) > 1 else kwargs.get("maxlen"))
    items = interp.items(args[0], site) if args else []
    return collections.deque(items, bound if isinstance(bound, int) else None)


def _chain_map(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if any(isinstance(a, NOT_KNOWN) for a in args):
        return interp.unknown("`ChainMap` goes over a value that is not known", site, args[0])
    return collections.ChainMap(*(lower(a) for a in args))


def _class(
    python_type: type, name: str, new: Any, base: ClassValue | None, namespace: dict[str, Value] | None = None
) -> ClassValue:
    names = {
        "__new__": constructor(f"collections.{name}", new),
        "__init__": inert(f"{name}.__init__"),
        "__class_getitem__": Native("__class_getitem__", lambda i, a, k, s: a[0]),
        **(namespace or {}),
    }
    cls = make_class(name, f"collections.{name}", (base,) if base is not None else (), names)
    register_plain(python_type, cls)
    return cls


_DICT_METHODS = ("clear", "copy", "items", "keys", "pop", "popitem", "values")
register_methods(DefaultDict, (*_DICT_METHODS,), ("default_factory",))
register_methods(collections.OrderedDict, (*_DICT_METHODS, "move_to_end"))
register_methods(collections.Counter, (*_DICT_METHODS, "most_common", "elements", "total"))
register_methods(collections.ChainMap, ("get", "new_child"), ("maps", "parents"))
register_methods(
    collections.deque,
    ("append", "appendleft", "pop", "popleft", "extend", "extendleft", "rotate", "clear", "count", "index", "remove",
     "reverse", "copy", "insert"),
    ("maxlen",),
)  # fmt: skip
DEFAULT_DICT = _class(DefaultDict, "defaultdict", _defaultdict, DICT)
ORDERED_DICT = _class(collections.OrderedDict, "OrderedDict", _ordered, DICT)
COUNTER = _class(
    collections.Counter, "Counter", _counter, DICT, {"update": _counter_update(1), "subtract": _counter_update(-1)}
)
_ITER: dict[str, Value] = {"__iter__": Native("__iter__", lambda i, a, k, s: Stream(iter(list(lower(a[0])))))}
DEQUE = _class(collections.deque, "deque", _deque, None, dict(_ITER))
_VIEWS: dict[str, Value] = {
    "keys": Native("ChainMap.keys", lambda i, a, k, s: list(a[0])),
    "values": Native("ChainMap.values", lambda i, a, k, s: [a[0][key] for key in a[0]]),
    "items": Native("ChainMap.items", lambda i, a, k, s: [(key, a[0][key]) for key in a[0]]),
}
CHAIN_MAP = _class(collections.ChainMap, "ChainMap", _chain_map, None, {**_ITER, **_VIEWS})


def inherit_dict_specials() -> None:
    """The modelled methods of dict hold for its relatives too."""
    from parsers.airflow.overlays.registry import MEMBERS

    for kind in (DefaultDict, collections.OrderedDict, collections.Counter):
        special = {
            n: f for n, f in MEMBERS[dict].special.items() if not (kind is collections.Counter and n == "update")
        }
        MEMBERS[kind].special = {**special, **MEMBERS[kind].special}


# --- named tuples -------------------------------------------------------------------------------------------------


def named_tuple_class(
    interp: Interpreter, name: str, fields: list[str], defaults: dict[str, Value], path: str, base: ClassValue = TUPLE
) -> ClassValue:
    """A class of tuples with named fields."""
    cls = make_class(name, path, (base,), {}, {"namedtuple"})
    equip(cls, fields, defaults)
    return cls


def equip(cls: ClassValue, fields: list[str], defaults: dict[str, Value]) -> None:
    """Gives a class the members of a named tuple; its instances hold a Python tuple."""
    cls.traits.add("namedtuple")
    names = cls.namespace
    names["_fields"] = tuple(fields)
    names["_field_defaults"] = dict(defaults)
    names["__match_args__"] = tuple(fields)
    names["__new__"] = Native(f"{cls.name}.__new__", _tuple_new)
    names["__init__"] = Native(f"{cls.name}.__init__", lambda i, a, k, s: None)
    names.setdefault(
        "_asdict", Native("_asdict", lambda i, a, k, s: dict(zip(_fields(a[0].cls), a[0].native, strict=True)))
    )
    names.setdefault("_replace", Native("_replace", _tuple_replace))
    names.setdefault(
        "_make", ClassMember("classmethod", Native("_make", lambda i, a, k, s: _make(a[0], i.items(a[1], s))))
    )
    names.setdefault("__repr__", Native("__repr__", _tuple_repr))
    for index, field in enumerate(fields):
        names[field] = ClassMember("property", Native(field, _item_reader(index)))


def _item_reader(index: int) -> Any:
    return lambda interp, args, kwargs, site: args[0].native[index]


def _fields(cls: ClassValue) -> tuple[str, ...]:
    return next(c.namespace["_fields"] for c in cls.mro if "_fields" in c.namespace)


def _make(cls: ClassValue, values: list[Value]) -> Instance:
    return Instance(cls, {}, tuple(values))


def _tuple_new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls, given = args[0], args[1:]
    fields = _fields(cls)
    defaults = next(c.namespace["_field_defaults"] for c in cls.mro if "_field_defaults" in c.namespace)
    if len(given) > len(fields):
        raise interp.error("TypeError", f"{cls.name}() takes {len(fields)} arguments but {len(given)} were given")
    values: list[Value] = list(given)
    for field in fields[len(given) :]:
        if field in kwargs:
            values.append(kwargs[field])
        elif field in defaults:
            values.append(defaults[field])
        else:
            raise interp.error("TypeError", f"{cls.name}() missing required argument: '{field}'")
    unexpected = next((k for k in kwargs if k not in fields[len(given) :]), None)
    if unexpected is not None:
        raise interp.error("TypeError", f"{cls.name}() got an unexpected keyword argument '{unexpected}'")
    instance = interp.new_instance(cls, site)
    instance.native = tuple(values)
    return instance


def _tuple_replace(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    fields = _fields(instance.cls)
    wrong = next((k for k in kwargs if k not in fields), None)
    if wrong is not None:
        raise interp.error("ValueError", f"Got unexpected field names: ['{wrong}']")
    return _make(instance.cls, [kwargs.get(f, v) for f, v in zip(fields, instance.native, strict=True)])


def _tuple_repr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    total: Value = f"{instance.cls.name}("
    for index, (field, value) in enumerate(zip(_fields(instance.cls), instance.native, strict=True)):
        total = interp.binary("+", total, f"{', ' if index else ''}{field}=")
        total = interp.binary("+", total, interp.text(value, "repr"))
    return interp.binary("+", total, ")")


def _namedtuple(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[0] if args else kwargs.get("typename"))
    given = lower(args[1] if len(args) > 1 else kwargs.get("field_names"))
    if not isinstance(name, str) or not isinstance(given, str | list | tuple | dict):
        return unknown_because(interp, "namedtuple", given, site)
    fields = given.replace(",", " ").split() if isinstance(given, str) else [str(f) for f in given]
    rename = interp.truth_or_unknown(kwargs.get("rename", False)) is True
    for index, field in enumerate(fields):
        bad = not field.isidentifier() or keyword.iskeyword(field) or field.startswith("_") or field in fields[:index]
        if bad and rename:
            fields[index] = f"_{index}"
        elif bad:
            raise interp.error("ValueError", f"Type names and field names must be valid identifiers: {field!r}")
    values = interp.items(kwargs["defaults"]) if kwargs.get("defaults") is not None else []
    defaults = dict(zip(fields[len(fields) - len(values) :], values, strict=False))
    return named_tuple_class(interp, name, fields, defaults, f"{interp.frame.module.name}.{name}")


# --- bases to derive from -----------------------------------------------------------------------------------------


def _data_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`UserDict(...)`, `UserList(...)`: the items go through the `__setitem__` of a user's subclass."""
    instance = args[0]
    if not instance.cls.derives_from("collections.UserDict"):
        instance.attrs["data"] = interp.items(args[1], site) if len(args) > 1 else []
        return None
    instance.attrs["data"] = {}
    given = [a for a in args[1:] if a is not None]
    for key, value in interp.dictionary(given, kwargs, site).items():
        interp.setitem(instance, key, value)
    return None


def _on_data(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return interp.call(interp.getattr(args[0].attrs["data"], name), args[1:], kwargs, site)

    return Native(name, call)


def _data_item(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    data, key = args[0].attrs["data"], args[1]
    missing = interp.lookup(args[0].cls, "__missing__")
    if isinstance(data, dict) and missing is not MISSING and interp.compare("in", key, data) is False:
        return interp.call(missing, [args[0], key], {}, site)
    return interp.getitem(data, key, site)


def _data_add(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    op = "|" if isinstance(args[0].attrs["data"], dict) else "+"
    other = args[1].attrs["data"] if isinstance(args[1], Instance) and "data" in args[1].attrs else args[1]
    return interp.call(args[0].cls, [interp.binary(op, args[0].attrs["data"], other, site)])


def _data_delete(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    del_item(interp, args[0].attrs["data"], args[1])
    return None


def _user_class(name: str, base: ClassValue, methods: str) -> ClassValue:
    return make_class(
        name,
        f"collections.{name}",
        (base,),
        {
            "__init__": Native(f"{name}.__init__", _data_init),
            "__getitem__": Native(f"{name}.__getitem__", _data_item),
            "__setitem__": Native(f"{name}.__setitem__", lambda i, a, k, s: i.setitem(a[0].attrs["data"], a[1], a[2])),
            "__delitem__": Native(f"{name}.__delitem__", _data_delete),
            "__len__": Native(f"{name}.__len__", lambda i, a, k, s: len(a[0].attrs["data"])),
            "__iter__": Native(f"{name}.__iter__", lambda i, a, k, s: Stream(i.iterate(a[0].attrs["data"]))),
            "__repr__": Native(f"{name}.__repr__", lambda i, a, k, s: i.text(a[0].attrs["data"], "repr")),
            "copy": Native(f"{name}.copy", lambda i, a, k, s: i.call(a[0].cls, [a[0].attrs["data"]])),
            **{m: _on_data(m) for m in methods.split()},
            **{m: Native(f"{name}.{m}", _data_add) for m in ("__or__", "__add__")},
        },
    )


ABSTRACT = (
    "Mapping", "MutableMapping", "Sequence", "MutableSequence", "Iterable", "Iterator", "Callable", "Hashable", "Set",
    "MutableSet", "Collection", "Container", "Sized", "Generator", "Awaitable", "Coroutine", "Reversible",
    "AsyncIterable", "AsyncIterator", "KeysView", "ValuesView", "ItemsView", "ByteString",
)  # fmt: skip


_KINDS: dict[str, tuple[type, ...]] = {
    "Mapping": (dict, collections.ChainMap), "MutableMapping": (dict, collections.ChainMap),
    "Sequence": (str, bytes, list, tuple, range, collections.deque), "MutableSequence": (list, collections.deque),
    "Set": (set, frozenset), "MutableSet": (set,),
}  # fmt: skip
_METHODS = {
    "Iterable": "__iter__", "Iterator": "__next__", "Callable": "__call__", "Hashable": "__hash__", "Sized": "__len__",
    "Container": "__contains__", "Collection": "__len__", "Generator": "send", "Reversible": "__reversed__",
}  # fmt: skip


def _instance_check(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`isinstance(value, Mapping)`, for plain data and by the methods of objects."""
    cls, value = args[0], args[1]
    if isinstance(value, (Unknown, NOT_KNOWN)):
        return interp.unknown("the type of a value that is not known", site, value)
    if cls in interp.class_of(value).mro:
        return True
    plain = lower(value)
    kinds = _KINDS.get(cls.name)
    if kinds is not None:
        return isinstance(plain, kinds)
    if cls.name == "Callable":
        return (not isinstance(plain, Instance) and callable_value(plain)) or interp.lookup(
            interp.class_of(value), "__call__"
        ) is not MISSING
    method = _METHODS.get(cls.name)
    if method is None:
        return False
    if isinstance(plain, Instance):
        return interp.lookup(plain.cls, method) is not MISSING
    return hasattr(type(plain), method) and (method != "__hash__" or interp.hash_ok(plain))


def callable_value(value: Value) -> bool:
    """Whether a value that is no instance can be called."""
    from parsers.airflow.evaluator.values import BoundMethod, Function, Partial

    return isinstance(value, Function | Native | BoundMethod | Partial | ClassValue)


ABC_META = make_class("ABCMeta", "abc.ABCMeta", (), {"__instancecheck__": Native("__instancecheck__", _instance_check)})


def _abstract_classes() -> dict[str, Value]:
    made: dict[str, Value] = {}
    for name in ABSTRACT:
        made[name] = cls = make_class(name, f"collections.abc.{name}", (), dict(MIXINS.get(name, {})), {"abstract"})
        cls.namespace["__instancecheck__"] = Native("__instancecheck__", _instance_check)
    return made


ABSTRACT_CLASSES = _abstract_classes()
USER_DICT = _user_class("UserDict", ABSTRACT_CLASSES["MutableMapping"], "__contains__")
USER_LIST = _user_class(
    "UserList", ABSTRACT_CLASSES["MutableSequence"], "__contains__ append extend insert pop remove clear reverse sort"
)


@overlay("collections.abc", "_collections_abc")
def abc_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """The abstract classes, to derive from and to test with."""
    return dict(ABSTRACT_CLASSES)


@overlay("collections")
def collections_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """collections."""
    inherit_dict_specials()
    return {
        **ABSTRACT_CLASSES,
        "defaultdict": DEFAULT_DICT,
        "OrderedDict": ORDERED_DICT,
        "Counter": COUNTER,
        "deque": DEQUE,
        "ChainMap": CHAIN_MAP,
        "namedtuple": Native("collections.namedtuple", _namedtuple),
        "UserDict": USER_DICT,
        "UserList": USER_LIST,
        "UserString": PLAIN[str],
        "abc": interp.import_module("collections.abc"),
    }
