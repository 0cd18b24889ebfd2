"""Decisions without user code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.branches import branch_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Gate

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Gate)
def gate(action: Gate, ctx: TemplateContext) -> m.Template:
    """The runner compares the run's dates (`pod_gates`): latest_only, day_of_week, datetime_range."""
    pod = RunnerPod(ctx, outputs=ctx.outputs(), with_context=True)
    pod.spec |= {"mode": "gate-test", "test": action.test}
    if action.spec is not None:
        pod.spec["rule"] = action.spec
    if action.test != "latest_only":
        pod.spec["follow"] = {"true": list(action.follow_if_true), "false": list(action.follow_if_false)}
    pod.spec.update(branch_facts(ctx, choose=action.test != "latest_only"))
    pod.add_handlers()
    return pod.template()
