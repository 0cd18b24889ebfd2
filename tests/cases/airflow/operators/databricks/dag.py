"""Runs on Databricks."""

from datetime import datetime

from airflow import DAG
from airflow.providers.databricks.operators.databricks import DatabricksRunNowOperator, DatabricksSubmitRunOperator

with DAG("lakehouse", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    ingest = DatabricksSubmitRunOperator(
        task_id="ingest",
        databricks_conn_id="lake",
        json={"new_cluster": {"spark_version": "15.4.x-scala2.12", "num_workers": 2}},
        notebook_task={"notebook_path": "/jobs/ingest", "base_parameters": {"day": "{{ ds }}"}},
        timeout_seconds=3600,
    )
    model = DatabricksRunNowOperator(
        task_id="model", databricks_conn_id="lake", job_id=42, notebook_params={"day": "{{ ds }}"}, polling_period_seconds=15
    )
    named = DatabricksRunNowOperator(task_id="named", databricks_conn_id="lake", job_name="report", wait_for_termination=False)
    ingest >> model >> named
