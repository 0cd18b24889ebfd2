"""Schedules: the CronWorkflow, the one run of `@once`, the template that makes missed runs (mapping 9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.build import metadata
from emitters.argo.cron_patterns import Fires, NoPattern
from emitters.argo.expressions import tag
from emitters.argo.fire_times import Bounds, bounds_of, fires_of, shortest_distance
from emitters.argo.names import WORKFLOW_LIMIT
from emitters.argo.passes.runs import drops_ticks
from emitters.argo.passes.time import LOGICAL
from emitters.argo.plan import PassContext, Plan
from emitters.argo.ticks import always_once, change_minutes
from emitters.argo.write_yaml import to_yaml
from migrate.diagnostics import argo_schedules as found
from migrate.ir.schedule import Continuous, Cron, Interval, Once, OnData, Schedule, SessionInterval
from migrate.names import slug

PAST = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
"""A start before this needs no condition: it is over when anyone runs the output."""


def schedule_files(plan: Plan, context: PassContext) -> Iterator[tuple[str, str]]:
    """(file name, text) of what makes the runs of this workflow."""
    schedule = plan.workflow.schedule
    where: dict[str, Any] = {"span": plan.workflow.span, "workflow": plan.workflow.id}
    if plan.workflow.deadline is not None:
        context.sink.add(found.DeadlineOfRun(deadline=plan.workflow.deadline.time, **where))
    if schedule is None:
        return
    if isinstance(schedule, Once):
        yield _once(plan, context, schedule)
        return
    if isinstance(schedule, OnData):
        yield _on_data(plan, context, schedule)
        if not schedule.cron:
            return
    if not isinstance(schedule, Cron | Interval | Continuous | OnData):
        return
    try:
        fires, zone = fires_of(schedule)
    except NoPattern as problem:
        below = isinstance(schedule, Interval) and schedule.seconds % 60
        made = found.BelowMinute(schedule=_text(schedule), **where) if below else None
        context.sink.add(made or found.NoCron(schedule=_text(schedule), why=str(problem), **where))
        return
    _report(plan, context, schedule, fires, where)
    cron = cron_workflow(plan, context, schedule, fires, zone)
    yield "cron-workflow.yaml", to_yaml(m.to_plain(cron), header=f"{plan.workflow.id}: {_text(schedule)}")
    if (schedule.catchup or isinstance(schedule.interval, SessionInterval)) and context.config.schedule.backfill:
        yield "backfill.yaml", to_yaml(backfill_template(plan, context), header=_backfill_help(plan))


def _text(schedule: Schedule) -> str:
    if schedule.text:
        return schedule.text
    return " | ".join(schedule.patterns) if isinstance(schedule, Cron) else schedule.kind


def cron_workflow(
    plan: Plan, context: PassContext, schedule: Cron | Interval | Continuous | OnData, fires: Fires, zone: str
) -> m.Manifest:
    """The CronWorkflow of a schedule whose fire times are known."""
    config = context.config.schedule
    bounds = bounds_of(schedule)
    spec = m.CronSpec(
        schedules=list(fires.patterns),
        timezone=zone,
        when=_when(fires, bounds),
        stop_strategy=_stop(plan, bounds),
        starting_deadline_seconds=_deadline(schedule, config.starting_deadline),
        concurrency_policy=_policy(plan, schedule),
        suspend=True if config.suspend_all or schedule.paused or plan.workflow.paused else None,
        successful_jobs_history_limit=config.successful_history,
        failed_jobs_history_limit=config.failed_history,
        workflow_spec=m.WorkflowSpec(workflow_template_ref={"name": plan.slug}),
    )
    notes = {"migrate.source/id": plan.workflow.id}
    return m.Manifest(
        api_version=m.ARGO, kind="CronWorkflow", metadata=metadata(plan.slug, context.config, notes), spec=spec
    )


def _when(fires: Fires, bounds: Bounds) -> str | None:
    clauses = [fires.when] if fires.when else []
    if bounds.first is not None and bounds.first > PAST:
        clauses.append(f"now() >= date('{_moment(bounds.first)}')")
    if not clauses:
        return None
    return tag(clauses[0] if len(clauses) == 1 else " && ".join(f"({c})" if " || " in c else c for c in clauses))


def _stop(plan: Plan, bounds: Bounds) -> m.StopStrategy | None:
    tests = []
    if bounds.stop is not None:
        tests.append(f"now() >= date('{_moment(bounds.stop)}')")
    if plan.workflow.max_consecutive_failures:
        tests.append(f"cronworkflow.failed >= {plan.workflow.max_consecutive_failures}")
    return m.StopStrategy(expression=" || ".join(tests)) if tests else None


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _deadline(schedule: Schedule, upper: int) -> int:
    if schedule.skip_delayed_by is not None:
        return max(1, int(schedule.skip_delayed_by))
    if schedule.catchup or not isinstance(schedule, Cron | Interval):
        return upper if schedule.catchup else min(60, upper)
    return max(1, min(int(shortest_distance(schedule) // 2), upper))


def _policy(plan: Plan, schedule: Schedule) -> str:
    if isinstance(schedule, Continuous):
        return "Forbid"
    return "Forbid" if drops_ticks(schedule, plan.workflow.max_active_runs) else "Allow"


def _report(plan: Plan, context: PassContext, schedule: Schedule, fires: Fires, where: dict[str, Any]) -> None:
    add = context.sink.add
    written = " | ".join(fires.patterns)
    if fires.superset:
        add(found.PatternFiltered(pattern=_text(schedule), written=written, **where))
    elif fires.changed:
        add(found.PatternRewritten(pattern=_text(schedule), written=written, **where))
    if fires.seconds:
        add(found.SecondsDropped(seconds=fires.seconds, **where))
    if isinstance(schedule, Continuous):
        add(found.NotQuiteContinuous(**where))
    elif drops_ticks(schedule, plan.workflow.max_active_runs) and not schedule.skip_if_running:
        add(found.TicksDropped(**where))
    if isinstance(schedule.interval, SessionInterval) and schedule.skip_delayed_by is None:
        add(found.MissedSessions(file=f"{plan.slug}/backfill.yaml", **where))
    elif schedule.catchup and not isinstance(schedule.interval, SessionInterval):
        add(found.MissedRuns(file=f"{plan.slug}/backfill.yaml", **where))
    elif isinstance(schedule, Cron | Interval) and not schedule.catchup:
        add(found.OneMissedRun(seconds=_deadline(schedule, context.config.schedule.starting_deadline), **where))
    if fires.when:
        add(found.LateTickFiltered(**where))
    if isinstance(schedule, Cron) and change_minutes(schedule.timezone) != 60:
        add(found.OddClockChange(zone=schedule.timezone, minutes=change_minutes(schedule.timezone), **where))
    if context.config.schedule.suspend_all:
        add(found.StartsSuspended(**where))
    if plan.workflow.depends_on_past or any(t.depends_on_past for t in plan.workflow.tasks()):
        add(found.DependsOnPast(**where))
    if plan.workflow.max_consecutive_failures:
        add(found.FailuresCounted(count=plan.workflow.max_consecutive_failures, **where))
    if not fires.superset and isinstance(schedule, Cron):
        _clock_changes(schedule, fires, where, context)


def _clock_changes(schedule: Cron, fires: Fires, where: dict[str, Any], context: PassContext) -> None:
    for pattern in fires.patterns:
        minute, hour, *_ = pattern.split()
        if hour.isdigit() and minute.isdigit() and not always_once(schedule.timezone, int(hour), int(minute)):
            context.sink.add(found.ClockChange(pattern=pattern, zone=schedule.timezone, **where))


def _once(plan: Plan, context: PassContext, schedule: Once) -> tuple[str, str]:
    """A Workflow for the one run; its logical date is the start of the schedule."""
    name = f"{plan.slug}-once.yaml"
    where: dict[str, Any] = {"span": plan.workflow.span, "workflow": plan.workflow.id}
    context.sink.add(found.OneRun(file=f"{plan.slug}/{name}", **where))
    arguments = None
    if schedule.start is not None:
        moment = schedule.start.isoformat()
        arguments = m.Arguments(parameters=[m.Parameter(name=LOGICAL, value=moment)])
    spec = m.WorkflowSpec(workflow_template_ref={"name": plan.slug}, arguments=arguments)
    own = metadata(slug(f"{plan.slug}-once", WORKFLOW_LIMIT), context.config)
    manifest = m.Manifest(api_version=m.ARGO, kind="Workflow", metadata=own, spec=spec)
    return name, to_yaml(m.to_plain(manifest), header=f"The one run of {plan.workflow.id}: argo submit this file.")


def backfill_template(plan: Plan, context: PassContext) -> dict[str, Any]:
    """A WorkflowTemplate that makes one run per given fire time, one after the other.

    A run is told its fire time by the annotation that Argo's own cron sets, so it computes everything as a scheduled
    run does.
    """
    manifest = to_yaml(
        {
            "apiVersion": m.ARGO,
            "kind": "Workflow",
            "metadata": {
                "generateName": f"{plan.slug}-",
                "annotations": {"workflows.argoproj.io/scheduled-time": "{{inputs.parameters.fire-time}}"},
            },
            "spec": {"workflowTemplateRef": {"name": plan.slug}},
        }
    )
    run = m.Template(
        name="run-for",
        inputs=m.Inputs(parameters=[m.Parameter(name="fire-time")]),
        resource=m.Resource(
            action="create",
            success_condition="status.phase in (Succeeded, Failed, Error)",
            manifest=manifest,
        ),
    )
    step = m.Step(
        name="run-for",
        template="run-for",
        with_param="{{workflow.parameters.fire-times}}",
        arguments=m.Arguments(parameters=[m.Parameter(name="fire-time", value="{{item}}")]),
    )
    main = m.Template(name="main", parallelism=1, steps=[[step]])
    times = m.Parameter(name="fire-times", description='JSON list of times, like ["2026-01-02T00:00:00Z"]')
    spec = m.WorkflowSpec(
        entrypoint="main",
        arguments=m.Arguments(parameters=[times]),
        service_account_name=context.config.service_account,
        templates=[main, run],
    )
    own = metadata(_backfill_name(plan), context.config)
    return m.to_plain(m.Manifest(api_version=m.ARGO, kind="WorkflowTemplate", metadata=own, spec=spec))


def _backfill_name(plan: Plan) -> str:
    return slug(f"{plan.slug}-backfill", WORKFLOW_LIMIT)


def _backfill_help(plan: Plan) -> str:
    return f"""\
Runs of {plan.workflow.id} for past times: the times at which the schedule would have fired.
argo submit --from workflowtemplate/{_backfill_name(plan)} -p fire-times='["2026-01-02T00:00:00Z"]'"""


def _on_data(plan: Plan, context: PassContext, schedule: OnData) -> tuple[str, str]:
    """What a person needs to write the event part, as a text."""
    name = "on-data.txt"
    where: dict[str, Any] = {"span": plan.workflow.span, "workflow": plan.workflow.id}
    names = ", ".join(schedule.names) or schedule.expression
    context.sink.add(found.DataSchedule(names=names, file=f"{plan.slug}/{name}", **where))
    text = f"""\
{plan.workflow.id} runs when these are updated: {names}
{schedule.expression}

Argo Events can do that. A Sensor that starts the workflow (the EventSource is yours to choose):

apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata:
  name: {plan.slug}
spec:
  dependencies:
  - name: updated
    eventSourceName: TODO
    eventName: TODO
  triggers:
  - template:
      name: start
      argoWorkflow:
        operation: submit
        source:
          resource:
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata:
              generateName: {plan.slug}-
            spec:
              workflowTemplateRef:
                name: {plan.slug}
"""
    return name, text
