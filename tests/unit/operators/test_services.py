"""Databases, HTTP, clouds, messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

SQL = """
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator, SQLValueCheckOperator
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.postgres.operators.postgres import PostgresOperator
"""


@pytest.mark.parametrize(
    ("connection", "dialect"),
    [
        ("shop_postgres", "postgres"),
        ("pg", "postgres"),
        ("my_mysql", "mysql"),
        ("redshift_x", "redshift"),
        ("bq_prod", "bigquery"),
    ],
)
def test_the_dialect_is_read_off_the_connection(one: Any, connection: str, dialect: str) -> None:
    found = one(f"SQLExecuteQueryOperator(task_id='t', conn_id='{connection}', sql='select 1')", SQL)
    assert (found.action.kind, found.action.dialect, found.codes()) == ("sql", dialect, [])


def test_the_dialect_of_a_supplied_connection(one: Any) -> None:
    given = {"warehouse": {"conn_type": "snowflake"}, "old": {"conn_type": "oracle"}}
    found = one("SQLExecuteQueryOperator(task_id='t', conn_id='warehouse', sql='select 1')", SQL, connections=given)
    assert found.action.dialect == "snowflake"
    hosted = one("SQLExecuteQueryOperator(task_id='t', conn_id='old', sql='select 1')", SQL, connections=given)
    assert (hosted.action.kind, hosted.codes()) == ("hosted", ["HST001"])
    unknown = one("SQLExecuteQueryOperator(task_id='t', conn_id='warehouse', sql='select 1')", SQL)
    assert (unknown.action.dialect, unknown.codes()) == ("postgres", ["OPS061"])


def test_sql_files_parameters_and_results(one: Any, value: Any) -> None:
    found = one(
        "PostgresOperator(task_id='t', sql=['a.sql', 'select 2'], parameters={'x': 1}, autocommit=True)",
        SQL,
        {"a.sql": "select 1"},
    )
    assert [value(s) for s in found.action.statements] == ["select 1", "select 2"]
    assert (value(found.action.parameters), found.action.result) == ({"x": 1}, "rows")
    assert dict(found.action.options)["autocommit"].value is True
    none = one("SQLExecuteQueryOperator(task_id='t', conn_id='pg', sql='x', handler=None)", SQL)
    assert none.action.result == "none"
    code = one("SQLExecuteQueryOperator(task_id='t', conn_id='pg', sql='x', handler=lambda c: c.rowcount)", SQL)
    assert code.action.kind == "hosted"


def test_checks_and_sensors(one: Any) -> None:
    check = one("SQLCheckOperator(task_id='t', conn_id='pg', sql='select 1')", SQL)
    assert (check.action.check, check.action.result) == ("truthy", "first_row")
    sensor = one("SqlSensor(task_id='t', conn_id='pg', sql='select 1', poke_interval=5)", SQL)
    assert (sensor.action.poll.interval, sensor.action.result) == (5, "first_value")
    special = one("SqlSensor(task_id='t', conn_id='pg', sql='select 1', success=lambda v: v > 3)", SQL)
    assert (special.action.kind, special.action.sensor, len(special.action.callables)) == ("hosted", True, 1)
    other = one("SQLValueCheckOperator(task_id='t', conn_id='pg', sql='select 1', pass_value=1)", SQL)
    assert other.action.cls.endswith("SQLValueCheckOperator")


HTTP = """
from airflow.providers.http.operators.http import SimpleHttpOperator
from airflow.providers.http.sensors.http import HttpSensor
def fine(response): return response.ok
"""


def test_http(one: Any, value: Any) -> None:
    form = one("SimpleHttpOperator(task_id='t', endpoint='x', data={'a': 1}, extra_options={'timeout': 5})", HTTP)
    action = form.action
    assert (action.method, action.body_type, action.timeout, action.connection) == ("POST", "form", 5, "http_default")
    query = one("SimpleHttpOperator(task_id='t', endpoint='x', method='GET', data={'a': 1}, response_check=fine)", HTTP)
    assert (query.action.body_type, query.action.check.entry) == ("query", "fine")
    secret = one(
        "SimpleHttpOperator(task_id='t', endpoint='x', headers={'Authorization': 'Bearer abcdefgh12345678'})", HTTP
    )
    assert "abcdefgh12345678" not in secret.task.model_dump_json()
    assert secret.codes() == ["SEC002"]
    sensor = one("HttpSensor(task_id='t', endpoint='x', response_check=fine, poke_interval=7)", HTTP)
    assert (sensor.action.poll.interval, sensor.action.method) == (7, "GET")
    special = one("SimpleHttpOperator(task_id='t', endpoint='x', retry_args={'stop': 1})", HTTP)
    assert special.action.kind == "hosted"


def environment(action: Any) -> dict[str, Any]:
    return {name: getattr(expr, "value", expr.kind) for name, expr in action.env}


def test_pages_are_read_by_the_operator_itself(one: Any) -> None:
    found = one("SimpleHttpOperator(task_id='t', endpoint='x', pagination_function=lambda r: None)", HTTP)
    assert found.action.kind == "hosted"
    assert "pagination_function" in dict(found.action.callables)
    assert found.codes() == ["HST001"]


def test_what_only_the_hook_understands_runs_hosted(one: Any) -> None:
    for given in ("return_last=False", "hook_params={'options': '-c x=1'}"):
        found = one(f"PostgresOperator(task_id='t', sql='select 1', {given})", SQL)
        assert found.action.kind == "hosted", given
    unchecked = one("SimpleHttpOperator(task_id='t', endpoint='x', extra_options={'check_response': False})", HTTP)
    assert unchecked.action.kind == "hosted"


def test_bigquery_jobs(one: Any) -> None:
    imports = "from airflow.providers.google.cloud.operators.bigquery import BigQueryInsertJobOperator\n"
    found = one(
        "BigQueryInsertJobOperator(task_id='t', project_id='p', location='EU', configuration={'query': {'query': 'q.sql',"
        " 'useLegacySql': False}})",
        imports,
        {"q.sql": "select 1"},
    )
    env = environment(found.action)
    assert (env["QUERY"], env["CONFIGURATION"]) == ("select 1", {"query": {"useLegacySql": False}})
    assert (env["PROJECT"], env["LOCATION"]) == ("p", "EU")
    assert found.action.connection == "google_cloud_default"
    assert found.codes() == []


def test_load_into_bigquery(one: Any) -> None:
    found = one(
        "GCSToBigQueryOperator(task_id='t', bucket='b', source_objects=['x/{{ ds }}.csv'], skip_leading_rows=1,\n"
        "    destination_project_dataset_table='p.d.t${{ ds_nodash }}', schema_fields=[{'name': 'a', 'type': 'INT64'}])",
        "from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator\n",
    )
    load = dict(dict(found.action.env)["CONFIGURATION"].items)["load"]
    fields = dict(load.items)
    assert fields["sourceFormat"].value == "CSV"
    assert fields["skipLeadingRows"].value == 1
    table = dict(fields["destinationTable"].items)
    assert (table["projectId"].value, table["datasetId"].value, table["tableId"].kind) == ("p", "d", "concat")
    assert found.codes() == []


def test_s3_sensor(one: Any) -> None:
    imports = "from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor\n"
    found = one("S3KeySensor(task_id='t', bucket_name='b', bucket_key=['x y', '{{ ds }}'], aws_conn_id='c')", imports)
    assert found.action.script.count("|| exit 1") == 2
    assert environment(found.action)["KEY"] == "x y"
    assert found.action.connection == "c"
    code = one("S3KeySensor(task_id='t', bucket_key='s3://b/k', check_fn=lambda f: True)", imports)
    assert code.action.kind == "hosted"


def test_spark_and_ssh(one: Any) -> None:
    spark = one(
        "SparkSubmitOperator(task_id='t', application='s3a://x.py', conf={'a': 'b c'}, application_args=['{{ ds }}'])",
        "from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator\n",
    )
    assert '--conf "$CONF"' in spark.action.script
    assert spark.action.script.rstrip().endswith('"$ARGUMENT"')
    ssh = one(
        "SSHOperator(task_id='t', ssh_conn_id='s', command='ls', environment={'A': '1'})",
        "from airflow.providers.ssh.operators.ssh import SSHOperator\n",
    )
    assert ("SSH_KEY", "extra.private_key") in ssh.action.credentials
    assert environment(ssh.action) == {"COMMAND": "ls", "REMOTE_A": "1"}


def test_databricks_and_dbt(one: Any) -> None:
    run = one(
        "DatabricksRunNowOperator(task_id='t', job_id=3, json={'x': 1}, notebook_params={'d': '1'})",
        "from airflow.providers.databricks.operators.databricks import DatabricksRunNowOperator\n",
    )
    assert environment(run.action)["BODY"] == {"x": 1, "job_id": 3, "notebook_params": {"d": "1"}}
    dbt = one(
        "DbtCloudRunJobOperator(task_id='t', job_id=3, check_interval=9, wait_for_termination=False)",
        "from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator\n",
    )
    env = environment(dbt.action)
    assert (env["JOB"], env["INTERVAL"], env["WAIT"]) == (3, "9", "no")


def test_messages(one: Any) -> None:
    slack = one(
        "SlackWebhookOperator(task_id='t', http_conn_id='s', webhook_token='T000/B000/abcdefghijkl', message='x')",
        "from airflow.providers.slack.operators.slack_webhook import SlackWebhookOperator\n",
    )
    assert (slack.action.channel, slack.action.connection) == ("slack", "s")
    assert "abcdefghijkl" not in json.dumps(slack.task.model_dump(mode="json"))
    mail = one(
        "EmailOperator(task_id='t', to='a@b', subject='s', html_content='h', files=['/x'])",
        "from airflow.operators.email import EmailOperator\n",
    )
    assert dict(mail.action.fields)["to"].value == "a@b"
    assert mail.codes() == ["OPS024"]
