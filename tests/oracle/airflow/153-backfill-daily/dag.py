"""A run for a day in the past, as a backfill by parameter makes it: daily schedule, the partition of the day is named by macros."""
import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def load(ds_nodash, logical_date, data_interval_start, data_interval_end, prev_ds=None, **context):
    print(f"@@ partition=dt={ds_nodash}")
    print(f"@@ logical_date={logical_date.isoformat()}")
    print(f"@@ interval={data_interval_start.isoformat()} {data_interval_end.isoformat()}")
    print(f"@@ month={logical_date.strftime('%Y/%m')} week={logical_date.isocalendar()[1]} weekday={logical_date.weekday()}")
    print(f"@@ yesterday={(logical_date - timedelta(days=1)).date()}")
    with open(os.path.join(os.environ["OUT"], "backfill_daily.log"), "a") as f:
        f.write(f"dt={ds_nodash}\n")
    return {"rows": 3, "day": ds_nodash}


with DAG("backfill_daily", start_date=datetime(2023, 1, 1), end_date=datetime(2024, 2, 1), schedule="@daily", catchup=False, max_active_runs=1) as dag:
    one = PythonOperator(task_id="load", python_callable=load)
    two = BashOperator(
        task_id="merge",
        bash_command=(
            "echo '@@ ds={{ ds }} ts={{ ts }} nodash={{ ts_nodash }}';"
            "echo '@@ from={{ data_interval_start }} to={{ data_interval_end | ds }}';"
            "echo '@@ month={{ macros.ds_format(ds, \"%Y-%m-%d\", \"%Y%m\") }} back={{ macros.ds_add(ds, -7) }}';"
            "echo '@@ day={{ ti.xcom_pull(task_ids=\"load\")[\"day\"] }}'"
        ),
    )
    one >> two
