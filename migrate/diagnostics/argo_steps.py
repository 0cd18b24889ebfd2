"""Findings of the steps that touch other workflows, mail and chat."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class RunsWorkflows(Diagnostic):
    """The step starts or watches workflows, so its service account needs rights on them.

    ## Why it matters
    Pods of a workflow usually may not read or create workflows. Without the rights the step fails with "forbidden".

    ## What to do
    Apply the role in `shared/` (or give `--service-account` an account that has these rights).
    """

    code: ClassVar[str] = "OPS080"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = (
        "the step uses the Kubernetes API: its service account needs the rights on workflows in shared/"
    )


class CalledWorkflowUnknown(Diagnostic):
    """The workflow that is started is not among the converted ones.

    ## Why it matters
    The step starts a WorkflowTemplate of the name that conversion would give it; it must exist by then.

    ## What to do
    Convert both together, or rename the WorkflowTemplate to the name in the step.
    """

    code: ClassVar[str] = "OPS081"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "workflow {name} is started but is not part of this conversion"

    name: str


class AwaitedWorkflowUnknown(Diagnostic):
    """The workflow that is waited for is not among the converted ones.

    ## Why it matters
    The step looks for runs of the WorkflowTemplate that conversion would make, and computes their logical times as if
    they were their fire times, because the schedule is not known.

    ## What to do
    Convert both together.
    """

    code: ClassVar[str] = "OPS082"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "workflow {name} is waited for but is not part of this conversion"

    name: str


class AwaitedRunMayBeGone(Diagnostic):
    """A finished run is found only as long as its Workflow object exists.

    ## Why it matters
    CronWorkflows keep three successful and one failed run by default, and a time-to-live strategy deletes more. A wait
    for a deleted run ends with its timeout.

    ## What to do
    Keep enough runs: `schedule.successful_history` and `schedule.failed_history` in the configuration, and no short
    time-to-live for the awaited workflow.
    """

    code: ClassVar[str] = "OPS083"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "a run of {name} that was deleted before this step looks is not found"

    name: str
