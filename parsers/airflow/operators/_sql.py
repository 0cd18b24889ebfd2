"""SQL tasks: which database a connection leads to, statements, options, results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from migrate.diagnostics.operators import UnknownDialect
from migrate.ir import exprs
from migrate.ir.actions import Sql
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.operators._common import by_hand, constant_text, template_text

Result = Literal["none", "first_value", "first_row", "rows"]

_TYPES: Mapping[str, str] = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "redshift": "redshift",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "snowflake": "snowflake",
    "mssql": "mssql",
    "gcpbigquery": "bigquery",
    "google_cloud_platform": "bigquery",
    "bigquery": "bigquery",
    "presto": "presto",
    "trino": "trino",
    "oracle": "oracle",
    "hiveserver2": "hive",
    "hive_cli": "hive",
    "vertica": "vertica",
    "databricks": "databricks",
    "exasol": "exasol",
    "jdbc": "jdbc",
    "odbc": "odbc",
    "clickhouse": "clickhouse",
    "teradata": "teradata",
}
"""Connection types of Airflow -> dialect."""

_WORDS: tuple[tuple[str, str], ...] = (
    (r"redshift", "redshift"),
    (r"postgres|postgis|(?:^|_)(?:pg|psql|timescale)", "postgres"),
    (r"mysql|mariadb", "mysql"),
    (r"sqlite", "sqlite"),
    (r"snowflake", "snowflake"),
    (r"ms_?sql|sql_?server", "mssql"),
    (r"bigquery|google_cloud|gcp|(?:^|_)bq", "bigquery"),
    (r"trino", "trino"),
    (r"presto", "presto"),
    (r"oracle", "oracle"),
    (r"hive", "hive"),
    (r"vertica", "vertica"),
    (r"databricks", "databricks"),
    (r"clickhouse", "clickhouse"),
)

NATIVE = frozenset(["postgres", "redshift", "mysql", "sqlite", "snowflake", "mssql", "bigquery"])
"""Dialects with a client program in the target; the others run hosted."""


def connection_id(args: Arguments, *names: str, default: str) -> str:
    """The connection's id from the first of the arguments that is given; a templated id is reported (OPS004)."""
    found = default
    for name in reversed(names):
        expr = args.expr(name)
        text = constant_text(expr)
        if text:
            found = text
        elif args.has(name):
            args.value(name)
    return found


def dialect_of(args: Arguments, connection: str) -> str | None:
    """The database behind a connection: from what the user supplied, else by the words of its id. None: not known."""
    given = args.context.connections.get(connection)
    kind = str(given.get("conn_type", "")).lower() if given else ""
    if kind in _TYPES:
        return _TYPES[kind]
    return next((dialect for words, dialect in _WORDS if re.search(words, connection.lower())), None)


def sure_dialect(args: Arguments, connection: str) -> str:
    """As `dialect_of`; PostgreSQL with a finding when it is not known."""
    found = dialect_of(args, connection)
    if found is None:
        args.report(UnknownDialect, "conn_id", connection=connection)
    return found or "postgres"


def statements(args: Arguments, name: str = "sql") -> tuple[Expr, ...]:
    """The SQL texts, template files read."""
    expr = template_text(args, name, (".sql", ".hql", ".json"))
    if expr is None:
        return ()
    if isinstance(expr, exprs.ListExpr):
        return expr.items
    if isinstance(expr, exprs.Literal) and isinstance(expr.value, list):
        return tuple(exprs.Literal(value=item) for item in expr.value)
    return (expr,)


def sql_action(
    args: Arguments,
    *,
    dialect: str | None = None,
    connection: tuple[str, ...] = ("conn_id",),
    connection_default: str = "",
    result: Result = "none",
    check: Literal["truthy"] | None = None,
) -> Sql:
    """The Sql action of an operator with Airflow's usual SQL arguments."""
    conn = connection_id(args, *connection, default=connection_default)
    kind = dialect or sure_dialect(args, conn)
    args.ignore_all("split_statements", "return_last", "show_return_value_in_logs", "requires_result_fetch")
    args.ignore_all("retry_on_failure", "log_sql")
    return Sql(
        dialect=kind,
        connection=conn,
        statements=statements(args),
        parameters=args.expr("parameters"),
        options=options(args, kind),
        database=args.expr("database"),
        result=result,
        check=check,
    )


def options(args: Arguments, dialect: str) -> tuple[tuple[str, Expr], ...]:
    """Options of the client: `autocommit`, and what `hook_params` and Snowflake's arguments say."""
    found: dict[str, Expr] = {}
    if "autocommit" in args or dialect == "postgres":
        found["autocommit"] = exprs.Literal(value=args.bool("autocommit"))
    hook = args.raw("hook_params")
    if isinstance(hook, dict):
        found |= {str(k): args.convert(v, f"hook_params.{k}") for k, v in hook.items()}
    for name in ("warehouse", "role", "schema", "authenticator", "session_parameters"):
        if args.has(name):
            expr = args.expr(name)
            found |= {name: expr} if expr is not None else {}
    by_hand(args, "server settings must be set in the SQL text (`SET name = value`)", "runtime_parameters")
    return tuple(found.items())


def handler_result(args: Arguments) -> Result | None:
    """What the `handler` argument makes of the rows; None when it is code that only Python can run."""
    if not args.bool("do_xcom_push", True):
        args.ignore("handler")
        return "none"
    if "handler" not in args:
        return "rows"
    value = args.raw("handler")
    if value is None:
        return "none"
    name = _name_of(value)
    if name.endswith("fetch_one_handler"):
        return "first_row"
    return "rows" if name.endswith("fetch_all_handler") else None


def _name_of(value: Value) -> str:
    if isinstance(value, Native):
        return value.name
    if isinstance(value, Unknown):
        return value.path or value.text
    found: Any = getattr(value, "name", "") if not isinstance(value, Instance | Symbolic) else ""
    return found if isinstance(found, str) else ""
