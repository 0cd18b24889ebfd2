"""Findings about schedules as the sources write them (SCH006, SCH009, SCH040-SCH043)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class DefaultSchedule(Diagnostic):
    """The workflow has no schedule argument, so the version's default counts.

    ## Why it matters
    Airflow 2 runs such a DAG once a day, counted from its `start_date`; Airflow 3 runs it by hand only.

    ## What to do
    Nothing if the assumed version is right; else pass `--airflow-version`.
    """

    code: ClassVar[str] = "SCH006"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "no schedule is given: taken as {default}, the default of Airflow {generation}"

    default: str
    generation: str


class ScheduleNotConverted(Diagnostic):
    """A schedule object that has no equivalent.

    ## Why it matters
    The workflow is converted without a schedule and will not start by itself.

    ## What to do
    Write cron patterns for the CronWorkflow by hand, or let another system create the runs.
    """

    code: ClassVar[str] = "SCH009"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the schedule `{schedule}` has no equivalent: {why}"

    schedule: str
    why: str


class MovingStart(Diagnostic):
    """The start date is computed from the clock (`days_ago(1)`, `datetime.now()`).

    ## Why it matters
    Such a date moves on each time the file is read, so it bounds nothing but the very first runs. The converted
    schedule has no start bound.

    ## What to do
    Nothing, normally. Write a fixed date if runs before a certain day must not happen.
    """

    code: ClassVar[str] = "SCH040"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{name}` moves with the clock ({written}) and is not taken as a bound of the schedule"

    name: str
    written: str


class ScheduleInvalid(Diagnostic):
    """The schedule is no valid cron pattern, preset or duration.

    ## Why it matters
    The source system refuses such a DAG. It is converted without a schedule.

    ## What to do
    Correct the schedule in the source and convert again.
    """

    code: ClassVar[str] = "SCH041"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{schedule}` is no schedule that Airflow accepts"

    schedule: str


class ScheduleUnknown(Diagnostic):
    """The schedule is computed from something that conversion cannot know.

    ## Why it matters
    The workflow is converted without a schedule and will not start by itself.

    ## What to do
    Give the missing value (`--variables`, `--env`, `--set assume.NAME=VALUE`), or write the CronWorkflow by hand.
    """

    code: ClassVar[str] = "SCH042"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the schedule is not known at conversion: {why}"

    why: str


class BoundUnknown(Diagnostic):
    """The start or end date is not known at conversion.

    ## Why it matters
    The converted schedule has no such bound: it may start earlier or go on longer.

    ## What to do
    Give the missing value, or add the bound to the CronWorkflow (`when`, `stopStrategy`).
    """

    code: ClassVar[str] = "SCH043"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{name}` is not known at conversion: {why}"

    name: str
    why: str
