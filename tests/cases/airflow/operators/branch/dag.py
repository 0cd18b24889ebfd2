"""Decisions by day, time and table content."""

from datetime import datetime, time

from airflow import DAG
from airflow.operators.datetime import BranchDateTimeOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.latest_only import LatestOnlyOperator
from airflow.operators.weekday import BranchDayOfWeekOperator
from airflow.providers.common.sql.operators.sql import BranchSQLOperator
from airflow.utils.weekday import WeekDay

with DAG("decisions", schedule="0 6 * * *", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    latest = LatestOnlyOperator(task_id="latest")
    weekend = BranchDayOfWeekOperator(
        task_id="weekend",
        week_day={WeekDay.SATURDAY, WeekDay.SUNDAY},
        follow_task_ids_if_true="rest",
        follow_task_ids_if_false=["morning"],
        use_task_logical_date=True,
    )
    morning = BranchDateTimeOperator(
        task_id="morning",
        target_lower=time(6, 0),
        target_upper=time(11, 59),
        follow_task_ids_if_true=["early"],
        follow_task_ids_if_false=["late"],
    )
    filled = BranchSQLOperator(
        task_id="filled",
        conn_id="warehouse_postgres",
        sql="select count(*) from orders where day = '{{ ds }}'",
        follow_task_ids_if_true=["full"],
        follow_task_ids_if_false=["hollow"],
        trigger_rule="none_failed_min_one_success",
    )
    rest, early, late, full, hollow = (EmptyOperator(task_id=t) for t in ("rest", "early", "late", "full", "hollow"))
    latest >> weekend >> [rest, morning]
    morning >> [early, late] >> filled >> [full, hollow]
