"""Statements, checks, sensors, branches and hooks on a database."""

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.operators.sql import (
    BranchSQLOperator,
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLExecuteQueryOperator,
    SQLTableCheckOperator,
    SQLValueCheckOperator,
)
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.postgres.hooks.postgres import PostgresHook


def load(rows, ds):
    hook = PostgresHook("hosted_db")
    hook.insert_rows("orders", [(ds, city, amount) for city, amount in rows], target_fields=["day", "city", "amount"])
    print(f"@@ rows={hook.get_first('select count(*) from orders')[0]}")
    print(f"@@ records={hook.get_records('select city, amount from orders order by id')}")
    with hook.get_conn() as connection, connection.cursor() as cursor:
        cursor.execute("select max(amount) from orders where city = %s", ("Bonn",))
        return cursor.fetchone()[0]


def show(ti):
    print(f"@@ report={ti.xcom_pull(task_ids='report')}")
    print(f"@@ own={ti.xcom_pull(task_ids='own')}")
    print(f"@@ one={ti.xcom_pull(task_ids='one')}")
    print(f"@@ titled={ti.xcom_pull(task_ids='titled')}")


class Totals(BaseOperator):
    """A project's operator with the hook in it."""

    template_fields = ("sql",)
    template_ext = (".sql",)

    def __init__(self, *, sql, conn_id="hosted_db", **kwargs):
        super().__init__(**kwargs)
        self.sql = sql
        self.conn_id = conn_id

    def execute(self, context):
        hook = PostgresHook(postgres_conn_id=self.conn_id)
        found = {city: total for city, total in hook.get_records(self.sql)}
        context["ti"].xcom_push(key="cities", value=sorted(found))
        return found


class Titled(SQLExecuteQueryOperator):
    """A subclass that changes what the provider's operator gives back."""

    def execute(self, context):
        rows = super().execute(context)
        return [{"city": row[0].title(), "by": self.task_id} for row in rows]


with DAG(
    "hosted_postgres", start_date=datetime(2024, 1, 1), schedule=None, params={"note": "per city"},
    default_args={"conn_id": "hosted_db"},
):
    create = SQLExecuteQueryOperator(
        task_id="create",
        sql=[
            "create table orders (id serial primary key, day date, city text, amount int)",
            "create table runs (name text)",
        ],
    )
    fill = PythonOperator(
        task_id="fill", python_callable=load, op_kwargs={"rows": [["Bonn", 7], ["Ulm", 5], ["Bonn", 3]]}
    )
    insert = SQLExecuteQueryOperator(
        task_id="insert",
        sql="insert into orders (day, city, amount) values (%(day)s, %(city)s, %(amount)s)",
        parameters={"day": "{{ ds }}", "city": "O'Fallon %", "amount": 4},
    )
    report = SQLExecuteQueryOperator(task_id="report", sql="sql/report.sql")
    one = SQLExecuteQueryOperator(
        task_id="one", sql="select amount from orders where city = 'Ulm'", handler=lambda cursor: cursor.fetchone()[0]
    )
    own = Totals(task_id="own", sql="sql/report.sql")
    titled = Titled(task_id="titled", sql="select lower(city) from orders where amount > 4 order by id")
    check = SQLCheckOperator(task_id="check", sql="select count(*), 1 from orders")
    empty = SQLCheckOperator(task_id="empty", sql="select count(*) from runs where name = 'nobody'")
    value = SQLValueCheckOperator(task_id="value", sql="select sum(amount) from orders", pass_value=20, tolerance=0.1)
    columns = SQLColumnCheckOperator(
        task_id="columns", table="orders",
        column_mapping={"amount": {"min": {"geq_to": 1}, "null_check": {"equal_to": 0}}},
    )
    table = SQLTableCheckOperator(
        task_id="table", table="orders", checks={"enough": {"check_statement": "count(*) > 100"}}
    )
    look = SqlSensor(task_id="look", sql="select count(*) from orders where day = '{{ ds }}'", poke_interval=0.5)
    chosen = SqlSensor(
        task_id="chosen", sql="select city from orders order by id", success=lambda city: city == "Bonn", timeout=30
    )
    route = BranchSQLOperator(
        task_id="route", sql="select count(*) > 3 from orders", follow_task_ids_if_true=["many"],
        follow_task_ids_if_false=["few"],
    )
    many = SQLExecuteQueryOperator(task_id="many", sql="insert into runs values ('many')")
    few = SQLExecuteQueryOperator(task_id="few", sql="insert into runs values ('few')")
    wrong = SQLExecuteQueryOperator(task_id="wrong", sql="select * from no_such_table", retries=1, retry_delay=0)
    shown = PythonOperator(task_id="show", python_callable=show)
    create >> fill >> insert >> [report, one, own, titled, check, empty, value, columns, table, look, chosen, route]
    [report, one, own, titled] >> shown
    empty >> wrong
    check >> SQLExecuteQueryOperator(task_id="again", sql="select * from no_such_table", retries=1, retry_delay=0)
    route >> [many, few]
