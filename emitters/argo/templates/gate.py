"""Decisions without user code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.branches import branch_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Gate
from migrate.ir.schedule import Cron, Interval, Schedule

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


def _schedule(schedule: Schedule | None) -> dict[str, Any]:
    """What the runner needs to find the tick after a run's own."""
    if isinstance(schedule, Cron):
        return {"cron": list(schedule.patterns), "zone": schedule.timezone}
    if isinstance(schedule, Interval):
        return {"months": schedule.months} if schedule.months else {"seconds": schedule.seconds}
    return {}


@template(Gate)
def gate(action: Gate, ctx: TemplateContext) -> m.Template:
    """The runner compares the run's dates (`pod_gates`): latest_only, day_of_week, datetime_range."""
    pod = RunnerPod(ctx, outputs=ctx.outputs(), with_context=True)
    pod.spec |= {"mode": "gate-test", "test": action.test}
    if action.spec is not None:
        pod.spec["rule"] = action.spec
    if action.test == "latest_only":
        pod.spec["schedule"] = _schedule(ctx.workflow.schedule)
    else:
        pod.spec["follow"] = {"true": list(action.follow_if_true), "false": list(action.follow_if_false)}
    pod.spec.update(branch_facts(ctx, choose=action.test != "latest_only"))
    pod.add_handlers()
    return pod.template()
