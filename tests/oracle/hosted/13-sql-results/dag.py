"""What SQL operators give back: handlers, several statements, parameters, checks, mapped statements."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.hooks.handlers import fetch_one_handler
from airflow.providers.common.sql.operators.sql import (
    SQLExecuteQueryOperator,
    SQLIntervalCheckOperator,
    SQLThresholdCheckOperator,
    SQLValueCheckOperator,
)
from airflow.providers.common.sql.sensors.sql import SqlSensor


def counted(cursor):
    return [len(cursor.fetchall()), cursor.description[0][0]]


def show(ti):
    for task in ("both", "every", "listed", "handled", "one", "none", "first", "casts"):
        print(f"@@ {task}={ti.xcom_pull(task_ids=task)!r}")
    print(f"@@ mapped={[list(r) for r in ti.xcom_pull(task_ids='mapped')]!r}")


class Checked(SQLValueCheckOperator):
    def check_value(self, records):
        print(f"@@ records={list(records)}")
        return super().check_value(records)


with DAG("hosted_sql", start_date=datetime(2024, 1, 1), schedule=None, default_args={"conn_id": "postgres_db"}):
    made = SQLExecuteQueryOperator(task_id="made", sql="create table notes (name text, n int)")
    both = SQLExecuteQueryOperator(task_id="both", sql="sql/both.sql", split_statements=True)
    every = SQLExecuteQueryOperator(
        task_id="every", sql=["select 1", "select name from notes where n = %(n)s"], parameters={"n": 1},
        return_last=False,
    )
    listed = SQLExecuteQueryOperator(task_id="listed", sql="select %s, %s::int + 1", parameters=["a%b", 2])
    handled = SQLExecuteQueryOperator(task_id="handled", sql="select name as title from notes", handler=counted)
    one = SQLExecuteQueryOperator(task_id="one", sql="select name, n from notes", handler=fetch_one_handler)
    none = SQLExecuteQueryOperator(task_id="none", sql="select 1", do_xcom_push=False)
    first = SQLExecuteQueryOperator(
        task_id="first", sql="select 1; select 2;", split_statements=True, return_last=False, autocommit=True
    )
    casts = SQLExecuteQueryOperator(
        task_id="casts", sql="select 1.5::float, true, null, 'x', '100%', current_setting('statement_timeout')",
        hook_params={"options": "-c statement_timeout=2500ms"},
    )
    mapped = SQLExecuteQueryOperator.partial(task_id="mapped", sql="select %(n)s::int * 2").expand(
        parameters=[{"n": 1}, {"n": 2}]
    )
    checked = Checked(task_id="checked", sql="select n from notes", pass_value="1")
    text = SQLValueCheckOperator(task_id="text", sql="select name from notes", pass_value="{{ ds }}")
    off = SQLValueCheckOperator(task_id="off", sql="select 20", pass_value=10, tolerance=0.5, retries=1, retry_delay=0)
    between = SQLThresholdCheckOperator(
        task_id="between", sql="select n from notes", min_threshold=0, max_threshold="select 1 + 1"
    )
    outside = SQLThresholdCheckOperator(task_id="outside", sql="select 5", min_threshold=0, max_threshold=4)
    sensed = SqlSensor(
        task_id="sensed", sql="select n, name from notes", selector=lambda row: row[1], parameters=None,
        success=lambda name: name == "2024-03-10", poke_interval=0.5, timeout=30,
    )
    failing = SqlSensor(
        task_id="failing", sql="select n from notes", failure=lambda n: n == 1, poke_interval=0.5, timeout=30
    )
    empty = SqlSensor(
        task_id="empty", sql="select n from notes where n > 5", fail_on_empty=True, poke_interval=0.5, timeout=30
    )
    waits = SqlSensor(
        task_id="waits", sql="insert into notes select 'w', count(*) + 1 from notes returning n > 2",
        poke_interval=1, timeout=30, mode="reschedule", hook_params={},
    )
    made >> both >> [every, handled, one, checked, text, between, sensed, failing, empty]
    shown = PythonOperator(task_id="show", python_callable=show)
    [every, listed, handled, one, none, first, casts, mapped] >> shown
    [every, handled, one, checked, text, between, sensed] >> waits
