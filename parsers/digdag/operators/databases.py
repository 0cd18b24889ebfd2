"""`pg>`, `redshift>` with its load and unload, and the `bq` family, by the services' own requests.

Keys and secrets: digdag-standards `operator/pg`, `operator/redshift`, `operator/gcp`, `operator/aws`.
"""

from __future__ import annotations

from parsers.digdag.clients import Client, register

SQL = (
    "query", "data", "create_table", "insert_into", "download_file", "store_last_results", "strict_transaction",
    "password_override", "database", "host", "port", "user", "ssl", "schema", "connect_timeout", "socket_timeout",
)  # fmt: skip
STATUS = ("status_table", "status_table_schema", "status_table_cleanup")
COPY = (
    "table", "from", "columns", "column_list", "csv", "json", "avro", "fixedwidth", "delimiter", "gzip", "bzip2",
    "lzop", "ignoreheader", "manifest", "null_as", "dateformat", "timeformat", "maxerror", "region", "encoding",
    "acceptanydate", "acceptinvchars", "blanksasnull", "emptyasnull", "escape", "explicit_ids", "fillrecord",
    "ignoreblanklines", "removequotes", "roundec", "trimblanks", "truncatecolumns", "comprows", "compupdate",
    "noload", "statupdate", "encrypted", "readratio", "temp_credentials", "session_duration",
)  # fmt: skip
UNLOAD = (
    "query", "to", "manifest", "encrypted", "allowoverwrite", "delimiter", "addquotes", "escape", "gzip", "bzip2",
    "null_as", "parallel", "fixedwidth", "temp_credentials", "session_duration",
)  # fmt: skip
BQ = (
    "query", "data", "dataset", "destination_table", "create_disposition", "write_disposition", "use_legacy_sql",
    "priority", "use_query_cache", "allow_large_results", "flatten_results", "location", "table_definitions",
    "user_defined_function_resources", "maximum_billing_tier",
)  # fmt: skip
BQ_LOAD = (
    "dataset", "destination_table", "location", "source_format", "field_delimiter",
    "create_disposition", "write_disposition", "skip_leading_rows", "encoding", "quote", "max_bad_records",
    "allow_quoted_newlines", "allow_jagged_rows", "ignore_unknown_values", "projection_fields", "autodetect",
    "schema_update_options", "schema",
)  # fmt: skip
BQ_EXTRACT = (
    "destination",
    "location",
    "print_header",
    "field_delimiter",
    "destination_format",
    "compression",
    "dataset",
)
BQ_DDL = (
    "create_datasets", "empty_datasets", "delete_datasets", "create_tables", "empty_tables", "delete_tables", "dataset",
)  # fmt: skip
ACCESS = ("host", "port", "user", "password", "database", "ssl", "schema")
PG = tuple(f"pg.{k}" for k in (*ACCESS, "connect_timeout", "socket_timeout"))
REDSHIFT = tuple(f"aws.redshift.{k}" for k in ACCESS)
CONNECTION = tuple(k for k in SQL if k not in ("query", "data", "create_table", "insert_into", "download_file"))


def aws(operation: str) -> tuple[str, ...]:
    """Secrets of a COPY or UNLOAD."""
    names = ("access_key_id", "secret_access_key", "role_arn")
    keys = tuple(f"aws.{part}{k}" for part in (f"{operation}.", "redshift.", "") for k in names)
    return (*keys, "role_session_name")


GCP = ("gcp.credential", "gcp.project")
FAMILY = {
    "pg": Client(SQL, PG, True, "a statement from the pod, the connection from a Secret", STATUS),
    "redshift": Client(SQL, REDSHIFT, True, "a statement from the pod, the connection from a Secret", STATUS),
    "redshift_load": Client(
        COPY + CONNECTION, (*REDSHIFT, *aws("redshift_load")), False, "COPY, sent from the pod", STATUS
    ),
    "redshift_unload": Client(
        UNLOAD + CONNECTION, (*REDSHIFT, *aws("redshift_unload")), False, "UNLOAD, sent from the pod", STATUS
    ),
    "bq": Client(BQ, GCP, True, "a query job, started and awaited from the pod"),
    "bq_ddl": Client(BQ_DDL, GCP, False, "data sets and tables, made and deleted from the pod"),
    "bq_load": Client(BQ_LOAD, GCP, True, "a load job, started and awaited from the pod"),
    "bq_extract": Client(BQ_EXTRACT, GCP, True, "an extract job, started and awaited from the pod"),
}

register(FAMILY)
