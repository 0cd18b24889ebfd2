"""Workdays at half past two in Berlin over the start of summer time; prev and next facts of the runs."""
import pendulum

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def show(data_interval_start, data_interval_end, logical_date, dag_run, **context):
    print(f"@@ py={logical_date.isoformat()} {data_interval_start.isoformat()} {data_interval_end.isoformat()} {dag_run.run_type}")


with DAG(
    "schedule_weekdays_dst",
    start_date=pendulum.datetime(2024, 3, 28, tz="Europe/Berlin"),
    end_date=pendulum.datetime(2024, 4, 2, 23, tz="Europe/Berlin"),
    schedule="30 2 * * 1-5",
    catchup=True,
) as dag:
    BashOperator(task_id="show", bash_command="echo '@@ ds={{ ds }} ts={{ ts }} local={{ data_interval_end.in_timezone(\"Europe/Berlin\") }}'")
    PythonOperator(task_id="py", python_callable=show)
