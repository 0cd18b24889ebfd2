"""Findings about join rules, final states and branches in the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class StartsLater(Diagnostic):
    """The join rule lets the task start before all its upstreams have ended; in Argo it starts when they all have.

    ## Why it matters
    Argo evaluates `depends` only when every task named in it has ended. The decision whether the task runs is the same;
    it is only taken later.

    ## What to do
    Nothing, unless the early start matters (a fast clean-up beside a slow task). Then split the workflow.
    """

    code: ClassVar[str] = "DAG010"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "rule `{rule}` starts early in the source; in Argo the task waits for all its upstreams"
    rule: str


class AlwaysWaits(Diagnostic):
    """A task with the rule `always` is ordered after its upstreams.

    ## Why it matters
    In the source it does not wait at all. In Argo it waits until they have ended, in whatever state, and then runs.

    ## What to do
    Nothing. Remove the dependencies in the source if it should start at once.
    """

    code: ClassVar[str] = "DAG011"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "rule `always`: the task runs in any case, but after its upstreams"


class FailureWins(Diagnostic):
    """Below a task that may be skipped and one that may fail, the failure decides.

    ## Why it matters
    The source system settles a state as soon as it can: with one skipped and one later failing upstream it may say
    skipped or upstream_failed, whichever comes first. Argo waits for both, and the failure wins.

    ## What to do
    Nothing; both outcomes are right in the source too.
    """

    code: ClassVar[str] = "DAG012"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "with both a skipped and a failed upstream the task counts as upstream_failed"


class SoftSkipBesideFailure(Diagnostic):
    """`one_success` over a task that may skip itself.

    ## Why it matters
    When an upstream skipped itself beside a failed one and none succeeded, the source says upstream_failed and Argo
    shows Skipped. In both the task does not run.

    ## What to do
    Nothing, unless a task further below tells the two apart.
    """

    code: ClassVar[str] = "DAG013"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = (
        "a self-skipped upstream beside a failed one: Argo shows Skipped instead of upstream_failed"
    )


class FinalStateSentinel(Diagnostic):
    """A step without a pod (`af-run-state`) decides the final state of the run.

    ## Why it matters
    Argo lets a skipped last task inherit the failure of what stands above it, and counts a failed clean-up task; the
    source does neither.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "DAG020"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the step `af-run-state` gives the run the final state it has in the source"


class SetupOrder(Diagnostic):
    """A setup's result reaches tasks that do not depend on it directly.

    ## Why it matters
    A failed or skipped setup keeps every task of its scope from running, whatever their rules. The condition is written
    out at each of them.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "DAG021"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the task also waits for its setup {setups}"
    setups: str


class FailFast(Diagnostic):
    """The run is stopped at the first failure.

    ## Why it matters
    The source kills running tasks, skips those that wait, and then judges the run by its last tasks. Argo kills
    nothing: it starts no further task, lets the running ones end, and the run is Failed.

    ## What to do
    Accept the difference, or stop the workflow from outside.
    """

    code: ClassVar[str] = "DAG004"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "fail fast: Argo starts nothing new after a failure, but ends no running task"


class SkipInsideGroup(Diagnostic):
    """A task below a fanned-out group, in which tasks may be skipped.

    ## Why it matters
    The group is a template of its own: outside, only its overall state is visible. In the source the task looks at the
    state of each task at the group's end in each copy; a skipped one counts as success here, so the task may run where
    the source would skip it.

    ## What to do
    Decide inside of the group what a skip means, or give the task a rule that does not look at skips (`none_failed`,
    `all_done`).
    """

    code: ClassVar[str] = "DAG005"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{group}` hides from rule {rule} that a task inside of one copy was skipped"

    group: str
    rule: str
