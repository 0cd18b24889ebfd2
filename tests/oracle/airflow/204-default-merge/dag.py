"""Defaults merged over DAG, groups, decorators, override and partial; params by task; env files; edges by lists and sets; labels."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task, task_group
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.utils.task_group import TaskGroup

BASE = {"owner": "base", "retries": 3, "retry_delay": timedelta(seconds=1), "params": {"a": 1}, "depends_on_past": False}


def show(ti, task, params, **context):
    print(f"@@ {ti.task_id}={task.owner} {task.retries} {task.retry_delay.total_seconds()} {dict(params)} {task.trigger_rule}")


with DAG("default_merge", start_date=datetime(2024, 1, 1), schedule=None, default_args=BASE, params={"a": 0, "b": 2}) as dag:
    top = PythonOperator(task_id="top", python_callable=show, owner="own", params={"c": 3})
    with TaskGroup("g1", default_args={"owner": "g1", "retries": 1}) as g1:
        PythonOperator(task_id="x", python_callable=show)
        with TaskGroup("g2", default_args={"retries": 2, "trigger_rule": "all_done"}, prefix_group_id=False) as g2:
            PythonOperator(task_id="y", python_callable=show, retries=0)
            PythonOperator(task_id="z", python_callable=show, params={"b": "z"})

    @task(retries=0, owner="deco")
    def flow(ti=None, task=None, params=None):
        show(ti, task, params)

    @task_group(group_id="tg", default_args={"owner": "tg"})
    def grouped():
        flow.override(task_id="f1", owner="over", retries=4)()
        return flow.override(task_id="f2")()

    m = PythonOperator.partial(task_id="m", python_callable=show, retries=2, owner="part").expand(op_kwargs=[{}, {"extra": 1}])
    bash = BashOperator(task_id="bash", bash_command="echo '@@ bash={{ task.owner }} {{ task.retries }} {{ params.a }} {{ params.b }}'")
    top >> [g1, bash] >> grouped() >> m
