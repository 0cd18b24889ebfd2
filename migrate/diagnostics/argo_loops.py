"""Findings about loops in the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class ItemsExpanded(Diagnostic):
    """The items of a fan-out are built by a helper step.

    ## Why it matters
    The list is only there when the run is. The step `{step}` reads it in a pod and hands it on item by item with all
    types kept.

    ## What to do
    Nothing; it costs one more pod.
    """

    code: ClassVar[str] = "MAP001"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{step}` builds the list of items at run time (one more pod)"
    step: str


class ManyItems(Diagnostic):
    """A literal list with more items than the source system allows by default.

    ## Why it matters
    Argo has no limit on their number, but keeps all of them in the Workflow object (about 1 MB).

    ## What to do
    Split the list if the workflow object becomes too large.
    """

    code: ClassVar[str] = "MAP003"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "{count} items in one fan-out"
    count: int
