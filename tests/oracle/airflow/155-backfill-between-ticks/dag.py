"""A past date that is no tick of an hourly schedule of timedelta form, and a gate that looks at the date."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import BranchPythonOperator


def which(logical_date, ds):
    print(f"@@ hour={logical_date.hour} minute={logical_date.minute}")
    return "full" if ds.endswith("-01") else ["delta", "extra"]


with DAG(
    "backfill_between_ticks", start_date=datetime(2024, 1, 1), schedule=timedelta(hours=6), catchup=False, tags=["b"]
) as dag:
    pick = BranchPythonOperator(task_id="pick", python_callable=which)
    full = BashOperator(task_id="full", bash_command="echo '@@ full={{ ds }}'")
    delta = BashOperator(
        task_id="delta",
        bash_command="echo '@@ delta={{ data_interval_start.isoformat() }} {{ data_interval_end.isoformat() }}'",
    )
    extra = BashOperator(task_id="extra", bash_command="echo \"@@ next=$DAY\"", env={"DAY": "{{ macros.ds_add(ds, 1) }}"}, append_env=True)
    end = BashOperator(
        task_id="end",
        trigger_rule="none_failed_min_one_success",
        bash_command="echo '@@ end={{ (logical_date - macros.timedelta(hours=6)).strftime(\"%Y-%m-%dT%H:%M\") }}'",
    )
    pick >> [full, delta, extra] >> end
