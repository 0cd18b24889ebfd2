"""Command-line tools of services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.context import LIB_DIR
from emitters.argo.registry import template
from emitters.argo.templates.shell import project_volume
from migrate.ir.actions import Command, Poll
from migrate.ir.exprs import DictExpr, ListExpr, Literal

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

GOOGLE = {"gcloud", "bq", "gsutil", "bigquery"}
TOKEN = "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token"  # noqa: S105 - a public address
RUN = f"RUN_WITH=sh KEEP_LAST_LINE=1 . {LIB_DIR}/guard.sh"
TOOL_IMAGES = {"bq": "gcloud", "gsutil": "gcloud", "psql": "postgres"}


@template(Command)
def command(action: Command, ctx: TemplateContext) -> m.Template:
    """The script in the tool's image; arguments reach it as environment variables. A wait runs it until it exits 0."""
    kind = TOOL_IMAGES.get(action.tool, action.tool)
    image = ctx.image(kind) or (f"apache/airflow:{ctx.workflow.generation}" if kind == "airflow" else kind)
    env = [*_credentials(action, ctx), *_values(action, ctx)]
    volumes, mounts = project_volume(action.files, ctx) if action.files else ([], [])
    out = m.Template(name=ctx.name, outputs=_outputs(action, ctx))
    source = action.script if action.poll is None else wait_loop(action.script, action.poll, action.not_yet_codes)
    if action.output == "last_line" and "return_value" in ctx.task.pushes:
        source = f"command=$(cat <<'AF_END'\n{source.rstrip()}\nAF_END\n)\n{RUN}\n"
        volumes, mounts = [*volumes, ctx.runner_volume()], [*mounts, ctx.runner_mount()]
    fields: dict[str, Any] = {"image": image, "env": [*ctx.early_env(), *env], "volume_mounts": mounts}
    if ctx.inline_safe(source):
        out.script = m.Script(command=["sh"], source=source, **fields)
    else:
        path = ctx.file("command.sh", source)
        volumes = [*volumes, ctx.source_volume()]
        fields["volume_mounts"] = [*mounts, ctx.source_mount()]
        out.container = m.Container(command=["sh", path], **fields)
    out.volumes = volumes
    if action.tool in GOOGLE and getattr(ctx.config, "gke_workload_identity", False):
        out.init_containers = [wait_for_identity(ctx)]
    return out


def _credentials(action: Command, ctx: TemplateContext) -> list[m.EnvVar]:
    """The connection's fields under the names that the script expects; without names the whole connection."""
    if not action.connection:
        return []
    if not action.credentials:
        return ctx.connection(action.connection)
    found = ctx.connection(action.connection, *(field for _, field in action.credentials))
    names = [name for name, _ in action.credentials]
    return [variable.model_copy(update={"name": name}) for variable, name in zip(found, names, strict=True)]


def _values(action: Command, ctx: TemplateContext) -> list[m.EnvVar]:
    """Arguments: lists and mappings as JSON text, everything else as its text."""
    out = []
    for name, value in action.env:
        compound = isinstance(value, ListExpr | DictExpr) or (
            isinstance(value, Literal) and isinstance(value.value, list | dict)
        )
        out.extend(ctx.env([(name, value)], "json" if compound else "text"))
    return out


def _outputs(action: Command, ctx: TemplateContext) -> m.Outputs | None:
    found = ctx.outputs()
    paths = dict(action.outputs)
    for parameter in (found.parameters or []) if found else []:
        for key, path in paths.items():
            if parameter.value_from is not None and parameter.value_from.path == ctx.output_path(key):
                parameter.value_from.path = path
    return found


def wait_loop(script: str, poll: Poll, not_yet: tuple[int, ...] = ()) -> str:
    """A shell loop that looks until the script exits 0.

    not_yet: exit codes that mean "look again"; none given: any. Others end the step.
    """
    look = f"af_look() (\n{script.rstrip()}\n)\n"
    codes = " | ".join(str(code) for code in not_yet)
    others = "" if not not_yet else f'case $af_code in {codes}) ;; *) exit "$af_code" ;; esac\n'
    inner = "".join(f"  {line}\n" for line in others.splitlines())
    return (
        f"{look}af_end=$(($(date +%s) + {max(1, round(poll.timeout))}))\n"
        "while :; do\n  af_code=0\n  af_look || af_code=$?\n  [ $af_code -ne 0 ] || exit 0\n"
        f'{inner}  if [ "$(date +%s)" -gt "$af_end" ]; then\n{_timed_out(poll)}  fi\n  sleep {poll.interval:g}\ndone\n'
    )


def _timed_out(poll: Poll) -> str:
    if poll.on_timeout == "skip":
        return "    mkdir -p /tmp/af/out\n    printf skipped >/tmp/af/out/state\n    exit 0\n"
    return '    echo "the time is up" >&2\n    exit 100\n'


def wait_for_identity(ctx: TemplateContext) -> m.Container:
    """An init container that waits until the metadata server hands out tokens: it does not in a pod's first seconds."""
    look = f"curl -sf -H 'Metadata-Flavor: Google' {TOKEN} -o /dev/null"
    return m.Container(
        name="wait-metadata",
        image=ctx.image("curl", "curlimages/curl:8.10.1"),
        command=["sh", "-c"],
        args=[f"for i in $(seq 1 30); do {look} && exit 0; sleep 1; done; exit 1"],
    )
