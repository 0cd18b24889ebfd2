"""`migrate inspect --trace FILE:LINE`: the values of the names at a line, and where unknown ones came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of, shorten
from parsers.airflow.evaluator.values import ClassValue, Function, Instance, ModuleValue, Native, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

MAX_VISITS = 20


@dataclass(slots=True)
class Visit:
    """One time that the line was evaluated: names to texts, and the chain of each unknown."""

    names: dict[str, str]
    unknowns: dict[str, list[str]]


@dataclass(slots=True)
class Trace:
    """Records the values at one line. `file` is relative to the root, or ends a relative path."""

    file: str
    line: int
    visits: list[Visit] = field(default_factory=list)

    def after(self, interp: Interpreter, node: cst.CSTNode, scope: Scope, signal: Any = None) -> None:
        """Called after each statement; `signal`: how it left the body (a `return` has its value)."""
        here = interp.frame.module.file.relative
        if len(self.visits) >= MAX_VISITS or not (here == self.file or here.endswith("/" + self.file)):
            return
        span = interp.frame.module.span(node, node)
        last = span.end_line if isinstance(node, cst.SimpleStatementLine) else span.line
        if span.line <= self.line <= last:
            returned = getattr(signal, "value", MISSING) if isinstance(node, cst.SimpleStatementLine) else MISSING
            self.visits.append(self._visit(interp, node, scope, returned))

    def _visit(self, interp: Interpreter, node: cst.CSTNode, scope: Scope, returned: Value) -> Visit:
        finder = _Names()
        node.visit(finder)
        names: dict[str, str] = {}
        unknowns: dict[str, list[str]] = {}
        values = {name: scope.lookup(name) for name in dict.fromkeys(finder.names)}
        for name, value in {**values, "return": returned}.items():
            if value is MISSING:
                continue
            names[name] = describe(interp, value)
            cause = cause_of(value)
            if cause is not None:
                unknowns[name] = chain(cause)
        return Visit(names, unknowns)


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_Name(self, node: cst.Name) -> bool:
        self.names.append(node.value)
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False


def chain(unknown: Unknown) -> list[str]:
    """From an unknown value back to where it arose, one line each."""
    out = []
    node: Unknown | None = unknown
    while node is not None:
        place = f"{node.origin}: " if node.origin is not None else ""
        name = f" [{node.name}]" if node.name else ""
        out.append(f"{place}{shorten(node.text)}{name}")
        if node.cause is None:
            out.append(node.why)
        node = node.cause
    return out


def describe(interp: Interpreter, value: Value) -> str:
    """A value for people, on one line."""
    if cause_of(value) is not None:
        cause = cause_of(value)
        assert cause is not None
        return f"unknown: {cause.root().why}"
    if isinstance(value, Function):
        return f"function {value.qualname or value.name}"
    if isinstance(value, Native):
        return f"builtin {value.name}"
    if isinstance(value, ClassValue):
        return f"class {value.path}"
    if isinstance(value, ModuleValue):
        return f"module {value.name}"
    if isinstance(value, Instance) and value.native is None:
        return f"{value.cls.name} object"
    shown = interp.text(value, "repr")
    return shorten(shown if isinstance(shown, str) else f"{type(value).__name__} with unknown parts")
