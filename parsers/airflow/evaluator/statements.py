"""Statements. A handler returns None, or a signal: BREAK, CONTINUE or a `Return`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

from migrate.diagnostics.evaluation import Failure, UnknownIterationEnd
from parsers.airflow.evaluator.assignments import assign, augment, delete
from parsers.airflow.evaluator.budget import BudgetExceeded
from parsers.airflow.evaluator.classes import bind, class_of, user_method
from parsers.airflow.evaluator.definitions import define_class, define_function
from parsers.airflow.evaluator.errors import NATIVE, Raised, convert
from parsers.airflow.evaluator.guards import likely_side
from parsers.airflow.evaluator.imports import import_from, import_names
from parsers.airflow.evaluator.patterns import matches
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of, decide, report_loop, shorten, source_text
from parsers.airflow.evaluator.values import ClassValue, Unknown, Value
from parsers.airflow.overlays.registry import Hooks

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

__all__ = ["augment"]


class Return:
    """The signal of a `return`."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


class _Signal:
    def __init__(self, name: str) -> None:
        self.name = name


BREAK = _Signal("break")
CONTINUE = _Signal("continue")
Signal: TypeAlias = "Return | _Signal | None"


def execute_body(interp: Interpreter, body: cst.BaseSuite, scope: Scope) -> Signal:
    """The statements of an indented or one-line body."""
    if isinstance(body, cst.SimpleStatementSuite):
        for small in body.body:
            signal = execute_small(interp, small, scope)
            if signal is not None:
                return signal
        return None
    for statement in body.body:
        signal = execute(interp, statement, scope)
        if signal is not None:
            return signal
    return None


def execute(interp: Interpreter, node: cst.CSTNode, scope: Scope) -> Signal:
    """One statement. A failure that no `try` of the program could catch is reported, and the names that the statement
    binds become unknown."""
    frame = interp.frame
    frame.statement = node
    interp.meter.step()
    try:
        if type(node) is cst.SimpleStatementLine:
            for small in node.body:
                signal: Signal = _SMALL[type(small)](interp, small, scope)
                if signal is not None:
                    if interp.trace is not None:
                        interp.trace.after(interp, node, scope, signal)
                    return signal
        else:
            compound = _COMPOUND.get(type(node))
            if compound is not None:
                signal = compound(interp, node, scope)
                frame.statement = node
                if signal is not None:
                    if interp.trace is not None:
                        interp.trace.after(interp, node, scope, signal)
                    return signal
    except Raised as error:
        interp.frame = frame
        return _failed(interp, node, scope, error)
    except (BudgetExceeded, RecursionError):
        interp.note_stop(frame, node)
        raise
    except NATIVE as problem:
        interp.frame = frame
        return _failed(interp, node, scope, convert(problem))
    if interp.trace is not None:
        interp.trace.after(interp, node, scope)
    return None


def _failed(interp: Interpreter, node: cst.CSTNode, scope: Scope, error: Raised) -> Signal:
    if error.span is None:
        error.span = interp.span(node if isinstance(node, cst.SimpleStatementLine) else None)
    if interp.caught(error):
        raise error
    if error.value.cls.name == "SystemExit":
        raise error
    return absorb(interp, node, scope, error)


def absorb(interp: Interpreter, node: cst.CSTNode, scope: Scope, error: Raised) -> Signal:
    """Reports an error that ends a statement; the names that it binds become unknown."""
    assert error.span is not None
    if interp.trace is not None:
        interp.trace.after(interp, node, scope)
    interp.report(Failure(span=error.span, workflow=interp.workflow(), error=shorten(error.describe())))
    value = Unknown(f"the statement ends with {shorten(error.describe())}", error.span)
    for name in bound_names(node):
        if scope.names.get(name, MISSING) is MISSING:
            scope.assign(name, value)
    if isinstance(node, cst.SimpleStatementLine) and any(isinstance(s, cst.Return) for s in node.body):
        return Return(value)
    return None


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        self._targets(node.target)
        return False

    def visit_AnnAssign(self, node: cst.AnnAssign) -> bool:
        self._targets(node.target)
        return False

    def visit_For(self, node: cst.For) -> bool:
        self._targets(node.target)
        return True

    def visit_AsName(self, node: cst.AsName) -> bool:
        self._targets(node.name)
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.names.append(node.name.value)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.names.append(node.name.value)
        return False

    def _targets(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Name):
            self.names.append(node.value)
        elif isinstance(node, cst.Tuple | cst.List):
            for element in node.elements:
                self._targets(element.value)


def bound_names(node: cst.CSTNode) -> list[str]:
    """The names that a statement binds."""
    finder = _Names()
    node.visit(finder)
    return finder.names


def execute_small(interp: Interpreter, node: cst.BaseSmallStatement, scope: Scope) -> Signal:
    """One small statement."""
    return _SMALL[type(node)](interp, node, scope)


# --- small statements -----------------------------------------------------------------------------------------------


def _expr(interp: Interpreter, node: cst.Expr, scope: Scope) -> Signal:
    interp.evaluate(node.value, scope)
    interp.changes.called(node.value, scope)
    return None


def _assign(interp: Interpreter, node: cst.Assign, scope: Scope) -> Signal:
    value = interp.evaluate(node.value, scope)
    for target in node.targets:
        assign(interp, target.target, value, scope)
    return None


def _ann_assign(interp: Interpreter, node: cst.AnnAssign, scope: Scope) -> Signal:
    if scope.kind == "class" and isinstance(node.target, cst.Name):
        annotations = scope.names.setdefault("__annotations__", {})
        annotations[node.target.value] = interp.annotation(node.annotation.annotation, scope)
    if node.value is not None:
        assign(interp, node.target, interp.evaluate(node.value, scope), scope)
    return None


def _aug_assign(interp: Interpreter, node: cst.AugAssign, scope: Scope) -> Signal:
    augment(interp, node, interp.evaluate(node.value, scope), scope)
    return None


def _return(interp: Interpreter, node: cst.Return, scope: Scope) -> Signal:
    return Return(None if node.value is None else interp.evaluate(node.value, scope))


def _pass(interp: Interpreter, node: cst.CSTNode, scope: Scope) -> Signal:
    return None


def _break(interp: Interpreter, node: cst.Break, scope: Scope) -> Signal:
    return BREAK


def _continue(interp: Interpreter, node: cst.Continue, scope: Scope) -> Signal:
    return CONTINUE


def _global(interp: Interpreter, node: cst.Global, scope: Scope) -> Signal:
    for item in node.names:
        scope.declare_global(item.name.value)
    return None


def _nonlocal(interp: Interpreter, node: cst.Nonlocal, scope: Scope) -> Signal:
    for item in node.names:
        scope.declare_nonlocal(item.name.value)
    return None


def _del(interp: Interpreter, node: cst.Del, scope: Scope) -> Signal:
    delete(interp, node.target, scope)
    return None


def _assert(interp: Interpreter, node: cst.Assert, scope: Scope) -> Signal:
    truth = interp.truth_or_unknown(interp.evaluate(node.test, scope))
    if truth is False:
        args = [] if node.msg is None else [interp.evaluate(node.msg, scope)]
        raise interp.error("AssertionError", *args)
    return None


def _raise(interp: Interpreter, node: cst.Raise, scope: Scope) -> Signal:
    if node.exc is None:
        if interp.handling:
            raise interp.handling[-1]
        raise interp.error("RuntimeError", "No active exception to reraise")
    error = interp.raise_value(interp.evaluate(node.exc, scope), node)
    if node.cause is not None:
        cause = interp.evaluate(node.cause.item, scope)
        error.value.attrs["__cause__"] = interp.call(cause, []) if isinstance(cause, ClassValue) else cause
    if interp.handling:
        error.value.attrs["__context__"] = interp.handling[-1].value
    raise error


def _type_alias(interp: Interpreter, node: Any, scope: Scope) -> Signal:
    scope.assign(node.name.value, interp.annotation(node.value, scope))
    return None


# --- compound statements --------------------------------------------------------------------------------------------


def _if(interp: Interpreter, node: cst.If, scope: Scope) -> Signal:
    current: cst.If | cst.Else | None = node
    while isinstance(current, cst.If):
        answer = interp.truth_or_unknown(interp.evaluate(current.test, scope))
        if isinstance(answer, Unknown):
            answer = decide(interp, answer, current.test, likely_side(interp, current))
        if answer:
            return execute_body(interp, current.body, scope)
        current = current.orelse
    return None if current is None else execute_body(interp, current.body, scope)


def counted(interp: Interpreter, values: Iterator[Value]) -> Iterator[Value]:
    """The values of a loop, within the budget."""
    limit = interp.meter.budgets.items
    for turn, value in enumerate(values):
        if turn >= limit:
            interp.meter.check_items(turn + 1)
        yield value


def _for(interp: Interpreter, node: cst.For, scope: Scope) -> Signal:
    source = interp.evaluate(node.iter, scope)
    if cause_of(source) is not None:
        report_loop(interp, source, node.iter)

    def turns() -> Iterator[None]:
        for value in counted(interp, interp.iterate(source, node.iter)):
            assign(interp, node.target, value, scope)
            yield

    return _repeat(interp, node, turns(), scope)


def _repeat(interp: Interpreter, node: cst.For | cst.While, turns: Iterator[None], scope: Scope) -> Signal:
    """Runs a loop's body once for each of `turns`."""
    frame = interp.frame
    frame.turn += 1
    try:
        for _ in turns:
            signal = execute_body(interp, node.body, scope)
            if signal is not None:
                if signal is BREAK:
                    return None
                if signal is not CONTINUE:
                    return signal
            frame.statement = node
    finally:
        frame.turn -= 1
    return None if node.orelse is None else execute_body(interp, node.orelse.body, scope)


def while_test(interp: Interpreter, node: cst.While, scope: Scope) -> bool:
    """The condition of a `while`; an unknown one ends the loop with a finding."""
    value = interp.evaluate(node.test, scope)
    truth = interp.truth_or_unknown(value)
    if isinstance(truth, bool):
        return truth
    interp.report(
        UnknownIterationEnd(
            span=interp.span(node.test),
            workflow=interp.workflow(),
            source=shorten(source_text(interp, value, node.test)),
            why=truth.root().why,
        )
    )
    return False


def _while(interp: Interpreter, node: cst.While, scope: Scope) -> Signal:
    def turns() -> Iterator[None]:
        number = 0
        while while_test(interp, node, scope):
            number += 1
            interp.meter.check_items(number)
            yield

    return _repeat(interp, node, turns(), scope)


def enter(interp: Interpreter, item: cst.WithItem, scope: Scope) -> Value:
    """Enters a context manager and binds its name; gives the manager."""
    manager = interp.evaluate(item.item, scope)
    method = user_method(class_of(manager), "__enter__")
    if method is not MISSING:
        value = interp.call(bind(interp, method, manager, class_of(manager)), [], {}, item.item)
    else:
        value = manager
    if item.asname is not None:
        assign(interp, item.asname.name, value, scope)
    return manager


def leave(interp: Interpreter, manager: Value, error: Raised | None) -> bool:
    """Leaves a context manager; True when it swallowed the error."""
    method = user_method(class_of(manager), "__exit__")
    if method is MISSING:
        return False
    args: list[Value] = [None, None, None] if error is None else [error.value.cls, error.value, None]
    result = interp.call(bind(interp, method, manager, class_of(manager)), args, {})
    return error is not None and interp.truth_or_unknown(result) is True


def _with(interp: Interpreter, node: cst.With, scope: Scope, start: int = 0) -> Signal:
    if start == len(node.items):
        return execute_body(interp, node.body, scope)
    frame = interp.frame
    manager = enter(interp, node.items[start], scope)
    swallows = user_method(class_of(manager), "__exit__") is not MISSING and not interp.harmless_exit(manager)
    frame.handlers += swallows
    unknown = Hooks.unknown_with if type(manager) is Unknown else None
    told = unknown(interp, manager, node.items[start]) if unknown is not None else None
    try:
        signal = _with(interp, node, scope, start + 1)
    except Raised as error:
        interp.frame = frame
        if leave(interp, manager, error):
            return None
        raise
    except BaseException:
        interp.frame = frame
        interp.abandon(manager)
        raise
    finally:
        frame.handlers -= swallows
        if told is not None:
            told()
    frame.statement = node
    leave(interp, manager, None)
    return signal


def find_handler(interp: Interpreter, node: cst.Try | Any, error: Raised, scope: Scope) -> cst.ExceptHandler | None:
    """The `except` clause that catches an error."""
    for handler in node.handlers:
        if handler.type is None or _catches(interp, interp.evaluate(handler.type, scope), error):
            return handler
    return None


def _catches(interp: Interpreter, kind: Value, error: Raised) -> bool:
    if isinstance(kind, tuple | list):
        return any(_catches(interp, k, error) for k in kind)
    return isinstance(kind, ClassValue) and kind in error.value.cls.mro


def bind_handler(handler: cst.ExceptHandler, error: Raised, scope: Scope) -> None:
    """`except X as name`."""
    if handler.name is not None and isinstance(handler.name.name, cst.Name):
        scope.assign(handler.name.name.value, error.value)


def _try(interp: Interpreter, node: cst.Try, scope: Scope) -> Signal:
    frame = interp.frame
    signal: Signal = None
    try:
        signal = _try_body(interp, node, scope)
    except BudgetExceeded:
        raise
    except BaseException:
        interp.frame = frame
        if node.finalbody is not None:
            last = execute_body(interp, node.finalbody.body, scope)
            if last is not None:
                return last
        raise
    if node.finalbody is not None:
        last = execute_body(interp, node.finalbody.body, scope)
        signal = last if last is not None else signal
    return signal


def _try_body(interp: Interpreter, node: cst.Try, scope: Scope) -> Signal:
    frame = interp.frame
    frame.handlers += bool(node.handlers)
    frame.trying.append(node)
    depth = len(frame.trying)
    try:
        signal = execute_body(interp, node.body, scope)
    except Raised as error:
        interp.frame = frame
        caught = error
    else:
        frame.handlers -= bool(node.handlers)
        frame.trying.pop()
        if signal is None and node.orelse is not None:
            return execute_body(interp, node.orelse.body, scope)
        return signal
    finally:
        if len(frame.trying) >= depth:
            frame.handlers -= bool(node.handlers)
            del frame.trying[depth - 1 :]
    handler = find_handler(interp, node, caught, scope)
    if handler is None:
        raise caught
    bind_handler(handler, caught, scope)
    interp.handling.append(caught)
    try:
        return execute_body(interp, handler.body, scope)
    finally:
        interp.handling.pop()


def _match(interp: Interpreter, node: cst.Match, scope: Scope) -> Signal:
    case = choose_case(interp, node, scope)
    return execute_body(interp, case.body, scope) if case is not None else None


def choose_case(interp: Interpreter, node: cst.Match, scope: Scope) -> cst.MatchCase | None:
    """The case of a `match` that applies, its names bound; None when none does."""
    subject = interp.evaluate(node.subject, scope)
    for case in node.cases:
        names: dict[str, Value] = {}
        answer = matches(interp, case.pattern, subject, scope, names)
        if isinstance(answer, Unknown):
            answer = interp.truth(answer, node.subject)
        if not answer:
            continue
        for name, value in names.items():
            scope.assign(name, value)
        if case.guard is None or interp.truth(interp.evaluate(case.guard, scope), case.guard):
            return case
    return None


_SMALL: dict[type, Callable[..., Signal]] = {
    cst.Expr: _expr,
    cst.Assign: _assign,
    cst.AnnAssign: _ann_assign,
    cst.AugAssign: _aug_assign,
    cst.Return: _return,
    cst.Pass: _pass,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.Del: _del,
    cst.Assert: _assert,
    cst.Raise: _raise,
    cst.Import: import_names,
    cst.ImportFrom: import_from,
}
if hasattr(cst, "TypeAlias"):
    _SMALL[cst.TypeAlias] = _type_alias

_COMPOUND: dict[type, Callable[..., Signal]] = {
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.FunctionDef: define_function,
    cst.ClassDef: define_class,
    cst.Match: _match,
}
