"""A dbt Cloud job."""

from datetime import datetime

from airflow import DAG
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator

with DAG("models", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    run = DbtCloudRunJobOperator(
        task_id="run",
        dbt_cloud_conn_id="dbt",
        job_id=48617,
        account_id=39151,
        check_interval=20,
        timeout=1800,
        steps_override=["dbt build --select tag:daily"],
        trigger_reason="nightly of {{ ds }}",
    )
