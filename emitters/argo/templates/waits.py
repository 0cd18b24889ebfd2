"""Waiting for a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.python import poll_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import WaitTime
from migrate.ir.exprs import Literal

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(WaitTime)
def wait_time(action: WaitTime, ctx: TemplateContext) -> m.Template:
    """A constant number of seconds is a suspend step; a moment is awaited by the runner.

    (An expression with the present time in `suspend.duration` would be computed again at every reconcile.)
    """
    plain = ctx.task.fan_out is None and not ctx.task.handlers and not ctx.task.pushes
    if isinstance(action.seconds, Literal) and isinstance(action.seconds.value, int | float) and plain:
        return m.Template(name=ctx.name, suspend=m.Suspend(duration=_seconds(float(action.seconds.value))))
    pod = RunnerPod(ctx, outputs=ctx.outputs(), with_context=True)
    pod.spec["mode"] = "wait-time"
    if action.until is not None:
        pod.spec["until"] = pod.encoder.encode(action.until)
    elif action.time_of_day is not None:
        pod.spec["time_of_day"] = action.time_of_day
    elif action.seconds is not None:
        pod.spec["seconds"] = pod.encoder.encode(action.seconds)
    if action.zone:
        pod.spec["zone"] = action.zone
    if action.poll is not None:
        pod.spec["poll"] = poll_facts(action.poll)
    pod.add_handlers()
    return pod.template()


def _seconds(value: float) -> str:
    return str(max(0, -int(-value // 1)))
