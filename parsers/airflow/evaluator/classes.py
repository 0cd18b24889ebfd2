"""Classes: builtin ones, method resolution order, binding, instances."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Value,
)
from parsers.airflow.overlays.registry import CLASSES

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _noop(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return None


def _root(name: str) -> ClassValue:
    cls = ClassValue(name, f"builtins.{name}")
    cls.mro = (cls,)
    return cls


OBJECT = _root("object")
OBJECT.namespace.update(
    {
        "__init__": Native("object.__init__", _noop),
        "__init_subclass__": ClassMember("classmethod", Native("object.__init_subclass__", _noop)),
    }
)


def object_class() -> ClassValue:
    """The class `object`."""
    return OBJECT


def linearize(cls: ClassValue) -> tuple[ClassValue, ...]:
    """The C3 method resolution order. Raises TypeError (Python's) when there is none."""
    if len(cls.bases) == 1:
        return (cls, *(cls.bases[0].mro or cls.bases))
    lists = [list(b.mro or (b,)) for b in cls.bases] + [list(cls.bases)]
    out = [cls]
    while any(lists):
        lists = [seq for seq in lists if seq]
        for seq in lists:
            head = seq[0]
            if not any(head in other[1:] for other in lists):
                break
        else:
            raise TypeError(f"cannot create a consistent method resolution order for {cls.name}")
        out.append(head)
        for seq in lists:
            if seq[0] is head:
                del seq[0]
    return tuple(out)


def make_builtin(name: str, *bases: ClassValue, traits: tuple[str, ...] = (), path: str = "") -> ClassValue:
    """A class of the `builtins` module."""
    cls = ClassValue(name, path or f"builtins.{name}", bases or (OBJECT,), traits=set(traits))
    cls.mro = linearize(cls)
    return cls


TYPE = make_builtin("type")
INT = make_builtin("int")
PLAIN: dict[type, ClassValue] = {
    int: INT,
    bool: make_builtin("bool", INT),
    **{
        t: make_builtin(t.__name__)
        for t in (str, bytes, bytearray, float, complex, list, dict, tuple, set, frozenset, range, slice)
    },
}
PYTHON_TYPES: dict[ClassValue, type] = {cls: t for t, cls in PLAIN.items()}
"""Plain-data classes and the Python type of their values."""

OTHERS: dict[type, ClassValue] = {
    type(None): make_builtin("NoneType"),
    type(...): make_builtin("ellipsis"),
    type(NotImplemented): make_builtin("NotImplementedType"),
    Function: make_builtin("function"),
    Native: make_builtin("builtin_function_or_method"),
    BoundMethod: make_builtin("method"),
    ModuleValue: make_builtin("module"),
    Partial: make_builtin("partial", path="functools.partial"),
    type({}.keys()): make_builtin("dict_keys"),
    type({}.values()): make_builtin("dict_values"),
    type({}.items()): make_builtin("dict_items"),
    types.GeneratorType: make_builtin("generator"),
}

MEMBERS_OF = {kind: make_builtin(kind) for kind in ("staticmethod", "classmethod", "property")}

BASE_EXCEPTION = make_builtin("BaseException", traits=("exception",))


def _exceptions() -> dict[str, ClassValue]:
    made: dict[type, ClassValue] = {BaseException: BASE_EXCEPTION, object: OBJECT}

    def make(kind: type) -> ClassValue:
        if kind not in made:
            made[kind] = make_builtin(kind.__name__, *(make(b) for b in kind.__bases__), traits=("exception",))
        return made[kind]

    def below(kind: type) -> None:
        subclasses: list[type] = kind.__subclasses__()
        for sub in sorted(subclasses, key=lambda k: k.__name__):
            if sub.__module__ == "builtins":
                make(sub)
                below(sub)

    below(BaseException)
    names = {kind.__name__: cls for kind, cls in made.items() if kind is not object}
    return {**names, "IOError": names["OSError"], "EnvironmentError": names["OSError"]}


EXCEPTIONS = _exceptions()


def register_plain(python_type: type, cls: ClassValue) -> None:
    """Makes `cls` the class of plain values of `python_type` (datetime, Path, ...), so that `isinstance`, subclassing
    and `cls.method` work. Its namespace should have a native `__new__`."""
    PLAIN[python_type] = cls
    PYTHON_TYPES[cls] = python_type


def class_of(value: Value) -> ClassValue:
    """`type(value)`."""
    kind = type(value)
    if kind is Instance:
        cls: ClassValue = value.cls
        return cls
    if kind is ClassValue:
        return value.metaclass if isinstance(value.metaclass, ClassValue) else TYPE
    if kind is ClassMember:
        return MEMBERS_OF.get(value.kind, OBJECT)
    found = CLASSES.get(kind) or PLAIN.get(kind) or OTHERS.get(kind)
    if found is not None:
        return found
    for base in kind.__mro__[1:-1]:
        found = CLASSES.get(base) or PLAIN.get(base)
        if found is not None:
            return found
    return OBJECT


def lookup(cls: ClassValue, name: str) -> Value:
    """The attribute of the first class in the MRO that has it; MISSING when none."""
    for base in cls.mro:
        value = base.namespace.get(name, MISSING)
        if value is not MISSING:
            return value
    return MISSING


def user_method(cls: ClassValue, name: str) -> Value:
    """As `lookup`, but what `object` itself has counts as missing."""
    for base in cls.mro:
        if base is not OBJECT:
            value = base.namespace.get(name, MISSING)
            if value is not MISSING:
                return value
    return MISSING


def opaque_base(cls: ClassValue) -> ClassValue | None:
    """The first ancestor of unknown behaviour."""
    for base in cls.mro:
        if base.opaque:
            return base
    return None


def bind(interp: Interpreter, member: Value, receiver: Value, cls: ClassValue) -> Value:
    """What an attribute found in a class becomes when taken from `receiver` (an instance; None: from the class)."""
    kind = type(member)
    if kind is Function or kind is Native:
        return BoundMethod(member, receiver) if receiver is not None else member
    if kind is ClassMember:
        return _bind_member(interp, member, receiver, cls)
    if kind is Instance:
        getter = user_method(member.cls, "__get__")
        if getter is not MISSING:
            return interp.call(getter, [member, receiver, cls], {})
    return member


def _bind_member(interp: Interpreter, member: ClassMember, receiver: Value, cls: ClassValue) -> Value:
    if member.kind == "staticmethod":
        return member.function
    if member.kind == "classmethod":
        inner = member.function
        if isinstance(inner, ClassMember):
            return _bind_member(interp, inner, cls, cls)
        return BoundMethod(inner, cls)
    if receiver is None:
        return member
    return interp.call(member.function, [receiver], {})


def plain(value: Value) -> Value:
    """The plain data inside an instance of a user's subclass of `dict`, `str`, ...; else the value itself."""
    if type(value) is Instance and type(value.native) in PLAIN:
        return value.native
    return value


class SuperValue:
    """What `super()` gives."""

    __slots__ = ("after", "receiver")

    def __init__(self, after: ClassValue, receiver: Value) -> None:
        self.after = after
        self.receiver = receiver

    def rest(self) -> tuple[ClassValue, ...]:
        """The classes to look in."""
        mro = self.receiver.mro if isinstance(self.receiver, ClassValue) else class_of(self.receiver).mro
        if self.after in mro:
            return tuple(mro[mro.index(self.after) + 1 :])
        return self.after.mro[1:]


def super_getattr(interp: Interpreter, value: SuperValue, name: str) -> Value:
    """`super().name`."""
    is_class = isinstance(value.receiver, ClassValue)
    if is_class and value.after not in value.receiver.mro and TYPE in value.after.mro:
        is_class = False  # a metaclass' method: the class is its instance
    cls = value.receiver if is_class else class_of(value.receiver)
    rest = value.rest()
    for base in rest:
        member = base.namespace.get(name, MISSING)
        if member is not MISSING:
            if base is OBJECT and any(b.opaque for b in rest) and name != "__init__":
                break
            if name == "__new__":
                return member.function if isinstance(member, ClassMember) else member
            return bind(interp, member, None if is_class else value.receiver, cls)
    native = interp.class_default(cls, value.receiver, name, rest)
    if native is not MISSING:
        return native
    for base in rest:
        if base.opaque:
            return interp.unknown(f"`{base.name}` is a third-party class", path=f"{base.path}.{name}")
    raise interp.error("AttributeError", f"'super' object has no attribute '{name}'")
