"""Sensors, approvals and what else waits."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class FileOnWorker(Diagnostic):
    """A sensor looks for a file on the worker's disk.

    ## Why it matters
    A pod has a disk of its own; the file is only seen on a volume that is mounted into it.

    ## What to do
    Mount the volume in the generated template, or wait for the file where it really comes from (a bucket).
    """

    code: ClassVar[str] = "SEN010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the sensor looks for `{path}`: the volume with this file must be mounted"

    path: str


class WaitFromStart(Diagnostic):
    """A wait for a length of time.

    ## Why it matters
    The source counts from the end of the run's data interval, so a run that is late waits less. The step waits for the
    same moment.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "SEN020"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the wait is counted from the end of the run's interval, as in the source"


class LatestOnlyAssumed(Diagnostic):
    """The steps below run only in the latest run.

    ## Why it matters
    A scheduled run is the latest one until the schedule's next tick has passed; a run by hand always is.
    Argo starts the newest missed run only, so that after an outage older runs do not exist at all.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "BRN010"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "a scheduled run is the latest one until the schedule's next tick; a run by hand always is"


class ApprovalDetails(Diagnostic):
    """A question to a person has options that Argo's suspended step does not know.

    ## Why it matters
    The step waits for an answer in the user interface or command line; anybody who may resume the workflow can answer.

    ## What to do
    Restrict who may resume workflows, and send the notice with a step before if one is needed.
    """

    code: ClassVar[str] = "HITL001"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` of the question is not converted"

    name: str


class PodHeld(Diagnostic):
    """A sensor or operator that gives its worker slot back while it waits (`mode="reschedule"`, `deferrable=True`).

    ## Why it matters
    It looks at the same times and ends in the same state, but its pod stays on the cluster while it waits: one start
    instead of one before and one after the wait.

    ## What to do
    Nothing, unless many sensors wait at once: then give their pods small resource requests.
    """

    code: ClassVar[str] = "SEN002"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the pod stays while the task waits"
