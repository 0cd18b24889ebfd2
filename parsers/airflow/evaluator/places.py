"""Where things stand: spans of nodes, call sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from migrate.source import Span
from parsers.airflow.evaluator.values import Instance

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Frame, Interpreter


def span(frame: Frame, site: cst.CSTNode | None, statement: cst.CSTNode | None = None) -> Span:
    """The span of a node of a frame's module; None: of its current statement."""
    statement = statement or frame.statement
    node = site if site is not None else statement
    if node is None:
        return Span(frame.module.file.relative)
    return frame.module.span(node, statement)


def call_site(
    interp: Interpreter, frame: Frame, site: cst.CSTNode | None, statement: cst.CSTNode | None = None
) -> tuple[Span, Span | None]:
    """(the span of `site` in `frame`, the span of the call in the DAG file's own body that led there; of the call
    itself when a loop of that body made it; else None)."""
    here = span(frame, site, statement)
    outer: Frame = frame
    below: Frame | None = None
    while not (outer.function is None and outer.module is interp.main) and outer.caller is not None:
        below, outer = outer, outer.caller
    if below is None:
        return here, here if frame.turn else None
    return here, span(outer, below.call)


def made_at(interp: Interpreter, instance: Instance) -> tuple[Span, Span | None]:
    """`call_site` of the call that made an instance."""
    if instance.site is None:
        return call_site(interp, interp.frame, None)
    frame, site, statement = instance.site
    return call_site(interp, frame, site, statement)
