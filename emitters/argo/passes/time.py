"""Pass `time`: the times of the run, and the facts that pods are told (mapping 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from emitters.argo import manifest as m
from emitters.argo.context import CONTEXT
from emitters.argo.expressions import RFC3339, duration, quote, tag
from emitters.argo.names import param_name
from emitters.argo.passes.data_flow import reads_configuration
from emitters.argo.passes.templates import build_helper
from emitters.argo.plan import ROOT, Body, Call, Leaf, PassContext, Plan
from emitters.argo.templates.helpers import interval_template
from emitters.argo.ticks import Rhythm, rhythm_of
from emitters.argo.wiring import TIMES, conf_parameter
from migrate.diagnostics.argo_time import IntervalStep
from migrate.ir.actions import Noop
from migrate.ir.schedule import Cron, Interval, OffsetInterval, PointInterval, SessionInterval
from migrate.ir.workflow import Task, Workflow

LOGICAL = "logical-date"
GIVEN = f"workflow.parameters['{LOGICAL}']"
FIRE = f"({GIVEN} != '' ? {GIVEN} : workflow.scheduledTime ?? workflow.creationTimestamp.RFC3339)"
SCHEDULED = f"({GIVEN} == '' && workflow.scheduledTime != nil)"
INPUT = "inputs.parameters['fire-time']"
STEP = "af-interval"
RUN = "run"


def time(plan: Plan, context: PassContext) -> Plan:
    """Before: body `main` has an input `interval-start` without value, and one `af-context`.

    After: `interval-start` is an expression over the fire time (`workflow.scheduledTime`, or the parameter
    `logical-date` of a run by hand). If the schedule's pattern has no simple rhythm, `main` becomes a step
    `af-interval` that walks the pattern and a call of the former root `run`.
    """
    root = plan.body(ROOT)
    wanted = [n for n in (*TIMES.values(), CONTEXT) if n in root.inputs]
    values = time_expressions(plan.workflow)
    if reads_configuration(plan) and all(p.name != "conf" for p in plan.parameters):
        plan = replace(plan, parameters=(*plan.parameters, conf_parameter()))
    if values is None and wanted:
        return _by_step(plan, context, wanted)
    if not wanted:
        return plan
    assert values is not None
    inputs: dict[str, str | None] = {}
    if any(INPUT in values.get(n, "") or n == CONTEXT for n in wanted):
        inputs["fire-time"] = tag(FIRE[1:-1])
    for name in wanted:
        if name == CONTEXT:
            inputs[name] = tag(context_expression(plan, values))
        elif name != "fire-time":
            inputs[name] = tag(values[name])
        else:
            inputs[name] = tag(FIRE[1:-1])
    others = {n: v for n, v in root.inputs.items() if n not in inputs}
    return plan.with_body(replace(root, inputs={**inputs, **others}))


def time_expressions(workflow: Workflow) -> dict[str, str] | None:
    """Expressions (RFC 3339 text) by input name, over the root's input `fire-time`. None: the pattern needs a step."""
    schedule = workflow.schedule
    rule = schedule.interval if schedule is not None else PointInterval()
    point = dict.fromkeys(TIMES.values(), INPUT)
    if schedule is None or isinstance(rule, PointInterval) or not isinstance(schedule, Cron | Interval):
        return point
    if isinstance(rule, OffsetInterval):
        return _between(f"date({INPUT}).Add(duration('-{duration(rule.seconds)}')).Format('{RFC3339}')", INPUT)
    if isinstance(rule, SessionInterval):
        return _session(schedule, rule)
    if isinstance(schedule, Interval):
        return _even(schedule)
    rhythm = rhythm_of(schedule.patterns[0], schedule.timezone) if len(schedule.patterns) == 1 else None
    return None if rhythm is None else _ticks(rhythm)


def _between(start: str, end: str, previous: str = INPUT, following: str = "") -> dict[str, str]:
    """The times of a run for an interval: a run by hand has the given time as its logical date."""
    return {
        "fire-time": INPUT,
        "logical-date": f"{SCHEDULED} ? {start} : {INPUT}",
        "interval-start": start,
        "interval-end": end,
        "previous-logical-date": f"{SCHEDULED} ? {previous} : {INPUT}",
        "next-logical-date": f"{SCHEDULED} ? {following or end} : {INPUT}",
    }


def _ticks(rhythm: Rhythm) -> dict[str, str]:
    return _between(rhythm.tick(INPUT, 1), rhythm.tick(INPUT), rhythm.tick(INPUT, 2))


def _even(schedule: Interval) -> dict[str, str]:
    def back(n: int) -> str:
        if schedule.months:
            return f"date({INPUT}).UTC().AddDate(0, {-n * schedule.months}, 0).Format('{RFC3339}')"
        return f"date({INPUT}).UTC().Add(duration('-{duration(n * schedule.seconds)}')).Format('{RFC3339}')"

    return _between(back(1), INPUT, back(2))


def _session(schedule: Cron | Interval, rule: SessionInterval) -> dict[str, str] | None:
    delay = int(rule.delay // 60 * 60)
    late = f".Add(duration('-{delay}s'))" if delay else ""
    session = f"date({INPUT}){late}.UTC().Format('{RFC3339}')"
    now = f"{SCHEDULED} ? {session} : {INPUT}"
    rhythm = rhythm_of(rule.session, schedule.timezone)
    if rhythm is None:
        return None
    moment = f"({now})"
    return {
        "fire-time": INPUT,
        "logical-date": now,
        "interval-start": now,
        "interval-end": now,
        "previous-logical-date": rhythm.tick(moment, 1),
        "next-logical-date": rhythm.tick(moment, -1),
    }


def context_expression(plan: Plan, values: Mapping[str, str]) -> str:
    """JSON text of the run's facts; dollar signs are doubled for the kubelet."""
    facts = {
        "logical_date": values["logical-date"],
        "data_interval_start": values["interval-start"],
        "data_interval_end": values["interval-end"],
        "fire_time": values["fire-time"],
        "run_id": "workflow.name",
        "run_type": f"{SCHEDULED} ? 'scheduled' : 'manual'",
        "uid": "workflow.uid",
    }
    if values["previous-logical-date"] != values["logical-date"]:
        facts["previous_logical"] = values["previous-logical-date"]
        facts["next_logical"] = values["next-logical-date"]
    if plan.workflow.params:
        pairs = ", ".join(f"{quote(p.name)}: workflow.parameters['{param_name(p.name)}']" for p in plan.workflow.params)
        facts["params"] = "{" + pairs + " }"
    if any(p.name == "conf" for p in plan.parameters):
        facts["conf"] = "workflow.parameters.conf"
    inside = ", ".join(f"'{name}': {text}" for name, text in facts.items())
    json_text = "toJson({" + inside + " })"
    return f"replace({json_text}, '$', '$$')" if "params" in facts or "conf" in facts else json_text


def _by_step(plan: Plan, context: PassContext, wanted: list[str]) -> Plan:
    schedule = plan.workflow.schedule
    assert isinstance(schedule, Cron)
    rule = schedule.interval
    session = isinstance(rule, SessionInterval)
    patterns = (rule.session,) if isinstance(rule, SessionInterval) else schedule.patterns
    owner = Task(id=plan.workflow.id, span=plan.workflow.span, operator="", action=Noop())
    kind = "session" if session else "period"
    delay = rule.delay // 60 * 60 if isinstance(rule, SessionInterval) else 0
    leaf = build_helper(
        plan,
        context,
        owner,
        STEP,
        lambda ctx: interval_template(ctx, patterns, schedule.timezone, rule=kind, seconds=delay),
    )
    context.sink.add(IntervalStep(span=plan.workflow.span, workflow=plan.workflow.id, pattern=", ".join(patterns)))
    plan = _nested(plan, replace(leaf, calls=((ROOT, STEP),)))
    run = plan.body(RUN)
    found = {n: f"tasks['{STEP}'].outputs.parameters['{n}']" for n in TIMES.values()} | {"fire-time": INPUT}
    arguments = {}
    for name in wanted:
        if name == CONTEXT:
            arguments[name] = tag(context_expression(plan, found))
        elif name == "fire-time":
            arguments[name] = "{{inputs.parameters.fire-time}}"
        else:
            arguments[name] = f"{{{{tasks.{STEP}.outputs.parameters.{name}}}}}"
    step = Call(STEP, STEP, arguments={CONTEXT: "{{inputs.parameters.af-context}}"})
    call = Call(RUN, RUN, depends=f"{STEP}.Succeeded", waits=(STEP,), certain=frozenset({STEP}), arguments=arguments)
    first = dict.fromkeys(TIMES.values(), INPUT)
    inputs = {"fire-time": tag(FIRE[1:-1]), CONTEXT: tag(context_expression(plan, first))}
    root = Body(ROOT, (step, call), inputs=inputs)
    rest = tuple(b for b in plan.bodies if b.name != RUN)
    return replace(plan, bodies=(root, replace(run, parent=(ROOT, RUN)), *rest))


def _nested(plan: Plan, leaf: Leaf) -> Plan:
    """The root renamed to `run`."""

    def renamed(body: Body) -> Body:
        if body.name == ROOT:
            return replace(body, name=RUN)
        if body.parent is not None and body.parent[0] == ROOT:
            return replace(body, parent=(RUN, body.parent[1]))
        return body

    leaves = tuple(replace(x, calls=tuple((RUN if b == ROOT else b, c) for b, c in x.calls)) for x in plan.leaves)
    return replace(plan, bodies=tuple(map(renamed, plan.bodies)), leaves=(*leaves, leaf))


def logical_date_parameter() -> m.Parameter:
    """The parameter that a run by hand gets its logical date from."""
    return m.Parameter(name=LOGICAL, value="", description="run by hand: its logical date (RFC 3339); empty: now")
