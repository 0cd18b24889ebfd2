"""Findings about run parameters in the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class DefaultNotInList(Diagnostic):
    """A parameter's default is not among its allowed values.

    ## Why it matters
    Argo refuses a parameter whose value is not in its `enum`, so the first allowed value became the default.

    ## What to do
    Correct the default in the source, or give the value with each run.
    """

    code: ClassVar[str] = "PAR001"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "parameter `{name}`: its default is none of its values; `{value}` was taken"
    name: str
    value: str


class NotChecked(Diagnostic):
    """Rules for a parameter's value are not checked.

    ## Why it matters
    Argo knows `enum` only. A run with a wrong value starts, and fails later or not at all.

    ## What to do
    Set `params.check = true`: a first step then checks the values.
    """

    code: ClassVar[str] = "PAR002"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "parameter `{name}`: {rules} not checked when a run starts"
    name: str
    rules: str


class RequiredParameter(Diagnostic):
    """A scheduled workflow has a parameter without default.

    ## Why it matters
    A CronWorkflow for it would be refused, since nobody gives the value.

    ## What to do
    Give the parameter a default, in the source or in `arguments` of the CronWorkflow.
    """

    code: ClassVar[str] = "PAR004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "parameter `{name}` has no default, but the workflow is scheduled"
    name: str
