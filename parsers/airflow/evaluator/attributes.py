"""Attributes and items: `x.name`, `x[key]`, assignment and deletion of both."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.evaluator.classes import (
    OBJECT,
    PLAIN,
    PYTHON_TYPES,
    TYPE,
    SuperValue,
    bind,
    class_of,
    lookup,
    opaque_base,
    plain,
    super_getattr,
    user_method,
)
from parsers.airflow.evaluator.errors import attempt
from parsers.airflow.evaluator.generators import METHODS, Generator, Stream
from parsers.airflow.evaluator.plain import CONSTRUCTORS, members_of, method, plain_getattr
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.unknowns import cause_of, derived
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Symbolic,
    Unknown,
    Value,
)
from parsers.airflow.overlays.registry import Hooks

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def get_attribute(interp: Interpreter, value: Value, name: str, site: cst.CSTNode | None) -> Value:
    """`value.name`; MISSING when there is none."""
    kind = type(value)
    if kind is Unknown:
        if name in ("__name__", "__qualname__") and value.path:
            return value.path.rpartition(".")[2]
        return derived(interp, value, site, path=f"{value.path}.{name}" if value.path else "")
    if kind is Symbolic:
        found = (
            Hooks.symbolic_member(interp, value, name, site) if Hooks.symbolic_member is not None else NotImplemented
        )
        return derived(interp, value, site) if found is NotImplemented else found
    getter = _GETTERS.get(kind)
    if getter is not None:
        return getter(interp, value, name, site)
    return _value_attribute(interp, value, name, site)


def _value_attribute(interp: Interpreter, value: Value, name: str, site: cst.CSTNode | None) -> Value:
    """An attribute of plain data, or of a modelled Python type (registered class)."""
    cls = class_of(value)
    member = user_method(cls, name)
    if member is not MISSING and type(value) not in PYTHON_TYPES.values():
        return bind(interp, member, value, cls)
    found = plain_getattr(value, name)
    if found is not None:
        return found
    members = members_of(type(value))
    if members is not None and name in members.attributes:
        return attempt(getattr, value, name)
    if member is not MISSING and name not in ("__new__", "__init__"):
        return bind(interp, member, value, cls)
    if name == "__class__":
        return cls
    fallback = user_method(cls, "__getattr__")
    if fallback is not MISSING:
        return interp.call(bind(interp, fallback, value, cls), [name], {}, site)
    if isinstance(value, Stream):
        native = METHODS.get(name) if isinstance(value, Generator) else None
        return BoundMethod(native, value) if isinstance(native, Native) else MISSING
    return _dunder(interp, value, name)


def _dunder(interp: Interpreter, value: Value, name: str) -> Value:
    """`x.__len__()` and the like on plain data."""
    if name == "__len__" and hasattr(value, "__len__"):
        return Native(name, lambda i, a, k, s: len(value))
    if name == "__contains__":
        return Native(name, lambda i, a, k, s: i.compare("in", a[0], value, s))
    if name == "__getitem__" and hasattr(value, "__getitem__"):
        return Native(name, lambda i, a, k, s: i.getitem(value, a[0], s))
    if name == "__setitem__" and hasattr(value, "__setitem__"):
        return Native(name, lambda i, a, k, s: i.setitem(value, a[0], a[1]))
    if name == "__iter__" and hasattr(value, "__iter__"):
        return Native(name, lambda i, a, k, s: Stream(i.iterate(value)))
    if name in ("__str__", "__repr__"):
        return Native(name, lambda i, a, k, s: i.text(value, name.strip("_")))
    if name == "__doc__":
        return None
    return MISSING


def _instance(interp: Interpreter, value: Instance, name: str, site: cst.CSTNode | None) -> Value:
    cls = value.cls
    hook = user_method(cls, "__getattribute__")
    if hook is not MISSING and not isinstance(hook, Native):
        return interp.call(bind(interp, hook, value, cls), [name], {}, site)
    return instance_attribute(interp, value, name, site)


def instance_attribute(interp: Interpreter, value: Instance, name: str, site: cst.CSTNode | None) -> Value:
    """An instance's attribute in Python's order: properties, own attributes, class, `__getattr__`."""
    cls = value.cls
    member = lookup(cls, name)
    if type(member) is ClassMember and member.kind == "property":
        return bind(interp, member, value, cls)
    if type(member) is Instance and _is_data_descriptor(member):
        return bind(interp, member, value, cls)
    own = value.attrs.get(name, MISSING)
    if own is not MISSING:
        return own
    if member is not MISSING and not (member is OBJECT.namespace.get(name) and opaque_base(cls) is not None):
        if type(member) is ClassMember and member.kind == "cached_property":
            value.attrs[name] = result = interp.call(member.function, [value], {})
            return result
        return bind(interp, member, value, cls)
    return _instance_fallback(interp, value, name, site)


def _is_data_descriptor(member: Instance) -> bool:
    """Whether a class' attribute goes before the instance's own: it has `__get__`, and `__set__` or `__delete__`."""
    cls = member.cls
    return user_method(cls, "__get__") is not MISSING and (
        user_method(cls, "__set__") is not MISSING or user_method(cls, "__delete__") is not MISSING
    )


def _instance_fallback(interp: Interpreter, value: Instance, name: str, site: cst.CSTNode | None) -> Value:
    cls = value.cls
    if name == "__class__":
        return cls
    if name == "__dict__":
        return value.attrs
    if type(value.native) in PLAIN:
        found = _value_attribute(interp, value.native, name, site)
        if found is not MISSING:
            return found
    hook = user_method(cls, "__getattr__")
    if hook is not MISSING:
        return interp.call(bind(interp, hook, value, cls), [name], {}, site)
    base = opaque_base(cls)
    if base is not None:
        return _opaque(interp, base, name, site)
    if name == "__doc__":
        return None
    if name == "__module__":
        return cls.namespace.get("__module__", "")
    if cls.has_trait("exception") and name == "with_traceback":
        return Native(name, lambda i, a, k, s: value)
    if not name.startswith("__") and cls.has_trait("partial"):
        return interp.unknown(f"`{name}` of a `{cls.name}` is set by code that is not modelled", site)
    return _object_member(interp, value, name)


def _object_member(interp: Interpreter, value: Value, name: str) -> Value:
    if name in ("__str__", "__repr__"):
        return Native(name, lambda i, a, k, s: i.text(value, "str" if name == "__str__" else "repr"))
    if name == "__setattr__":
        return Native(name, lambda i, a, k, s: store(i, value, a[0], a[1]))
    if name == "__getattribute__":
        return Native(name, lambda i, a, k, s: instance_attribute(i, value, a[0], s))
    if name == "__eq__":
        return Native(name, lambda i, a, k, s: value is a[0])
    if name == "__hash__":
        return Native(name, lambda i, a, k, s: id(value))
    return MISSING


def _opaque(interp: Interpreter, base: ClassValue, name: str, site: cst.CSTNode | None) -> Unknown:
    cause = base.namespace.get("__unknown__")
    return interp.unknown(f"`{base.name}` is a third-party class", site, cause=cause, path=f"{base.path}.{name}")


def _class(interp: Interpreter, value: ClassValue, name: str, site: cst.CSTNode | None) -> Value:
    special = _CLASS_ATTRIBUTES.get(name)
    if special is not None and not (name == "__doc__" and "__doc__" in value.namespace):
        return special(interp, value)
    meta = class_of(value)
    if meta is not TYPE:
        member = lookup(meta, name)
        if type(member) is ClassMember and member.kind == "property":
            return bind(interp, member, value, meta)
    member = lookup(value, name)
    if member is not MISSING:
        return bind(interp, member, None, value)
    python_type = next((PYTHON_TYPES[c] for c in value.mro if c in PYTHON_TYPES), None)
    if python_type is not None:
        found = _unbound(interp, python_type, name)
        if found is not MISSING:
            return found
    if meta is not TYPE:
        member = lookup(meta, name)
        if member is not MISSING:
            return bind(interp, member, value, meta)
        hook = user_method(meta, "__getattr__")
        if hook is not MISSING:
            return interp.call(bind(interp, hook, value, meta), [name], {}, site)
    base = opaque_base(value)
    if base is not None:
        return _opaque(interp, base, name, site)
    if name == "__setattr__":
        return Native("object.__setattr__", lambda i, a, k, s: store(i, a[0], a[1], a[2]))
    if name == "__new__":
        return Native("object.__new__", lambda i, a, k, s: i.new_instance(a[0], s))
    if name in ("__str__", "__repr__", "__eq__", "__hash__", "__getattribute__"):
        return Native(name, lambda i, a, k, s: i.call(_object_member(i, a[0], name), a[1:], k, s))
    return MISSING


def _unbound(interp: Interpreter, python_type: type, name: str) -> Value:
    """`str.upper` as a function of the text."""
    members = members_of(python_type)
    if members is None:
        return MISSING
    if name in members.special:
        special = members.special[name]
        if name == "fromkeys":
            return Native(name, lambda i, a, k, s: special.call(i, [{}, *a], k, s))
        return Native(name, lambda i, a, k, s: special.call(i, [_owner(i, python_type, name, a), *a[1:]], k, s))
    if name in CONSTRUCTORS.get(python_type, ()):
        return Native(name, lambda i, a, k, s: method(i, python_type(), name, a, k))
    if name in members.methods:
        return Native(name, lambda i, a, k, s: method(i, _owner(i, python_type, name, a), name, a[1:], k))
    return MISSING


def _owner(interp: Interpreter, python_type: type, name: str, args: list[Value]) -> Value:
    """The value that a method taken from its class is called for. Raises TypeError of user code for another type."""
    value = plain(args[0]) if args else None
    if cause_of(value) is None and not isinstance(value, python_type):
        kind = python_type.__name__
        raise interp.error("TypeError", f"descriptor '{name}' for '{kind}' objects doesn't apply to this object")
    return value


_CLASS_ATTRIBUTES: dict[str, Any] = {
    "__name__": lambda i, c: c.name,
    "__qualname__": lambda i, c: c.namespace.get("__qualname__", c.name),
    "__module__": lambda i, c: c.namespace.get("__module__", c.path.rpartition(".")[0]),
    "__mro__": lambda i, c: c.mro,
    "__bases__": lambda i, c: c.bases,
    "__base__": lambda i, c: c.bases[0] if c.bases else None,
    "__dict__": lambda i, c: c.namespace,
    "__class__": lambda i, c: class_of(c),
    "__doc__": lambda i, c: _doc(c.node),
    "mro": lambda i, c: Native("mro", lambda *_: list(c.mro)),
    "__subclasses__": lambda i, c: Native("__subclasses__", lambda *_: i.subclasses(c)),
}


def _doc(node: Any) -> str | None:
    return node.get_docstring() if isinstance(node, cst.ClassDef | cst.FunctionDef | cst.Module) else None


def _function(interp: Interpreter, value: Function, name: str, site: cst.CSTNode | None) -> Value:
    if name in value.attrs:
        return value.attrs[name]
    if name == "__name__":
        return value.name
    if name == "__qualname__":
        return value.qualname or value.name
    if name == "__module__":
        return value.module.name
    if name == "__doc__":
        return _doc(value.node)
    if name == "__dict__":
        return value.attrs
    if name == "__call__":
        return value
    if name in ("__defaults__", "__kwdefaults__"):
        named = {p.name.value for p in value.node.params.kwonly_params}
        if name == "__kwdefaults__":
            return {n: v for n, v in value.defaults.items() if n in named} or None
        return tuple(v for n, v in value.defaults.items() if n not in named) or None
    if name == "__annotations__":
        return interp.annotations(value)
    if name == "__get__":
        return Native(name, lambda i, a, k, s: bind(i, value, a[0], class_of(a[0])))
    if name in ("__code__", "__globals__", "__closure__"):
        return interp.unknown(f"`{name}` of a function", site)
    return MISSING


def _native(interp: Interpreter, value: Native, name: str, site: cst.CSTNode | None) -> Value:
    if name in ("__name__", "__qualname__"):
        return value.name.rpartition(".")[2]
    return {"__call__": value, "__doc__": None, "__module__": value.name.rpartition(".")[0], "__dict__": {}}.get(
        name, MISSING
    )


def _bound(interp: Interpreter, value: BoundMethod, name: str, site: cst.CSTNode | None) -> Value:
    if name == "__self__":
        return value.receiver
    if name == "__func__":
        return value.function
    if name == "__call__":
        return value
    return get_attribute(interp, value.function, name, site)


def _partial(interp: Interpreter, value: Partial, name: str, site: cst.CSTNode | None) -> Value:
    return {"func": value.function, "args": value.args, "keywords": value.kwargs, "__call__": value}.get(name, MISSING)


def _module(interp: Interpreter, value: ModuleValue, name: str, site: cst.CSTNode | None) -> Value:
    found = value.attrs.get(name, MISSING)
    if found is not MISSING:
        return found
    if value.fallback is not None:
        found = value.fallback(name)
        if found is not MISSING:
            return found
    if name == "__dict__":
        return value.attrs
    if name == "__name__":
        return value.name
    hook = value.attrs.get("__getattr__")
    if isinstance(hook, Function):
        return interp.call(hook, [name], {}, site)
    stars = value.attrs.get("__unknown_stars__")
    if stars:
        return derived(interp, stars[-1], site, path=f"{stars[-1].path}.{name}")
    if value.parsed is None and not name.startswith("__"):
        path = f"{value.name}.{name}"
        return interp.unknown(f"`{path}` is not modelled", site, path=path)
    return MISSING


def _member(interp: Interpreter, value: ClassMember, name: str, site: cst.CSTNode | None) -> Value:
    if name in ("setter", "getter", "deleter"):
        return Native(name, lambda i, a, k, s: _with_accessor(value, name, a[0]))
    if name in ("fget", "__func__", "__wrapped__"):
        return value.function
    if name == "fset":
        return value.setter
    return get_attribute(interp, value.function, name, site)


def _with_accessor(value: ClassMember, name: str, function: Value) -> ClassMember:
    if name == "setter":
        return ClassMember(value.kind, value.function, function, value.deleter)
    if name == "deleter":
        return ClassMember(value.kind, value.function, value.setter, function)
    return ClassMember(value.kind, function, value.setter, value.deleter)


_GETTERS: dict[type, Any] = {
    Instance: _instance,
    ClassValue: _class,
    Function: _function,
    Native: _native,
    BoundMethod: _bound,
    Partial: _partial,
    ModuleValue: _module,
    ClassMember: _member,
    SuperValue: lambda i, v, n, s: super_getattr(i, v, n),
}


def set_attribute(interp: Interpreter, value: Value, name: str, new: Value) -> None:
    """`value.name = new`."""
    if cause_of(value) is not None:
        return
    cls = class_of(value)
    if not isinstance(value, ClassValue | ModuleValue | Function):
        member = lookup(cls, name)
        if type(member) is ClassMember and member.kind == "property":
            if member.setter is None:
                if isinstance(member.function, Native) and name.startswith("__"):
                    return
                raise interp.error("AttributeError", f"can't set attribute '{name}'")
            interp.call(member.setter, [value, new], {})
            return
        if type(member) is Instance and (hook := user_method(member.cls, "__set__")) is not MISSING:
            interp.call(bind(interp, hook, member, member.cls), [value, new], {})
            return
        hook = user_method(cls, "__setattr__")
        if hook is not MISSING:
            interp.call(bind(interp, hook, value, cls), [name, new], {})
            return
    store(interp, value, name, new)


def store(interp: Interpreter, value: Value, name: str, new: Value) -> None:
    """Sets an attribute without hooks."""
    interp.mutates(value, name)
    if isinstance(value, Instance | Function | ModuleValue):
        value.attrs[name] = new
    elif isinstance(value, ClassValue):
        value.namespace[name] = new
        if isinstance(new, Function) and new.owner is None:
            new.owner = value
    elif isinstance(value, BoundMethod) and isinstance(value.function, Function):
        value.function.attrs[name] = new
    elif not isinstance(value, ClassMember | Native | Partial | SuperValue):
        raise interp.error("AttributeError", f"'{class_of(value).name}' object has no attribute '{name}'")


def del_attribute(interp: Interpreter, value: Value, name: str) -> None:
    """`del value.name`."""
    if cause_of(value) is not None:
        return
    hook = user_method(class_of(value), "__delattr__")
    if hook is not MISSING:
        interp.call(bind(interp, hook, value, class_of(value)), [name], {})
        return
    member = MISSING if isinstance(value, ClassValue | ModuleValue | Function) else lookup(class_of(value), name)
    if type(member) is ClassMember and member.kind == "property":
        if member.deleter is None:
            raise interp.error("AttributeError", f"can't delete attribute '{name}'")
        interp.call(member.deleter, [value], {})
        return
    if type(member) is Instance and (hook := user_method(member.cls, "__delete__")) is not MISSING:
        interp.call(bind(interp, hook, member, member.cls), [value], {})
        return
    interp.mutates(value)
    names = value.namespace if isinstance(value, ClassValue) else getattr(value, "attrs", {})
    if name not in names:
        raise interp.error("AttributeError", name)
    del names[name]


def get_item(interp: Interpreter, value: Value, key: Value, site: cst.CSTNode | None) -> Value:
    """`value[key]`."""
    if cause_of(value) is not None:
        return derived(interp, value, site)
    if isinstance(value, ClassValue):
        return _class_item(interp, value, key, site)
    cls = class_of(value)
    hook = user_method(cls, "__getitem__")
    if hook is not MISSING:
        return interp.call(bind(interp, hook, value, cls), [key], {}, site)
    native = plain(value)
    if cause_of(key) is not None and not (isinstance(native, dict) and key in native):
        return derived(interp, key, site)
    key = plain(key)
    if isinstance(native, dict):
        return _dict_item(interp, value, native, key, site)
    if type(key) is Instance and isinstance(native, list | tuple | str | bytes | range):
        hook = user_method(key.cls, "__index__")
        key = key if hook is MISSING else plain(interp.call(hook, [key], {}, site))
    if isinstance(native, tuple(PLAIN)) or (not isinstance(native, Instance) and hasattr(type(native), "__getitem__")):
        return attempt(operator.getitem, native, key)
    base = opaque_base(cls)
    if base is not None:
        return _opaque(interp, base, "__getitem__", site)
    raise interp.error("TypeError", f"'{cls.name}' object is not subscriptable")


def _class_item(interp: Interpreter, value: ClassValue, key: Value, site: cst.CSTNode | None) -> Value:
    """`list[int]` is the class itself; `Enum["NAME"]` is up to the metaclass."""
    for holder, receiver in ((class_of(value), value), (value, None)):
        name = "__getitem__" if receiver is value else "__class_getitem__"
        hook = user_method(holder, name)
        if hook is not MISSING:
            function = hook.function if isinstance(hook, ClassMember) else hook
            return interp.call(function, [value, key], {}, site)
    return value


def _dict_item(
    interp: Interpreter, value: Value, native: dict[Value, Value], key: Value, site: cst.CSTNode | None
) -> Value:
    if not interp.hash_ok(key):
        raise interp.error("TypeError", f"unhashable type: '{class_of(key).name}'")
    if key in native:
        return native[key]
    hook = user_method(class_of(value), "__missing__")
    if hook is not MISSING:
        return interp.call(bind(interp, hook, value, class_of(value)), [key], {}, site)
    unknown = interp.unknown_rest(native)
    if unknown is not None:
        return derived(interp, unknown, site)
    if type(native) is not dict:
        return attempt(native.__getitem__, key)
    raise interp.error("KeyError", key)


def set_item(interp: Interpreter, value: Value, key: Value, new: Value) -> None:
    """`value[key] = new`."""
    if cause_of(value) is not None:
        return
    cls = class_of(value)
    hook = user_method(cls, "__setitem__")
    if hook is not MISSING:
        interp.call(bind(interp, hook, value, cls), [key, new], {})
        return
    interp.mutates(value)
    native = plain(value)
    if isinstance(native, list) and cause_of(key) is not None:
        return
    if isinstance(native, dict):
        key = interp.key(key)
        interp.meter.check_items(len(native) + 1)
    elif isinstance(native, Instance) or not hasattr(type(native), "__setitem__"):
        if opaque_base(cls) is None:
            raise interp.error("TypeError", f"'{cls.name}' object does not support item assignment")
        return
    if isinstance(key, slice) and isinstance(native, list):
        new = interp.items(new)
    attempt(native.__setitem__, key, new)


def del_item(interp: Interpreter, value: Value, key: Value) -> None:
    """`del value[key]`."""
    if cause_of(value) is not None or cause_of(key) is not None:
        return
    cls = class_of(value)
    hook = user_method(cls, "__delitem__")
    if hook is not MISSING:
        interp.call(bind(interp, hook, value, cls), [key], {})
        return
    interp.mutates(value)
    native = plain(value)
    if isinstance(native, list | dict | bytearray):
        attempt(native.__delitem__, plain(key))
