"""LatestOnlyOperator in scheduled runs of the past: everything below is skipped unless its rule allows it."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.latest_only import LatestOnlyOperator

with DAG("latest_only_forms", start_date=datetime(2024, 5, 1), end_date=datetime(2024, 5, 2), schedule="@daily", catchup=True) as dag:
    first = BashOperator(task_id="first", bash_command="echo '@@ ds={{ ds }}'")
    latest = LatestOnlyOperator(task_id="latest")
    a = BashOperator(task_id="a", bash_command="echo '@@ a=1'")
    b = BashOperator(task_id="b", bash_command="echo '@@ b=1'", trigger_rule="all_done")
    c = BashOperator(task_id="c", bash_command="echo '@@ c=1'", trigger_rule="none_failed")
    first >> latest >> a >> [b, c]
    first >> b
    EmptyOperator(task_id="island") >> BashOperator(task_id="free", bash_command="echo '@@ free=1'")
