"""SQL through a database's Python driver: rows as values, parameters, checks."""

from __future__ import annotations

import os

import pod_connections
import pod_modes


class CheckFailed(Exception):
    """The result is not what the check wants."""


def sql(runner, _function):
    """Runs the statements of `spec.sql`; keeps, checks or awaits what the last one returns."""
    settings = runner.spec["sql"]
    if "poll" in runner.spec:
        pod_modes.poll(runner, lambda: (_truthy(_first(execute(runner, settings))), None))
        return
    rows = execute(runner, settings)
    if settings.get("check") == "truthy":
        _check(rows)
    if "follow" in settings:
        answer = settings["follow"]["true" if _answer(rows) else "false"]
        pod_modes.decide(runner, list(answer))
        return
    result = _result(rows, settings.get("result"))
    if result is not None:
        runner.outputs.push(settings.get("result_key", "return_value"), result)


def execute(runner, settings):
    """Rows of the last statement that returns any."""
    value = runner.resolver.value
    options = {name: value(code) for name, code in (settings.get("options") or {}).items()}
    parameters = value(settings["parameters"]) if "parameters" in settings else None
    connection = pod_connections.get(settings["connection"]) if settings.get("connection") else None
    database = value(settings["database"]) if "database" in settings else None
    client = CONNECT[settings["dialect"]](connection, database, options)
    rows = None
    try:
        if hasattr(client, "autocommit") and options.get("autocommit"):
            _autocommit(client)
        for code in settings["statements"]:
            cursor = client.cursor()
            text = str(value(code))
            print(f"Running statement: {text}", flush=True)
            cursor.execute(text, parameters) if parameters else cursor.execute(text)
            if cursor.description is not None:
                rows = cursor.fetchall()
            cursor.close()
        if hasattr(client, "commit"):
            client.commit()
    finally:
        client.close()
    return rows


def _autocommit(client):
    if callable(client.autocommit):
        client.autocommit(True)
    else:
        client.autocommit = True


def _result(rows, kind):
    if rows is None or kind in (None, "none"):
        return None
    if kind == "rows":
        return [tuple(row) for row in rows]
    if not rows:
        return None
    return tuple(rows[0]) if kind == "first_row" else rows[0][0]


def _first(rows):
    return rows[0][0] if rows else None


def _truthy(value):
    return value not in (0, "0", "", None, False)


def _check(rows):
    if not rows:
        raise CheckFailed("The query returned no rows")
    if not all(bool(value) for value in rows[0]):
        raise CheckFailed(f"Test failed: a value of the first row is false: {tuple(rows[0])!r}")


def _answer(rows):
    """The truth of the first value, by the source system's rules for texts."""
    value = _first(rows)
    if value is None:
        raise CheckFailed("No rows returned from sql query. Operator expected True or False return value.")
    if isinstance(value, int):
        return bool(value)
    text = str(value).strip().lower()
    if text in ("true", "y", "yes", "1", "on"):
        return True
    if text in ("false", "n", "no", "0", "off"):
        return False
    raise CheckFailed(f"Unexpected query return result '{value}' type '{type(value)}'")


def _postgres(found, database, options):
    import psycopg2

    extra = {
        k: v for k, v in found.extra_dejson.items() if k in ("sslmode", "sslcert", "sslkey", "sslrootcert", "options")
    }
    return psycopg2.connect(
        host=found.host, port=found.port or 5432, user=found.login, password=found.password,
        dbname=database or found.schema, **extra,
    )  # fmt: skip


def _mysql(found, database, options):
    import pymysql

    return pymysql.connect(
        host=found.host or "localhost", port=found.port or 3306, user=found.login or "",
        password=found.password or "", database=database or found.schema,
    )  # fmt: skip


def _mssql(found, database, options):
    import pymssql

    return pymssql.connect(
        server=found.host, port=str(found.port or 1433), user=found.login, password=found.password,
        database=database or found.schema or "",
    )  # fmt: skip


def _sqlite(found, database, options):
    import sqlite3

    path = database or (found.host if found else None) or ":memory:"
    if found is not None and not database and found.schema and not os.path.exists(path):
        path = "/" + found.schema
    return sqlite3.connect(path)


def _snowflake(found, database, options):
    import snowflake.connector

    extra = found.extra_dejson
    settings = {
        name: extra[name] for name in ("account", "warehouse", "role", "region", "authenticator") if extra.get(name)
    }
    settings.update(
        {k: v for k, v in options.items() if k in ("warehouse", "role", "authenticator", "session_parameters")}
    )
    return snowflake.connector.connect(
        user=found.login, password=found.password, schema=options.get("schema") or found.schema,
        database=database or extra.get("database"), **settings,
    )  # fmt: skip


def _trino(found, database, options):
    import trino

    return trino.dbapi.connect(
        host=found.host, port=found.port or 8080, user=found.login or "migrate", schema=database or found.schema,
        catalog=found.extra_dejson.get("catalog", "hive"),
    )  # fmt: skip


def _bigquery(found, database, options):
    from google.cloud import bigquery
    from google.cloud.bigquery import dbapi

    project = options.get("project_id") or (found.extra_dejson.get("project") if found else None)
    client = bigquery.Client(project=project, location=options.get("location"))
    config = bigquery.QueryJobConfig(use_legacy_sql=bool(options.get("use_legacy_sql")))
    client.default_query_job_config = config
    return dbapi.connect(client)


def _td(found, database, options):
    import tdclient

    key = found.password if found is not None else os.environ["TD_API_KEY"]
    return tdclient.connect(apikey=key, db=database, type=options.get("engine", "presto"))


CONNECT = {
    "postgres": _postgres, "redshift": _postgres, "mysql": _mysql, "mssql": _mssql, "sqlite": _sqlite,
    "snowflake": _snowflake, "trino": _trino, "presto": _trino, "bigquery": _bigquery, "td": _td,
}  # fmt: skip
