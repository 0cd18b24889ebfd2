"""Texts that look like tags of Argo, in params and in the run's configuration, reach code and commands as they are."""
from datetime import datetime
from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.operators.bash import BashOperator


def show(params, dag_run):
    print(f"@@ v={dict(params)!r}")
    print(f"@@ conf={dict(dag_run.conf)!r}")


with DAG(
    "braces_in_params",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={"a": "{{ workflow.name }}", "b": "{{=1+1}}", "c": "{{ ds }} {{", "d": {"x": "{{ workflow.uid }}"}, "e": "{% if x %}"},
):
    PythonOperator(task_id="t", python_callable=show)
    BashOperator(task_id="b", bash_command='echo "@@ a={{ params.a }}"; echo "@@ b={{ params.b }}"; echo "@@ c=$C"', env={"C": "{{ params.c }}/{{ dag_run.conf.z }}"}, append_env=True)
