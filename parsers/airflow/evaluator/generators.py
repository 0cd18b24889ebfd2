"""Generator functions: suspended bodies, so that `next`, `with` over a generator and endless generators work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.evaluator import statements as st
from parsers.airflow.evaluator.budget import BudgetExceeded
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import Function, Native, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


class _YieldFinder(cst.CSTVisitor):
    def __init__(self, deep: bool = False) -> None:
        self.found = False
        self.deep = deep
        self.nodes: list[cst.Yield] = []

    def visit_Yield(self, node: cst.Yield) -> bool:
        self.found = True
        return self.deep

    def leave_Yield(self, original_node: cst.Yield) -> None:
        self.nodes.append(original_node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False


def has_yield(node: cst.CSTNode) -> bool:
    """Whether a body yields (nested functions do not count)."""
    finder = _YieldFinder()
    node.visit(finder)
    return finder.found


class Stream:
    """A one-pass iterator value: what `iter`, `zip`, `map`, generator expressions ... give."""

    __slots__ = ("_iterator", "kind")

    def __init__(self, iterator: Iterator[Value], kind: str = "iterator") -> None:
        self._iterator = iterator
        self.kind = kind

    def __iter__(self) -> Iterator[Value]:
        return self

    def __next__(self) -> Value:
        return next(self._iterator)


class Generator(Stream):
    """A suspended call of a generator function."""

    __slots__ = ("_body", "_frame", "_interp", "_started", "finished", "given", "sent", "value")

    def __init__(self, interp: Interpreter, function: Function, scope: Scope, site: cst.CSTNode | None) -> None:
        super().__init__(iter(()), "generator")
        self._interp = interp
        scope.generator = self
        self._frame = interp.new_frame(function.module, scope, site, function)
        assert isinstance(function.node, cst.FunctionDef)
        self._body = execute(interp, function.node.body, scope)
        self._started = False
        self.finished = False
        self.given: dict[cst.Yield, Value] = {}
        """What the `yield`s inside the expression that is evaluated next gave."""
        self.sent: Value = None
        self.value: Value = None
        """What the body returned."""

    def __next__(self) -> Value:
        return self.resume(None)

    def resume(self, sent: Value = None, error: Raised | None = None) -> Value:
        """Runs to the next `yield`. Raises StopIteration at the end of the body; `error` is thrown at the yield."""
        if self.finished:
            raise error or StopIteration(self.value)
        interp = self._interp
        interp.meter.step()
        self._started = True
        self.sent = sent
        self._frame.caller = interp.frame
        previous, interp.frame = interp.frame, self._frame
        meter = interp.meter
        meter.depth += 1
        if meter.depth > meter.budgets.depth:
            meter.depth -= 1
            interp.frame = previous
            raise BudgetExceeded("depth", meter.budgets.depth)
        try:
            return self._body.throw(error) if error is not None else next(self._body)
        except StopIteration as stop:
            self.finished = True
            self.value = interp.returned(stop.value)
            raise StopIteration(self.value) from None
        except BaseException:
            self.finished = True
            raise
        finally:
            interp.frame = previous
            meter.depth -= 1

    def close(self) -> None:
        """`close()`: GeneratorExit at the `yield`. RuntimeError of the program when it yields once more."""
        if not self._started or self.finished:
            self.finished = True
            return
        try:
            with self._interp.catching():
                self.resume(error=self._interp.error("GeneratorExit"))
        except StopIteration:
            return
        except Raised as raised:
            if raised.value.cls.name in ("GeneratorExit", "StopIteration"):
                return
            raise
        raise self._interp.error("RuntimeError", "generator ignored GeneratorExit")


def execute(interp: Interpreter, body: cst.BaseSuite, scope: Scope) -> Any:
    """Runs statements as a Python generator that stops at each `yield`. Returns the signal of the last statement."""
    statements = body.body
    for statement in statements:
        if isinstance(body, cst.SimpleStatementSuite):
            signal = yield from _simple(interp, statement, scope)  # type: ignore[arg-type]
        else:
            signal = yield from _statement(interp, statement, scope)  # type: ignore[arg-type]
        if signal is not None:
            return signal
    return None


def _statement(interp: Interpreter, node: cst.BaseStatement, scope: Scope) -> Any:
    interp.frame.statement = node
    interp.meter.step()
    cache = interp.frame.module.cache
    yields = cache.get(("yield", node))
    if yields is None:
        yields = cache[("yield", node)] = has_yield(node)
    if not yields:
        return interp.execute(node, scope)
    if isinstance(node, cst.SimpleStatementLine):
        signal = None
        for small in node.body:
            signal = yield from _simple(interp, small, scope)
            if signal is not None:
                break
        if interp.trace is not None:
            interp.trace.after(interp, node, scope, signal)
        return signal
    handler = _COMPOUND.get(type(node))
    if handler is None:
        return interp.execute(node, scope)
    return (yield from handler(interp, node, scope))


def _simple(interp: Interpreter, node: cst.BaseSmallStatement, scope: Scope) -> Any:
    """A small statement; `yield` as a whole right side is followed, deeper ones give their sent value."""
    source = getattr(node, "value", None)
    if isinstance(source, cst.Await):
        source = source.expression
    if isinstance(source, cst.Yield):
        if source.value is not None:
            yield from _ahead(interp, source.value, scope)
        value = yield from _yield(interp, source, scope)
        if isinstance(node, cst.Assign):
            for target in node.targets:
                interp.assign(target.target, value, scope)
        elif isinstance(node, cst.AnnAssign):
            interp.assign(node.target, value, scope)
        elif isinstance(node, cst.Return):
            return st.Return(value)
        elif isinstance(node, cst.AugAssign):
            st.augment(interp, node, value, scope)
        return None
    yield from _ahead(interp, node, scope)
    return interp.execute_small(node, scope)


def _ahead(interp: Interpreter, node: cst.CSTNode, scope: Scope) -> Any:
    """Runs the `yield`s inside an expression, the inner ones first, before the expression itself is evaluated."""
    cache = interp.frame.module.cache
    key = ("yields inside", node)
    if key not in cache:
        finder = _YieldFinder(deep=True)
        node.visit(finder)
        cache[key] = finder.nodes
    for inner in cache[key]:
        value = yield from _yield(interp, inner, scope)
        if scope.generator is not None:
            scope.generator.given[inner] = value


def _yield(interp: Interpreter, node: cst.Yield, scope: Scope) -> Any:
    if isinstance(node.value, cst.From):
        source = interp.evaluate(node.value.item, scope)
        if isinstance(source, Generator):
            return (yield from _delegate(source, scope))
        yield from interp.iterate(source, node.value.item)
        return None
    value = None if node.value is None else interp.evaluate(node.value, scope)
    yield value
    return scope.generator.sent if scope.generator is not None else None


def _delegate(source: Generator, scope: Scope) -> Any:
    """`yield from` a generator: what is sent or thrown in goes to it (PEP 380)."""
    sent: Value = None
    error: Raised | None = None
    while True:
        try:
            value = source.resume(sent, error)
        except StopIteration as stop:
            return stop.value
        error = None
        try:
            yield value
            sent = scope.generator.sent if scope.generator is not None else None
        except Raised as raised:
            if raised.value.cls.name == "GeneratorExit":
                source.close()
                raise
            error = raised


def _if(interp: Interpreter, node: cst.If, scope: Scope) -> Any:
    current: Any = node
    while isinstance(current, cst.If):
        yield from _ahead(interp, current.test, scope)
        if interp.truth(interp.evaluate(current.test, scope), current.test):
            return (yield from execute(interp, current.body, scope))
        current = current.orelse
    if current is not None:
        return (yield from execute(interp, current.body, scope))
    return None


def _for(interp: Interpreter, node: cst.For, scope: Scope) -> Any:
    yield from _ahead(interp, node.iter, scope)
    values = interp.iterate(interp.evaluate(node.iter, scope), node.iter)
    for value in st.counted(interp, values):
        interp.assign(node.target, value, scope)
        signal = yield from execute(interp, node.body, scope)
        if signal is st.BREAK:
            return None
        if signal is not None and signal is not st.CONTINUE:
            return signal
    if node.orelse is not None:
        return (yield from execute(interp, node.orelse.body, scope))
    return None


def _while(interp: Interpreter, node: cst.While, scope: Scope) -> Any:
    turns = 0
    while True:
        yield from _ahead(interp, node.test, scope)
        if not st.while_test(interp, node, scope):
            break
        turns += 1
        interp.meter.check_items(turns)
        signal = yield from execute(interp, node.body, scope)
        if signal is st.BREAK:
            return None
        if signal is not None and signal is not st.CONTINUE:
            return signal
    if node.orelse is not None:
        return (yield from execute(interp, node.orelse.body, scope))
    return None


def _with(interp: Interpreter, node: cst.With, scope: Scope, start: int = 0) -> Any:
    if start == len(node.items):
        return (yield from execute(interp, node.body, scope))
    yield from _ahead(interp, node.items[start].item, scope)
    manager = st.enter(interp, node.items[start], scope)
    try:
        signal = yield from _with(interp, node, scope, start + 1)
    except Raised as error:
        if st.leave(interp, manager, error):
            return None
        raise
    except GeneratorExit:
        raise
    st.leave(interp, manager, None)
    return signal


def _try(interp: Interpreter, node: cst.Try, scope: Scope) -> Any:
    signal = None
    try:
        interp.frame.handlers += 1
        try:
            signal = yield from execute(interp, node.body, scope)
        finally:
            interp.frame.handlers -= 1
        if signal is None and node.orelse is not None:
            signal = yield from execute(interp, node.orelse.body, scope)
    except Raised as error:
        handler = st.find_handler(interp, node, error, scope)
        if handler is None:
            raise
        st.bind_handler(handler, error, scope)
        interp.handling.append(error)
        try:
            signal = yield from execute(interp, handler.body, scope)
        finally:
            interp.handling.pop()
    finally:
        if node.finalbody is not None:
            last = yield from execute(interp, node.finalbody.body, scope)
            if last is not None:
                signal = last
    return signal


def _match(interp: Interpreter, node: cst.Match, scope: Scope) -> Any:
    yield from _ahead(interp, node.subject, scope)
    case = st.choose_case(interp, node, scope)
    return (yield from execute(interp, case.body, scope)) if case is not None else None


_COMPOUND: dict[type, Any] = {
    cst.If: _if, cst.For: _for, cst.While: _while, cst.With: _with, cst.Try: _try, cst.Match: _match,
}  # fmt: skip


def _send(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    try:
        return args[0].resume(args[1] if len(args) > 1 else None)
    except StopIteration as stop:
        raise stop_iteration(interp, stop.value) from None


def _close(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].close()
    return None


def _throw(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from parsers.airflow.evaluator.calls import raise_value

    try:
        return args[0].resume(error=raise_value(interp, args[1], site))
    except StopIteration as stop:
        raise stop_iteration(interp, stop.value) from None


def stop_iteration(interp: Interpreter, value: Value) -> Raised:
    """The program's StopIteration; `value` is what the generator returned."""
    error = interp.error("StopIteration", *(() if value is None else (value,)))
    error.value.attrs["value"] = value
    return error


METHODS = {
    "send": Native("generator.send", _send),
    "close": Native("generator.close", _close),
    "throw": Native("generator.throw", _throw),
    "__next__": Native("generator.__next__", _send),
    "__missing__": MISSING,
}
