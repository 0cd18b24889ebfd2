"""Templates in what mapped tasks are given: literal items, results of tasks, keyword arguments of results."""

from datetime import datetime

from airflow import DAG
from airflow.decorators import task, task_group
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.providers.http.operators.http import HttpOperator


class Show(BaseOperator):
    template_fields = ("text", "more")

    def __init__(self, text, more=None, plain="", **kwargs):
        super().__init__(**kwargs)
        self.text = text
        self.more = more
        self.plain = plain

    def execute(self, context):
        print(f"@@ {context['ti'].map_index}={self.text!r} {self.more!r} {self.plain!r}")
        return {"text": self.text, "n": context["ti"].map_index}


def tell(*args, **named):
    print(f"@@ tell={args} { {k: named[k] for k in ('key',) if k in named} }")


with DAG("hosted_mapped_templates", start_date=datetime(2024, 1, 1), schedule=None):

    @task
    def texts():
        return ["one {{ ds }}", "two"]

    @task
    def keywords():
        return [
            {"text": "one {{ ds }}", "plain": "{{ ds }}"},
            {"text": ["{{ ds_nodash }}", {"k": "{{ ti.map_index }}"}], "more": "{{ task.task_id }}"},
        ]

    @task
    def commands():
        return [{"bash_command": "echo '@@ bash={{ ds }}'"}, {"bash_command": "echo \"@@ bash=$X {{ ti.map_index }}\"", "env": {"X": "{{ ds_nodash }}"}}]

    @task
    def calls():
        return [{"op_args": ["{{ ds }}", 1]}, {"op_kwargs": {"key": ["{{ ds }}"]}}]

    @task
    def words():
        return [{"word": "{{ ds }}"}, {"word": "plain", "other": ["{{ ds }}"]}]

    @task
    def requests():
        return [{"endpoint": "echo?n={{ ds_nodash }}"}, {"endpoint": "echo", "data": {"n": "{{ ds }}"}}]

    @task
    def say(word, other=None, ti=None):
        print(f"@@ say={word!r} {other!r} {ti.map_index}")

    @task_group
    def each(word):
        Show(task_id="inside", text=word, more="{{ ds }}")
        BashOperator(task_id="after", bash_command="echo '@@ index={{ ti.map_index }}'")
        PythonOperator(task_id="late", python_callable=lambda ti: print(f"@@ late={ti.map_index}"))
        say("in {{ ds }}")

    found, named = texts(), keywords()
    Show.partial(task_id="literal", more=["{{ ds }}"], plain="{{ ds }}").expand(text=["a {{ ds }}", {"k": "{{ ds_nodash }}"}])
    Show.partial(task_id="results", more="{{ ds }}").expand(text=found)
    Show.partial(task_id="keywords_of_results").expand_kwargs(named)
    Show.partial(task_id="keywords_literal").expand_kwargs([{"text": "{{ ds }}"}, {"text": ["{{ ds }}"], "more": "{{ ds_nodash }}", "plain": "{{ ds }}"}])
    BashOperator.partial(task_id="bash").expand_kwargs(commands())
    PythonOperator.partial(task_id="python", python_callable=tell).expand_kwargs(calls())
    say.override(task_id="say_words").expand_kwargs(words())
    say.override(task_id="say_results").expand(word=found)
    say.override(task_id="say_literal").expand(word=["{{ ds }}", "w"])
    HttpOperator.partial(task_id="http", http_conn_id="templates_http", method="GET", response_filter=lambda r: r.json()["query"]).expand_kwargs(requests())
    each.expand(word=["x {{ ds }}", "y"])
    shown = Show.partial(task_id="shown").expand(text=["p", "q"])
    Show(task_id="joined", text="{{ ti.xcom_pull('shown') | map(attribute='text') | list }}", more="{{ ti.xcom_pull('shown', map_indexes=1)['n'] }}") << shown
