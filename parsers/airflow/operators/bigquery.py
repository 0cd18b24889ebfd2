"""BigQuery: jobs, queries, checks, loads from and extracts to Cloud Storage."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.ir.actions import Action, Command, Sql
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.evaluator.values import Value
from parsers.airflow.operators._bigquery import dictionary, job, table, table_expr
from parsers.airflow.operators._cli import items, whole
from parsers.airflow.operators._common import concat, load_files, template_text
from parsers.airflow.operators._sql import sql_action
from parsers.airflow.operators.hosted import hosted


@operator("airflow.providers.google.cloud.operators.bigquery.BigQueryInsertJobOperator")
def insert_job(args: Arguments) -> Command | Action:
    """The job's configuration is sent as it is, and waited for. The SQL of a query job stays readable."""
    value = args.raw("configuration")
    if not isinstance(value, dict):
        return hosted(args)
    loaded = load_files(args, value, "configuration", (".json", ".sql"))
    query, rest = _split(loaded)
    text = args.convert(query, "configuration.query.query") if query is not None else None
    return job(args, args.convert(rest, "configuration"), text)


def _split(configuration: dict[str, Value]) -> tuple[Value, dict[str, Value]]:
    part = configuration.get("query")
    if not isinstance(part, dict) or "query" not in part:
        return None, configuration
    return part["query"], {**configuration, "query": {k: v for k, v in part.items() if k != "query"}}


@operator(
    "airflow.providers.google.cloud.operators.bigquery.BigQueryExecuteQueryOperator",
    "airflow.contrib.operators.bigquery_operator.BigQueryOperator",
)
def execute_query(args: Arguments) -> Command | Action:
    """A query job with the same settings; several statements run as one script."""
    sql = template_text(args, "sql", (".sql",)) or template_text(args, "bql", (".sql",))
    args.ignore("bql")
    target = table_expr(args, "destination_dataset_table") if args.has("destination_dataset_table") else None
    if sql is None or (args.has("destination_dataset_table") and target is None) or not whole(sql):
        return hosted(args)
    text = items(args, sql)
    joined = text[0] if len(text) == 1 else concat(*[p for t in text for p in (t, ";\n")])
    has_target = target is not None
    settings: dict[str, Any] = {
        "useLegacySql": args.bool("use_legacy_sql", True),
        "destinationTable": target,
        "writeDisposition": (args.text("write_disposition") or "WRITE_EMPTY") if has_target else None,
        "createDisposition": (args.text("create_disposition") or "CREATE_IF_NEEDED") if has_target else None,
        "allowLargeResults": args.bool("allow_large_results") or None,
        "flattenResults": args.value("flatten_results"),
        "maximumBillingTier": args.value("maximum_billing_tier"),
        "maximumBytesBilled": args.value("maximum_bytes_billed"),
        "priority": args.text("priority") or "INTERACTIVE",
        "queryParameters": args.expr("query_params") if args.has("query_params") else None,
        "schemaUpdateOptions": list(args.strings("schema_update_options")) or None,
        "timePartitioning": args.value("time_partitioning"),
        "clustering": _clustering(args),
        "destinationEncryptionConfiguration": args.value("encryption_configuration"),
        **(args.value("api_resource_configs") or {}).get("query", {}),
    }
    args.ignore_all(
        "write_disposition", "create_disposition", "destination_dataset_table", "query_params", "udf_config"
    )
    labels = args.value("labels")
    return job(args, dictionary({"query": dictionary(settings), "labels": labels}), joined)


@operator(
    "airflow.providers.google.cloud.operators.bigquery.BigQueryCheckOperator",
    "airflow.contrib.operators.bigquery_check_operator.BigQueryCheckOperator",
)
def check(args: Arguments) -> Sql | Action:
    """Fails when there is no row, or a value of the first row is false."""
    if args.has("query_params") or args.has("impersonation_chain"):
        return hosted(args)
    args.ignore_all("query_params", "impersonation_chain", "labels", "deferrable", "poll_interval")
    args.ignore_all("encryption_configuration", "delegate_to")
    names = ("gcp_conn_id", "bigquery_conn_id")
    action = sql_action(
        args,
        dialect="bigquery",
        connection=names,
        connection_default="google_cloud_default",
        result="first_row",
        check="truthy",
    )
    legacy = exprs.Literal(value=args.bool("use_legacy_sql", True))
    options = [("use_legacy_sql", legacy)]
    for name in ("location", "project_id"):
        expr = args.expr(name) if args.has(name) else None
        args.ignore(name)
        options += [(name, expr)] if expr is not None else []  # type: ignore[list-item]
    return action.model_copy(update={"options": (*action.options, *options)})


@operator(
    "airflow.providers.google.cloud.transfers.gcs_to_bigquery.GCSToBigQueryOperator",
    "airflow.contrib.operators.gcs_to_bq.GoogleCloudStorageToBigQueryOperator",
)
def load(args: Arguments) -> Command | Action:
    """A load job with the same settings."""
    target = table_expr(args, "destination_project_dataset_table")
    sources = args.expr("source_objects")
    special = ("external_table", "max_id_key", "schema_object")
    if target is None or not whole(sources) or any(args.raw(name) for name in special):
        return hosted(args)
    args.ignore_all(*special, "schema_object_bucket", "description", "force_delete", "bigquery_conn_id")
    bucket = args.expr("bucket")
    uris = _texts([concat("gs://", bucket, "/", item) for item in items(args, sources)])
    return job(
        args, dictionary({"load": dictionary(_load_settings(args, uris, target)), "labels": args.value("labels")})
    )


def _load_settings(args: Arguments, uris: Expr, target: Expr) -> dict[str, Any]:
    kind = (args.text("source_format") or "CSV").upper()
    fields = args.expr("schema_fields") if args.has("schema_fields") else None
    args.ignore("schema_fields")
    found: dict[str, Any] = {
        "sourceUris": uris,
        "destinationTable": target,
        "sourceFormat": kind,
        "writeDisposition": args.text("write_disposition") or "WRITE_EMPTY",
        "createDisposition": args.text("create_disposition") or "CREATE_IF_NEEDED",
        "autodetect": args.bool("autodetect", True) if fields is None else args.bool("autodetect"),
        "schema": dictionary({"fields": fields}) if fields is not None else None,
        "maxBadRecords": args.integer("max_bad_records") or None,
        "ignoreUnknownValues": args.bool("ignore_unknown_values") or None,
        "schemaUpdateOptions": list(args.strings("schema_update_options")) or None,
        "timePartitioning": args.value("time_partitioning"),
        "rangePartitioning": args.value("range_partitioning"),
        "clustering": _clustering(args),
        "destinationEncryptionConfiguration": args.value("encryption_configuration"),
    }
    csv = {
        "skipLeadingRows": args.integer("skip_leading_rows"),
        "fieldDelimiter": args.text("field_delimiter"),
        "quote": args.text("quote_character"),
        "allowQuotedNewlines": args.bool("allow_quoted_newlines") or None,
        "allowJaggedRows": args.bool("allow_jagged_rows") or None,
        "encoding": args.text("encoding"),
    }
    args.ignore("compression", "a load job finds out itself")
    extra = args.value("src_fmt_configs")
    return {**found, **(csv if kind == "CSV" else {}), **(extra if isinstance(extra, dict) else {}), **_extra(args)}


def _extra(args: Arguments) -> dict[str, Any]:
    found = args.value("extra_config")
    return found if isinstance(found, dict) else {}


@operator(
    "airflow.providers.google.cloud.transfers.bigquery_to_gcs.BigQueryToGCSOperator",
    "airflow.contrib.operators.bigquery_to_gcs.BigQueryToCloudStorageOperator",
)
def extract(args: Arguments) -> Command | Action:
    """An extract job with the same settings."""
    source = table_expr(args, "source_project_dataset_table")
    if source is None:
        return hosted(args)
    kind = args.text("export_format") or "CSV"
    settings: dict[str, Any] = {
        "sourceTable": source,
        "destinationUris": _texts(list(items(args, args.expr("destination_cloud_storage_uris")))),
        "destinationFormat": kind,
        "compression": args.text("compression") or "NONE",
        "fieldDelimiter": args.text("field_delimiter") if kind == "CSV" else None,
        "printHeader": args.bool("print_header", True) if kind == "CSV" else None,
    }
    args.ignore("field_delimiter")
    return job(args, dictionary({"extract": dictionary(settings), "labels": args.value("labels")}))


@operator(
    "airflow.providers.google.cloud.transfers.bigquery_to_bigquery.BigQueryToBigQueryOperator",
    "airflow.contrib.operators.bigquery_to_bigquery.BigQueryToBigQueryOperator",
)
def copy(args: Arguments) -> Command | Action:
    """A copy job with the same settings."""
    value = args.raw("source_project_dataset_tables")
    target = table_expr(args, "destination_project_dataset_table")
    if not isinstance(value, str) or target is None or table(args, "source_project_dataset_tables") is None:
        return hosted(args)
    settings: dict[str, Any] = {
        "sourceTables": [table(args, "source_project_dataset_tables")],
        "destinationTable": target,
        "writeDisposition": args.text("write_disposition") or "WRITE_EMPTY",
        "createDisposition": args.text("create_disposition") or "CREATE_IF_NEEDED",
        "destinationEncryptionConfiguration": args.value("encryption_configuration"),
    }
    return job(args, dictionary({"copy": dictionary(settings), "labels": args.value("labels")}))


def _clustering(args: Arguments) -> dict[str, Any] | None:
    fields = args.strings("cluster_fields")
    return {"fields": list(fields)} if fields else None


def _texts(parts: list[Expr]) -> Expr:
    if all(isinstance(p, exprs.Literal) for p in parts):
        return exprs.Literal(value=[p.value for p in parts if isinstance(p, exprs.Literal)])
    return exprs.ListExpr(items=tuple(parts))
