"""A project's library of operators: templates in files, time limits, notifiers, groups, arguments from tasks."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.utils.task_group import TaskGroup

from lib.operators import Deep, Render, SkipsSome, Slow, Tell, Templated


def joined(day, templates_dict=None, ds=None):
    return f"{day} {templates_dict['day']} {ds}"


def before(context):
    print(f"@@ pre={context['ti'].task_id}")


def after(context, result):
    print(f"@@ post={result}")


with DAG(
    "hosted_library", start_date=datetime(2024, 1, 1), schedule=None, params={"table": "orders"},
    template_searchpath=None,
):
    load = Render(
        task_id="load", script="jobs/load.job", options={"{{ ds }}": ["{{ params.table }}", 1]},
        pre_execute=before, post_execute=after, on_success_callback=Tell("done {{ ds }}"),
    )
    deep = Deep(task_id="deep", options={"n": 1})
    named = Deep(task_id="named", note="{{ ti.xcom_pull('load') }} lines", script="x.sql" if False else "just text")
    slow = Slow(task_id="slow", execution_timeout=timedelta(seconds=2), on_failure_callback=Tell("slow"))
    with TaskGroup("rows") as rows:

        @task
        def few():
            return [1, 2]

        @task
        def many():
            return [1, 2, {"k": "{{ ds }}"}]

        some = SkipsSome(task_id="some", rows=few())
        all_rows = SkipsSome(task_id="all", rows=many())
        some >> BashOperator(task_id="below", bash_command="echo no")
    templated = Templated(
        task_id="templated", python_callable=joined, op_args=["{{ ds_nodash }}"], templates_dict={"day": "{{ ds }}"}
    )
    several = Deep.partial(task_id="several", script="s {{ ti.map_index }}").expand(note=["a", "b {{ ds }}"])

    @task(trigger_rule="all_done")
    def show(last, ti=None):
        print(f"@@ last={last} {ti.xcom_pull('named')} {ti.xcom_pull('templated')}")
        print(f"@@ several={list(ti.xcom_pull('several'))}")

    load >> named
    [named, templated, several, slow] >> show(all_rows.output)
