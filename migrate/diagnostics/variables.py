"""Findings about values from outside (variables) that the source reads while it is loaded."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class VariableDefaultUsed(Diagnostic):
    """The source reads a variable while it is loaded; no value was supplied, so the code's own default was taken.

    ## Why it matters
    If the variable is set in the old system, the converted workflow has the default where the old one has that value.

    ## What to do
    Give the real values: `--variables FILE` (what `airflow variables export` writes) or `--variables NAME=VALUE`.
    """

    code: ClassVar[str] = "VAR010"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "variable `{name}` was not supplied; the default of the code was taken"
    name: str


class VariableFixed(Diagnostic):
    """The source reads a variable while it is loaded; the value that was supplied is now part of the workflow.

    ## Why it matters
    The old system read the variable anew whenever it loaded the file; the converted workflow changes only when it is
    converted again.

    ## What to do
    Nothing, if the value is stable. Otherwise read it inside the task, or use it as a template (`var.value.NAME`).
    """

    code: ClassVar[str] = "VAR011"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "variable `{name}`: the value given at conversion is fixed in the workflow"
    name: str
