"""One DAG starts another and waits for a third."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.empty import EmptyOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor

with DAG("upstream_day", schedule="0 1 * * *", start_date=datetime(2024, 1, 1), catchup=False):
    EmptyOperator(task_id="loaded")

with DAG("side_job", schedule=None, start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="work")

with DAG("main_day", schedule="0 3 * * *", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    wait = ExternalTaskSensor(
        task_id="wait",
        external_dag_id="upstream_day",
        external_task_id="loaded",
        execution_delta=timedelta(hours=2),
        allowed_states=["success", "skipped"],
        poke_interval=120,
        timeout=7200,
    )
    start = TriggerDagRunOperator(
        task_id="start",
        trigger_dag_id="side_job",
        conf={"day": "{{ ds }}"},
        wait_for_completion=True,
        poke_interval=30,
        allowed_states=["success"],
    )
    mark = ExternalTaskMarker(task_id="mark", external_dag_id="side_job", external_task_id="work")
    wait >> start >> mark
