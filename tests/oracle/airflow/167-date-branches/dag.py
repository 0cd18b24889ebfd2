"""BranchDateTime, DayOfWeek branches and sensors, on the logical date."""
import datetime as dt

from airflow import DAG
from airflow.operators.datetime import BranchDateTimeOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.weekday import BranchDayOfWeekOperator
from airflow.sensors.weekday import DayOfWeekSensor

with DAG("date_branches", start_date=dt.datetime(2024, 1, 1), schedule=None) as dag:
    when = BranchDateTimeOperator(
        task_id="when",
        follow_task_ids_if_true=["inside", "also"],
        follow_task_ids_if_false="outside",
        target_lower=dt.datetime(2024, 3, 10, 5),
        target_upper=dt.datetime(2024, 3, 10, 7),
        use_task_logical_date=True,
    )
    when >> [EmptyOperator(task_id=t) for t in ("inside", "also", "outside")]
    clock = BranchDateTimeOperator(
        task_id="clock",
        follow_task_ids_if_true=["day"],
        follow_task_ids_if_false=["night"],
        target_upper=dt.time(5, 30),
        target_lower=dt.time(22),
        use_task_logical_date=True,
    )
    clock >> [EmptyOperator(task_id=t) for t in ("day", "night")]
    week = BranchDayOfWeekOperator(
        task_id="week",
        follow_task_ids_if_true="sunday",
        follow_task_ids_if_false="other",
        week_day="Sunday",
        use_task_logical_date=True,
    )
    week >> [EmptyOperator(task_id=t) for t in ("sunday", "other")]
    DayOfWeekSensor(task_id="is_weekend", week_day={"Saturday", "Sunday"}, use_task_logical_date=True, poke_interval=1, timeout=5) >> EmptyOperator(task_id="weekend")
    DayOfWeekSensor(task_id="is_monday", week_day="Monday", use_task_logical_date=True, poke_interval=1, timeout=2, soft_fail=True) >> EmptyOperator(task_id="monday")
