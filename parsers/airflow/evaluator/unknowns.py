"""Unknown and symbolic values: how they spread, and what is taken where structure depends on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.diagnostics.evaluation import UnknownCondition, UnknownLoop
from migrate.ir import exprs
from parsers.airflow.evaluator.budget import BudgetExceeded
from parsers.airflow.evaluator.values import Symbolic, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

MAX_TEXT = 120


def cause_of(value: Value) -> Unknown | None:
    """The Unknown behind a value that is unknown or symbolic; None for others."""
    if type(value) is Unknown:
        return value
    return value.unknown if type(value) is Symbolic else None


def first_unknown(*groups: Any) -> Value | None:
    """The first unknown or symbolic value in some sequences."""
    for group in groups:
        for value in group:
            if type(value) is Unknown or type(value) is Symbolic:
                return value
    return None


def derived(
    interp: Interpreter, cause: Value, site: cst.CSTNode | None = None, path: str = "", why: str = ""
) -> Unknown:
    """An Unknown computed from another."""
    source = cause_of(cause)
    reason = why or (source.root().why if source else "it is not known at conversion")
    return interp.unknown(reason, site, cause=source, path=path)


def shorten(text: str) -> str:
    """Text for a message."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def source_text(interp: Interpreter, value: Value, site: cst.CSTNode | None) -> str:
    """How the user wrote an unknown value."""
    if site is not None:
        return " ".join(interp.frame.module.code(site).split())
    unknown = cause_of(value)
    return unknown.text if unknown is not None else ""


def assumed(interp: Interpreter, value: Value, site: cst.CSTNode | None) -> Any:
    """What the configuration assumes for a value: by its own name, its text, or the place; (False, None) when
    nothing."""
    assume = interp.inputs.assume
    if not assume:
        return False, None
    unknown = cause_of(value)
    if unknown is not None and unknown.name is not None and unknown.name in assume:
        return True, assume[unknown.name]
    text = source_text(interp, value, site)
    if text in assume:
        return True, assume[text]
    span = interp.span(site)
    key = f"{span.file}:{span.line}"
    return (True, assume[key]) if key in assume else (False, None)


def decide(interp: Interpreter, value: Value, site: cst.CSTNode | None, likely: bool | None = None) -> bool:
    """Which side of a condition on an unknown value is taken: what `assume` says, `likely`, what is likelier for such
    a value, the else side."""
    known, answer = assumed(interp, value, site)
    if known:
        return bool(answer)
    unknown = cause_of(value)
    assert unknown is not None
    taken = bool(unknown.guess) if likely is None else likely
    root = unknown.root()
    names = unknown.names()
    interp.report(
        UnknownCondition(
            span=interp.span(site),
            workflow=interp.workflow(),
            source=shorten(source_text(interp, value, site)),
            why=root.why,
            taken=taken,
            name=names[0] if names else None,
            origin=str(root.origin) if root.origin else None,
        )
    )
    return taken


def report_loop(interp: Interpreter, value: Value, site: cst.CSTNode | None) -> None:
    """The finding for a loop over an unknown value."""
    unknown = cause_of(value)
    assert unknown is not None
    root = unknown.root()
    names = unknown.names()
    interp.report(
        UnknownLoop(
            span=interp.span(site),
            workflow=interp.workflow(),
            source=shorten(source_text(interp, value, site)),
            why=root.why,
            name=names[0] if names else None,
            origin=str(root.origin) if root.origin else None,
        )
    )


def as_expr(interp: Interpreter, value: Value) -> exprs.Expr | None:
    """The expression of a part of a text; None when it is none that text can be made of here."""
    if type(value) is Symbolic:
        return value.expr
    if type(value) is Unknown:
        return exprs.Opaque(why=value.root().why, text=value.text, span=value.origin)
    if isinstance(value, str | int | float | bool | None):
        return exprs.Literal(value=value)
    return None


MOST_PARTS = 10_000
"""Of a text with parts that are not known."""
LONG = 10_000


def concat(interp: Interpreter, parts: list[Value], site: cst.CSTNode | None = None) -> Value:
    """Text made of texts, symbolic values and unknowns: Symbolic with a flat `Concat`, or plain text."""
    cause = next((part for part in parts if cause_of(part) is not None), None)
    if cause is None:
        result = "".join(str(p) for p in parts)
        if len(result) > LONG:
            interp.meter.check_text(len(result))
        return result
    flat: list[exprs.Expr] = []
    for part in parts:
        expr = as_expr(interp, part)
        if expr is None:
            expr = exprs.Literal(value=str(part))
        if isinstance(expr, exprs.Concat) and len(flat) + len(expr.parts) > MOST_PARTS:
            raise BudgetExceeded("text", MOST_PARTS, "parts of a text that is not known")
        for piece in expr.parts if isinstance(expr, exprs.Concat) else (expr,):
            last = flat[-1] if flat else None
            if isinstance(piece, exprs.Literal) and isinstance(last, exprs.Literal):
                flat[-1] = exprs.Literal(value=f"{last.value}{piece.value}")
            elif not (isinstance(piece, exprs.Literal) and piece.value == ""):
                flat.append(piece)
    return Symbolic(exprs.Concat(parts=tuple(flat)), derived(interp, cause, site), str)
