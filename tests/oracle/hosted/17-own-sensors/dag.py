"""Sensors of the project and subclasses of sensors: both modes, retries, values, own execute, failures."""

import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowSkipException
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.http.sensors.http import HttpSensor
from airflow.sensors.base import BaseSensorOperator, PokeReturnValue
from airflow.sensors.python import PythonSensor


def count(name):
    path = os.path.join(os.environ["OUT"], name)
    with open(path, "a") as f:
        f.write("x")
    return os.path.getsize(path)


class Ready(BaseSensorOperator):
    template_fields = ("name", "spec")

    def __init__(self, *, name, spec=None, **kwargs):
        super().__init__(**kwargs)
        self.name = name
        self.spec = spec or {}

    def poke(self, context):
        n = count(f"own_sensors.{self.name}")
        print(f"@@ {self.name}={n} {self.spec} {context['ti'].try_number}")
        return self.answer(n, context)

    def answer(self, n, context):
        return n >= 2


class WithValue(Ready):
    def answer(self, n, context):
        return PokeReturnValue(is_done=n >= 2, xcom_value={"n": n, "ds": context["ds"]})

    def execute(self, context):
        found = super().execute(context)
        context["ti"].xcom_push(key="more", value=[found])
        return {"found": found}


class Skips(Ready):
    def answer(self, n, context):
        if n >= 2:
            raise AirflowSkipException("nothing today")
        return False


class Breaks(Ready):
    def answer(self, n, context):
        if n < 3:
            raise AirflowException(f"broken {n}")
        return True


class Falsy(Ready):
    def answer(self, n, context):
        return [0][:n] if n >= 2 else None


class Looks(HttpSensor):
    def poke(self, context):
        print(f"@@ endpoint={self.endpoint}")
        return super().poke(context)


class Rows(SqlSensor):
    def poke(self, context):
        found = super().poke(context)
        print(f"@@ rows={found}")
        return found


class Asks(PythonSensor):
    def poke(self, context):
        found = super().poke(context)
        print(f"@@ asks={type(found).__name__}")
        return found


def show(ti):
    for task in ("poke", "value", "value_released", "falsy", "asks"):
        print(f"@@ {task}={ti.xcom_pull(task_ids=task)!r} {ti.xcom_pull(task_ids=task, key='more')!r}")


with DAG("hosted_sensors", start_date=datetime(2024, 1, 1), schedule=None, default_args={"poke_interval": 1, "timeout": 40}):
    poke = Ready(task_id="poke", name="poke", spec={"day": "{{ ds }}", "list": ["{{ ds_nodash }}"]})
    released = Ready(task_id="released", name="released {{ ds_nodash }}", mode="reschedule", poke_interval=6)
    value = WithValue(task_id="value", name="value")
    value_released = WithValue(task_id="value_released", name="value_released", mode="reschedule", poke_interval=6)
    skips = Skips(task_id="skips", name="skips", mode="reschedule", poke_interval=6)
    skips >> EmptyOperator(task_id="after_skips")
    breaks = Breaks(task_id="breaks", name="breaks", retries=3, retry_delay=timedelta(seconds=0))
    falsy = Falsy(task_id="falsy", name="falsy")
    backoff = Ready(task_id="backoff", name="backoff", exponential_backoff=True, max_wait=timedelta(seconds=2))
    late = Ready(task_id="late", name="late", timeout=4, poke_interval=5)
    soft = Skips(task_id="soft", name="soft", timeout=4, poke_interval=5, soft_fail=True, mode="reschedule")
    soft >> EmptyOperator(task_id="after_soft", trigger_rule="none_failed")
    looks = Looks(task_id="looks", http_conn_id="sensors_http", endpoint="after/1?day={{ ds }}", request_params={}, response_check=lambda r: r.json()["looks"] == 2)
    rows = Rows(task_id="rows", conn_id="sensors_db", sql="select count(*) from pg_database where datname like '{{ dag.dag_id }}%' or true")
    asks = Asks(task_id="asks", python_callable=lambda word, ds: PokeReturnValue(True, [word, ds]), op_args=["{{ ds_nodash }}"])
    [poke, value, value_released, falsy, asks] >> PythonOperator(task_id="show", python_callable=show)
