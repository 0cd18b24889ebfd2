"""The life of the project's own operators: rendering, before and after, skips, retries, callbacks."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

from life_operators import GivesUp, Note, PostFails, Retries, Silent, Skips, SkipsEarly


def said(word):
    def callback(context):
        ti = context["ti"]
        print(f"@@ {word}={ti.task_id} try {ti.try_number} {context.get('exception')!r}")

    return callback


def plain(context):
    print(f"@@ success={context['task'].task_id} {context['ds']} {context['params']['who']}")


def show(ti):
    for task in ("note", "retries", "skips", "runs", "silent", "post_fails"):
        print(f"@@ {task}={ti.xcom_pull(task_ids=task)!r}")
    print(f"@@ first={ti.xcom_pull(task_ids='note', key='first')!r}")


with DAG(
    "hosted_life", start_date=datetime(2024, 1, 1), schedule=None, params={"who": "nobody"},
    template_searchpath=None,
):
    note = Note(
        task_id="note",
        text="{{ params.who }} on {{ ds }}\nsecond {{ '{{' }} line",
        options={"a": ["{{ ds_nodash }}", 1, None, True], "{{ ds }}": ("x", "{{ dag.dag_id }}")},
        on_success_callback=plain,
        on_execute_callback=said("execute"),
    )
    skips = Skips(task_id="skips", when="Ann")
    runs = Skips(task_id="runs", when="Bob")
    early = SkipsEarly(task_id="early")
    retries = Retries(
        task_id="retries", retries=3, retry_delay=0, on_retry_callback=said("retry"), on_success_callback=said("done")
    )
    gives_up = GivesUp(task_id="gives_up", retries=3, retry_delay=0, on_failure_callback=[said("failed"), said("also")])
    post_fails = PostFails(task_id="post_fails", on_failure_callback=said("failed"))
    silent = Silent(task_id="silent", do_xcom_push=False)
    after_skip = BashOperator(task_id="after_skip", bash_command="echo no")
    after_early = BashOperator(task_id="after_early", bash_command="echo '@@ any=1'", trigger_rule="none_failed")
    shown = PythonOperator(task_id="show", python_callable=show, trigger_rule="all_done")
    skips >> after_skip
    early >> after_early
    [note, skips, runs, retries, gives_up, post_fails, silent] >> shown
