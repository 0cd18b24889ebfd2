"""`s3_wait>`, `gcs_wait>`, `emr>` and `embulk>`.

Keys and secrets: digdag-standards `operator/aws/*.java`, `operator/gcp/GcsWaitOperatorFactory.java`,
`operator/EmbulkOperatorFactory.java`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.scoped import scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

S3_KEYS = (
    "bucket", "key", "version_id", "path_style_access", "endpoint", "region", "timeout", "continue_on_timeout",
    "poll_interval",
)  # fmt: skip
AWS = ("access_key_id", "secret_access_key", "region", "role_arn", "endpoint")
FAMILY: dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, str]] = {
    "s3_wait": (
        S3_KEYS,
        (*(f"aws.s3.{k}" for k in AWS), *(f"aws.{k}" for k in AWS)),
        True,
        "looks for the object with `aws` in a pod until it is there",
    ),
    "gcs_wait": (
        ("bucket", "object", "timeout", "continue_on_timeout", "poll_interval"),
        ("gcp.credential", "gcp.project"),
        True,
        "looks for the object with `gcloud` in a pod until it is there",
    ),
    "emr": (
        ("cluster", "staging", "emr", "steps"),
        (*(f"aws.emr.{k}" for k in AWS), *(f"aws.{k}" for k in AWS)),
        True,
        "`aws emr` in a pod: cluster and steps, then waits for them",
    ),
    "embulk": ((), (), False, "`embulk run` in a pod"),
}


def _register(name: str) -> None:
    keys, secrets, stores, how = FAMILY[name]

    def convert(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
        action = scoped(task, scope, builder, name, known=keys, secrets=secrets, stores=stores)
        return scoped_task(task, node_id, action, scope, builder)

    convert.__doc__ = f"`{name}>`."
    operator(name, how)(convert)


for _name in FAMILY:
    _register(_name)
