"""Trigger rules of tasks below task groups whose last tasks succeed, fail, or are skipped; a group below a group."""
from datetime import datetime

from airflow import DAG
from airflow.exceptions import AirflowSkipException
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator
from airflow.utils.task_group import TaskGroup


def skip():
    raise AirflowSkipException("not today")


with DAG("rules_over_groups", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    start = EmptyOperator(task_id="start")
    with TaskGroup("mixed") as mixed:
        a = BashOperator(task_id="a", bash_command="echo '@@ a=1'")
        b = BashOperator(task_id="b", bash_command="exit 3")
        c = PythonOperator(task_id="c", python_callable=skip)
        d = BashOperator(task_id="d", bash_command="echo '@@ d=1'")
        a >> [b, c]
        c >> d
    with TaskGroup("after") as after:
        for rule in ["all_success", "all_done", "one_failed", "one_success", "none_failed", "all_skipped", "none_skipped"]:
            BashOperator(task_id=rule, bash_command=f"echo '@@ {rule}=1'", trigger_rule=rule)
    end = BashOperator(task_id="end", bash_command="echo '@@ end=1'", trigger_rule="none_failed_min_one_success")
    start >> mixed >> after >> end
