"""Shell commands: as they stand where nothing has to be computed for them, else run by the runner.

The text is substituted into the command before the shell reads it, as the source's template language does. A command
whose values Argo cannot print as the source does (lists, None, results of other tasks) is run by the runner, in a
Python image with the shell.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.context import LIB_DIR, kept_by_kubernetes
from emitters.argo.registry import template
from emitters.argo.templates.handlers import in_pod
from emitters.argo.templates.printing import cannot_be_misread, prints_alike
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import BundledFile, Shell
from migrate.ir.exprs import Concat, Expr, Literal, walk

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

PROJECT_DIR = "/af/project"
NO_FILES = re.compile(r"\s*((echo|exit|sleep|true|false|date|printf|:|set|env|export)\b[^<>*?`]*|)$")
"""Lines that neither read nor write files of the current folder."""
OWN_CODES = re.compile(r"\bexit\s+100\b")
RUN_FACTS = re.compile(r"\bAIRFLOW_CTX_")


@template(Shell)
def shell(action: Shell, ctx: TemplateContext) -> m.Template:
    """A script of the command itself, a guarded script, or the runner."""
    values: list[Expr] = [action.script, *(value for _, value in action.env)]
    if action.cwd is not None:
        values.append(action.cwd)
    placed = [action.script, *([action.cwd] if action.cwd is not None else [])]
    alike = all(prints_alike(value, ctx.workflow) for value in values)
    alike = alike and all(cannot_be_misread(value, ctx.workflow) for value in placed)
    if in_pod(ctx.task) or action.params_as_env or not alike or RUN_FACTS.search(_constant_text(action.script)):
        return _by_runner(action, ctx)
    if not action.inherit_env and action.env:
        return _by_runner(action, ctx)
    if any(kept_by_kubernetes(part) for part in walk(action.script)):
        return _by_runner(action, ctx)  # `$(NAME)` of a credential would be a command in a script
    return _plain(action, ctx)


def _plain(action: Shell, ctx: TemplateContext) -> m.Template:
    guard = _guard(action, ctx)
    constant = _constant_text(action.script)
    verbatim = ctx.inline_safe(constant)
    text = _text(action.script, ctx)
    env = ctx.env(action.env)
    volumes, mounts = _project(action, ctx)
    program = list(action.shell)
    out = m.Template(name=ctx.name, outputs=ctx.outputs(), volumes=volumes)
    fields: dict[str, Any] = {
        "image": action.image or ctx.image("bash", "bash:5.2"),
        "working_dir": PROJECT_DIR if action.files and action.cwd is None else None,
        "volume_mounts": mounts,
    }
    if guard:
        fields["volume_mounts"] = [*mounts, ctx.runner_mount()]
        out.volumes = [*volumes, ctx.runner_volume()]
    if not verbatim and isinstance(action.script, Literal):
        path = ctx.file("command.sh", f"{_place(action, ctx)}{text.rstrip()}\n")
        out.volumes = [*(out.volumes or []), ctx.source_volume()]
        fields["volume_mounts"] = [*fields["volume_mounts"], ctx.source_mount()]
        if guard:
            source = f"command=$(cat {path})\n{guard}"
            out.script = m.Script(command=program, env=env, source=source, **fields)
        else:
            out.container = m.Container(command=[*program, path], env=env, **fields)
        return out
    text = _place(action, ctx) + text
    env = [*ctx.early_env(), *env]
    source = f"{text.rstrip()}\n" if not guard else f"command=$(cat <<'AF_END'\n{text.rstrip()}\nAF_END\n)\n{guard}"
    out.script = m.Script(command=program, env=env, source=source, **fields)
    return out


def _guard(action: Shell, ctx: TemplateContext) -> str:
    """The line that runs `$command`, keeps its last line and maps its exit code; empty where none of it is needed."""
    keeps = action.output == "last_line" and ctx.task.keeps_result and "return_value" in ctx.task.pushes
    skips = bool(action.skip_exit_codes)
    own = ctx.task.retry.limit > 0 and OWN_CODES.search(_constant_text(action.script)) is not None
    if not (keeps or skips or own or ctx.writes_state()):
        return ""
    settings = [f"RUN_WITH='{' '.join(action.shell)}'"]
    if skips:
        settings.append(f"SKIP_CODES='{' '.join(str(code) for code in action.skip_exit_codes)}'")
    if keeps:
        settings.append("KEEP_LAST_LINE=1")
    if ctx.writes_state():
        settings.append("KEEP_STATE=1")
    return f"{' '.join([*settings, ''])}. {LIB_DIR}/guard.sh\n"


def _text(script: Expr, ctx: TemplateContext) -> str:
    """The command with references in it. Constant parts stay as they are: a script is not read by the kubelet."""
    if isinstance(script, Literal):
        return str(script.value)
    if isinstance(script, Concat):
        return "".join(
            str(part.value) if isinstance(part, Literal) else ctx.text(part, f"value-{number}")
            for number, part in enumerate(script.parts, 1)
        )
    return ctx.text(script, "command")


def _constant_text(script: Expr) -> str:
    if isinstance(script, Literal):
        return str(script.value)
    if isinstance(script, Concat):
        return "\0".join(str(part.value) for part in script.parts if isinstance(part, Literal))
    return ""


def _place(action: Shell, ctx: TemplateContext) -> str:
    """The line that goes to the command's folder: the one it names, which must exist; an empty one where its text may
    look at files (`workingDir` would be made where it is missing)."""
    if action.cwd is not None:
        folder = ctx.field(action.cwd, "cwd")
        return f"cd {shlex.quote(folder) if isinstance(action.cwd, Literal) else folder} || exit 1\n"
    if action.files or all(NO_FILES.match(line) for line in _constant_text(action.script).splitlines()):
        return ""
    return 'cd "$(mktemp -d)"\n'


def _project(action: Shell, ctx: TemplateContext) -> tuple[list[dict[str, Any]], list[m.VolumeMount]]:
    """The files that the command needs, where it finds them."""
    if not action.files:
        return [], []
    return project_volume(action.files, ctx)


def project_volume(
    files: tuple[BundledFile, ...], ctx: TemplateContext
) -> tuple[list[dict[str, Any]], list[m.VolumeMount]]:
    """A volume with files of the project at PROJECT_DIR. Scripts are executable."""
    items = []
    for item, (path, key) in zip(files, ctx.bundle(files), strict=True):
        entry: dict[str, Any] = {"key": key, "path": path}
        if item.executable:
            entry["mode"] = 0o755
        items.append(entry)
    volume = {"name": "project", "configMap": {"name": ctx.source_config_map, "items": items}}
    return [volume], [m.VolumeMount(name="project", mount_path=PROJECT_DIR)]


def _by_runner(action: Shell, ctx: TemplateContext) -> m.Template:
    pod = RunnerPod(ctx, outputs=ctx.outputs(), image=action.image or ctx.image("python", "python:3.12-slim"))
    settings: dict[str, Any] = {"command": pod.encoder.encode(action.script)}
    if action.shell != ("bash",):
        settings["program"] = list(action.shell)
    if action.env:
        settings["env"] = pod.encoder.pairs(action.env)
    if not action.inherit_env:
        settings["inherit_env"] = False
    if action.params_as_env:
        settings["params_as_env"] = True
    if action.cwd is not None:
        settings["cwd"] = pod.encoder.encode(action.cwd)
    elif action.files:
        settings["cwd"] = PROJECT_DIR
    if action.skip_exit_codes:
        settings["skip_codes"] = list(action.skip_exit_codes)
    if action.output == "none":
        settings["output"] = "none"
    pod.volumes, pod.mounts = _project(action, ctx)
    pod.spec |= {"mode": "command", "shell": settings}
    pod.add_handlers()
    return pod.template()


__all__ = ["PROJECT_DIR", "project_volume", "shell"]
