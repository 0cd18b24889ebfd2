"""Findings about schedules in the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class PatternRewritten(Diagnostic):
    """The cron pattern is written differently.

    ## Why it matters
    Argo's parser reads some fields differently (weekday 7, ranges that go round, steps beside a weekday); the pattern
    in the output fires at the same times.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "SCH001"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{pattern}` is written `{written}`"
    pattern: str
    written: str


class PatternFiltered(Diagnostic):
    """The cron pattern fires more often, and a condition drops what is too much.

    ## Why it matters
    Argo's cron has no word for the last day of a month, the n-th weekday, or a delay in real time across a clock
    change. `when` of the CronWorkflow decides at each tick.

    ## What to do
    Nothing; the controller must evaluate `when` within the same minute.
    """

    code: ClassVar[str] = "SCH002"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{pattern}` is `{written}` with a condition (`when`)"
    pattern: str
    written: str


class SecondsDropped(Diagnostic):
    """The schedule says a second of the minute.

    ## Why it matters
    Cron has no seconds: runs are made up to a minute earlier. Their logical time is the same.

    ## What to do
    Nothing, unless the seconds matter.
    """

    code: ClassVar[str] = "SCH020"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "runs start {seconds} s earlier: cron has no seconds"
    seconds: int


class NoCron(Diagnostic):
    """Argo's cron cannot fire like this.

    ## Why it matters
    No CronWorkflow was written; the workflow runs only when started by hand.

    ## What to do
    Write a CronWorkflow by hand, or choose a schedule that cron can say.
    """

    code: ClassVar[str] = "SCH003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the schedule `{schedule}` was not converted: {why}"
    schedule: str
    why: str


class BelowMinute(Diagnostic):
    """The schedule fires more often than once a minute.

    ## Why it matters
    Argo's cron has no seconds. No CronWorkflow was written.

    ## What to do
    Choose a minute or more, or let one long run do the work in a loop.
    """

    code: ClassVar[str] = "SCH021"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "the schedule `{schedule}` fires below or between whole minutes, which cron cannot"
    schedule: str


class OneRun(Diagnostic):
    """A workflow that runs once.

    ## Why it matters
    A Workflow file was written for that one run; it is not part of the kustomization.

    ## What to do
    Apply it when the run should happen: `argo submit`.
    """

    code: ClassVar[str] = "SCH004"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the one run is in `{file}`, to be submitted by hand"
    file: str


class NotQuiteContinuous(Diagnostic):
    """A run follows the last one at once.

    ## Why it matters
    The CronWorkflow tries every minute and drops the tick while a run is active: up to a minute passes between runs.

    ## What to do
    Nothing, unless the minute matters.
    """

    code: ClassVar[str] = "SCH005"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "up to one minute passes between two runs"


class DataSchedule(Diagnostic):
    """Runs are made when data sets or assets are updated.

    ## Why it matters
    Argo Workflows has no such trigger. A stub for Argo Events was written beside the workflow.

    ## What to do
    Complete the stub, or let the producing workflows start this one.
    """

    code: ClassVar[str] = "SCH010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "runs on updates of {names} are not converted: see `{file}`"
    names: str
    file: str


class MissedRuns(Diagnostic):
    """Missed runs are caught up.

    ## Why it matters
    After an outage Argo makes at most one missed run, within `startingDeadlineSeconds`. `{file}` makes runs for any
    dates.

    ## What to do
    After an outage, submit it with the missing dates.
    """

    code: ClassVar[str] = "SCH011"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "Argo makes at most one missed run; `{file}` makes the others"
    file: str


class OneMissedRun(Diagnostic):
    """A tick that falls into a restart of the controller is made up for.

    ## Why it matters
    `startingDeadlineSeconds` is set, so that it is not lost.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "SCH012"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "a tick missed by less than {seconds} s is made up for"
    seconds: int


class LateTickFiltered(Diagnostic):
    """A schedule has a condition over the present time.

    ## Why it matters
    Argo has no word for the time that a run is made for when it decides, so the condition sees the present time. A tick
    that is made up for after a restart of the controller is dropped if the condition no longer holds by then.

    ## What to do
    Start a run by hand if the controller was away at such a time.
    """

    code: ClassVar[str] = "SCH024"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = (
        "the condition of the schedule sees the present time: a tick that comes late may be dropped"
    )


class OddClockChange(Diagnostic):
    """The clocks of the time zone change by another step than an hour.

    ## Why it matters
    On the days of the change, patterns that fire in every hour or in several hours around it may fire at other times.

    ## What to do
    Look at the runs of those days, or use UTC.
    """

    code: ClassVar[str] = "SCH025"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the clocks of {zone} change by {minutes} minutes: fire times on those days may differ"
    zone: str
    minutes: int


class TicksDropped(Diagnostic):
    """One run at a time, and missed ticks are not caught up.

    ## Why it matters
    Argo drops a tick while a run is active. The source makes the newest missed run when the active one ends.

    ## What to do
    Nothing, if runs are shorter than the schedule's period.
    """

    code: ClassVar[str] = "SCH013"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "a tick during an active run is dropped; the source makes the newest one later"


class DependsOnPast(Diagnostic):
    """A task depends on its own last run.

    ## Why it matters
    Runs queue up one after the other (a mutex), but a task of a failed run does not hold back the next run's task.

    ## What to do
    Stop the CronWorkflow after a failure (`stopStrategy`), or check the last run in a first step.
    """

    code: ClassVar[str] = "SCH015"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "runs follow one another, but a failed run does not hold back the next one"


class StartsSuspended(Diagnostic):
    """The CronWorkflow starts suspended.

    ## Why it matters
    A migrated schedule must not run beside the old one.

    ## What to do
    Pause the source workflow, then `argo cron resume`. `schedule.suspend_all = false` changes this for all.
    """

    code: ClassVar[str] = "SCH016"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the CronWorkflow is suspended until you resume it"


class FailuresCounted(Diagnostic):
    """The schedule stops after some failed runs.

    ## Why it matters
    Argo counts all failed runs, the source only those in a row.

    ## What to do
    Watch the CronWorkflow: it may stop earlier.
    """

    code: ClassVar[str] = "SCH017"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "stops after {count} failed runs in total, not in a row"
    count: int


class MissedSessions(Diagnostic):
    """The source makes every missed session after an outage.

    ## Why it matters
    Argo makes at most one.

    ## What to do
    Submit the missing sessions with `{file}`.
    """

    code: ClassVar[str] = "SCH022"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "after an outage Argo makes one missed run at most; `{file}` makes the others"
    file: str


class DeadlineOfRun(Diagnostic):
    """A time by which a run should be over, of a workflow that is tried again as a whole.

    ## Why it matters
    Argo can only end a run at a deadline, which the source does not do, and a step that watches the run would be tried
    again with it. Nobody is told when a run is late.

    ## What to do
    Watch the duration of runs with your monitoring (Argo exports it as a metric).
    """

    code: ClassVar[str] = "SCH023"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the deadline (`{deadline}`) was not converted"
    deadline: str


class ClockChange(Diagnostic):
    """The schedule fires in hours that a clock change touches.

    ## Why it matters
    On those days Argo and the source may skip or repeat a run differently.

    ## What to do
    Choose another hour, or UTC, if that matters.
    """

    code: ClassVar[str] = "SCH030"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{pattern}` in {zone}: a clock change touches this hour"
    pattern: str
    zone: str
