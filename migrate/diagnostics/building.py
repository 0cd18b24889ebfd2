"""Findings about how tasks are put together (TIM001, DAG006, DAG03x, MAP01x, NOT004, NOT010, POOL010, ...)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class AssumedVersion(Diagnostic):
    """The version of Airflow that a file was written for is assumed.

    ## Why it matters
    Airflow 2 and 3 differ in what a run's dates mean, in defaults (`catchup`, the schedule) and in a few results.
    The conversion is exact for the version named.

    ## What to do
    Pass `--airflow-version` when the assumption is wrong.
    """

    code: ClassVar[str] = "TIM001"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "converted with the meaning of Airflow {generation} ({why})"

    generation: str
    why: str


class UnknownTriggerRule(Diagnostic):
    """A trigger rule that does not exist, or whose name is not known at conversion.

    ## Why it matters
    `all_success` was taken instead.

    ## What to do
    Correct the rule in the source and convert again.
    """

    code: ClassVar[str] = "DAG030"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{rule}` is no trigger rule; taken as `all_success`"

    rule: str


class MixedGroupRules(Diagnostic):
    """Tasks of a fanned-out group wait for tasks outside of it under different trigger rules.

    ## Why it matters
    The group starts as a whole in the result, so one rule must do for all of them: `all_success` was taken.

    ## What to do
    Check which tasks of the group should run when something before the group failed or was skipped.
    """

    code: ClassVar[str] = "DAG031"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the tasks of the mapped group `{group}` start under different rules: {rules}"

    group: str
    rules: str


class SubDagNested(Diagnostic):
    """A SubDagOperator: the DAG inside is nested in the workflow.

    ## Why it matters
    Its tasks run as part of the same run, in a nested template; they share the run's parameters and dates.

    ## What to do
    Nothing, unless something outside looks for the inner DAG's own runs.
    """

    code: ClassVar[str] = "DAG006"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the tasks of `{name}` run nested in this workflow"

    name: str


class FanOutNames(Diagnostic):
    """What a task is mapped over names its arguments only when the run is there.

    ## Why it matters
    The converter cannot tell which arguments of the operator the items fill in, so those are missing in the result.

    ## What to do
    Use `expand` with named arguments, or write the references to the item into the generated template.
    """

    code: ClassVar[str] = "MAP011"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the arguments that `expand_kwargs` fills in are not known at conversion"


class FanOutUnknown(Diagnostic):
    """What a task is mapped over is not known.

    ## Why it matters
    The number of instances depends on it, so the task stands in the output as a step that fails.

    ## What to do
    Give the missing value (`--variables`, `--env`, `--set assume.NAME=VALUE`) and convert again.
    """

    code: ClassVar[str] = "MAP010"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "`{name}` of `expand` is not known at conversion: {why}"

    name: str
    why: str


class DeadlineLost(Diagnostic):
    """A service level (`sla`, `sla_miss_callback`, deadline alerts).

    ## Why it matters
    Nothing in the result watches whether the task or run is late.

    ## What to do
    Watch the workflow from outside, or set `activeDeadlineSeconds` where late runs should be stopped.
    """

    code: ClassVar[str] = "NOT004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` has no equivalent: late tasks are not noticed"

    name: str


class CallbackLost(Diagnostic):
    """A callback whose code or message cannot be taken along.

    ## Why it matters
    Nothing is called when the task or run reaches that state.

    ## What to do
    Write the notification into the generated exit handler by hand.
    """

    code: ClassVar[str] = "NOT010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` is not converted: {why}"

    name: str
    why: str


class PodOverrideLost(Diagnostic):
    """A part of `executor_config` that is not known or has no meaning for Argo.

    ## Why it matters
    The pod runs without it.

    ## What to do
    Write the setting into the generated template.
    """

    code: ClassVar[str] = "POOL010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`executor_config` is not converted: {why}"

    why: str


class ParamUndetermined(Diagnostic):
    """The default of a parameter is not known at conversion.

    ## Why it matters
    The parameter has no default in the result: each run must be given a value. A task whose own parameter it is fails without.

    ## What to do
    Give the missing value and convert again, or write the default into the generated workflow.
    """

    code: ClassVar[str] = "PAR010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the default of the parameter `{name}` is not known at conversion: {why}"

    name: str
    why: str


class TaskFailed(Diagnostic):
    """A task that the converter failed on (an internal error).

    ## Why it matters
    It stands in the output as a step that fails.

    ## What to do
    Please report it, with the task's source.
    """

    code: ClassVar[str] = "INT010"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "internal error while the task was converted: {error}"

    error: str
