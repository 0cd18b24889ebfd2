"""Findings about the times of a run in the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class IntervalStep(Diagnostic):
    """The data interval of a run is computed by a step of its own.

    ## Why it matters
    The schedule's ticks are not evenly spread (weekday sets, several hours, clock changes), so no expression can say
    which tick came before. The step `af-interval` walks the pattern in a pod before everything else.

    ## What to do
    Nothing; it costs one more pod per run.
    """

    code: ClassVar[str] = "TIM002"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`af-interval` computes the data interval of `{pattern}` at run time (one more pod)"
    pattern: str
