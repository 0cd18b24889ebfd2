"""Findings about our own faults. They are never mixed with what the source did: severity is always `failed`."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class FileFailed(Diagnostic):
    """Reading a source file ended in an internal error.

    ## Why it matters
    Nothing of this file was converted: its workflows are missing from the output. The other files are not affected.

    ## What to do
    This is a fault of migrate, not of the file. Report it with the error text and, if you can, a reduced file. Until
    then leave the file out with `--exclude` so that the exit code speaks for the rest.
    """

    code: ClassVar[str] = "INT001"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "internal error while reading the file: {error}"

    error: str


class WorkflowFailed(Diagnostic):
    """Writing a workflow ended in an internal error.

    ## Why it matters
    The workflow was understood but no manifest was written for it. The other workflows are not affected.

    ## What to do
    This is a fault of migrate. Report it with the error text. `migrate inspect` still shows what was understood.
    """

    code: ClassVar[str] = "INT002"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "internal error while writing the workflow: {error}"

    error: str


class StageFailed(Diagnostic):
    """A step that concerns the whole batch ended in an internal error.

    ## Why it matters
    Files that all workflows share (variables, pools, roles, the kustomization) may be missing or incomplete.

    ## What to do
    This is a fault of migrate. Report it with the error text. The files of the single workflows are complete.
    """

    code: ClassVar[str] = "INT003"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "internal error in `{stage}`: {error}"

    stage: str
    error: str


class WorkerDied(Diagnostic):
    """The process that read this file ended without an answer, also when the file was tried alone.

    ## Why it matters
    Nothing of this file was converted. Usual causes are memory limits of the machine and very deeply nested sources.

    ## What to do
    Run this file alone with `--jobs 1` to see the cause, lower `budgets.*` in the configuration, or give the process
    more memory.
    """

    code: ClassVar[str] = "INT004"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the process that read this file died"


class TaskLost(Diagnostic):
    """A task of the source has no step in what was written, and no finding says why.

    ## Why it matters
    Nothing may be dropped silently. This check compares every source task with the names that were written.

    ## What to do
    This is a fault of migrate. Report it. Treat the workflow as not converted until it is fixed.
    """

    code: ClassVar[str] = "INT005"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "task `{task}` is missing from the output without a finding"
