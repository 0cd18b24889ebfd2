"""Findings about Digdag projects."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class WorkflowRejected(Diagnostic):
    """Digdag itself refuses this file, so there is no workflow to convert.

    ## Why it matters
    Digdag checks a project as a whole: one file that it refuses stops every workflow of the project from being pushed.

    ## What to do
    Correct the file as the message says (it is worded as Digdag words it), then convert again.
    """

    code: ClassVar[str] = "DIG001"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "Digdag refuses this file ({stage}): {error}"
    stage: str
    error: str


class UnusedScheduleKey(Diagnostic):
    """A key under `schedule:` that Digdag's server refuses although a local run only logs it.

    ## Why it matters
    `digdag push` ends with an error for such a file; `digdag run` and `digdag check` go on. We convert what a local
    run does.

    ## What to do
    Remove the key, unless the message says that it has an effect (`delay` under `cron>`).
    """

    code: ClassVar[str] = "DIG002"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{key}` is not a key of this schedule; Digdag's server refuses it on push"
    key: str
