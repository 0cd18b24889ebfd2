"""Tasks that only name places."""

from datetime import datetime

from airflow import DAG
from airflow.operators.dummy import DummyOperator
from airflow.operators.empty import EmptyOperator

with DAG("places", schedule=None, start_date=datetime(2024, 1, 1)) as dag:
    start = EmptyOperator(task_id="start")
    middle = [DummyOperator(task_id=f"part_{n}") for n in range(3)]
    start >> middle >> EmptyOperator(task_id="end", trigger_rule="all_done")
