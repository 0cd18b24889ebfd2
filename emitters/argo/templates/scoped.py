"""Operations over layered parameters: the runner evaluates the settings and runs the operation in one pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.names import env_name
from emitters.argo.registry import template
from emitters.argo.templates.images import PROJECT, SCRIPT, built_image
from emitters.argo.templates.project_files import whole_project
from emitters.argo.templates.runner_pod import RunnerPod
from emitters.argo.templates.scoped_tools import needs_client, tool_template
from emitters.argo.templates.shell import PROJECT_DIR, project_volume
from migrate.ir.actions import Scoped
from migrate.ir.schedule import SessionInterval

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

SECRETS = "digdag-secrets"
WORKFLOWS = "workflows.argoproj.io"
KEPT, KEEPING = "digdag-params", ("param_get", "param_set")
"""The ConfigMap of values that outlive runs, and the operations on it."""
READABLE = ("sh", "echo", "fail")
"""Operations whose command is shown as a text of its own."""


@template(Scoped)
def scoped(action: Scoped, ctx: TemplateContext) -> m.Template:
    """A script with the command as text and a call of the runner; or two containers, where a service's own client does
    the work."""
    if needs_client(action):
        return tool_template(action, ctx, runner_pod(action, ctx))
    return runner_pod(action, ctx).template()


def runner_pod(action: Scoped, ctx: TemplateContext) -> RunnerPod:
    """The pod of the runner for an operation."""
    source, entry = command_text(action)
    pod = RunnerPod(ctx, source=source, entry=entry, outputs=ctx.outputs())
    pod.image = image_of(action, ctx)
    pod.own_image = bool(action.image) and action.operation == "py"
    pod.packages.update(action.requirements)
    ctx.needs.packages.update(action.requirements)
    if action.engine:
        pod.image_kind = SCRIPT
    pod.with_context = True
    spec: dict[str, Any] = {"mode": "scoped", "operation": action.operation}
    if not source:
        spec["command"] = action.command
    if action.settings:
        spec["settings"] = action.settings
    if action.late:
        spec["late"] = list(action.late)
    if action.template is not None:
        spec["template"] = action.template
    layers = [layer_code(layer, pod) for layer in action.layers]
    if layers:
        spec["layers"] = layers
    if action.zone != "UTC":
        spec["zone"] = action.zone
    interval = getattr(ctx.workflow.schedule, "interval", None)
    if isinstance(interval, SessionInterval):
        spec["session"] = interval.session
    if action.secrets:
        spec["secrets"] = {name: env_name(f"AF_SECRET_{name}") for name in action.secrets}
        for name in action.secrets:
            pod.extra_env.append(ctx.secret(env_name(f"AF_SECRET_{name}"), SECRETS, name, optional=True))
    if action.masked:
        spec["masked"] = {found.mask: env_name(f"AF_MASK_{found.key}") for found in action.masked}
        for found in action.masked:
            pod.extra_env.append(ctx.secret(spec["masked"][found.mask], found.secret, found.key))
    if action.large and ctx.config.build.dockerfiles and not pod.own_image:
        if action.engine:
            pod.image = built_image(ctx, pod.image, action.requirements, SCRIPT)
        pod.image_kind = f"{PROJECT}-{ctx.slug}"
        spec["project"] = PROJECT_DIR
    elif action.whole and ctx.workflow.project is not None:
        settings, volumes, mounts = whole_project(ctx)
        spec.update(settings)
        pod.volumes.extend(volumes)
        pod.mounts.extend(mounts)
    elif action.files:
        volumes, mounts = project_volume(action.files, ctx)
        pod.volumes.extend(volumes)
        pod.mounts.extend(mounts)
        spec["project"] = PROJECT_DIR
    if action.workdir:
        spec["workdir"] = action.workdir
    if action.engine:
        spec["engine"] = True
    if action.failed_below:
        facts = ctx.site.facts(ctx.workflow.id)
        spec["failed_below"] = [facts.tasks[task] for task in action.failed_below] if facts else []
        ctx.needs.rules.add(f"get {WORKFLOWS}")
    if action.operation == "late":
        spec["own"] = ctx.name
        ctx.needs.rules.add(f"get {WORKFLOWS}")
    if action.operation in KEEPING:
        spec["store"] = KEPT
        writes = ("patch", "create") if action.operation == "param_set" else ()
        ctx.needs.rules.update(f"{verb} configmaps {KEPT}" for verb in ("get", *writes))
    if action.operation == "require":
        spec["workflows"] = {id_: entry.slug for id_, entry in ctx.site.workflows.items()}
        ctx.needs.rules.update((f"create {WORKFLOWS}", f"get {WORKFLOWS}"))
    pod.spec.update(spec)
    return pod


def layer_code(layer: Any, pod: RunnerPod) -> dict[str, Any]:
    """One level of parameters."""
    code: dict[str, Any] = {}
    if layer.values:
        code["values"] = [pod.encoder.encode(value) for value in layer.values]
    if layer.exports:
        code["exports"] = layer.exports
    return code


def command_text(action: Scoped) -> tuple[str, str]:
    """(source, entry): the command as a raw Python text that reads as it was written; empty where it cannot."""
    text = action.command
    if action.operation not in READABLE or not isinstance(text, str):
        return "", "None"
    if '"""' in text or "\\" in text or text.endswith('"') or (not text.isprintable() and "\n" not in text):
        return f"command = {text!r}\n", "command"
    if "\n" not in text:
        return f'command = """{text}"""\n', "command"
    return f'command = """\\\n{text}"""\n', "command"


def image_of(action: Scoped, ctx: TemplateContext) -> str:
    """The image of the task's Python code, one with a JavaScript engine, or Python."""
    if action.image and action.operation == "py":
        return action.image
    if action.engine:
        return ctx.image(SCRIPT, ctx.config.built_image(SCRIPT))
    return ctx.image("python", "python:3.12-slim")
