"""Retries, timeouts, pools, callbacks, variables, connections, files, secrets."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

from helper import LIMIT, tell


def load(ti, **context):
    ti.xcom_push(key="rows", value=LIMIT)
    print(Variable.get("shop_url", default_var="http://localhost"))


with DAG(
    "operations",
    start_date=datetime(2024, 1, 1),
    schedule="@hourly",
    catchup=False,
    dagrun_timeout=timedelta(hours=2),
    max_active_tasks=4,
    on_failure_callback=tell,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1), "retry_exponential_backoff": True, "owner": "shop"},
) as dag:
    one = PythonOperator(task_id="load", python_callable=load, pool="db", execution_timeout=timedelta(minutes=10))
    two = BashOperator(
        task_id="rows",
        bash_command="echo {{ ti.xcom_pull(task_ids='load', key='rows') }} {{ var.value.shop_url }} {{ conn.shop.host }}",
        env={"API_TOKEN": "s3cr3t-value-1234567890"},
        append_env=True,
        on_success_callback=tell,
    )
    three = BashOperator(task_id="file", bash_command="run.sh")
    one >> two >> three
