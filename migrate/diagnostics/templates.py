"""Findings about template text in arguments (TPL002, TPL003, TPL010)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class TemplateName(Diagnostic):
    """A template uses a name that runs do not have.

    ## Why it matters
    Rendering the text fails when the task starts (it does in the source system as well, if the name is unknown there).

    ## What to do
    Correct the name, define it in `user_defined_macros`, or write the value into the generated template.
    """

    code: ClassVar[str] = "TPL002"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the template uses `{name}`, which runs do not have"

    name: str


class TemplateSyntax(Diagnostic):
    """Text of a template field that is no valid Jinja.

    ## Why it matters
    The source system fails on it when the task starts, and so does the result.

    ## What to do
    Correct the text in the source and convert again.
    """

    code: ClassVar[str] = "TPL003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "no valid template: {error}"

    error: str


class TemplateHistory(Diagnostic):
    """A template needs a fact about an earlier run.

    ## Why it matters
    Argo keeps no record of earlier runs that a workflow can ask. The value is None in every run, as it is in the first
    run at the source; a template that computes with it fails when the step starts.

    ## What to do
    Keep the value in a store outside, or use the run's own dates.
    """

    code: ClassVar[str] = "TPL010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` needs the history of runs: it is None in every run"

    name: str


class TemplateInclude(Diagnostic):
    """A template includes or imports another one that was not found.

    ## Why it matters
    Rendering fails when the task starts.

    ## What to do
    Add the folder that holds the file (`--path`), or correct `template_searchpath`.
    """

    code: ClassVar[str] = "TPL004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the included template `{name}` was not found"

    name: str
