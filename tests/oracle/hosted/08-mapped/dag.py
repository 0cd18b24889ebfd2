"""Hosted operators that are mapped: over literals, over results, by keyword arguments, in groups."""

from datetime import datetime

from airflow import DAG
from airflow.decorators import task, task_group
from airflow.exceptions import AirflowSkipException
from airflow.models import BaseOperator
from airflow.providers.http.operators.http import HttpOperator
from airflow.sensors.base import BaseSensorOperator, PokeReturnValue


class Square(BaseOperator):
    template_fields = ("n", "tag")

    def __init__(self, n, tag="-", **kwargs):
        super().__init__(**kwargs)
        self.n = n
        self.tag = tag

    def execute(self, context):
        ti = context["ti"]
        print(f"@@ square={self.n!r} {self.tag} index {ti.map_index}")
        if self.n == 13:
            raise AirflowSkipException("unlucky")
        ti.xcom_push(key="tag", value=f"{self.tag}{ti.map_index}")
        return int(self.n) ** 2


class Wait(BaseSensorOperator):
    def __init__(self, name, **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def poke(self, context):
        return PokeReturnValue(is_done=True, xcom_value=f"{self.name}!")


class Get(HttpOperator):
    def execute(self, context):
        return super().execute(context)[:9]


with DAG("hosted_mapped", start_date=datetime(2024, 1, 1), schedule=None):

    @task
    def numbers():
        return [3, 13, 4]

    @task
    def options():
        return [{"n": 1, "tag": "one {{ ds }}"}, {"n": 2}]

    @task
    def show(squares, both, ti=None):
        print(f"@@ squares={list(squares)}")
        print(f"@@ both={list(both)}")
        print(f"@@ labels={list(ti.xcom_pull(task_ids='literal', key='tag'))}")
        print(f"@@ second={ti.xcom_pull(task_ids='literal', map_indexes=1)}")
        print(f"@@ waited={list(ti.xcom_pull(task_ids='waits'))}")
        print(f"@@ got={list(ti.xcom_pull(task_ids='get'))}")

    @task_group
    def pair(n):
        inner = Square(task_id="inner", n=n, tag="in")
        Square(task_id="outer", n=inner.output, tag="out")

    literal = Square.partial(task_id="literal", tag="{{ ds_nodash }}").expand(n=[2, "5"])
    squares = Square.partial(task_id="squares").expand(n=numbers())
    both = Square.partial(task_id="both").expand_kwargs(options())
    waits = Wait.partial(task_id="waits", poke_interval=1).expand(name=["a", "b"])
    get = Get.partial(task_id="get", http_conn_id="hosted_plain", method="GET").expand(endpoint=["text", "echo"])
    pair.expand(n=[2, 3])
    shown = show(squares=squares.output, both=both.output)
    [literal, waits, get] >> shown
    shown.operator.trigger_rule = "none_failed"
