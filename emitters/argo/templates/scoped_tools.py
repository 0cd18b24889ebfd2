"""Operations that a service's own client does: the runner, as init container, writes the client's script and files;
the client's image runs it.

The two share a folder. Credentials reach the client as environment variables of its own container.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.context import OUT_DIR
from migrate.ir.actions import Scoped

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext
    from emitters.argo.templates.runner_pod import RunnerPod

WORK = "/af/work"
TOOLS: dict[str, tuple[str, str]] = {
    "pg": ("postgres", "postgres:16"),
    "redshift": ("postgres", "postgres:16"),
    "redshift_load": ("postgres", "postgres:16"),
    "redshift_unload": ("postgres", "postgres:16"),
    "bq": ("gcloud", "google/cloud-sdk:slim"),
    "bq_ddl": ("gcloud", "google/cloud-sdk:slim"),
    "bq_load": ("gcloud", "google/cloud-sdk:slim"),
    "bq_extract": ("gcloud", "google/cloud-sdk:slim"),
    "gcs_wait": ("gcloud", "google/cloud-sdk:slim"),
    "s3_wait": ("aws", "amazon/aws-cli:2.17.0"),
    "emr": ("aws", "amazon/aws-cli:2.17.0"),
    "embulk": ("embulk", "embulk/embulk:0.11"),
    "td": ("td", "treasuredata/td:latest-cli"),
    "td_for_each": ("td", "treasuredata/td:latest-cli"),
    "td_run": ("td", "treasuredata/td:latest-cli"),
    "td_ddl": ("td", "treasuredata/td:latest-cli"),
    "td_load": ("td", "treasuredata/td:latest-cli"),
    "td_wait": ("td", "treasuredata/td:latest-cli"),
    "td_wait_table": ("td", "treasuredata/td:latest-cli"),
    "td_table_export": ("td", "treasuredata/td:latest-cli"),
    "td_result_export": ("td", "treasuredata/td:latest-cli"),
    "td_partial_delete": ("td", "treasuredata/td:latest-cli"),
}
"""Operation -> (kind of image, default image)."""


def tool_template(action: Scoped, ctx: TemplateContext, pod: RunnerPod) -> m.Template:
    """The template with both containers."""
    kind, default = TOOLS[action.operation]
    pod.spec["tool"] = WORK
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
    first.setdefault("volumeMounts", []).append(shared.model_dump(by_alias=True, exclude_none=True))
    secrets = [v for v in pod.extra_env if v.value_from is not None]
    client = m.Container(
        image=action.image or ctx.image(kind, default),
        command=["sh", f"{WORK}/run.sh"],
        env=[*secrets, m.EnvVar(name="AF_OUT", value=OUT_DIR)],
        working_dir=WORK,
        volume_mounts=[shared],
    )
    volumes = [*(made.volumes or []), {"name": "work", "emptyDir": {}}]
    return m.Template(
        name=ctx.name,
        outputs=made.outputs,
        volumes=volumes,
        init_containers=[m.Container.model_validate(first)],
        container=client,
    )
