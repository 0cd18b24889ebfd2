"""Pass `time`: the times of the run, and the facts that pods are told (mapping 8.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.context import CONTEXT
from emitters.argo.expressions import RFC3339, duration, kept_json, literal, quote, tag
from emitters.argo.names import param_name
from emitters.argo.passes.data_flow import reads_configuration
from emitters.argo.passes.templates import build_helper
from emitters.argo.plan import ROOT, Body, Call, Leaf, PassContext, Plan
from emitters.argo.templates.helpers import check_template, interval_template
from emitters.argo.ticks import Rhythm, rhythm_of
from emitters.argo.wiring import TIMES, conf_parameter, is_point
from migrate.diagnostics.argo_time import IntervalStep
from migrate.ir.actions import Noop
from migrate.ir.schedule import Cron, Interval, OffsetInterval, PointInterval, Schedule, SessionInterval
from migrate.ir.workflow import Task, Workflow

LOGICAL = "logical-date"
GIVEN = f"workflow.parameters['{LOGICAL}']"
FIRE = f"({GIVEN} != '' ? {GIVEN} : workflow.scheduledTime ?? workflow.creationTimestamp.RFC3339)"
SCHEDULED = f"({GIVEN} == '' && workflow.scheduledTime != nil)"
INPUT = "inputs.parameters['fire-time']"
STEP = "af-interval"
CHECK = "af-check-params"
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
    plan = configured(plan)
    by_step = values is None and bool(set(wanted) - {CONTEXT, "fire-time"})
    if by_step:
        plan = _by_step(plan, context, wanted)
    if context.config.params.check and any(p.schema_ or p.required for p in plan.workflow.params):
        plan = _checked_first(plan, context)
        wanted = [*wanted, *([CONTEXT] if CONTEXT not in wanted and not by_step else [])]
    if by_step or not wanted:
        return plan
    root = plan.body(ROOT)
    inputs: dict[str, str | None] = {"fire-time": tag(FIRE[1:-1])}
    for name in wanted:
        if name == CONTEXT:
            inputs[name] = tag(context_expression(plan))
        elif name != "fire-time":
            assert values is not None
            inputs[name] = tag(values[name])
    others = {n: v for n, v in root.inputs.items() if n not in inputs}
    return plan.with_body(replace(root, inputs={**inputs, **others}))


def time_expressions(workflow: Workflow) -> dict[str, str] | None:
    """Expressions (RFC 3339 text) by input name, over the root's input `fire-time`. None: the pattern needs a step."""
    schedule = workflow.schedule
    rule = schedule.interval if schedule is not None else PointInterval()
    point = dict.fromkeys(TIMES.values(), INPUT)
    if is_point(workflow) or not isinstance(schedule, Cron | Interval):
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
        "run-date": f"{SCHEDULED} ? {start} : {INPUT}",
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
        "run-date": now,
        "interval-start": now,
        "interval-end": now,
        "previous-logical-date": rhythm.tick(moment, 1),
        "next-logical-date": rhythm.tick(moment, -1),
    }


def configured(plan: Plan) -> Plan:
    """The plan with a parameter for the run's configuration, if some pod may read that."""
    if not reads_configuration(plan) or any(p.name == "conf" for p in plan.parameters):
        return plan
    return replace(plan, parameters=(*plan.parameters, conf_parameter()))


def context_expression(plan: Plan, *, with_schedule: bool = True) -> str:
    """JSON text of the run's facts. The pod computes the run's interval from
    the fire time and `schedule` (runtime/pod_interval.py)."""
    facts = {
        "fire_time": INPUT,
        "run_id": "workflow.name",
        "run_type": f"{SCHEDULED} ? 'scheduled' : 'manual'",
        "uid": "workflow.uid",
    }
    rule = schedule_facts(plan.workflow.schedule) if with_schedule else {}
    if rule:
        facts["schedule"] = literal(rule)
    if plan.workflow.params:
        pairs = ", ".join(f"{quote(p.name)}: workflow.parameters['{param_name(p.name)}']" for p in plan.workflow.params)
        facts["params"] = "{" + pairs + " }"
    if any(p.name == "conf" for p in plan.parameters):
        facts["conf"] = "workflow.parameters.conf"
    inside = ", ".join(f"'{name}': {text}" for name, text in facts.items())
    text = "{" + inside + " }"
    return kept_json(text) if facts.keys() & {"params", "conf"} else f"toJson({text})"


def schedule_facts(schedule: Schedule | None) -> dict[str, Any]:
    """How the interval of a run follows from its fire time, for the runner; empty: it is the fire time itself."""
    if not isinstance(schedule, Cron | Interval) or isinstance(schedule.interval, PointInterval):
        return {}
    rule = schedule.interval
    if isinstance(rule, OffsetInterval):
        return {"rule": "offset", "seconds": rule.seconds}
    if isinstance(rule, SessionInterval):
        delay = int(rule.delay // 60 * 60)
        return {"rule": "session", "cron": rule.session.split("|"), "zone": schedule.timezone, "seconds": delay}
    if isinstance(schedule, Interval):
        return (
            {"rule": "period", "months": schedule.months}
            if schedule.months
            else {"rule": "period", "seconds": schedule.seconds}
        )
    return {"rule": "period", "cron": list(schedule.patterns), "zone": schedule.timezone}


def _checked_first(plan: Plan, context: PassContext) -> Plan:
    """A first step that checks the run's parameters: everything that waits for nothing else waits for it."""
    owner = Task(id=plan.workflow.id, span=plan.workflow.span, operator="", action=Noop())
    leaf = build_helper(plan, context, owner, CHECK, lambda ctx: check_template(ctx, plan.workflow.params))
    root = plan.body(ROOT)
    step = Call(CHECK, CHECK, arguments={CONTEXT: "{{inputs.parameters." + CONTEXT + "}}"})
    calls = [c if c.depends else replace(c, depends=f"{CHECK}.Succeeded", waits=(CHECK,)) for c in root.calls]
    inputs = root.inputs if CONTEXT in root.inputs else {**root.inputs, CONTEXT: None}
    plan = plan.with_body(replace(root, calls=(step, *calls), inputs=inputs))
    return replace(plan, leaves=(*plan.leaves, replace(leaf, calls=((ROOT, CHECK),))))


def _by_step(plan: Plan, context: PassContext, wanted: list[str]) -> Plan:
    schedule = plan.workflow.schedule
    assert isinstance(schedule, Cron)
    rule = schedule.interval
    patterns = (rule.session,) if isinstance(rule, SessionInterval) else schedule.patterns
    owner = Task(id=plan.workflow.id, span=plan.workflow.span, operator="", action=Noop())
    kind = "session" if isinstance(rule, SessionInterval) else "period"
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
    arguments = {}
    for name in wanted:
        if name == CONTEXT:
            arguments[name] = "{{inputs.parameters." + CONTEXT + "}}"
        elif name == "fire-time":
            arguments[name] = "{{inputs.parameters.fire-time}}"
        else:
            arguments[name] = f"{{{{tasks.{STEP}.outputs.parameters.{name}}}}}"
    step = Call(STEP, STEP, arguments={CONTEXT: "{{inputs.parameters.af-context}}"})
    call = Call(RUN, RUN, depends=f"{STEP}.Succeeded", waits=(STEP,), certain=frozenset({STEP}), arguments=arguments)
    inputs = {"fire-time": tag(FIRE[1:-1]), CONTEXT: tag(context_expression(plan))}
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
