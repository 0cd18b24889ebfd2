"""Joins below a branch, a watcher, and a report that always runs."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import BranchPythonOperator, ShortCircuitOperator


def choose(**context):
    return "full" if context["params"]["full"] else ["part", "audit"]


with DAG("joins", start_date=datetime(2024, 1, 1), schedule=None, params={"full": True}) as dag:
    branch = BranchPythonOperator(task_id="choose", python_callable=choose)
    full = BashOperator(task_id="full", bash_command="echo full")
    part = BashOperator(task_id="part", bash_command="echo part")
    audit = BashOperator(task_id="audit", bash_command="echo audit")
    join = BashOperator(task_id="join", bash_command="echo join", trigger_rule="none_failed_min_one_success")
    gate = ShortCircuitOperator(task_id="worth_it", python_callable=lambda: True)
    publish = BashOperator(task_id="publish", bash_command="echo publish")
    report = BashOperator(task_id="report", bash_command="echo report", trigger_rule="all_done")
    watcher = BashOperator(task_id="watcher", bash_command="exit 1", trigger_rule="one_failed")
    branch >> [full, part, audit] >> join >> gate >> publish >> report
    [full, part, join, publish] >> watcher
