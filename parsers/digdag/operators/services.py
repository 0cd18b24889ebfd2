"""`s3_wait>`, `gcs_wait>`, `emr>` and `embulk>`.

Keys and secrets: digdag-standards `operator/aws/*.java`, `operator/gcp/GcsWaitOperatorFactory.java`,
`operator/EmbulkOperatorFactory.java`.
"""

from __future__ import annotations

from parsers.digdag.clients import Client, register

S3_KEYS = (
    "bucket", "key", "version_id", "path_style_access", "endpoint", "region", "timeout", "continue_on_timeout",
)  # fmt: skip
AWS = ("access_key_id", "secret_access_key", "region", "role_arn", "endpoint")
FAMILY = {
    "s3_wait": Client(
        S3_KEYS,
        (*(f"aws.s3.{k}" for k in AWS), *(f"aws.{k}" for k in AWS)),
        True,
        "looks for the object from the pod until it is there",
    ),
    "gcs_wait": Client(
        ("bucket", "object"),
        ("gcp.credential", "gcp.project"),
        True,
        "looks for the object from the pod until it is there",
    ),
    "emr": Client(
        ("cluster", "staging", "emr", "steps"),
        (*(f"aws.emr.{k}" for k in AWS), *(f"aws.{k}" for k in AWS)),
        True,
        "`aws emr` in a pod: cluster and steps, then waits for them",
    ),
    "embulk": Client((), (), False, "`embulk run` in a pod"),
}

register(FAMILY)
