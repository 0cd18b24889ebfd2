"""Warehouse steps on several databases."""

from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.operators.redshift_sql import RedshiftSQLOperator
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.microsoft.mssql.operators.mssql import MsSqlOperator
from airflow.providers.mysql.operators.mysql import MySqlOperator
from airflow.providers.postgres.operators.postgres import PostgresOperator
from airflow.providers.snowflake.operators.snowflake import SnowflakeOperator
from airflow.providers.sqlite.operators.sqlite import SqliteOperator

with DAG(
    "warehouse_steps",
    schedule="15 4 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    template_searchpath=["/opt/airflow/dags/sql"],
) as dag:
    arrived = SqlSensor(
        task_id="arrived",
        conn_id="shop_postgres",
        sql="select count(*) from arrivals where day = '{{ ds }}'",
        poke_interval=300,
        mode="reschedule",
    )
    build = PostgresOperator(
        task_id="build", postgres_conn_id="shop_postgres", sql="build.sql", parameters={"limit": 10}, autocommit=True
    )
    counts = SQLExecuteQueryOperator(
        task_id="counts", conn_id="shop_mysql", sql=["set @day = '{{ ds }}'", "select count(*) from orders"]
    )
    mirror = MySqlOperator(task_id="mirror", mysql_conn_id="shop_mysql", sql="call mirror('{{ ds }}')", database="shop")
    local = SqliteOperator(task_id="local", sqlite_conn_id="cache_sqlite", sql="vacuum")
    finance = MsSqlOperator(task_id="finance", mssql_conn_id="finance_mssql", sql="exec close_day '{{ ds }}'")
    share = SnowflakeOperator(
        task_id="share", snowflake_conn_id="sf", sql="alter share s add accounts = x", warehouse="WH", role="SHARER"
    )
    copy = RedshiftSQLOperator(task_id="copy", sql="copy t from 's3://b/{{ ds }}' iam_role 'arn:aws:iam::1:role/r'")
    check = SQLCheckOperator(task_id="check", conn_id="shop_postgres", sql="select count(*) > 0 from totals")
    arrived >> build >> [counts, mirror, local, finance] >> share >> copy >> check
