"""Waits for a partner's delivery and for our own orders, then starts the import."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.http.sensors.http import HttpSensor
from airflow.sensors.external_task import ExternalTaskSensor
from airflow.sensors.python import PythonSensor
from airflow.sensors.time_delta import TimeDeltaSensor

from common.settings import DEFAULT_ARGS


def delivery_complete(ds):
    """The partner never delivers on the first day of a month."""
    return not ds.endswith("-01")


with DAG(
    "partner_feed",
    schedule="15 6 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args=DEFAULT_ARGS,
) as feed:
    grace = TimeDeltaSensor(task_id="grace_period", delta=timedelta(minutes=10))
    partner = HttpSensor(
        task_id="partner_is_up",
        http_conn_id="partner_api",
        endpoint="v2/status?day={{ ds }}",
        poke_interval=60,
        timeout=3600,
    )
    complete = PythonSensor(
        task_id="delivery_complete",
        python_callable=delivery_complete,
        poke_interval=600,
        timeout=6 * 3600,
        mode="reschedule",
        soft_fail=True,
    )
    orders = ExternalTaskSensor(
        task_id="orders_are_in",
        external_dag_id="orders_hourly",
        execution_delta=timedelta(hours=1),
        poke_interval=120,
        timeout=2 * 3600,
        mode="reschedule",
    )
    start_import = TriggerDagRunOperator(
        task_id="start_import",
        trigger_dag_id="partner_import",
        conf={"day": "{{ ds }}", "full": False},
        wait_for_completion=True,
        poke_interval=30,
    )
    grace >> [partner, complete, orders] >> start_import

with DAG(
    "partner_import",
    schedule=None,
    start_date=datetime(2024, 3, 1),
    params={"day": "2024-03-01", "full": False},
    default_args=DEFAULT_ARGS,
) as importer:
    download = BashOperator(
        task_id="download",
        bash_command="echo download {{ params.day }} {{ '--full' if params.full else '' }}",
    )
    store = BashOperator(
        task_id="store", bash_command="echo store $DAY", env={"DAY": "{{ params.day }}"}, append_env=True
    )
    download >> store
