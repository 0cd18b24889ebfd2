"""Variables and connections in hosted operators, in hooks of the project and in templates."""

from datetime import datetime

from airflow import DAG
from airflow.hooks.base import BaseHook
from airflow.models import BaseOperator, Variable
from airflow.operators.python import PythonOperator
from airflow.providers.http.hooks.http import HttpHook


class TeamHook(BaseHook):
    """The project's own hook."""

    conn_name_attr = "team_conn_id"

    def __init__(self, team_conn_id="hosted_uri"):
        super().__init__()
        self.team_conn_id = team_conn_id

    def describe(self):
        c = self.get_connection(self.team_conn_id)
        extra = {k: c.extra_dejson[k] for k in sorted(c.extra_dejson)}
        return f"{c.conn_type} {c.login} {len(c.password)} {extra}"


class TeamHttp(HttpHook):
    def team(self):
        response = self.run("echo/x", headers={"X-Own": "1"})
        found = response.json()
        return [found["path"], found["headers"].get("x-own"), found["headers"].get("authorization")]


class Settings(BaseOperator):
    template_fields = ("text", "where")

    def __init__(self, text, where, **kwargs):
        super().__init__(**kwargs)
        self.text = text
        self.where = where

    def execute(self, context):
        print(f"@@ text={self.text}")
        print(f"@@ where={self.where}")
        print(f"@@ rows={Variable.get('hosted_rows', deserialize_json=True)}")
        print(f"@@ key={len(Variable.get('hosted_api_key'))}")
        print(f"@@ dotted={Variable.get('hosted.dotted-name')}")
        print(f"@@ missing={Variable.get('hosted_missing', None)}")
        print(f"@@ hook={TeamHook().describe()}")
        c = BaseHook.get_connection("hosted_json")
        print(f"@@ json={c.conn_type} {c.host} {c.login} {len(c.password)} {c.schema} {c.port} {c.extra_dejson}")
        print(f"@@ dash={BaseHook.get_connection('hosted-dash').host}")
        print(f"@@ http={TeamHttp(method='POST', http_conn_id='hosted_uri').team()}")
        try:
            BaseHook.get_connection("hosted_nowhere")
        except Exception as error:
            print(f"@@ nowhere={type(error).__name__}")


def callable_reads(word):
    c = BaseHook.get_connection("hosted_json")
    print(f"@@ callable={word} {Variable.get('hosted_word')} {c.port} {c.extra_dejson['nested']} {c.get_uri().rpartition('@')[2].split('?')[0]}")
    return Variable.get("hosted_rows", deserialize_json=True)[1]


with DAG("hosted_settings", start_date=datetime(2024, 1, 1), schedule=None):
    settings = Settings(
        task_id="settings",
        text="{{ var.value.hosted_word }} {{ var.json.hosted_rows[0] }} {{ var.value.get('hosted_missing', 'none') }}",
        where=["{{ conn.hosted_json.host }}", {"port": "{{ conn.hosted_json.port }}", "extra": "{{ conn.hosted_uri.extra_dejson['x-team'] }}"}],
    )
    reads = PythonOperator(task_id="reads", python_callable=callable_reads, op_args=["{{ conn.hosted_uri.login }}"])
