"""Waits for files and commands."""

from datetime import datetime

from airflow import DAG
from airflow.sensors.bash import BashSensor
from airflow.sensors.filesystem import FileSensor

with DAG("waits", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    file = FileSensor(task_id="file", fs_conn_id="drop_folder", filepath="in/{{ ds }}/*.csv", poke_interval=30)
    load = BashSensor(
        task_id="load", bash_command="test $(cut -d. -f1 /proc/loadavg) -lt 4", retry_exit_code=1, mode="reschedule", poke_interval=600
    )
    file >> load
