"""`s3_wait>`, `gcs_wait>`, `emr>` and `embulk>`.

Keys and secrets: digdag-standards `operator/aws/*.java`, `operator/gcp/GcsWaitOperatorFactory.java`,
`operator/EmbulkOperatorFactory.java`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag_operators import ClusterNotMade
from migrate.ir import actions as a
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.clients import Client, client_task, register
from parsers.digdag.scope import holds_code
from parsers.digdag.scoped import file_value, plain_settings, scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

S3_KEYS = (
    "bucket", "key", "version_id", "path_style_access", "endpoint", "region", "timeout", "continue_on_timeout",
)  # fmt: skip
AWS = ("access_key_id", "secret_access_key", "region")
SSE = ("sse_c_key", "sse_c_key_algorithm", "sse_c_key_md5")
FAMILY = {
    "s3_wait": Client(
        S3_KEYS,
        (*(f"aws.s3.{k}" for k in (*AWS, "endpoint", *SSE)), *(f"aws.{k}" for k in AWS)),
        True,
        "looks for the object from the pod until it is there",
    ),
    "gcs_wait": Client(
        ("bucket", "object"),
        ("gcp.credential", "gcp.project"),
        True,
        "looks for the object from the pod until it is there",
    ),
}
EMBULK = Client(("config",), (), False, "`embulk run` in a pod, in the folder of the project")

EMR = Client(
    ("cluster", "steps", "action_on_failure", "region", "endpoint", "emr.region", "emr.endpoint"),
    (*(f"aws.emr.{k}" for k in (*AWS, "role_arn", "endpoint")), *(f"aws.{k}" for k in (*AWS, "role_arn"))), False,
    "`aws emr` in a pod: steps on a cluster that there is, then waits for them", ("kms.region", "kms.endpoint"),
)  # fmt: skip
FILES = {"spark": "application", "spark-sql": "query", "hive": "script", "script": "script"}
"""Kinds of steps whose code is a file -> the key that names it."""

register(FAMILY)


@operator("embulk", EMBULK.how)
def embulk(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """A bulk load: its configuration is a YAML file (a template), or `config:`."""
    name = task.command
    known = isinstance(name, str) and name != "" and not holds_code(name)
    template = file_value(task, scope, builder, str(name)) if known else None
    action = scoped(task, scope, builder, "embulk", template=template, known=EMBULK.keys)
    return scoped_task(task, node_id, action, scope, builder)


@operator("emr", EMR.how)
def emr(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Steps on an existing cluster. A cluster of its own and files staged from the project are not converted."""
    why = beyond_emr(plain_settings(task))
    if why:
        builder.find(ClusterNotMade, task, what=why)
        message = f"emr> with {why} is not converted"
        return builder.task(task, node_id, a.Unconverted(message=message, source=f"emr>: {why}"))
    return client_task(task, scope, node_id, builder, "emr", EMR)


def beyond_emr(settings: dict[str, Any]) -> str:
    """What of a task `aws emr add-steps` cannot do by itself; empty if nothing."""
    if not isinstance(settings.get("cluster"), str):
        return "a cluster of its own"
    steps = settings.get("steps")
    for step in steps if isinstance(steps, list) else [steps] if steps is not None else []:
        kind = step.get("type") if isinstance(step, dict) else None
        if kind != "command" and kind not in FILES:
            return f"steps of the type {kind}"
        known = {"type", "name", "command", "args", "action_on_failure", "submit_options", FILES.get(str(kind), "")}
        if isinstance(step, dict) and set(step) - known:
            return f"steps with {sorted(set(step) - known)[0]}"
        if kind in FILES and not str(step.get(FILES[kind], "")).startswith("s3://"):
            return "files that are staged from the project"
    return ""
