"""graphlib: topological order, by Python's own sorter over values of the evaluator."""

from __future__ import annotations

import graphlib
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays.plain import NOT_KNOWN, error_class, lower, run_plain
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

CYCLE_ERROR = error_class(graphlib.CycleError, "graphlib.CycleError", EXCEPTIONS["ValueError"])


def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    sorter: graphlib.TopologicalSorter[Any] = graphlib.TopologicalSorter()
    args[0].native = sorter
    graph = args[1] if len(args) > 1 else kwargs.get("graph")
    if isinstance(graph, NOT_KNOWN):
        args[0].attrs["unknown"] = graph
    elif graph is not None:
        for node, before in interp.dictionary([graph], {}, site).items():
            _add(interp, [args[0], node, *interp.items(before, site)], {}, site)
    return None


def _add(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    unknown = next((a for a in args[1:] if isinstance(a, NOT_KNOWN)), None)
    if unknown is not None:
        args[0].attrs["unknown"] = unknown
        return None
    run_plain(interp, args[0].native.add, [interp.key(lower(a)) for a in args[1:]], {})
    return None


def _method(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        unknown = args[0].attrs.get("unknown")
        if unknown is not None:
            return interp.unknown("the graph of a `TopologicalSorter` is not known", site, unknown)
        if name == "static_order":
            return run_plain(interp, lambda: list(args[0].native.static_order()), (), {})
        return run_plain(interp, getattr(args[0].native, name), [lower(a) for a in args[1:]], {})

    return Native(f"TopologicalSorter.{name}", call)


SORTER = make_class(
    "TopologicalSorter",
    "graphlib.TopologicalSorter",
    (),
    {
        "__init__": Native("TopologicalSorter.__init__", _init),
        "add": Native("TopologicalSorter.add", _add),
        **{n: _method(n) for n in ("static_order", "prepare", "get_ready", "done", "is_active", "__bool__")},
        "__class_getitem__": Native("TopologicalSorter[]", lambda i, a, k, s: a[0]),
    },
)


@overlay("graphlib")
def graphlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """graphlib."""
    return {"TopologicalSorter": SORTER, "CycleError": CYCLE_ERROR}
