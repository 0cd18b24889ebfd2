"""Comprehensions and generator expressions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import Scope
from parsers.airflow.evaluator.statements import counted
from parsers.airflow.evaluator.unknowns import cause_of, derived, report_loop
from parsers.airflow.evaluator.values import Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _turns(interp: Interpreter, part: cst.CompFor, source: Value, scope: Scope) -> Iterator[None]:
    """Runs the `for` and `if` parts; each turn has its names in `scope`."""
    for value in counted(interp, interp.iterate(source, part.iter)):
        interp.meter.step()
        interp.assign(part.target, value, scope)
        if all(_passes(interp, c, scope) for c in part.ifs):
            if part.inner_for_in is None:
                yield None
            else:
                inner = part.inner_for_in
                yield from _turns(interp, inner, interp.evaluate(inner.iter, scope), scope)


def _passes(interp: Interpreter, condition: cst.CompIf, scope: Scope) -> bool:
    return interp.truth(interp.evaluate(condition.test, scope), condition.test)


def comprehension(interp: Interpreter, node: cst.ListComp | cst.SetComp | cst.DictComp, scope: Scope) -> Value:
    """A list, set or dict comprehension. Over an unknown iterable its value is unknown, unless making it makes tasks;
    then it is run once."""
    source = interp.evaluate(node.for_in.iter, scope)
    if cause_of(source) is not None:
        if not _has_call(node):
            return derived(interp, source, node)
        report_loop(interp, source, node.for_in.iter)
    inner = Scope("comprehension", scope.module, scope)
    frame = interp.frame
    frame.turn += 1
    try:
        return _collect(interp, node, source, inner)
    finally:
        frame.turn -= 1


def _collect(interp: Interpreter, node: Any, source: Value, scope: Scope) -> Value:
    turns = _turns(interp, node.for_in, source, scope)
    if isinstance(node, cst.DictComp):
        out: dict[Value, Value] = {}
        for _ in turns:
            key = interp.key(interp.evaluate(node.key, scope))
            out[key] = interp.evaluate(node.value, scope)
            interp.meter.check_items(len(out))
        return out
    items: list[Value] = []
    for _ in turns:
        items.append(interp.evaluate(node.elt, scope))
        interp.meter.check_items(len(items))
    if isinstance(node, cst.SetComp):
        return {interp.key(i) for i in items}
    return items


def _has_call(node: Any) -> bool:
    parts = (node.key, node.value) if isinstance(node, cst.DictComp) else (node.elt,)
    return any(isinstance(p, cst.Call) for p in parts)


def generator_expression(interp: Interpreter, node: cst.GeneratorExp, scope: Scope) -> Value:
    """A generator expression: a lazy stream in the frame where it was written."""
    source = interp.evaluate(node.for_in.iter, scope)
    if cause_of(source) is not None:
        if not _has_call(node):
            return derived(interp, source, node)
        report_loop(interp, source, node.for_in.iter)
    inner = Scope("comprehension", scope.module, scope)
    home = interp.frame

    def run() -> Iterator[Value]:
        turns = _turns(interp, node.for_in, source, inner)
        while True:
            previous, interp.frame = interp.frame, home
            try:
                if next(turns, MARK) is MARK:
                    return
                value = interp.evaluate(node.elt, inner)
            finally:
                interp.frame = previous
            yield value

    return Stream(run(), "generator")


MARK: Any = object()
