"""enum: members are made when the class is; members with a plain base (`str`, `int`) hold their plain value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import PLAIN, PYTHON_TYPES, TYPE, user_method
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    Native,
    Unknown,
    Value,
)
from parsers.airflow.overlays.plain import NOT_KNOWN, first_argument, lower
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

AUTO = make_class("auto", "enum.auto")
MEMBER = make_class("member", "enum.member")
NON_MEMBER = make_class("nonmember", "enum.nonmember")


def members_of(cls: ClassValue) -> dict[str, Instance]:
    """All names of members of an enumeration, aliases too."""
    found: dict[str, Instance] = cls.namespace.get("__enum_members__", {})
    return found


def unique_members(cls: ClassValue) -> list[Instance]:
    """The members in order, without aliases; a Flag's without combinations and zero."""
    found = [m for n, m in members_of(cls).items() if m.attrs["_name_"] == n]
    if FLAG in cls.mro:
        found = [m for m in found if isinstance(m.attrs["_value_"], int) and bin(m.attrs["_value_"]).count("1") == 1]
    return found


def _is_member(name: str, value: Value) -> bool:
    if name.startswith("__") or (name.startswith("_") and name.endswith("_")):
        return False
    if isinstance(value, Function | Native | ClassMember | ClassValue | BoundMethod):
        return False
    if isinstance(value, Instance):
        return value.cls is not NON_MEMBER and user_method(value.cls, "__get__") is MISSING
    return True


def _subclass(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0]
    if any(members_of(base) for base in cls.mro[1:]):
        raise interp.error("TypeError", f"<enum '{cls.name}'> cannot extend an enumeration with members")
    cls.traits.add("enum")
    cls.namespace["__enum_members__"] = {}
    for name, value in list(cls.namespace.items()):
        if isinstance(value, Instance) and value.cls is NON_MEMBER:
            cls.namespace[name] = value.attrs["value"]
        elif _is_member(name, value):
            add_member(interp, cls, name, value)
    return None


def add_member(interp: Interpreter, cls: ClassValue, name: str, value: Value) -> Instance:
    """Makes one member, or an alias of the member with the same value."""
    members = members_of(cls)
    if isinstance(value, Instance) and value.cls is MEMBER:
        value = value.attrs["value"]
    value = _resolve_auto(interp, cls, name, value)
    member = _construct(interp, cls, value)
    given = member.attrs.setdefault("_value_", value)
    same = next((m for m in members.values() if _equal(m.attrs["_value_"], given)), None)
    if same is not None:
        member = same
    else:
        member.attrs["_name_"] = name
        init = next(
            (c.namespace["__init__"] for c in cls.mro if isinstance(c.namespace.get("__init__"), Function)), None
        )
        if init is not None:
            interp.call(init, [member, *(value if isinstance(value, tuple) else (value,))])
    members[name] = cls.namespace[name] = member
    return member


def _equal(left: Value, right: Value) -> bool:
    return left is right or (type(left) is type(right) and not isinstance(left, NOT_KNOWN) and bool(left == right))


def _construct(interp: Interpreter, cls: ClassValue, value: Value) -> Instance:
    new = next((c.namespace["__new__"] for c in cls.mro if "__new__" in c.namespace and c.node is not None), None)
    if new is not None:
        function = new.function if isinstance(new, ClassMember) else new
        made = interp.call(function, [cls, *(value if isinstance(value, tuple) else (value,))])
        if isinstance(made, Instance):
            return made
    instance = interp.new_instance(cls)
    base = next((c for c in cls.mro if c in PYTHON_TYPES), None)
    if base is not None:
        plain = interp.call(base, list(value) if isinstance(value, tuple) and base is not PLAIN[tuple] else [value])
        instance.native = lower(plain)
        if base in (PLAIN[str], PLAIN[int], PLAIN[float]) and not isinstance(instance.native, NOT_KNOWN):
            instance.attrs["_value_"] = instance.native
    return instance


def _resolve_auto(interp: Interpreter, cls: ClassValue, name: str, value: Value) -> Value:
    last = [m.attrs["_value_"] for m in members_of(cls).values()]
    return _automatic(interp, cls.mro, cls.namespace, name, value, last)


def _automatic(
    interp: Interpreter, mro: Sequence[ClassValue], names: dict[str, Value], name: str, value: Value, last: list[Value]
) -> Value:
    """`value` with each `auto()` in it replaced; `last` are the values before it."""
    if isinstance(value, tuple) and any(isinstance(v, Instance) and v.cls is AUTO for v in value):
        return tuple(_automatic(interp, mro, names, name, v, last) for v in value)
    if not (isinstance(value, Instance) and value.cls is AUTO):
        return value
    spaces = (names, *(c.namespace for c in mro))
    custom = next((n["_generate_next_value_"] for n in spaces if "_generate_next_value_" in n), None)
    if custom is not None:
        function = custom.function if isinstance(custom, ClassMember) else custom
        return interp.call(function, [name, 1, len(last), last])
    if STR_ENUM in mro:
        return name.lower()
    numbers = [v for v in last if isinstance(v, int)]
    if FLAG in mro:
        return 1 << max((n.bit_length() for n in numbers), default=0)
    return max(numbers, default=0) + 1


class _Names(dict[str, Value]):
    """The names of an enumeration's body: `auto()` has its value at once, so that `RW = R | W` can use it."""

    def __init__(self, interp: Interpreter, bases: Iterable[Value]) -> None:
        super().__init__()
        self._interp = interp
        self._mro = [c for b in bases if isinstance(b, ClassValue) for c in b.mro]

    def __setitem__(self, name: str, value: Value) -> None:
        if _is_member(name, value):
            last = [v for n, v in self.items() if _is_member(n, v)]
            value = _automatic(self._interp, self._mro, self, name, value, last)
        super().__setitem__(name, value)


# --- the class as a container -------------------------------------------------------------------------------------


def _call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls, rest = args[0], args[1:]
    if not members_of(cls) and (len(rest) > 1 or "names" in kwargs):
        return _functional(interp, cls, rest, kwargs, site)
    if not rest:
        raise interp.error("TypeError", f"{cls.name}.__call__() missing 1 required positional argument: 'value'")
    value = rest[0] if len(rest) == 1 else tuple(rest)
    return by_value(interp, cls, value, site)


def by_value(interp: Interpreter, cls: ClassValue, value: Value, site: Any = None) -> Value:
    """`Color(value)`. Raises ValueError of user code; Unknown for an unknown value."""
    if isinstance(value, Instance) and value.cls is cls:
        return value
    if isinstance(value, NOT_KNOWN):
        return interp.unknown(f"the member of `{cls.name}` depends on a value that is not known", site, value)
    plain = lower(value)
    for member in members_of(cls).values():
        if lower(member.attrs["_value_"]) == plain:
            return member
    if FLAG in cls.mro and isinstance(plain, int):
        return _flag(interp, cls, plain)
    missing = interp.lookup(cls, "_missing_")
    if isinstance(missing, ClassMember):
        found = interp.call(missing.function, [cls, value])
        if found is not None:
            return found
    raise interp.error("ValueError", f"{plain!r} is not a valid {cls.name}")


def _functional(interp: Interpreter, base: ClassValue, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = str(lower(args[0]))
    names = lower(args[1] if len(args) > 1 else kwargs["names"])
    if isinstance(names, NOT_KNOWN):
        return interp.unknown("the names of an enumeration are not known", site, names)
    bases: tuple[ClassValue, ...] = (base,)
    if isinstance(kwargs.get("type"), ClassValue):
        bases = (kwargs["type"], base)
    cls = make_class(name, f"{interp.frame.module.name}.{name}", bases, {"__enum_members__": {}}, {"enum"})
    cls.metaclass = base.metaclass
    start = lower(kwargs.get("start", 1))
    if isinstance(names, str):
        names = names.replace(",", " ").split()
    if isinstance(names, dict):
        pairs = list(names.items())
    else:
        items = interp.items(names)
        pairs = [tuple(i) if isinstance(i, tuple | list) else (i, None) for i in items]
    for index, (key, value) in enumerate(pairs):
        automatic = (str(key).lower() if STR_ENUM in cls.mro else start + index) if value is None else value
        add_member(interp, cls, str(key), automatic)
    return cls


def _getitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls, key = args[0], lower(args[1])
    if isinstance(key, NOT_KNOWN):
        return interp.unknown(f"the member of `{cls.name}` depends on a name that is not known", site, key)
    member = members_of(cls).get(key) if isinstance(key, str) else None
    if member is None:
        raise interp.error("KeyError", key)
    return member


def _contains(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls, value = args[0], args[1]
    if isinstance(value, NOT_KNOWN):
        return interp.unknown("the value is not known", site, value)
    if isinstance(value, Instance) and value.cls is cls:
        return True
    return any(lower(m.attrs["_value_"]) == lower(value) for m in members_of(cls).values())


ENUM_META = make_class(
    "EnumType",
    "enum.EnumType",
    (TYPE,),
    {
        "__prepare__": ClassMember("staticmethod", Native("EnumType.__prepare__", lambda i, a, k, s: _Names(i, a[1]))),
        "__call__": Native("EnumType.__call__", _call),
        "__getitem__": Native("EnumType.__getitem__", _getitem),
        "__contains__": Native("EnumType.__contains__", _contains),
        "__iter__": Native("EnumType.__iter__", lambda i, a, k, s: unique_members(a[0])),
        "__reversed__": Native("EnumType.__reversed__", lambda i, a, k, s: unique_members(a[0])[::-1]),
        "__len__": Native("EnumType.__len__", lambda i, a, k, s: len(unique_members(a[0]))),
        "__bool__": Native("EnumType.__bool__", lambda i, a, k, s: True),
        "__members__": ClassMember("property", Native("__members__", lambda i, a, k, s: dict(members_of(a[0])))),
    },
)


# --- the members --------------------------------------------------------------------------------------------------


def _name(member: Instance) -> str:
    return f"{member.cls.name}.{member.attrs.get('_name_')}"


def _str(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    member = args[0]
    if member.cls.derives_from("enum.ReprEnum"):
        return interp.text(member.attrs["_value_"])
    return _name(member)


def _repr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    member = args[0]
    value = interp.text(member.attrs.get("_value_"), "repr")
    return interp.binary("+", interp.binary("+", f"<{_name(member)}: ", value), ">")


def _format(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """As Python from 3.11 on: the same text as `str`."""
    member, spec = args[0], args[1] if len(args) > 1 else ""
    if member.cls.derives_from("enum.ReprEnum"):
        return interp.text(member.attrs["_value_"], "str", spec)
    text = interp.text(member)
    return text if isinstance(text, Unknown) else interp.text(text, "str", spec)


def _attribute(name: str) -> ClassMember:
    return ClassMember("property", Native(name, lambda i, a, k, s: a[0].attrs.get(f"_{name}_")))


_NAMESPACE: dict[str, Value] = {
    "name": _attribute("name"),
    "value": _attribute("value"),
    "__str__": Native("Enum.__str__", _str),
    "__repr__": Native("Enum.__repr__", _repr),
    "__format__": Native("Enum.__format__", _format),
    "__init_subclass__": ClassMember("classmethod", Native("Enum.__init_subclass__", _subclass)),
}


def _enum(name: str, bases: tuple[ClassValue, ...], namespace: dict[str, Value] | None = None) -> ClassValue:
    cls = make_class(name, f"enum.{name}", bases, namespace or {}, {"enum"})
    cls.metaclass = ENUM_META
    return cls


ENUM = _enum("Enum", (), _NAMESPACE)
REPR_ENUM = _enum("ReprEnum", (ENUM,))
INT_ENUM = _enum("IntEnum", (PLAIN[int], REPR_ENUM))
STR_ENUM = _enum("StrEnum", (PLAIN[str], REPR_ENUM))


def _flag(interp: Interpreter, cls: ClassValue, number: int) -> Instance:
    """The member, or combination of members, for a number."""
    for member in members_of(cls).values():
        if member.attrs["_value_"] == number:
            return member
    pool: dict[int, Instance] = cls.namespace.setdefault("__enum_combinations__", {})
    if number not in pool:
        names = [m.attrs["_name_"] for m in unique_members(cls) if m.attrs["_value_"] & number]
        attrs = {"_name_": "|".join(names) or None, "_value_": number}
        pool[number] = Instance(cls, attrs, number if PLAIN[int] in cls.mro else None)
    return pool[number]


def _flag_op(op: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        left, right = args[0], args[1]
        other = right.attrs.get("_value_") if isinstance(right, Instance) else right
        if not isinstance(other, int):
            return NotImplemented
        mine = left.attrs["_value_"]
        number = {"or": mine | other, "and": mine & other, "xor": mine ^ other}[op]
        return _flag(interp, left.cls, number)

    return Native(f"Flag.__{op}__", call)


def _flag_contains(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    mine, other = args[0].attrs["_value_"], args[1].attrs["_value_"]
    return bool(mine & other == other)


def _flag_invert(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    every = 0
    for member in unique_members(args[0].cls):
        every |= member.attrs["_value_"]
    return _flag(interp, args[0].cls, every & ~args[0].attrs["_value_"])


FLAG = _enum(
    "Flag",
    (ENUM,),
    {
        "__or__": _flag_op("or"),
        "__ror__": _flag_op("or"),
        "__and__": _flag_op("and"),
        "__xor__": _flag_op("xor"),
        "__invert__": Native("Flag.__invert__", _flag_invert),
        "__contains__": Native("Flag.__contains__", _flag_contains),
        "__bool__": Native("Flag.__bool__", lambda i, a, k, s: bool(a[0].attrs["_value_"])),
        "__iter__": Native(
            "Flag.__iter__",
            lambda i, a, k, s: [m for m in unique_members(a[0].cls) if m.attrs["_value_"] & a[0].attrs["_value_"]],
        ),
    },
)
INT_FLAG = _enum("IntFlag", (PLAIN[int], FLAG))


def _wrapper(cls: ClassValue) -> Native:
    return Native(cls.name, lambda i, a, k, s: Instance(cls, {"value": a[0]}))


def _unique(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0]
    alias = next((n for n, m in members_of(cls).items() if m.attrs["_name_"] != n), None)
    if alias is not None:
        raise interp.error("ValueError", f"duplicate values found in <enum '{cls.name}'>: {alias}")
    return cls


@overlay("enum", "aenum", "strenum", "backports.strenum")
def enum_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """enum."""
    return {
        "Enum": ENUM,
        "IntEnum": INT_ENUM,
        "StrEnum": STR_ENUM,
        "ReprEnum": REPR_ENUM,
        "Flag": FLAG,
        "IntFlag": INT_FLAG,
        "EnumMeta": ENUM_META,
        "EnumType": ENUM_META,
        "auto": AUTO,
        "unique": Native("enum.unique", _unique),
        "member": _wrapper(MEMBER),
        "nonmember": _wrapper(NON_MEMBER),
        "property": Native("enum.property", lambda i, a, k, s: ClassMember("property", a[0])),
        "verify": Native("enum.verify", lambda i, a, k, s: first_argument("verify")),
        "UNIQUE": "UNIQUE",
        "CONTINUOUS": "CONTINUOUS",
    }
