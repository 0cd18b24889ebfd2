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
from migrate.portable.java_zones import is_offset

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
    ctx.needs.runtime.add("scoped")
    pod.spec |= {
        "mode": "scoped",
        "operation": action.operation,
        **({} if source else {"command": action.command}),
        **value_settings(action, pod),
        **secret_settings(action, pod),
        **file_settings(action, pod),
        **({"engine": True} if action.engine else {}),
        **cluster_settings(action, ctx),
    }
    return pod


def value_settings(action: Scoped, pod: RunnerPod) -> dict[str, Any]:
    """What is evaluated, and the parameters and times that it sees."""
    schedule = pod.ctx.workflow.schedule
    interval, clock = getattr(schedule, "interval", None), getattr(schedule, "timezone", None)
    found = {
        "settings": action.settings,
        "late": list(action.late),
        "rounds": action.rounds,
        "texts": action.item_texts,
        "template": action.template,
        "layers": [layer_code(layer, pod) for layer in action.layers],
        "zone": action.zone if action.zone != "UTC" else None,
        "session": interval.session if isinstance(interval, SessionInterval) else None,
        "clock": clock if isinstance(interval, SessionInterval) and is_offset(action.zone) else None,
    }
    return {key: value for key, value in found.items() if value or (key == "template" and value is not None)}


def secret_settings(action: Scoped, pod: RunnerPod) -> dict[str, Any]:
    """Which environment variable holds which secret, by its name or by the mask that stands for it."""
    named = {name: env_name(f"AF_SECRET_{name}") for name in action.secrets}
    masked = {found.mask: env_name(f"AF_MASK_{found.key}") for found in action.masked}
    for name, variable in named.items():
        pod.extra_env.append(pod.ctx.secret(variable, SECRETS, name, optional=True))
    for found in action.masked:
        pod.extra_env.append(pod.ctx.secret(masked[found.mask], found.secret, found.key))
    return {key: value for key, value in (("secrets", named), ("masked", masked)) if value}


def file_settings(action: Scoped, pod: RunnerPod) -> dict[str, Any]:
    """The project's files: in an image of the project, all of them, or those that the task names."""
    ctx = pod.ctx
    found: dict[str, Any] = {}
    if action.large and ctx.config.build.dockerfiles and not pod.own_image:
        if action.engine:
            pod.image = built_image(ctx, pod.image, action.requirements, SCRIPT)
        pod.image_kind = f"{PROJECT}-{ctx.slug}"
        found["project"] = PROJECT_DIR
    elif action.whole and ctx.workflow.project is not None:
        found, volumes, mounts = whole_project(ctx)
        pod.volumes.extend(volumes)
        pod.mounts.extend(mounts)
    elif action.files:
        volumes, mounts = project_volume(action.files, ctx)
        pod.volumes.extend(volumes)
        pod.mounts.extend(mounts)
        found["project"] = PROJECT_DIR
    return found | ({"workdir": action.workdir} if action.workdir else {})


def cluster_settings(action: Scoped, ctx: TemplateContext) -> dict[str, Any]:
    """What the operation asks of the cluster; the rights for it are noted."""
    found: dict[str, Any] = {}
    if action.failed_below:
        facts = ctx.site.facts(ctx.workflow.id)
        found["failed_below"] = [facts.tasks[task] for task in action.failed_below] if facts else []
        ctx.needs.rules.add(f"get {WORKFLOWS}")
    if action.operation == "late":
        found["own"] = ctx.name
        ctx.needs.rules.add(f"get {WORKFLOWS}")
    if action.operation in KEEPING:
        found["store"] = KEPT
        writes = ("patch", "create") if action.operation == "param_set" else ()
        ctx.needs.rules.update(f"{verb} configmaps {KEPT}" for verb in ("get", *writes))
    if action.operation == "require":
        found["workflows"] = {id_: entry.slug for id_, entry in ctx.site.workflows.items()}
        found["folder"] = ctx.workflow.id.rpartition("/")[0]
        again = "rerun_on" in action.settings
        ctx.needs.rules.update(f"{verb} {WORKFLOWS}" for verb in ("create", "get", *(("delete",) if again else ())))
    return found


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
