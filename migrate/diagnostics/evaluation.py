"""Findings of the evaluation of DAG files: where conversion had to guess, and what it could not follow."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class UnknownCondition(Diagnostic):
    """A condition depends on a value that is not known at conversion.

    ## Why it matters
    Only one side of the condition was converted. If the other side holds in your deployment, the workflow differs. A side
    that only raises an error is not taken: Airflow would show no DAG of such a file.

    ## What to do
    Supply the value (`--variables`, `--env`, `--connections`), or say what to take in `[assume]` of `migrate.toml`: the
    key is the name (`variable:x`, `env:X`), the text of the condition, or `file:line`.
    """

    code: ClassVar[str] = "EVA001"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the condition `{source}` is not known at conversion ({why}); it was taken as {taken}"
    source: str
    why: str
    taken: bool
    name: str | None = None
    origin: str | None = None


class UnknownLoop(Diagnostic):
    """A loop goes over a value that is not known at conversion.

    ## Why it matters
    How many tasks the loop makes is not known. Its body was converted once, with an unknown item.

    ## What to do
    Supply the value, or an assumed one in `[assume]`; or turn the loop into a mapped task (`expand`).
    """

    code: ClassVar[str] = "EVA002"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = (
        "the loop over `{source}` depends on a value not known at conversion ({why}); it was run once"
    )
    source: str
    why: str
    name: str | None = None
    origin: str | None = None


class ImportMissing(Diagnostic):
    """An import of the user's own code does not lead to a file or name.

    ## Why it matters
    What the name stands for is unknown, so tasks that use it may be incomplete.

    ## What to do
    Give the folder that holds the module with `--path`, or the Airflow plugins folder with `--airflow-plugins`.
    """

    code: ClassVar[str] = "EVA003"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{name}` was not found among the given folders"
    name: str


class Failure(Diagnostic):
    """A statement raises an error when it is evaluated.

    ## Why it matters
    Airflow would refuse the file with the same error, or conversion does not know something that the statement needs.
    The statement was left out; the rest of the file was converted.

    ## What to do
    Check that the file loads in Airflow. If it does, `migrate inspect --trace FILE:LINE` shows the values of that line.
    """

    code: ClassVar[str] = "EVA004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the statement ends with {error}"
    error: str


class UnknownCall(Diagnostic):
    """A call unpacks arguments that are not known at conversion.

    ## Why it matters
    The call may have been given more arguments than were converted.

    ## What to do
    Write the arguments out, or supply the value that they come from.
    """

    code: ClassVar[str] = "EVA005"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the call takes arguments from `{source}`, which is not known at conversion ({why})"
    source: str
    why: str


class UnknownIterationEnd(Diagnostic):
    """A `while` loop depends on a value that is not known at conversion.

    ## Why it matters
    The loop was left after the last turn that conversion could follow.

    ## What to do
    Replace it with a loop over known values.
    """

    code: ClassVar[str] = "EVA006"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the loop `while {source}` is not known at conversion ({why}); it was not entered again"
    source: str
    why: str


class NotEvaluated(Diagnostic):
    """A construct that is never evaluated: `eval`, `exec`, reading outside the given folders, processes, network.

    ## Why it matters
    What it yields is unknown, and so is everything built from it.

    ## What to do
    Replace it by plain Python, or supply its result in `[assume]`.
    """

    code: ClassVar[str] = "EVA007"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{name}` is not evaluated"
    name: str


class CheckNotMade(Diagnostic):
    """Data are checked when the DAG file is loaded, and the check cannot be made at conversion.

    ## Why it matters
    Airflow refuses the file where the check fails. It was taken as passed.

    ## What to do
    Supply the values that the data depend on, or keep the schema in one piece.
    """

    code: ClassVar[str] = "EVA008"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{name}` does not check this data at conversion: {why}"
    name: str
    why: str
