"""`contextlib`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.generators import Generator
from parsers.airflow.evaluator.values import ClassValue, Instance, Native, Value
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    first_argument,
    inert,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _manager_enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    generator = args[0].native
    if not isinstance(generator, Generator):
        return generator
    try:
        return generator.resume()
    except StopIteration:
        raise interp.error("RuntimeError", "generator didn't yield") from None


def _manager_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    generator = args[0].native
    if not isinstance(generator, Generator):
        return None
    error = args[2] if len(args) > 2 else None
    try:
        if isinstance(error, Instance):
            generator.resume(error=Raised(error))
        else:
            generator.resume()
    except StopIteration:
        return isinstance(error, Instance)
    except Raised as raised:
        if raised.value is error:
            return False
        raise
    return None


def _manager_call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """A context manager of a generator used as a decorator."""
    function = args[1]
    remake = args[0].attrs["remake"]

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        manager = remake()
        _manager_enter(interp, [manager], {}, site)
        result = interp.call(function, args, kwargs, site)
        _manager_exit(interp, [manager, None, None, None], {}, site)
        return result

    return Native("contextmanager", call)


GENERATOR_MANAGER = make_class(
    "_GeneratorContextManager",
    "contextlib._GeneratorContextManager",
    (),
    {
        "__enter__": Native("contextmanager.__enter__", _manager_enter),
        "__exit__": Native("contextmanager.__exit__", _manager_exit),
        "__call__": Native("contextmanager.__call__", _manager_call),
    },
    {"suppresses"},
)


def _contextmanager(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function = args[0]

    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        def remake() -> Instance:
            return Instance(GENERATOR_MANAGER, {"remake": remake}, interp.call(function, args, kwargs, site))

        return remake()

    return Native(getattr(function, "name", "manager"), make)


def _suppress_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    kind = args[1] if len(args) > 1 else None
    wanted = args[0].attrs["exceptions"]
    return isinstance(kind, ClassValue) and any(w in kind.mro for w in wanted)


SUPPRESS = make_class(
    "suppress",
    "contextlib.suppress",
    (),
    {
        "__init__": Native("suppress.__init__", lambda i, a, k, s: a[0].attrs.__setitem__("exceptions", tuple(a[1:]))),
        "__enter__": inert("suppress.__enter__"),
        "__exit__": Native("suppress.__exit__", _suppress_exit),
    },
    {"suppresses"},
)
NULL_CONTEXT = make_class(
    "nullcontext",
    "contextlib.nullcontext",
    (),
    {
        "__init__": Native(
            "nullcontext.__init__",
            lambda i, a, k, s: a[0].attrs.__setitem__("enter_result", a[1] if len(a) > 1 else k.get("enter_result")),
        ),
        "__enter__": Native("nullcontext.__enter__", lambda i, a, k, s: a[0].attrs["enter_result"]),
        "__exit__": inert("nullcontext.__exit__"),
    },
)


def _stack_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].native = []
    return None


def _stack_enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    manager = args[1]
    if isinstance(manager, NOT_KNOWN):
        return manager
    args[0].native.append(interp.getattr(manager, "__exit__", None, None))
    return interp.call(interp.getattr(manager, "__enter__"), [])


def _stack_push(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function, rest = args[1], list(args[2:])
    args[0].native.append(Native("callback", lambda i, a, k, s: i.call(function, rest, kwargs) and None))
    return function


def _stack_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    while args[0].native:
        exit_ = args[0].native.pop()
        if exit_ is not None:
            interp.call(exit_, [None, None, None])
    return None


EXIT_STACK = make_class(
    "ExitStack",
    "contextlib.ExitStack",
    (),
    {
        "__init__": Native("ExitStack.__init__", _stack_init),
        "__enter__": first_argument("ExitStack.__enter__"),
        "__exit__": Native("ExitStack.__exit__", _stack_exit),
        "close": Native("ExitStack.close", _stack_exit),
        "enter_context": Native("ExitStack.enter_context", _stack_enter),
        "callback": Native("ExitStack.callback", _stack_push),
    },
)


def _closing_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    interp.call(interp.getattr(args[0].native, "close"), [])
    return None


CLOSING = make_class(
    "closing",
    "contextlib.closing",
    (),
    {
        "__init__": Native("closing.__init__", lambda i, a, k, s: setattr(a[0], "native", a[1])),
        "__enter__": Native("closing.__enter__", lambda i, a, k, s: a[0].native),
        "__exit__": Native("closing.__exit__", _closing_exit),
    },
)


@overlay("contextlib")
def contextlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """contextlib."""
    return {
        "contextmanager": Native("contextlib.contextmanager", _contextmanager),
        "asynccontextmanager": first_argument("contextlib.asynccontextmanager"),
        "suppress": SUPPRESS,
        "nullcontext": NULL_CONTEXT,
        "ExitStack": EXIT_STACK,
        "closing": CLOSING,
        "redirect_stdout": NULL_CONTEXT,
        "redirect_stderr": NULL_CONTEXT,
        "AbstractContextManager": make_class("AbstractContextManager", "contextlib.AbstractContextManager"),
        "ContextDecorator": make_class("ContextDecorator", "contextlib.ContextDecorator"),
    }
