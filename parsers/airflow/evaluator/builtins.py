"""Builtin functions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.diagnostics.evaluation import NotEvaluated
from parsers.airflow.evaluator.attributes import _object_member, del_attribute
from parsers.airflow.evaluator.classes import (
    EXCEPTIONS,
    OBJECT,
    PLAIN,
    TYPE,
    SuperValue,
    bind,
    class_of,
    plain,
    user_method,
)
from parsers.airflow.evaluator.errors import attempt, convert
from parsers.airflow.evaluator.generators import Stream, stop_iteration
from parsers.airflow.evaluator.imports import import_module
from parsers.airflow.evaluator.iteration import next_item
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of, derived, first_unknown, report_loop
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Unknown,
    Value,
)
from parsers.airflow.overlays.registry import BUILTINS, builtin

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Args = list[Value]
Kwargs = dict[str, Value]


def _strict(name: str, function: Callable[..., Any]) -> None:
    """A builtin of plain data that is unknown when an argument is."""

    def run(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        unknown = first_unknown(args, kwargs.values())
        if unknown is not None:
            return derived(interp, unknown, site)
        return attempt(function, *[plain(a) for a in args], **{k: plain(v) for k, v in kwargs.items()})

    BUILTINS[name] = Native(name, run)


for _name, _function in (
    ("bin", bin), ("chr", chr), ("divmod", divmod), ("hex", hex), ("oct", oct), ("ord", ord), ("round", round),
):  # fmt: skip
    _strict(_name, _function)


@builtin("abs")
def _abs(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    value = plain(args[0])
    if cause_of(value) is not None:
        return derived(interp, value, site)
    hook = user_method(class_of(value), "__abs__")
    return interp.call(bind(interp, hook, value, class_of(value)), []) if hook is not MISSING else attempt(abs, value)


@builtin("pow")
def _pow(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if len(args) == 3 and first_unknown(args) is None:
        return attempt(pow, *args)
    return interp.binary("**", args[0], args[1], site)


@builtin("len")
def _len(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    value = args[0]
    hook = user_method(class_of(value), "__len__")
    if hook is not MISSING:
        return interp.call(bind(interp, hook, value, class_of(value)), [], {}, site)
    value = plain(value)
    if cause_of(value) is not None:
        return derived(interp, value, site)
    if isinstance(value, dict) and (rest := interp.unknown_rest(value)) is not None:
        return derived(interp, rest, site)
    if isinstance(value, Instance) or not hasattr(value, "__len__"):
        raise interp.error("TypeError", f"object of type '{class_of(value).name}' has no len()")
    return attempt(len, value)


@builtin("print", "breakpoint", "exit_quietly")
def _print(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    """`print`: into a text buffer of the program it writes, elsewhere it does nothing."""
    target = kwargs.get("file")
    if target is None:
        redirected = interp.state.get("redirected output")
        target = redirected[-1] if redirected else None
    if target is None or cause_of(target) is not None:
        return None
    separator, end = kwargs.get("sep"), kwargs.get("end")
    line: Value = ""
    for index, value in enumerate(args):
        before = "" if not index else " " if separator is None else separator
        line = interp.binary("+", interp.binary("+", line, before, site), interp.text(value), site)
    line = interp.binary("+", line, "\n" if end is None else end, site)
    write = interp.getattr(target, "write", site, None)
    if write is not None:
        interp.call(write, [line], {}, site)
    return None


@builtin("exit", "quit")
def _exit(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    error = interp.error("SystemExit", *args)
    error.explicit = True
    raise error


@builtin("eval", "exec", "compile", "input")
def _never(interp: Interpreter, args: Args, kwargs: Kwargs, site: cst.CSTNode | None) -> Value:
    name = site.func.value if isinstance(site, cst.Call) and isinstance(site.func, cst.Name) else "eval"
    interp.report(NotEvaluated(span=interp.span(site), workflow=interp.workflow(), name=name))
    return interp.unknown(f"`{name}` is never evaluated", site)


@builtin("isinstance")
def _isinstance(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.isinstance(args[0], args[1])


@builtin("issubclass")
def _issubclass(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    cls, parents = args
    unknown = first_unknown(args)
    if unknown is not None:
        return derived(interp, unknown, site)
    if not isinstance(cls, ClassValue):
        raise interp.error("TypeError", "issubclass() arg 1 must be a class")
    wanted = parents if isinstance(parents, tuple) else (parents,)
    return any(w in cls.mro for w in wanted)


@builtin("callable")
def _callable(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    value = args[0]
    if cause_of(value) is not None:
        return derived(interp, value, site)
    if isinstance(value, Function | Native | BoundMethod | ClassValue | Partial):
        return True
    return user_method(class_of(value), "__call__") is not MISSING


@builtin("hasattr")
def _hasattr(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if cause_of(args[0]) is not None or cause_of(args[1]) is not None:
        return derived(interp, args[0] if cause_of(args[0]) is not None else args[1], site)
    return interp.getattr(args[0], args[1], site, None) is not None or (
        interp.getattr(args[0], args[1], site, MARK) is not MARK
    )


MARK: Any = object()


@builtin("getattr")
def _getattr(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    name = plain(args[1])
    if cause_of(name) is not None:
        return derived(interp, name, site)
    if not isinstance(name, str):
        raise interp.error("TypeError", "attribute name must be string")
    return interp.getattr(args[0], name, site, *args[2:3])


@builtin("setattr")
def _setattr(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    name = plain(args[1])
    if isinstance(name, str):
        interp.setattr(args[0], name, args[2])
    return None


@builtin("delattr")
def _delattr(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    del_attribute(interp, args[0], args[1])
    return None


@builtin("id")
def _id(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.unknown("`id` differs in each process", site)


@builtin("hash")
def _hash(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    value = args[0]
    if cause_of(value) is not None:
        return derived(interp, value, site)
    hook = user_method(class_of(value), "__hash__")
    if hook is not MISSING:
        return interp.call(bind(interp, hook, value, class_of(value)), [])
    value = plain(value)
    if isinstance(value, int | float | bool):
        return attempt(hash, value)
    return interp.unknown("`hash` differs in each process", site)


@builtin("globals")
def _globals(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if interp.frame.module is not interp.main and not interp.frame.module.running:
        interp.frame.module.stateful = True
    return interp.frame.scope.globals().names


@builtin("locals")
def _locals(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return local_names(interp.frame.scope)


def local_names(scope: Scope) -> dict[str, Value]:
    """What `locals()` gives: a function's names as a copy, the names themselves of a module or class body."""
    return dict(scope.names) if scope.kind == "function" else scope.names


@builtin("vars")
def _vars(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if not args:
        return local_names(interp.frame.scope)
    return interp.getattr(args[0], "__dict__", site)


@builtin("dir")
def _dir(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if not args:
        return sorted(interp.frame.scope.names)
    value = args[0]
    if cause_of(value) is not None:
        return derived(interp, value, site)
    names: set[str] = set()
    if isinstance(value, ModuleValue | Instance):
        names.update(k for k in value.attrs if isinstance(k, str))
    cls = value if isinstance(value, ClassValue) else class_of(value)
    for base in cls.mro:
        names.update(base.namespace)
    return sorted(names)


@builtin("super")
def _super(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if len(args) == 2:
        if cause_of(args[0]) is not None:
            return derived(interp, args[0], site)
        return SuperValue(args[0], args[1])
    scope = interp.frame.scope
    while scope.owner is None and scope.parent is not None:
        scope = scope.parent
    if scope.owner is None:
        raise interp.error("RuntimeError", "super(): no arguments")
    return SuperValue(scope.owner, scope.receiver)


for _kind in ("staticmethod", "classmethod"):

    def _make_member(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any, kind: str = _kind) -> Value:
        return ClassMember(kind, args[0])

    BUILTINS[_kind] = Native(_kind, _make_member)


@builtin("property")
def _property(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    getter = args[0] if args else kwargs.get("fget")
    setter = args[1] if len(args) > 1 else kwargs.get("fset")
    return ClassMember("property", getter, setter, args[2] if len(args) > 2 else kwargs.get("fdel"))


# --- iteration ------------------------------------------------------------------------------------------------------


def _source(interp: Interpreter, value: Value, site: Any) -> Iterator[Value]:
    if cause_of(value) is not None:
        report_loop(interp, value, None)
    return interp.iterate(value, site)


@builtin("iter")
def _iter(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if cause_of(args[0]) is not None:
        return derived(interp, args[0], site)
    if len(args) == 2:
        return Stream(_until(interp, args[0], args[1]))
    return args[0] if isinstance(args[0], Stream) else Stream(interp.iterate(args[0], site))


def _until(interp: Interpreter, function: Value, last: Value) -> Iterator[Value]:
    while True:
        value = interp.call(function, [])
        if interp.compare("==", value, last) is not False:
            return
        yield value


@builtin("next")
def _next(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if cause_of(args[0]) is not None:
        return derived(interp, args[0], site)
    try:
        return next_item(interp, args[0])
    except StopIteration as stop:
        if len(args) > 1:
            return args[1]
        raise stop_iteration(interp, stop.value) from None


@builtin("enumerate")
def _enumerate(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    if first_unknown(args, (start,)) is not None:
        return derived(interp, first_unknown(args, (start,)), site)
    return Stream((number, value) for number, value in enumerate(interp.iterate(args[0], site), start))


@builtin("zip")
def _zip(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    unknown = first_unknown(args)
    if unknown is not None:
        return derived(interp, unknown, site)
    streams = [interp.iterate(a, site) for a in args]
    if kwargs.get("strict") and interp.truth(kwargs["strict"], site):
        return Stream(_strict_zip(streams))
    return Stream(zip(*streams, strict=False))


def _strict_zip(streams: list[Iterator[Value]]) -> Iterator[Value]:
    try:
        yield from zip(*streams, strict=True)
    except ValueError as error:
        raise convert(error) from None


@builtin("map")
def _map(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    function, *sources = args
    unknown = first_unknown(sources)
    if unknown is not None:
        return derived(interp, unknown, site)
    streams = [interp.iterate(s, site) for s in sources]
    return Stream(interp.call(function, list(group), {}, site) for group in zip(*streams, strict=False))


@builtin("filter")
def _filter(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    function, source = args
    if cause_of(source) is not None:
        return derived(interp, source, site)

    def passes(value: Value) -> bool:
        return interp.truth(value if function is None else interp.call(function, [value], {}, site), site)

    return Stream(v for v in interp.iterate(source, site) if passes(v))


@builtin("reversed")
def _reversed(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    value = args[0]
    if cause_of(value) is not None:
        return derived(interp, value, site)
    hook = user_method(class_of(value), "__reversed__")
    if hook is not MISSING:
        return interp.call(bind(interp, hook, value, class_of(value)), [])
    native = plain(value)
    return Stream(reversed(native) if isinstance(native, range) else reversed(interp.items(native, site)))


@builtin("sorted")
def _sorted(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if cause_of(args[0]) is not None:
        return derived(interp, args[0], site)
    return interp.sort(interp.items(args[0], site), kwargs.get("key"), kwargs.get("reverse", False), site)


@builtin("any", "all")
def _any(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    name = site.func.value if isinstance(site, cst.Call) and isinstance(site.func, cst.Name) else "any"
    return _any_all(interp, args[0], name == "any", site)


BUILTINS["any"] = Native("any", lambda i, a, k, s: _any_all(i, a[0], True, s))
BUILTINS["all"] = Native("all", lambda i, a, k, s: _any_all(i, a[0], False, s))


def _any_all(interp: Interpreter, source: Value, wanted: bool, site: Any) -> Value:
    if cause_of(source) is not None:
        return derived(interp, source, site)
    unknown: Unknown | None = None
    for value in interp.iterate(source, site):
        truth = interp.truth_or_unknown(value)
        if truth is wanted:
            return wanted
        unknown = truth if isinstance(truth, Unknown) else unknown
    return derived(interp, unknown, site) if unknown is not None else not wanted


@builtin("sum")
def _sum(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if cause_of(args[0]) is not None:
        return derived(interp, args[0], site)
    total = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for value in interp.iterate(args[0], site):
        interp.meter.step()
        total = interp.binary("+", total, value, site)
    return total


def _extreme(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any, op: str) -> Value:
    values = interp.items(args[0], site) if len(args) == 1 and cause_of(args[0]) is None else args
    unknown = first_unknown(values)
    if unknown is not None:
        return derived(interp, unknown, site)
    if not values:
        if "default" in kwargs:
            return kwargs["default"]
        raise interp.error("ValueError", "the argument is an empty sequence")
    key = kwargs.get("key")
    best, best_key = None, MARK
    for value in values:
        this = value if key is None else interp.call(key, [value], {}, site)
        if cause_of(this) is not None:
            return derived(interp, this, site)
        if best_key is MARK or interp.compare(op, this, best_key) is True:
            best, best_key = value, this
    return best


BUILTINS["min"] = Native("min", lambda i, a, k, s: _extreme(i, a, k, s, "<"))
BUILTINS["max"] = Native("max", lambda i, a, k, s: _extreme(i, a, k, s, ">"))


@builtin("format")
def _format(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return interp.text(args[0], "str", args[1] if len(args) > 1 else "")


BUILTINS["repr"] = Native("repr", lambda i, a, k, s: i.text(a[0], "repr"))


@builtin("ascii")
def _ascii(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    shown = interp.text(args[0], "repr")
    return shown.encode("ascii", "backslashreplace").decode() if isinstance(shown, str) else shown


@builtin("__import__")
def _import(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if not isinstance(args[0], str):
        return derived(interp, args[0], site) if cause_of(args[0]) is not None else None
    return import_module(interp, args[0], site)


BUILTINS.update(
    {
        "NotImplemented": NotImplemented,
        "Ellipsis": ...,
        "None": None,
        "True": True,
        "False": False,
        "__debug__": True,
        "object": OBJECT,
        "type": TYPE,
        **EXCEPTIONS,
        **{t.__name__: cls for t, cls in PLAIN.items() if cls.path.startswith("builtins.")},
    }
)

__all__ = ["_object_member", "itertools"]
