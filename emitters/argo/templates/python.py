"""Python callables: the function's own source, and the runner around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.branches import branch_facts
from emitters.argo.templates.images import framework_image
from emitters.argo.templates.ruby import ruby
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Poll, Python

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Python)
def python(action: Python, ctx: TemplateContext) -> m.Template:
    """A script with the function's source and a call of the runner. `venv` packages are installed first."""
    if action.code.language == "ruby":
        return ruby(action, ctx)
    pod = RunnerPod(ctx, source=action.code.source, entry=action.code.entry)
    pod.outputs = ctx.outputs()
    pod.image = image_of(action, ctx)
    pod.own_image = bool(action.image or action.interpreter or action.venv is not None)
    if action.interpreter:
        pod.command = (action.interpreter,)
    pod.spec.update(_call(action, pod))
    pod.with_context = (action.pass_context and action.code.context != ()) or action.mode in ("shell", "handler")
    pod.add_code(action.code)
    pod.add_env(action.env)
    _conditions(action, pod)
    pod.add_handlers()
    return pod.template()


def image_of(action: Python, ctx: TemplateContext) -> str:
    """The task's own image, that of the source system's package, or a Python image of the asked version."""
    if action.image:
        return action.image
    if action.code.needs_source_framework:
        return framework_image(ctx, ctx.workflow.generation)
    if action.python and action.python[:1].isdigit():
        return f"python:{action.python}-slim"
    return ctx.image("python", "python:3.12-slim")


def _call(action: Python, pod: RunnerPod) -> dict[str, Any]:
    encoder = pod.encoder
    spec: dict[str, Any] = {}
    mode = "bind" if action.bind_params else action.mode
    if mode != "plain":
        spec["mode"] = mode
    if action.args:
        spec["args"] = [encoder.encode(value) for value in action.args]
    if action.kwargs:
        spec["kwargs"] = encoder.pairs(action.kwargs)
    if action.star_args is not None:
        spec["star_args"] = encoder.encode(action.star_args)
    if action.star_kwargs is not None:
        spec["star_kwargs"] = encoder.encode(action.star_kwargs)
    if action.templates:
        spec["templates"] = encoder.pairs(action.templates)
    if not action.pass_context:
        spec["context"] = False
    if action.multiple_outputs:
        spec["multiple_outputs"] = True
    if action.venv:
        spec["install"] = list(action.venv)
    if action.skip_exit_codes and action.mode != "shell":
        spec["skip_codes"] = list(action.skip_exit_codes)
    if action.mode == "shell":
        spec["shell"] = {"skip_codes": list(action.skip_exit_codes)} if action.skip_exit_codes else {}
    if action.mode in ("choose", "gate"):
        spec.update(branch_facts(pod.ctx, choose=action.mode == "choose"))
    if action.poll is not None:
        spec["poll"] = poll_facts(action.poll)
    return spec


def poll_facts(poll: Poll) -> dict[str, Any]:
    """Settings of a wait for the runner: what differs from the defaults, seconds."""
    facts: dict[str, Any] = {"interval": poll.interval, "timeout": poll.timeout}
    return facts | poll.model_dump(exclude_defaults=True)


def _conditions(action: Python, pod: RunnerPod) -> None:
    for name, unit in (("run_if", action.run_if), ("skip_if", action.skip_if)):
        if unit is not None:
            pod.spec[name] = pod.add_unit(unit, name.replace("_", "-"))
            pod.with_context = True
