"""Findings about evaluation limits."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class _Budget(Diagnostic):
    severity: ClassVar[Severity] = Severity.ERROR
    allowed: float
    what: str = ""


class StepsExceeded(_Budget):
    """The evaluation of a file took too many steps.

    ## Why it matters
    It stopped at this line; tasks that later lines make are missing.

    ## What to do
    If the file is meant to be that large, raise `budgets.steps`. An endless loop has to be changed.
    """

    code: ClassVar[str] = "BUD001"
    message: ClassVar[str] = "evaluation stopped after {allowed:.0f} steps"


class DepthExceeded(_Budget):
    """Functions call each other too deeply, or an expression is nested too deeply.

    ## Why it matters
    Evaluation of the file stopped at this line; tasks that later lines make are missing.

    ## What to do
    Check the recursion for its end; raise `budgets.depth` if it is meant.
    """

    code: ClassVar[str] = "BUD002"
    message: ClassVar[str] = "evaluation stopped at a depth of {allowed:.0f} calls"


class ItemsExceeded(_Budget):
    """A collection or loop has too many items.

    ## Why it matters
    Evaluation of the file stopped at this line; tasks that later lines make are missing.

    ## What to do
    Raise `budgets.items` if it is meant.
    """

    code: ClassVar[str] = "BUD003"
    message: ClassVar[str] = "evaluation stopped at a collection or loop of more than {allowed:.0f} items {what}"


class TextExceeded(_Budget):
    """A text or number is too long.

    ## Why it matters
    Evaluation of the file stopped at this line; tasks that later lines make are missing.

    ## What to do
    Raise `budgets.text` if it is meant.
    """

    code: ClassVar[str] = "BUD004"
    message: ClassVar[str] = "evaluation stopped at a text or number longer than {allowed:.0f} {what}"


class FilesExceeded(_Budget):
    """One DAG file reads too many files.

    ## Why it matters
    Evaluation of the file stopped at this line; tasks that later lines make are missing.

    ## What to do
    Raise `budgets.files` if it is meant.
    """

    code: ClassVar[str] = "BUD005"
    message: ClassVar[str] = "evaluation stopped after {allowed:.0f} files were read"


class TimeExceeded(_Budget):
    """The evaluation of a file took too long.

    ## Why it matters
    It stopped at this line; tasks that later lines make are missing.

    ## What to do
    Raise `budgets.seconds` if the file is meant to be that large.
    """

    code: ClassVar[str] = "BUD006"
    message: ClassVar[str] = "evaluation stopped after {allowed:.0f} seconds"


class TasksExceeded(_Budget):
    """A file makes more tasks than the limit allows; a DAG counts as five.

    ## Why it matters
    Evaluation stopped at this line; what later lines make is missing.

    ## What to do
    Bound the loop that makes the DAGs or tasks, or raise `budgets.tasks`.
    """

    code: ClassVar[str] = "BUD008"
    message: ClassVar[str] = "evaluation stopped after {allowed:.0f} tasks (a DAG counts as five) {what}"


BY_LIMIT: dict[str, type[_Budget]] = {
    "steps": StepsExceeded,
    "depth": DepthExceeded,
    "items": ItemsExceeded,
    "text": TextExceeded,
    "files": FilesExceeded,
    "seconds": TimeExceeded,
    "tasks": TasksExceeded,
}


class DagCutShort(Diagnostic):
    """Evaluation ran into a limit while a DAG was being made, and the DAG already had thousands of tasks.

    ## Why it matters
    What was made so far is not the DAG; a failing step stands for all of it.

    ## What to do
    Bound the loop that makes the tasks, or raise the limit that the other finding of the file names.
    """

    code: ClassVar[str] = "BUD007"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = (
        "evaluation stopped (budget `{limit}`) when it had {made} tasks; a failing step stands for it"
    )
    made: int
    limit: str
