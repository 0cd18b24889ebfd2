"""Calls: binding of arguments, running functions, making instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.diagnostics.evaluation import UnknownCall
from parsers.airflow.evaluator.budget import BudgetExceeded
from parsers.airflow.evaluator.classes import (
    OBJECT,
    PYTHON_TYPES,
    TYPE,
    bind,
    class_of,
    lookup,
    opaque_base,
    user_method,
)
from parsers.airflow.evaluator.errors import Raised, make_exception
from parsers.airflow.evaluator.generators import Generator, has_yield
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of, derived, shorten, source_text
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    Native,
    Partial,
    Symbolic,
    Unknown,
    Value,
)
from parsers.airflow.overlays.registry import Hooks

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


@dataclass(slots=True)
class Signature:
    """The parameters of a function, by kind."""

    positional: list[str] = field(default_factory=list)
    positional_only: int = 0
    star: str | None = None
    keyword_only: list[str] = field(default_factory=list)
    double_star: str | None = None
    is_generator: bool = False
    is_async: bool = False


def signature(function: Function) -> Signature:
    """The signature of a user's function."""
    cache = function.module.cache
    found = cache.get(function.node)
    if found is None:
        found = cache[function.node] = _signature(function)
    return found


def _signature(function: Function) -> Signature:
    params = function.node.params
    out = Signature()
    out.positional = [p.name.value for p in (*params.posonly_params, *params.params)]
    out.positional_only = len(params.posonly_params)
    if isinstance(params.star_arg, cst.Param):
        out.star = params.star_arg.name.value
    out.keyword_only = [p.name.value for p in params.kwonly_params]
    if params.star_kwarg is not None:
        out.double_star = params.star_kwarg.name.value
    if isinstance(function.node, cst.FunctionDef):
        out.is_async = function.node.asynchronous is not None
        out.is_generator = "yield" in function.module.text and has_yield(function.node.body)
    return out


def all_params(params: cst.Parameters) -> Iterator[cst.Param]:
    """Parameters that can have defaults."""
    yield from params.posonly_params
    yield from params.params
    yield from params.kwonly_params


def evaluate_arguments(
    interp: Interpreter, args: tuple[cst.Arg, ...], scope: Scope
) -> tuple[list[Value], dict[str, Value]]:
    """The arguments of a call. What `*unknown` and `**unknown` hold stands under the keys `*` and `**`."""
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    for arg in args:
        value = interp.evaluate(arg.value, scope)
        if arg.star == "":
            if arg.keyword is None:
                positional.append(value)
            else:
                keywords[arg.keyword.value] = value
        elif arg.star == "*":
            _unpack_positional(interp, value, arg, positional, keywords)
        else:
            _unpack_keywords(interp, value, arg, keywords)
    return positional, keywords


def _unpack_positional(interp: Interpreter, value: Value, arg: cst.Arg, out: list[Value], kw: dict[str, Value]) -> None:
    if cause_of(value) is not None:
        _report_unpack(interp, value, arg)
        kw["*"] = derived(interp, value, arg.value)
        return
    out.extend(interp.items(value, arg.value))


def _unpack_keywords(interp: Interpreter, value: Value, arg: cst.Arg, out: dict[str, Value]) -> None:
    if cause_of(value) is not None:
        _report_unpack(interp, value, arg)
        out["**"] = derived(interp, value, arg.value)
        return
    mapping = interp.dictionary([value], {}, arg.value)
    for key, item in mapping.items():
        if isinstance(key, str):
            if key in out and key not in ("*", "**"):
                raise interp.error("TypeError", f"got multiple values for keyword argument '{key}'")
            out[key] = item
        elif cause_of(key) is not None:
            _report_unpack(interp, key, arg)
            out["**"] = derived(interp, key, arg.value)
        else:
            raise interp.error("TypeError", "keywords must be strings")


def _report_unpack(interp: Interpreter, value: Value, arg: cst.Arg) -> None:
    cause = cause_of(value)
    assert cause is not None
    interp.report(
        UnknownCall(
            span=interp.span(arg.value),
            workflow=interp.workflow(),
            source=shorten(source_text(interp, value, arg.value)),
            why=cause.root().why,
        )
    )


def bind_arguments(
    interp: Interpreter, function: Function, args: list[Value], kwargs: dict[str, Value]
) -> dict[str, Value]:
    """Parameter names to values. Raises TypeError (of the program) as Python does."""
    sig = signature(function)
    names: dict[str, Value] = {}
    rest = dict(kwargs)
    unknown_args, unknown_kwargs = rest.pop("*", None), rest.pop("**", None)
    count = len(sig.positional)
    for name, value in zip(sig.positional, args, strict=False):
        names[name] = value
    if sig.star is not None:
        names[sig.star] = tuple(args[count:]) + ((unknown_args,) if unknown_args is not None else ())
    elif len(args) > count:
        raise interp.error(
            "TypeError", f"{function.name}() takes {count} positional arguments but {len(args)} were given"
        )
    for name in sig.positional[sig.positional_only :] + sig.keyword_only:
        if name in rest:
            if name in names:
                raise interp.error("TypeError", f"{function.name}() got multiple values for argument '{name}'")
            names[name] = rest.pop(name)
    if sig.double_star is not None:
        if unknown_kwargs is not None:
            rest[unknown_kwargs] = unknown_kwargs
        names[sig.double_star] = rest
    elif rest:
        raise interp.error("TypeError", f"{function.name}() got an unexpected keyword argument '{next(iter(rest))}'")
    _fill_defaults(interp, function, sig, names, unknown_args if unknown_args is not None else unknown_kwargs)
    return names


def _fill_defaults(
    interp: Interpreter, function: Function, sig: Signature, names: dict[str, Value], unknown: Value
) -> None:
    for name in (*sig.positional, *sig.keyword_only):
        if name in names:
            continue
        if name in function.defaults:
            names[name] = function.defaults[name]
        elif unknown is not None:
            names[name] = derived(interp, unknown)
        else:
            raise interp.error("TypeError", f"{function.name}() missing 1 required positional argument: '{name}'")


def call(
    interp: Interpreter, function: Value, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None = None
) -> Value:
    """Calls any callable value."""
    kind = type(function)
    if kind is BoundMethod:
        args = [function.receiver, *args]
        function = function.function
        kind = type(function)
    if kind is Function:
        return call_function(interp, function, args, kwargs, site)
    if kind is Native:
        interp.meter.step()
        return function.call(interp, args, kwargs, site)
    if kind is ClassValue:
        return call_class(interp, function, args, kwargs, site)
    if kind is Unknown:
        return _call_unknown(interp, function, args, kwargs, site)
    if kind is Symbolic:
        return derived(interp, function, site)
    if kind is Partial:
        return call(interp, function.function, [*function.args, *args], {**function.kwargs, **kwargs}, site)
    if kind is ClassMember:
        return call(interp, function.function, args, kwargs, site)
    if kind is BoundMethod:
        return call(interp, function, args, kwargs, site)
    return _call_object(interp, function, args, kwargs, site)


def _call_object(
    interp: Interpreter, value: Value, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> Value:
    cls = class_of(value)
    method = user_method(cls, "__call__")
    if method is not MISSING:
        return call(interp, bind(interp, method, value, cls), args, kwargs, site)
    base = opaque_base(cls)
    if base is not None:
        return interp.unknown(f"`{base.name}` is a third-party class", site)
    raise interp.error("TypeError", f"'{cls.name}' object is not callable")


def _call_unknown(
    interp: Interpreter, value: Unknown, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> Value:
    if value.path and Hooks.classify_unknown is not None:
        cls = Hooks.classify_unknown(interp, value, kwargs)
        if cls is not None:
            return call_class(interp, cls, args, kwargs, site)
    return derived(interp, value, site, path=f"{value.path}()" if value.path else "")


def call_function(
    interp: Interpreter, function: Function, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> Value:
    """Runs a user's function."""
    decorators = function.attrs.get("__unknown_decorators__")
    if decorators and Hooks.decorated_call is not None:
        result = Hooks.decorated_call(interp, function, decorators, [*args, *kwargs.values()])
        if result is not MISSING:
            return result
    try:
        names = bind_arguments(interp, function, args, kwargs)
    except Raised:
        if not decorators:
            raise
        return interp.unknown(f"`{function.name}` has a decorator that is not known", site, decorators[0])
    scope = Scope("function", function.module, function.scope, names)
    scope.owner = function.owner
    if args:
        scope.receiver = args[0]
    sig = signature(function)
    if sig.is_async:
        return interp.unknown(f"`{function.name}` is asynchronous", site)
    if sig.is_generator:
        return Generator(interp, function, scope, site)
    return run_body(interp, function, scope, site)


def run_body(interp: Interpreter, function: Function, scope: Scope, site: cst.CSTNode | None) -> Value:
    """Evaluates a function's body in its scope, in a frame of its own."""
    meter = interp.meter
    meter.step()
    meter.depth += 1
    if meter.depth > meter.budgets.depth:
        meter.depth -= 1
        raise BudgetExceeded("depth", meter.budgets.depth)
    interp.push(function.module, scope, site, function)
    try:
        node = function.node
        if isinstance(node, cst.Lambda):
            return interp.evaluate(node.body, scope)
        return interp.returned(interp.execute_body(node.body, scope))
    finally:
        interp.pop()
        meter.depth -= 1


def call_class(
    interp: Interpreter, cls: ClassValue, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> Value:
    """`cls(*args, **kwargs)`, through a metaclass' `__call__` when there is one."""
    if isinstance(cls.metaclass, ClassValue):
        method = user_method(cls.metaclass, "__call__")
        if method is not MISSING and method is not TYPE_CALL:
            return call(interp, method, [cls, *args], kwargs, site)
    return instantiate(interp, cls, args, kwargs, site)


def _type_call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return instantiate(interp, args[0], args[1:], kwargs, site)


TYPE_CALL = Native("type.__call__", _type_call)
TYPE.namespace["__call__"] = TYPE_CALL


def instantiate(
    interp: Interpreter, cls: ClassValue, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> Value:
    """`__new__`, then `__init__`."""
    interp.meter.step()
    if abstract := cls.namespace.get("__abstractmethods__"):
        names = ", ".join(sorted(abstract))
        raise interp.error("TypeError", f"Can't instantiate abstract class {cls.name} with abstract methods {names}")
    new = user_method(cls, "__new__")
    if new is not MISSING:
        made = call(interp, new.function if isinstance(new, ClassMember) else new, [cls, *args], kwargs, site)
        if not (type(made) is Instance and cls in made.cls.mro) or (isinstance(new, Native) and cls in PYTHON_TYPES):
            return made
        instance = made
        if instance.site is None:
            instance.site = interp.place(site)
    else:
        instance = Instance(cls, site=interp.place(site))
    if cls.has_trait("exception") and "args" not in instance.attrs:
        instance.attrs.update(make_exception(cls, tuple(args)).attrs)
    initialize(interp, instance, args, kwargs, site)
    return instance


def initialize(
    interp: Interpreter, instance: Instance, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None
) -> None:
    """Runs `__init__` of the instance's class."""
    cls = instance.cls
    init = lookup(cls, "__init__")
    if type(init) is Function:
        call_function(interp, init, [instance, *args], kwargs, site)
    elif init is not MISSING and init is not OBJECT.namespace["__init__"]:
        call(interp, bind(interp, init, instance, cls), args, kwargs, site)


def raise_value(interp: Interpreter, value: Value, site: cst.CSTNode | None) -> Raised:
    """The Raised for `raise value`."""
    if isinstance(value, ClassValue):
        value = call_class(interp, value, [], {}, site)
    if isinstance(value, Instance):
        return Raised(value, interp.span(site), explicit=True)
    name = "Exception"
    raised = interp.error(name, "an exception that is not known at conversion")
    raised.explicit = True
    return raised
