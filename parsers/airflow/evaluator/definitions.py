"""`def`, `lambda` and `class`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from parsers.airflow.evaluator.classes import OBJECT, TYPE, bind, linearize, lookup, plain, user_method
from parsers.airflow.evaluator.errors import convert
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of
from parsers.airflow.evaluator.values import (
    ClassMember,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Unknown,
    Value,
)
from parsers.airflow.overlays.registry import Hooks

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def make_function(interp: Interpreter, node: cst.FunctionDef | cst.Lambda, scope: Scope) -> Function:
    """The function value of a `def` or `lambda`."""
    params = node.params
    defaults = {
        p.name.value: interp.evaluate(p.default, scope)
        for group in (params.posonly_params, params.params, params.kwonly_params)
        for p in group
        if p.default is not None
    }
    name = node.name.value if isinstance(node, cst.FunctionDef) else "<lambda>"
    prefix = scope.names.get("__qualname__", "") if scope.kind == "class" else ""
    if scope.kind == "function":
        prefix = f"{interp.frame.function.qualname}.<locals>" if interp.frame.function else "<locals>"
    home = scope
    while home.kind == "class" and home.parent is not None:
        home = home.parent
    qualname = f"{prefix}.{name}" if prefix else name
    closure = scope if scope.kind != "class" else home
    return Function(name, node, interp.frame.module, closure, defaults, qualname)


def define_function(interp: Interpreter, node: cst.FunctionDef, scope: Scope) -> None:
    """`def`, with its decorators."""
    value: Value = make_function(interp, node, scope)
    if node.decorators:
        value = decorate(interp, node.decorators, value, scope)
    interp.bind_name(scope, node.name.value, value)


def decorate(interp: Interpreter, decorators: Sequence[cst.Decorator], value: Value, scope: Scope) -> Value:
    """Applies decorators, the last first. An unknown decorator leaves a function or class as it is."""
    evaluated = [(d, interp.evaluate(d.decorator, scope)) for d in decorators]
    for node, decorator in reversed(evaluated):
        if cause_of(decorator) is not None:
            if isinstance(value, Function):
                value.attrs.setdefault("__unknown_decorators__", []).append(decorator)
            continue
        result = interp.call(decorator, [value], {}, node.decorator)
        if isinstance(result, Unknown) and isinstance(value, Function | ClassValue | ClassMember):
            continue
        value = result
    return value


def define_class(interp: Interpreter, node: cst.ClassDef, scope: Scope) -> None:
    """`class`, with bases, keywords, decorators, `__set_name__` and `__init_subclass__`."""
    name = node.name.value
    bases: list[Value] = []
    for arg in node.bases:
        value = interp.evaluate(arg.value, scope)
        bases.extend(interp.items(value) if arg.star == "*" else [value])
    keywords = {a.keyword.value: interp.evaluate(a.value, scope) for a in node.keywords if a.keyword is not None}
    metaclass = keywords.pop("metaclass", None)
    outer = scope.names.get("__qualname__", "") if scope.kind == "class" else ""
    body = Scope("class", scope.module, scope)
    body.names = _prepared(interp, metaclass, name, bases, keywords)
    body.names["__qualname__"] = f"{outer}.{name}" if outer else name
    body.names["__module__"] = interp.frame.module.name
    statement = interp.frame.statement
    interp.execute_body(node.body, body)
    interp.frame.statement = statement
    body.names = dict(body.names)
    cls = make_class(interp, name, bases, body.names, metaclass, keywords, node)
    value = decorate(interp, node.decorators, cls, scope) if node.decorators else cls
    interp.bind_name(scope, name, value)


def _prepared(
    interp: Interpreter, metaclass: Value, name: str, bases: list[Value], keywords: dict[str, Value]
) -> dict[str, Value]:
    """What a metaclass' `__prepare__` gives for the names of a class' body."""
    inherited = (b.metaclass for b in bases if isinstance(b, ClassValue) and b.metaclass is not None)
    meta = metaclass if metaclass is not None else next(inherited, None)
    if not isinstance(meta, ClassValue):
        return {}
    hook = user_method(meta, "__prepare__")
    if hook is MISSING:
        return {}
    names = plain(interp.call(bind(interp, hook, None, meta), [name, tuple(bases)], keywords))
    return names if isinstance(names, dict) else {}


def make_class(
    interp: Interpreter,
    name: str,
    bases: list[Value],
    namespace: dict[str, Value],
    metaclass: Value = None,
    keywords: dict[str, Value] | None = None,
    node: cst.ClassDef | None = None,
) -> Value:
    """A user's class, from a `class` statement or `type(name, bases, namespace)`."""
    classes = [c for c in (as_base(interp, b, node) for b in bases) if c is not None] or [OBJECT]
    module = interp.frame.module
    qualname = namespace.get("__qualname__", name)
    cls = ClassValue(name, f"{module.name}.{qualname}", tuple(dict.fromkeys(classes)), namespace, node, module)
    cls.metaclass = metaclass if metaclass is not None else next((c.metaclass for c in classes if c.metaclass), None)
    try:
        cls.mro = linearize(cls)
    except TypeError as error:
        raise convert(error) from None
    for member in namespace.values():
        _own(member, cls)
    interp.note_class(cls)
    made: Value = cls
    if isinstance(cls.metaclass, ClassValue):
        made = _run_metaclass(interp, cls, bases, namespace, keywords or {})
    cls.namespace.update(abstract_methods(cls))
    for key, member in list(namespace.items()):
        if type(member) is Instance:
            hook = user_method(member.cls, "__set_name__")
            if hook is not MISSING:
                interp.call(bind(interp, hook, member, member.cls), [cls, key], {})
    _init_subclass(interp, cls, keywords or {})
    return made


def abstract_methods(cls: ClassValue) -> dict[str, Value]:
    """`__abstractmethods__` of a class below `abc.ABC` that still has some; empty for any other."""
    inherited = [n for base in cls.bases for n in base.namespace.get("__abstractmethods__", ())]
    own = [n for n, member in cls.namespace.items() if _is_abstract(member)]
    if not inherited and not own:
        return {}
    meta = cls.metaclass
    if not cls.derives_from("abc.ABC") and not (isinstance(meta, ClassValue) and meta.derives_from("abc.ABCMeta")):
        return {}
    return {"__abstractmethods__": tuple(n for n in dict.fromkeys((*inherited, *own)) if _is_abstract(lookup(cls, n)))}


def _is_abstract(member: Value) -> bool:
    while isinstance(member, ClassMember):
        member = member.function
    return isinstance(member, Function) and "__isabstractmethod__" in member.attrs


def _own(member: Value, cls: ClassValue) -> None:
    """Notes whose method a function is, for `super()`."""
    while isinstance(member, ClassMember):
        for accessor in (member.setter, member.deleter):
            if isinstance(accessor, Function):
                accessor.owner = cls
        member = member.function
    if isinstance(member, Function) and member.owner is None:
        member.owner = cls
        wrapped = member.attrs.get("__wrapped__")
        if wrapped is not None:
            _own(wrapped, cls)


def _run_metaclass(
    interp: Interpreter, cls: ClassValue, bases: list[Value], namespace: dict[str, Value], keywords: dict[str, Value]
) -> Value:
    """`__new__` and `__init__` of a user's metaclass, with the class that was already made."""
    meta = cls.metaclass
    new = user_method(meta, "__new__")
    made: Value = cls
    if new is not MISSING and not isinstance(new, Native):
        interp.making.append(cls)
        try:
            function = new.function if isinstance(new, ClassMember) else new
            made = interp.call(function, [meta, cls.name, tuple(bases), namespace], keywords)
        finally:
            interp.making.pop()
    init = user_method(meta, "__init__")
    if init is not MISSING:
        interp.call(bind(interp, init, cls, meta), [cls.name, tuple(bases), namespace], keywords)
    return made if isinstance(made, ClassValue) else cls


def _init_subclass(interp: Interpreter, cls: ClassValue, keywords: dict[str, Value]) -> None:
    for base in cls.mro[1:]:
        hook = base.namespace.get("__init_subclass__", MISSING)
        if hook is MISSING:
            continue
        if base is not OBJECT:
            function = hook.function if isinstance(hook, ClassMember) else hook
            interp.call(function, [cls], keywords)
        return


def as_base(interp: Interpreter, value: Value, node: cst.CSTNode | None) -> ClassValue | None:
    """The class that a value in a list of bases stands for; an unknown one becomes an opaque class."""
    if isinstance(value, ClassValue):
        return value
    unknown = cause_of(value)
    if unknown is not None:
        if unknown.path and Hooks.classify_unknown is not None:
            cls = Hooks.classify_unknown(interp, unknown, None)
            if cls is not None:
                return cls
        path = unknown.path or unknown.text or "?"
        opaque = ClassValue(path.rpartition(".")[2], path, (OBJECT,), opaque=True)
        opaque.mro = (opaque, OBJECT)
        opaque.namespace["__unknown__"] = unknown
        return opaque
    if isinstance(value, Instance):
        entries = user_method(value.cls, "__mro_entries__")
        if entries is not MISSING:
            found = interp.items(interp.call(bind(interp, entries, value, value.cls), [(value,)], {}))
            return next((c for c in found if isinstance(c, ClassValue)), None)
    if isinstance(value, ModuleValue | Function | Native | Instance | tuple):
        return None
    raise interp.error("TypeError", "bases must be classes")


def _type_new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: object) -> Value:
    """`type(x)`, `type(name, bases, namespace)`, and `super().__new__(mcs, ...)` in a metaclass."""
    if len(args) == 2:
        if cause_of(args[1]) is not None:
            return interp.unknown("the type of an unknown value", cause=args[1])
        return interp.class_of(args[1])
    if interp.making and args[0] is not TYPE:
        made = interp.making[-1]
        if isinstance(args[3], dict) and args[3] is not made.namespace:
            made.namespace.update(args[3])
        made.name = args[1] if isinstance(args[1], str) else made.name
        return made
    metaclass = None if args[0] is TYPE else args[0]
    namespace = dict(args[3]) if isinstance(args[3], dict) else {}
    name = args[1] if isinstance(args[1], str) else "?"
    return make_class(interp, name, interp.items(args[2]), namespace, metaclass, kwargs)


TYPE.namespace["__new__"] = Native("type.__new__", _type_new)
TYPE.namespace["__init__"] = Native("type.__init__", lambda i, a, k, s: None)
