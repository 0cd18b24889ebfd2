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


class ItemFunctionFails(Diagnostic):
    """The items are made by a function of the source, all of them before the first instance starts.

    ## Why it matters
    In the source each instance calls the function of `map` for its own item, so that an exception fails, or skips, that
    instance alone. Here the helper step calls it, and an exception ends the step and with it all instances. Python tasks
    are told about the exception instead; this is no Python task.

    ## What to do
    Nothing if the function raises nothing. Else leave the items out in a task before.
    """

    code: ClassVar[str] = "MAP004"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{step}` calls the function that makes the items: an exception of it ends all instances"
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
