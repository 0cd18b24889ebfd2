"""Connections that code opens through hooks and other objects with a `*conn_id` argument.

Default ids and positions are those of the provider packages (`conn_name_attr`, `default_conn_name` and the
signatures of the hook classes).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HookArgument:
    """`position` of the connection's id among the positional arguments (None: keyword only), and what it is when it is
    not given (None: then no connection is used)."""

    position: int | None
    default: str | None


_AWS = HookArgument(0, "aws_default")
_GOOGLE = HookArgument(0, "google_cloud_default")
_SQL = {
    "Postgres": "postgres", "MySql": "mysql", "MsSql": "mssql", "Oracle": "oracle", "Sqlite": "sqlite",
    "Snowflake": "snowflake", "RedshiftSQL": "redshift", "Trino": "trino", "Presto": "presto", "Vertica": "vertica",
    "Jdbc": "jdbc", "Odbc": "odbc", "Druid": "druid_broker", "Exasol": "exasol", "Teradata": "teradata",
    "ClickHouse": "clickhouse", "HiveServer2": "hiveserver2", "HiveCli": "hive_cli", "HiveMetastore": "metastore",
    "Impala": "impala", "Pinot": "pinot_admin", "DatabricksSql": "databricks", "Drill": "drill",
}  # fmt: skip
_FIRST = {
    "Mongo": "mongo", "Redis": "redis", "Databricks": "databricks", "DbtCloud": "dbt_cloud", "Wasb": "wasb",
    "AzureDataLake": "azure_data_lake", "AzureDataFactory": "azure_data_factory", "Salesforce": "salesforce",
    "SFTP": "sftp", "FTP": "ftp", "FTPS": "ftp", "Smtp": "smtp", "Imap": "imap", "Kubernetes": "kubernetes",
    "Livy": "livy", "Cassandra": "cassandra", "ElasticsearchSQL": "elasticsearch", "WebHDFS": "webhdfs",
    "Samba": "samba", "Neo4j": "neo4j", "Influxdb": "influxdb", "Airbyte": "airbyte", "Tableau": "tableau",
    "Opsgenie": "opsgenie", "Pagerduty": "pagerduty", "Telegram": "telegram", "SparkSql": "spark_sql",
}  # fmt: skip
_AWS_HOOKS = (
    "S3", "AwsBase", "AwsGeneric", "DynamoDB", "Sqs", "Sns", "Lambda", "Glue", "GlueJob", "GlueCrawler", "Emr", "Ecs",
    "BatchClient", "SecretsManager", "SageMaker", "Athena", "RedshiftData", "Redshift", "Rds", "Ec2", "EC2", "Kinesis",
    "StepFunction", "CloudFormation", "Ses", "Ssm", "Sts", "Eks",
)  # fmt: skip
_GOOGLE_HOOKS = (
    "BigQuery", "GCS", "GoogleBase", "CloudSQL", "PubSub", "Dataproc", "Dataflow", "GoogleDrive", "GSheets", "Gcp",
    "ComputeEngine", "Kms", "CloudKMS", "SecretManager", "SecretsManagerGCP", "CloudBuild", "CloudRun", "GKE",
    "Spanner",
    "Bigtable", "Firestore", "CloudFunctions", "DataFusion", "Stackdriver", "GoogleCloudStorage", "CloudMemorystore",
)  # fmt: skip
KNOWN: dict[str, HookArgument] = {
    **{f"{name}Hook": HookArgument(0, f"{default}_default") for name, default in {**_SQL, **_FIRST}.items()},
    **{f"{name}Hook": _AWS for name in _AWS_HOOKS},
    **{f"{name}Hook": _GOOGLE for name in _GOOGLE_HOOKS},
    "BigQueryHook": HookArgument(None, "google_cloud_default"),
    "HttpHook": HookArgument(1, "http_default"),
    "HttpAsyncHook": HookArgument(1, "http_default"),
    "SSHHook": HookArgument(0, None),
    "SlackHook": HookArgument(None, "slack_api_default"),
    "SlackWebhookHook": HookArgument(None, None),
    "DockerHook": HookArgument(0, "docker_default"),
    "SparkSubmitHook": HookArgument(1, "spark_default"),
    "KafkaProducerHook": HookArgument(0, "kafka_default"),
    "KafkaConsumerHook": HookArgument(1, "kafka_default"),
    "KafkaAdminClientHook": HookArgument(0, "kafka_default"),
    "FSHook": HookArgument(0, "fs_default"),
}
_NO_CONNECTION = frozenset({"BaseHook", "SubprocessHook", "PackageIndexHook", "DbApiHook"})


@dataclass(frozen=True, slots=True)
class Opened:
    """What a call opens: the expression of a connection's id, the id of a default connection, or what nobody knows."""

    expression: ast.expr | None = None
    default: str | None = None
    unknown: bool = False


def opened(call: ast.Call, own: bool, real: str = "", default: str | None = None) -> list[Opened]:
    """The connections that a call names. `own`: the class called is the project's, so that its own code says which
    connection it opens. `real`: the hook that is meant, when it is called by another name or is the base of the
    project's class; `default`: the connection that such a class opens by default."""
    named = [k.value for k in call.keywords if k.arg is not None and k.arg.endswith(("conn_id", "kafka_config_id"))]
    if named:
        return [Opened(value) for value in named]
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if real:
        name, own = real, False
    if own or not name.endswith("Hook") or not name[:1].isupper() or name in _NO_CONNECTION:
        return []
    known = KNOWN.get(name)
    unpacked = any(k.arg is None for k in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args)
    if known is None or unpacked:
        return [Opened(unknown=True)]
    if known.position is not None and known.position < len(call.args):
        return [Opened(call.args[known.position])]
    default = default or known.default
    return [Opened(default=default)] if default else []
