"""LatestOnly with several branches below it, a join that runs anyway, and a task group, over the first runs of a catch-up."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.latest_only import LatestOnlyOperator
from airflow.utils.task_group import TaskGroup

with DAG(
    "latest_only_backfill", start_date=datetime(2024, 2, 26), end_date=datetime(2024, 3, 1), schedule="0 5 * * *", catchup=True
) as dag:
    start = EmptyOperator(task_id="start")
    latest = LatestOnlyOperator(task_id="latest")
    with TaskGroup("publish") as publish:
        a = BashOperator(task_id="a", bash_command="echo '@@ a=1'")
        a >> BashOperator(task_id="b", bash_command="echo '@@ b=1'", trigger_rule="all_done")
    load = BashOperator(task_id="load", bash_command="echo '@@ load={{ ds }}'")
    start >> [load, latest]
    latest >> publish
    [load, publish] >> BashOperator(task_id="join", bash_command="echo '@@ join=1'", trigger_rule="none_failed")
    [load, latest] >> EmptyOperator(task_id="strict")
