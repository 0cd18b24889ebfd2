"""`pg>`, `redshift>` and its load and unload by `psql`; the `bq` family by BigQuery's own requests.

Keys and secrets: digdag-standards `operator/pg`, `operator/redshift`, `operator/gcp`, `operator/aws`.
"""

from __future__ import annotations

from parsers.digdag.clients import Client, register

SQL = (
    "query", "data", "create_table", "insert_into", "download_file", "store_last_results", "strict_transaction",
    "password_override", "database", "host", "port", "user", "ssl", "schema", "connect_timeout",
)  # fmt: skip
COPY = (
    "table", "from", "columns", "column_list", "csv", "json", "avro", "fixedwidth", "delimiter", "gzip", "bzip2",
    "lzop", "ignoreheader", "manifest", "null_as", "dateformat", "timeformat", "maxerror", "region", "encoding",
    "acceptanydate", "acceptinvchars", "blanksasnull", "emptyasnull", "escape", "explicit_ids", "fillrecord",
    "ignoreblanklines", "removequotes", "roundec", "trimblanks", "truncatecolumns", "comprows", "compupdate",
    "noload", "statupdate", "role_session_name", "encrypted", "readratio",
)  # fmt: skip
UNLOAD = (
    "query", "to", "manifest", "encrypted", "allowoverwrite", "delimiter", "addquotes", "escape", "gzip", "bzip2",
    "null_as", "parallel", "maxfilesize", "fixedwidth", "role_session_name",
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
PG = tuple(f"pg.{k}" for k in ("host", "port", "user", "password", "database", "ssl", "schema"))
REDSHIFT = tuple(f"aws.redshift.{k}" for k in ("host", "port", "user", "password", "database", "ssl", "schema"))
AWS = tuple(
    f"aws.{part}{k}"
    for part in ("", "redshift_load.", "redshift_unload.")
    for k in ("access_key_id", "secret_access_key")
)
GCP = ("gcp.credential", "gcp.project")
FAMILY = {
    "pg": Client(SQL, PG, True, "`psql` in a pod, the connection from a Secret"),
    "redshift": Client(SQL, REDSHIFT, True, "`psql` in a pod, the connection from a Secret"),
    "redshift_load": Client(COPY + SQL, (*REDSHIFT, *AWS), False, "COPY by `psql` in a pod"),
    "redshift_unload": Client(UNLOAD + SQL, (*REDSHIFT, *AWS), False, "UNLOAD by `psql` in a pod"),
    "bq": Client(BQ, GCP, True, "a query job, started and awaited from the pod"),
    "bq_ddl": Client(BQ_DDL, GCP, False, "data sets and tables, made and deleted from the pod"),
    "bq_load": Client(BQ_LOAD, GCP, True, "a load job, started and awaited from the pod"),
    "bq_extract": Client(BQ_EXTRACT, GCP, True, "an extract job, started and awaited from the pod"),
}

register(FAMILY)
