"""Findings about the set of files that is written."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class SameWorkflowTwice(Diagnostic):
    """Two files define a workflow with the same id.

    ## Why it matters
    Airflow keeps only one of them, and which one depends on the order in which it reads the files. Only the first one
    (in order of file names) was converted, so what the second one does is not in the output.

    ## What to do
    Give one of them another id, or leave one file out with `--exclude`.
    """

    code: ClassVar[str] = "OUT001"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "workflow `{name}` is already defined at {first}; this one was not converted"

    name: str
    first: str


class SameFileTwice(Diagnostic):
    """Two workflows want to write the same output file.

    ## Why it matters
    Only the first one was written.

    ## What to do
    This is a fault of migrate. Report it with the names of both workflows.
    """

    code: ClassVar[str] = "OUT002"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "output file `{path}` is written twice; the second text was dropped"

    path: str


class NothingFound(Diagnostic):
    """No file under the given paths defines a workflow.

    ## Why it matters
    The output has no workflow. A wrong path, `--only` and `--exclude` patterns or an `.airflowignore` are the usual
    causes.

    ## What to do
    Check the paths. The report lists the files that were skipped, and why.
    """

    code: ClassVar[str] = "OUT003"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "no workflow was found"


class WorkflowWithoutTasks(Diagnostic):
    """None of a workflow's tasks could be read, and other findings say that there may be some.

    ## Why it matters
    An empty workflow would succeed without doing anything. A step that fails stands in it instead.

    ## What to do
    See the other findings of this workflow: they name what is missing, usually a folder to import from (`--path`) or a
    value to supply. If the workflow really has no tasks, nothing is lost.
    """

    code: ClassVar[str] = "OUT004"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "no task of this workflow could be read; a step that fails stands in it"
