"""A timedelta schedule with a start date in a zone; catchup."""
from datetime import timedelta

import pendulum

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "schedule_timedelta_zone",
    start_date=pendulum.datetime(2024, 6, 1, 9, 15, tz="America/New_York"),
    end_date=pendulum.datetime(2024, 6, 1, 13, 0, tz="America/New_York"),
    schedule=timedelta(minutes=90),
    catchup=True,
) as dag:
    BashOperator(
        task_id="show",
        bash_command="echo '@@ ds={{ ds }} ts={{ ts_nodash }} a={{ data_interval_start }} b={{ data_interval_end }} l={{ logical_date.in_timezone(\"America/New_York\").hour }}'",
    )
