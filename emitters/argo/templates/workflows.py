"""Other workflows: starting them, waiting for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from emitters.argo import manifest as m
from emitters.argo.names import param_name
from emitters.argo.printing import param_encoding
from emitters.argo.registry import template
from emitters.argo.templates.python import poll_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.diagnostics.argo_steps import (
    AwaitedRunMayBeGone,
    AwaitedWorkflowUnknown,
    CalledWorkflowUnknown,
    RunsWorkflows,
)
from migrate.ir.actions import CallWorkflow, WaitWorkflow
from migrate.ir.exprs import Expr, Literal
from migrate.ir.schedule import Cron, Interval, OffsetInterval, PeriodInterval
from migrate.names import slug

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext
    from emitters.argo.site import WorkflowFacts

WORKFLOWS = "workflows.argoproj.io"
COMPUTED = "(name computed in the run)"


@template(CallWorkflow)
def call_workflow(action: CallWorkflow, ctx: TemplateContext) -> m.Template:
    """A `resource` template where the run needs no computed configuration; else the runner asks the Kubernetes API."""
    target = _target(action.workflow, ctx)
    for verb in ("create", "get", "list", "watch", *(["delete"] if action.reset else [])):
        ctx.needs.rules.add(f"{verb} {WORKFLOWS}")
    ctx.find(RunsWorkflows)
    if ctx.site.facts(str(_constant(action.workflow))) is None:
        ctx.find(CalledWorkflowUnknown, name=str(_constant(action.workflow)) if target is not None else COMPUTED)
    if isinstance(target, str) and _is_plain(action, ctx):
        return _resource(action, ctx, target)
    return _by_runner(action, ctx, target)


def _constant(expr: Expr) -> Any:
    return expr.value if isinstance(expr, Literal) else None


def _target(expr: Expr, ctx: TemplateContext) -> str | None:
    value = _constant(expr)
    return ctx.site.slug_of(value) if isinstance(value, str) else None


def _is_plain(action: CallWorkflow, ctx: TemplateContext) -> bool:
    """A fresh run with constant configuration, awaited by its phase alone; no value of it is read."""
    usual = action.allowed_states in (("success",), ()) and action.failed_states in (("failed",), ())
    special = action.join or action.skip_when_exists or action.reset or action.ignore_failure
    fixed = action.run_id is None and action.logical_time is None
    constant = action.conf is None or (isinstance(action.conf, Literal) and "$" not in json.dumps(action.conf.value))
    pushes = [key for key in ctx.task.pushes if key not in ("trigger_run_id", "return_value")]
    handled = any(h for h in ctx.task.handlers)
    return usual and not special and fixed and constant and not pushes and not handled and ctx.task.fan_out is None


def _resource(action: CallWorkflow, ctx: TemplateContext, target: str) -> m.Template:
    conf = _constant(action.conf) if action.conf is not None else None
    parameters = []
    if conf:
        parameters.append({"name": "conf", "value": json.dumps(conf, ensure_ascii=False)})
        parameters += [
            {"name": name, "value": _param_text(conf[key], form)}
            for key, (name, form) in _params(ctx.site.facts(str(_constant(action.workflow)))).items()
            if key in conf
        ]
    spec: dict[str, Any] = {"workflowTemplateRef": {"name": target}}
    if parameters:
        spec["arguments"] = {"parameters": parameters}
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": f"{target}-", "labels": {"workflows.argoproj.io/workflow-template": target}},
        "spec": spec,
    }
    outputs = ctx.outputs()
    for parameter in (outputs.parameters or []) if outputs else []:
        if parameter.name == "xcom-trigger-run-id":
            parameter.value_from = m.ValueFrom(json_path="{.metadata.name}", default="null")
    resource = m.Resource(action="create", manifest=yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True))
    if action.wait:
        resource.success_condition = "status.phase == Succeeded"
        resource.failure_condition = "status.phase in (Failed, Error)"
    return m.Template(name=ctx.name, outputs=outputs, resource=resource)


def _param_text(value: Any, form: str) -> str:
    return value if isinstance(value, str) and form != "json" else json.dumps(value, ensure_ascii=False)


def _params(facts: WorkflowFacts | None) -> dict[str, tuple[str, str]]:
    """Parameters of a workflow: source name -> (Argo name, form)."""
    return {p.name: (param_name(p.name), param_encoding(p)) for p in facts.params} if facts else {}


def _by_runner(action: CallWorkflow, ctx: TemplateContext, target: str | None) -> m.Template:
    pod = RunnerPod(ctx, outputs=ctx.outputs(), with_context=True)
    encode = pod.encoder.encode
    call: dict[str, Any] = {"template": target or encode(action.workflow)}
    for name in ("conf", "run_id", "logical_time"):
        value = getattr(action, name)
        if value is not None:
            call[name] = encode(value)
    params = _params(ctx.site.facts(str(_constant(action.workflow))))
    if params:
        call["params"] = {key: list(entry) for key, entry in params.items()}
    if action.wait:
        call |= {"wait": True, "poll_interval": action.poll_interval}
        if action.allowed_states:
            call["allowed_states"] = list(action.allowed_states)
        call["failed_states"] = list(action.failed_states)
    call |= {flag: True for flag in ("join", "ignore_failure", "skip_when_exists", "reset") if getattr(action, flag)}
    pod.spec |= {"mode": "call-workflow", "call": call}
    pod.add_handlers()
    return pod.template()


@template(WaitWorkflow)
def wait_workflow(action: WaitWorkflow, ctx: TemplateContext) -> m.Template:
    """The runner looks at the runs of the other workflow, finds the one of the awaited logical time, and looks at its
    phase or at the nodes of the awaited tasks."""
    target = _target(action.workflow, ctx)
    source = str(_constant(action.workflow))
    facts = ctx.site.facts(source)
    for verb in ("get", "list"):
        ctx.needs.rules.add(f"{verb} {WORKFLOWS}")
    ctx.find(RunsWorkflows)
    if facts is None:
        ctx.find(AwaitedWorkflowUnknown, name=source if target is not None else COMPUTED)
    ctx.find(AwaitedRunMayBeGone, name=source if target is not None else "another workflow")
    pod = RunnerPod(ctx, outputs=ctx.outputs(), with_context=True)
    wait: dict[str, Any] = {"template": target or pod.encoder.encode(action.workflow)}
    tasks = [*action.tasks, *_group_members(action.group, facts)]
    if tasks:
        wait["tasks"] = [facts.tasks.get(name, slug(name)) if facts else slug(name) for name in tasks]
    if action.offset:
        wait["offset"] = action.offset
    if action.times is not None:
        wait["times"] = pod.add_unit(action.times, "awaited-times")
    for name in ("allowed_states", "failed_states", "skipped_states"):
        if getattr(action, name):
            wait[name] = list(getattr(action, name))
    if action.check_existence:
        wait["check_existence"] = True
    schedule = _schedule(facts)
    if schedule:
        wait["schedule"] = schedule
    pod.spec |= {"mode": "wait-workflow", "wait": wait, "poll": poll_facts(action.poll)}
    pod.add_handlers()
    return pod.template()


def _group_members(group: str | None, facts: WorkflowFacts | None) -> list[str]:
    if group is None or facts is None:
        return []
    return [name for name in facts.tasks if name.startswith(f"{group}.")]


def _schedule(facts: WorkflowFacts | None) -> dict[str, Any]:
    """How the awaited workflow's logical time follows from its fire time."""
    schedule = facts.schedule if facts else None
    if isinstance(schedule, Cron | Interval) and isinstance(schedule.interval, OffsetInterval):
        return {"seconds": schedule.interval.seconds}
    if isinstance(schedule, Interval) and isinstance(schedule.interval, PeriodInterval) and schedule.seconds:
        return {"seconds": schedule.seconds}
    if isinstance(schedule, Cron) and isinstance(schedule.interval, PeriodInterval):
        return {"cron": list(schedule.patterns), "zone": schedule.timezone, "rule": "period"}
    return {}
