"""Operations that a service's own client does: the runner, as init container, writes the client's script and files;
the client's image runs it.

The two share a folder. Credentials reach the client as environment variables of its own container; the code of a task
finds them where the task puts them, so its folder is kept in memory only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.context import OUT_DIR
from emitters.argo.templates.images import SCRIPT
from migrate.ir.actions import Scoped

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext
    from emitters.argo.templates.runner_pod import RunnerPod

WORK = "/af/work"
TOOLS: dict[str, tuple[str, str]] = {
    "emr": ("aws", "amazon/aws-cli:2.17.0"),
    "embulk": ("embulk", "embulk/embulk:0.11"),
    "rb": ("ruby", "ruby:3.3-slim"),
    "sh": ("python", "python:3.12-slim"),
}
"""Operation -> (kind of image, default image)."""


def needs_client(action: Scoped) -> bool:
    """Whether another image than the runner's does the work; a shell command has one only where the source names it."""
    return action.operation in TOOLS and (action.operation != "sh" or action.image is not None)


def tool_template(action: Scoped, ctx: TemplateContext, pod: RunnerPod) -> m.Template:
    """The template with both containers."""
    kind, default = TOOLS[action.operation]
    pod.spec["tool"] = WORK
    pod.image = (
        ctx.image(SCRIPT, ctx.config.built_image(SCRIPT)) if action.engine else ctx.image("python", "python:3.12-slim")
    )
    made = pod.template()
    shared = m.VolumeMount(name="work", mount_path=WORK)
    first = (made.script or made.container).model_dump(by_alias=True, exclude_none=True)  # type: ignore[union-attr]
    if made.script is not None:
        text = first.pop("source")
        path = ctx.file("evaluate.py", text)
        first["command"] = [*first["command"], path]
        if not any(mount["name"] == "src" for mount in first.get("volumeMounts", [])):
            first.setdefault("volumeMounts", []).append(ctx.source_mount().model_dump(by_alias=True, exclude_none=True))
            made.volumes = [*(made.volumes or []), ctx.source_volume()]
    first["name"] = "evaluate"
    if made.inputs is not None:  # files of values: Argo mounts them in the main container; all its mounts are mirrored
        first["mirrorVolumeMounts"] = True
    else:
        first.setdefault("volumeMounts", []).append(shared.model_dump(by_alias=True, exclude_none=True))
    secrets = [v for v in pod.extra_env if v.value_from is not None]
    client = m.Container(
        image=action.image or ctx.image(kind, default),
        command=["sh", f"{WORK}/run.sh"],
        env=[*secrets, m.EnvVar(name="AF_OUT", value=OUT_DIR)],
        working_dir=WORK,
        volume_mounts=[shared],
    )
    holds_secrets = action.operation in ("sh", "rb", "embulk") and bool(secrets)
    folder: dict[str, Any] = {"name": "work", "emptyDir": {"medium": "Memory"} if holds_secrets else {}}
    volumes = [*(made.volumes or []), folder]
    return m.Template(
        name=ctx.name,
        inputs=made.inputs,
        outputs=made.outputs,
        volumes=volumes,
        init_containers=[m.Container.model_validate(first)],
        container=client,
    )
