"""Waits for times."""

from datetime import datetime, time, timedelta

from airflow import DAG
from airflow.sensors.date_time import DateTimeSensor, DateTimeSensorAsync
from airflow.sensors.time_delta import TimeDeltaSensor
from airflow.sensors.time_sensor import TimeSensor
from airflow.sensors.weekday import DayOfWeekSensor
from airflow.providers.standard.sensors.time_delta import WaitSensor

with DAG("times", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    delta = TimeDeltaSensor(task_id="delta", delta=timedelta(minutes=45))
    clock = TimeSensor(task_id="clock", target_time=time(7, 30))
    moment = DateTimeSensor(task_id="moment", target_time="{{ data_interval_end.add(hours=2) }}", timeout=4 * 3600)
    later = DateTimeSensorAsync(task_id="later", target_time=datetime(2030, 1, 1))
    pause = WaitSensor(task_id="pause", time_to_wait=timedelta(seconds=20))
    monday = DayOfWeekSensor(task_id="monday", week_day="Monday", use_task_logical_date=True, mode="reschedule", poke_interval=3600)
    delta >> clock >> moment >> later >> pause >> monday
