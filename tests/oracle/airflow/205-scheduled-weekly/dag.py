"""Scheduled runs with catch-up: templates of the interval, previous and next dates, a branch by date, LatestOnly, a run-by-run total."""
import os
from datetime import datetime, timedelta

import pendulum
from airflow.decorators import dag, task
from airflow.operators.bash import BashOperator
from airflow.operators.latest_only import LatestOnlyOperator
from airflow.operators.python import BranchPythonOperator


@dag(
    dag_id="scheduled_weekly",
    start_date=pendulum.datetime(2024, 3, 4, tz="America/New_York"),
    end_date=pendulum.datetime(2024, 3, 20, tz="America/New_York"),
    schedule="30 5 * * MON,THU",
    catchup=True,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(seconds=1)},
)
def build():
    show = BashOperator(
        task_id="show",
        bash_command="echo '@@ show={{ ds }} {{ ts }} {{ data_interval_start }} {{ data_interval_end | ts }} {{ logical_date.in_tz(\"America/New_York\").strftime(\"%a %H:%M %z\") }}'",
    )
    branch = BranchPythonOperator(
        task_id="branch", python_callable=lambda logical_date: "monday" if logical_date.in_timezone("America/New_York").isoweekday() == 1 else "thursday"
    )

    @task
    def monday(ds=None, data_interval_end=None):
        print(f"@@ monday={ds} {data_interval_end.isoformat()}")

    @task
    def thursday(ti=None, prev_data_interval_start_success=None):
        print("@@ thursday=1")

    @task(trigger_rule="none_failed_min_one_success")
    def end(run_id=None, dag_run=None):
        print(f"@@ end={str(dag_run.run_type).split('.')[-1].lower()}")

    @task
    def after():
        print("@@ after=1")

    show >> branch >> [monday(), thursday()] >> end()
    LatestOnlyOperator(task_id="latest") >> after()


build()
