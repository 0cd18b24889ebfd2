"""Operators of one's own: subclasses of PythonOperator, BashOperator and BaseOperator, with hooks around execute, template fields, a mixin and a decorator factory."""
from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Sequence

from airflow import DAG
from airflow.decorators import task
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

from own_ops.base import AuditMixin, TableOperator, load


class Quiet(AuditMixin, PythonOperator):
    template_fields: Sequence[str] = (*PythonOperator.template_fields, "table")

    def __init__(self, table: str, **kwargs):
        super().__init__(**kwargs)
        self.table = table

    def execute(self, context):
        self.audit("before", self.table)
        result = super().execute(context)
        self.audit("after", result)
        return {"table": self.table, "result": result}


class Echo(BashOperator):
    def __init__(self, words: list[str], **kwargs):
        super().__init__(bash_command=" && ".join(f"echo '@@ w={w}'" for w in words), **kwargs)

    def pre_execute(self, context):
        print(f"@@ pre={context['ds']}")

    def post_execute(self, context, result=None):
        print(f"@@ post={result}")


class Summary(BaseOperator):
    template_fields = ("parts", "options")
    ui_color = "#fff"

    def __init__(self, *, parts: list[Any], options: dict[str, Any] | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.parts = parts
        self.options = options or {}

    def execute(self, context):
        print(f"@@ parts={self.parts} {json.dumps(self.options, sort_keys=True)}")
        context["ti"].xcom_push(key="count", value=len(self.parts))
        return self.parts


with DAG("own_operators", start_date=datetime(2024, 1, 1), schedule=None, params={"t": "tab"}) as dag:
    q = Quiet(task_id="q", table="{{ params.t }}_{{ ds_nodash }}", python_callable=load, op_kwargs={"n": 2})
    e = Echo(task_id="e", words=["a", "{{ ds }}", "b c"])
    s = Summary(task_id="s", parts=["{{ ti.xcom_pull('q')['table'] }}", q.output["result"], "{{ params.t }}"], options={"day": "{{ ds }}", "n": 1})
    t = TableOperator.partial(task_id="t", schema="pub").expand(table=["x", "y"])

    @task
    def end(values, ti=None):
        print(f"@@ end={list(values)} {ti.xcom_pull(task_ids='s', key='count')}")

    q >> e >> s >> t
    end(t.output)
