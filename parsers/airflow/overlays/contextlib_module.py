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


GENERATOR_MANAGER = make_class(
    "_GeneratorContextManager",
    "contextlib._GeneratorContextManager",
    (),
    {
        "__enter__": Native("contextmanager.__enter__", _manager_enter),
        "__exit__": Native("contextmanager.__exit__", _manager_exit),
        "_recreate_cm": Native("contextmanager._recreate_cm", lambda i, a, k, s: a[0].attrs["remake"]()),
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


def _redirect_enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    interp.state.setdefault("redirected output", []).append(args[0].native)
    return args[0].native


def _redirect_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    redirected = interp.state.get("redirected output")
    if redirected:
        redirected.pop()
    return None


REDIRECT = make_class(
    "redirect_stdout",
    "contextlib.redirect_stdout",
    (),
    {
        "__init__": Native("redirect_stdout.__init__", lambda i, a, k, s: setattr(a[0], "native", a[1])),
        "__enter__": Native("redirect_stdout.__enter__", _redirect_enter),
        "__exit__": Native("redirect_stdout.__exit__", _redirect_exit),
    },
)


def _stack_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].native = []
    return None


def _stack_enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    manager = args[1]
    if isinstance(manager, NOT_KNOWN):
        return manager
    leave = interp.getattr(manager, "__exit__", None, None)
    entered = interp.call(interp.getattr(manager, "__enter__"), [])
    args[0].native.append(leave)
    return entered


def _stack_callback(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function, rest = args[1], list(args[2:])
    args[0].native.append(Native("callback", lambda i, a, k, s: i.call(function, rest, kwargs) and None))
    return function


def _stack_push(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`push(exit)`: a context manager that was entered already, or a function with the signature of `__exit__`."""
    own = None if isinstance(args[1], NOT_KNOWN) else interp.getattr(args[1], "__exit__", None, None)
    args[0].native.append(args[1] if own is None else own)
    return args[1]


def _stack_pop_all(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    moved = interp.call(args[0].cls, [])
    moved.native, args[0].native = args[0].native, []
    return moved


def _stack_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Leaves the managers, the last first; each is told of the error that is still on its way."""
    given = [*args[1:4], None, None, None][:3]
    pending, raised = given, None
    while args[0].native:
        leave = args[0].native.pop()
        if leave is None:
            continue
        try:
            with interp.catching():
                swallowed = interp.truth_or_unknown(interp.call(leave, list(pending))) is True
        except Raised as error:
            pending, raised = [error.value.cls, error.value, None], error
            continue
        if swallowed:
            pending, raised = [None, None, None], None
    if raised is not None:
        raise raised
    return given[1] is not None and pending[1] is None


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
        "callback": Native("ExitStack.callback", _stack_callback),
        "push": Native("ExitStack.push", _stack_push),
        "pop_all": Native("ExitStack.pop_all", _stack_pop_all),
    },
    {"suppresses"},
)


def _decorate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`ContextDecorator`: a function that runs inside the context manager."""
    manager, function = args[0], args[1]

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        recreate = interp.getattr(manager, "_recreate_cm", None, None)
        used = interp.call(recreate, []) if recreate is not None else manager
        stack = Instance(EXIT_STACK, {}, [])
        _stack_enter(interp, [stack, used], {}, site)
        try:
            with interp.catching():
                result = interp.call(function, args, kwargs, site)
        except Raised as error:
            if _stack_exit(interp, [stack, error.value.cls, error.value, None], {}, site) is True:
                return None
            raise
        _stack_exit(interp, [stack], {}, site)
        return result

    return Native(getattr(function, "name", "decorated"), call)


CONTEXT_DECORATOR = make_class(
    "ContextDecorator", "contextlib.ContextDecorator", (), {"__call__": Native("ContextDecorator.__call__", _decorate)}
)
GENERATOR_MANAGER.namespace["__call__"] = CONTEXT_DECORATOR.namespace["__call__"]
ABSTRACT_MANAGER = make_class(
    "AbstractContextManager",
    "contextlib.AbstractContextManager",
    (),
    {
        "__enter__": first_argument("AbstractContextManager.__enter__"),
        "__exit__": inert("AbstractContextManager.__exit__"),
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
        "redirect_stdout": REDIRECT,
        "redirect_stderr": NULL_CONTEXT,
        "AbstractContextManager": ABSTRACT_MANAGER,
        "ContextDecorator": CONTEXT_DECORATOR,
    }
