"""Operators of the source system that run by their own code (`pod_hosted`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.branches import branch_facts
from emitters.argo.templates.images import framework_image
from emitters.argo.templates.python import poll_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Hosted

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Hosted)
def hosted(action: Hosted, ctx: TemplateContext) -> m.Template:
    """A script that imports (or contains) the operator's class and has the runner build and execute it."""
    source, entry = _class(action)
    pod = RunnerPod(ctx, source=source, entry=entry, outputs=ctx.outputs(), with_context=True)
    pod.image = framework_image(ctx, action.generation)
    if action.code is not None:
        pod.add_code(action.code)
    settings: dict[str, Any] = {"arguments": pod.encoder.pairs(action.arguments)}
    units = {name: pod.add_unit(unit, name.replace("_", "-")) for name, unit in action.callables}
    if units:
        settings["callables"] = units
    if action.defaults:
        settings["defaults"] = pod.encoder.pairs(action.defaults)
    if action.code is not None:
        settings["render"] = True
    if action.sensor:
        settings["sensor"] = True
    pod.spec |= {"mode": "hosted", "hosted": settings}
    if action.multiple_outputs:
        pod.spec["multiple_outputs"] = True
    if action.poll is not None:
        pod.spec["poll"] = poll_facts(action.poll)
    if ctx.task.branch is not None:
        pod.spec.update(branch_facts(ctx, choose=ctx.task.branch.kind == "choose"))
        pod.spec["branch"] = ctx.task.branch.kind
    for connection in action.connections:
        pod.encoder.add_env(ctx.connection(connection))
    pod.packages.update(action.packages)
    ctx.needs.packages.update(action.packages)
    pod.add_handlers()
    return pod.template()


def _class(action: Hosted) -> tuple[str, str]:
    if action.code is not None:
        return action.code.source, action.code.entry
    module, _, name = action.cls.rpartition(".")
    return f"from {module} import {name}\n", name
