"""concurrent.futures: what a program runs in a pool while it is loaded is run at once, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.values import Instance, Native, Value
from parsers.airflow.overlays.collections_module import named_tuple_class
from parsers.airflow.overlays.plain import NOT_KNOWN, first_argument, inert
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Args = list[Value]
Kwargs = dict[str, Value]


def _submit(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    future = Instance(FUTURE, {"value": None, "error": None})
    with interp.catching():
        try:
            future.attrs["value"] = interp.call(args[1], args[2:], kwargs, site)
        except Raised as error:
            future.attrs["error"] = error
    return future


def _map(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    unknown = next((a for a in args[1:] if isinstance(a, NOT_KNOWN)), None)
    if unknown is not None:
        return interp.unknown("what a pool runs over is not known", site, unknown)
    streams = [interp.iterate(a, site) for a in args[2:]]
    return Stream(iter([interp.call(args[1], list(group), {}, site) for group in zip(*streams, strict=False)]))


def _result(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    if args[0].attrs["error"] is not None:
        raise args[0].attrs["error"]
    return args[0].attrs["value"]


def _exception(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    error = args[0].attrs["error"]
    return None if error is None else error.value


def _callback(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    interp.call(args[1], [args[0]], {}, site)
    return None


FUTURE = make_class(
    "Future",
    "concurrent.futures.Future",
    (),
    {
        "result": Native("Future.result", _result),
        "exception": Native("Future.exception", _exception),
        "add_done_callback": Native("Future.add_done_callback", _callback),
        "done": inert("Future.done", True),
        "running": inert("Future.running", False),
        "cancelled": inert("Future.cancelled", False),
        "cancel": inert("Future.cancel", False),
    },
)
EXECUTOR = make_class(
    "ThreadPoolExecutor",
    "concurrent.futures.ThreadPoolExecutor",
    (),
    {
        "__init__": inert("Executor.__init__"),
        "__enter__": first_argument("Executor.__enter__"),
        "__exit__": inert("Executor.__exit__"),
        "submit": Native("Executor.submit", _submit),
        "map": Native("Executor.map", _map),
        "shutdown": inert("Executor.shutdown"),
    },
)


def _completed(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return Stream(iter(interp.items(args[0], site)))


def _wait(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    cls = named_tuple_class(interp, "DoneAndNotDoneFutures", ["done", "not_done"], {}, "concurrent.futures.Done")
    return interp.call(cls, [set(interp.items(args[0], site)), set()])


@overlay("concurrent.futures")
def futures_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """concurrent.futures; the order of `as_completed` is that of submission."""
    return {
        "ThreadPoolExecutor": EXECUTOR,
        "ProcessPoolExecutor": EXECUTOR,
        "Future": FUTURE,
        "as_completed": Native("concurrent.futures.as_completed", _completed),
        "wait": Native("concurrent.futures.wait", _wait),
        "TimeoutError": EXCEPTIONS["TimeoutError"],
        **{n: n for n in ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED")},
    }
