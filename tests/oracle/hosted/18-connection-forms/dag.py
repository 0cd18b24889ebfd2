"""Connections in all forms: as hosted operators, plain callables and templates see them."""

from datetime import datetime

from airflow import DAG
from airflow.hooks.base import BaseHook
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

NAMES = [
    "plain", "full", "extra", "no_host", "only_type", "login_only", "protocol", "scheme", "inner",
    "postgres", "json", "json_few", "upper_name",
]


def facts(c):
    try:
        extra = c.extra_dejson
    except Exception as error:
        extra = type(error).__name__
    return [c.conn_id, c.conn_type, c.host, c.login, len(c.password or ""), c.schema, c.port, extra]


class Show(BaseOperator):
    template_fields = ("texts",)

    def __init__(self, texts, **kwargs):
        super().__init__(**kwargs)
        self.texts = texts

    def execute(self, context):
        for name in NAMES:
            print(f"@@ {name}={facts(BaseHook.get_connection(f'form_{name}'))}")
        for text in self.texts:
            print(f"@@ text={text}")


def show():
    for c in (
        BaseHook.get_connection("form_plain"), BaseHook.get_connection("form_full"), BaseHook.get_connection("form_extra"),
        BaseHook.get_connection("form_no_host"),
        BaseHook.get_connection("form_only_type"), BaseHook.get_connection("form_login_only"),
        BaseHook.get_connection("form_protocol"), BaseHook.get_connection("form_scheme"),
        BaseHook.get_connection("form_inner"), BaseHook.get_connection("form_postgres"),
        BaseHook.get_connection("form_json"), BaseHook.get_connection("form_json_few"),
        BaseHook.get_connection("form_upper_name"),
    ):
        print(f"@@ {facts(c)}")
    for c in (BaseHook.get_connection("form_full"), BaseHook.get_connection("form_json"), BaseHook.get_connection("form_no_host")):
        print(f"@@ uri={c.get_uri().rpartition('@')[2]} {len(c.get_uri())}")


with DAG("hosted_connection_forms", start_date=datetime(2024, 1, 1), schedule=None):
    Show(
        task_id="hosted",
        texts=[
            "{{ conn.form_full.schema }} {{ conn.form_full.extra_dejson.b }} {{ conn.form_plain.port }}",
            "{{ conn.form_extra.extra_dejson['k']['deep'][0] }} {{ conn.get('form_json').login }}",
        ],
    )
    PythonOperator(task_id="plain", python_callable=show)
    BashOperator(
        task_id="shell",
        bash_command="echo '@@ shell={{ conn.form_postgres.host }} {{ conn.form_postgres.schema }} {{ conn.form_extra.extra_dejson.n }} {{ conn.form_inner.host }}'",
    )
