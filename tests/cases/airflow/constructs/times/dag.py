"""Schedules in a zone with bounds, templates of dates, params with limits, several DAGs in one file."""
from datetime import timedelta

import pendulum

from airflow import DAG
from airflow.models.param import Param
from airflow.operators.bash import BashOperator

zone = pendulum.timezone("America/New_York")
with DAG(
    "working_days",
    start_date=pendulum.datetime(2024, 1, 1, tz=zone),
    end_date=pendulum.datetime(2026, 12, 31, tz=zone),
    schedule="30 2 * * 1-5",
    catchup=True,
    max_active_runs=1,
    params={"region": Param("eu", type="string", enum=["eu", "us"], description="where"), "limit": Param(10, type="integer")},
) as working_days:
    BashOperator(
        task_id="show",
        bash_command="echo {{ ds }} {{ data_interval_end | ts }} {{ macros.ds_add(ds, -7) }} {{ params.region }} {{ params.limit }}",
    )

with DAG("six_hourly", start_date=pendulum.datetime(2024, 1, 1, 3), schedule=timedelta(hours=6), catchup=False) as six:
    BashOperator(task_id="show", bash_command="echo {{ logical_date.strftime('%Y/%m/%d') }} {{ prev_ds }}")

with DAG("last_day", start_date=pendulum.datetime(2024, 1, 1), schedule="0 6 L * *", catchup=False) as last_day:
    BashOperator(task_id="show", bash_command="echo {{ data_interval_start.in_timezone('Asia/Tokyo') }}")

with DAG("once", start_date=pendulum.datetime(2024, 1, 1), schedule="@once") as once:
    BashOperator(task_id="show", bash_command="echo {% for i in range(2) %}{{ i }} {% endfor %}")
