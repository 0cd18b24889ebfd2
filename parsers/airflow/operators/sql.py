"""SQL statements and checks on databases."""

from __future__ import annotations

from migrate.ir.actions import Action, Sql
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._common import poll
from parsers.airflow.operators._sql import NATIVE, connection_id, dialect_of, handler_result, sql_action
from parsers.airflow.operators.hosted import hosted


@operator(
    "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator",
    "airflow.operators.sql.SQLExecuteQueryOperator",
)
def execute_query(args: Arguments) -> Sql | Action:
    """Run by the database's own client; the kind of database comes from the connection. An own `handler` or a database
    without a common client makes it a hosted operator."""
    return _query(args, ("conn_id",), "default_conn_id")


@operator(
    "airflow.providers.postgres.operators.postgres.PostgresOperator",
    "airflow.operators.postgres_operator.PostgresOperator",
    "airflow.operators.postgres.PostgresOperator",
)
def postgres(args: Arguments) -> Sql | Action:
    """Run by `psql`; one transaction unless `autocommit`."""
    return _query(args, ("postgres_conn_id", "conn_id"), "postgres_default", "postgres")


@operator(
    "airflow.providers.amazon.aws.operators.redshift_sql.RedshiftSQLOperator",
    "airflow.providers.amazon.aws.operators.redshift.RedshiftSQLOperator",
)
def redshift(args: Arguments) -> Sql | Action:
    """Run by `psql`."""
    return _query(args, ("redshift_conn_id", "conn_id"), "redshift_default", "redshift")


@operator(
    "airflow.providers.mysql.operators.mysql.MySqlOperator",
    "airflow.operators.mysql_operator.MySqlOperator",
)
def mysql(args: Arguments) -> Sql | Action:
    """Run by the `mysql` client; the password never stands in an argument list."""
    return _query(args, ("mysql_conn_id", "conn_id"), "mysql_default", "mysql")


@operator(
    "airflow.providers.sqlite.operators.sqlite.SqliteOperator",
    "airflow.operators.sqlite_operator.SqliteOperator",
)
def sqlite(args: Arguments) -> Sql | Action:
    """Run by Python's sqlite3; the database file must be on a mounted volume."""
    return _query(args, ("sqlite_conn_id", "conn_id"), "sqlite_default", "sqlite")


@operator(
    "airflow.providers.snowflake.operators.snowflake.SnowflakeOperator",
    "airflow.contrib.operators.snowflake_operator.SnowflakeOperator",
)
def snowflake(args: Arguments) -> Sql | Action:
    """Run by Snowflake's client; warehouse, role and schema are kept."""
    return _query(args, ("snowflake_conn_id", "conn_id"), "snowflake_default", "snowflake")


@operator(
    "airflow.providers.microsoft.mssql.operators.mssql.MsSqlOperator",
    "airflow.operators.mssql_operator.MsSqlOperator",
)
def mssql(args: Arguments) -> Sql | Action:
    """Run by `sqlcmd`."""
    return _query(args, ("mssql_conn_id", "conn_id"), "mssql_default", "mssql")


@operator(
    "airflow.providers.common.sql.operators.sql.SQLCheckOperator",
    "airflow.operators.check_operator.CheckOperator",
    "airflow.operators.sql.SQLCheckOperator",
)
def check(args: Arguments) -> Sql | Action:
    """Fails when there is no row, or a value of the first row is false (0, empty, null)."""
    connection = connection_id(args, "conn_id", default="default_conn_id")
    if dialect_of(args, connection) not in (*NATIVE, None):
        return hosted(args)
    return sql_action(args, connection_default="default_conn_id", result="first_row", check="truthy")


@operator(
    "airflow.providers.common.sql.sensors.sql.SqlSensor",
    "airflow.sensors.sql.SqlSensor",
    "airflow.sensors.sql_sensor.SqlSensor",
)
def sensor(args: Arguments) -> Sql | Action:
    """Waits until the first value is true. Own `success`, `failure` or `selector` code makes it a hosted sensor."""
    connection = connection_id(args, "conn_id", default="")
    special = any(args.has(name) for name in ("success", "failure", "selector")) or args.raw("fail_on_empty") is True
    if special or dialect_of(args, connection) not in (*NATIVE, None):
        return hosted(args)
    args.ignore_all("success", "failure", "selector", "fail_on_empty")
    looking = poll(args)
    action = sql_action(args, result="first_value", check="truthy")
    return action.model_copy(update={"poll": looking})


def _query(args: Arguments, names: tuple[str, ...], default: str, dialect: str | None = None) -> Sql | Action:
    result = handler_result(args)
    known = dialect or dialect_of(args, connection_id(args, *names, default=default))
    own = args.has("output_processor") or args.raw("return_last") is False or _hook_settings(args, known)
    if result is None or own or known not in (*NATIVE, None):
        return hosted(args)
    args.ignore("output_processor")
    return sql_action(args, dialect=dialect, connection=names, connection_default=default, result=result)


def _hook_settings(args: Arguments, dialect: str | None) -> bool:
    """Whether `hook_params` say what only the provider's hook understands."""
    hook = args.raw("hook_params")
    return bool(hook) and dialect not in ("snowflake", "bigquery")
