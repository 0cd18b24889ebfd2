"""depends_on_past over three runs of a schedule: every run sees what the run before it left behind; a skipped task counts as done."""
import os
from datetime import datetime

from airflow import DAG
from airflow.exceptions import AirflowSkipException
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def total(ds):
    path = os.path.join(os.environ["OUT"], "depends_on_past.total")
    seen = int(open(path).read()) if os.path.exists(path) else 0
    with open(path, "w") as f:
        f.write(str(seen + 1))
    print(f"@@ {ds} total={seen + 1}")
    return seen + 1


def odd(ti):
    if ti.xcom_pull(task_ids="total") % 2:
        raise AirflowSkipException("odd")


with DAG(
    "depends_on_past",
    start_date=datetime(2024, 3, 1),
    end_date=datetime(2024, 3, 3),
    schedule="0 0 * * *",
    catchup=True,
    max_active_runs=1,
    default_args={"depends_on_past": True},
) as dag:
    first = PythonOperator(task_id="total", python_callable=total)
    maybe = PythonOperator(task_id="odd", python_callable=odd)
    first >> maybe >> BashOperator(task_id="below", bash_command="echo '@@ below={{ ds }}'")
    first >> BashOperator(
        task_id="log",
        bash_command="echo {{ ds }} {{ ti.xcom_pull(task_ids='total') }} >> $OUT/depends_on_past.log; echo '@@ log={{ ti.xcom_pull(task_ids='total') }}'",
    )
