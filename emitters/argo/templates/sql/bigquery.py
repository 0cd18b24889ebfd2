"""BigQuery: `bq query`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo.templates.sql.dialect import Client, Dialect, Options, flag, register
from migrate.ir.exprs import Literal

if TYPE_CHECKING:
    from emitters.argo import manifest as m
    from emitters.argo.context import TemplateContext

SWITCHES = ("allow_large_results", "flatten_results", "require_cache", "use_query_cache", "dry_run")
VALUES = {
    "destination_table": "--destination_table",
    "destination_dataset_table": "--destination_table",
    "maximum_bytes_billed": "--maximum_bytes_billed",
    "priority": "--priority",
    "project_id": "--project_id",
    "dataset": "--dataset_id",
    "job_id": "--job_id",
}


def _flags(options: Options, ctx: TemplateContext) -> tuple[str, list[m.EnvVar]]:
    words = [f"--use_legacy_sql={'true' if flag(options, 'use_legacy_sql') else 'false'}"]
    env: list[m.EnvVar] = []
    for name in SWITCHES:
        if name in options:
            words.append(f"--{name}={'true' if flag(options, name) else 'false'}")
    disposition = options.get("write_disposition")
    if isinstance(disposition, Literal):
        words += {"WRITE_TRUNCATE": ["--replace"], "WRITE_APPEND": ["--append_table"]}.get(str(disposition.value), [])
    for name, option in VALUES.items():
        if name in options:
            env += ctx.env([(f"BQ_{name.upper()}", options[name])])
            words.append(f'{option} "$BQ_{name.upper()}"')
    if "location" in options:
        env += ctx.env([("BQ_LOCATION", options["location"])])
    return "".join(f"{word} " for word in words), env


BIGQUERY = register(
    Dialect(
        names=("bigquery",),
        client=Client(
            image=("bigquery", "google/cloud-sdk:491.0.0-slim"),
            env=(),
            command='bq ${BQ_LOCATION:+--location="$BQ_LOCATION"} query --quiet --format=none $FLAGS<"$SQL_FILE"',
            options=frozenset(
                ["use_legacy_sql", "write_disposition", "create_disposition", "location", *SWITCHES, *VALUES]
            ),
            flags=_flags,
        ),
        driver=("google-cloud-bigquery",),
        google=True,
    )
)
