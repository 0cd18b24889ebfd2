"""The distributions of Airflow's providers, and which of them the official image has."""

from __future__ import annotations

_TWO_PARTS = frozenset(["apache", "atlassian", "cncf", "common", "dbt", "microsoft"])
_PREFIX = "apache-airflow-providers-"
IN_IMAGE = frozenset(
    f"{_PREFIX}{name}"
    for name in (
        "amazon", "celery", "cncf-kubernetes", "common-compat", "common-io", "common-sql", "docker", "elasticsearch",
        "fab", "ftp", "google", "grpc", "hashicorp", "http", "microsoft-azure", "mysql", "odbc", "openlineage",
        "postgres", "redis", "sendgrid", "sftp", "slack", "smtp", "snowflake", "ssh", "standard",
    )
)  # fmt: skip
"""Providers that the official image of each version from 2.10 on has."""


def provider_distribution(path: str) -> str | None:
    """The distribution of a provider's module: `airflow.providers.apache.spark.hooks.x` ->
    `apache-airflow-providers-apache-spark`. None for Airflow's own modules."""
    parts = path.split(".")
    if parts[:2] != ["airflow", "providers"] or len(parts) < 3:
        return None
    count = 2 if parts[2] in _TWO_PARTS and len(parts) > 3 else 1
    return _PREFIX + "-".join(parts[2 : 2 + count]).replace("_", "-")
