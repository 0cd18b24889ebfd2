"""Jobs of Google Cloud."""

from datetime import datetime

from airflow import DAG
from airflow.providers.google.cloud.operators.cloud_run import CloudRunExecuteJobOperator
from airflow.providers.google.cloud.operators.dataflow import (
    DataflowStartFlexTemplateOperator,
    DataflowTemplatedJobStartOperator,
)
from airflow.providers.google.cloud.operators.dataproc import DataprocSubmitJobOperator

with DAG("gcp_jobs", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    count = DataprocSubmitJobOperator(
        task_id="count",
        project_id="shop",
        region="europe-west1",
        job={
            "reference": {"project_id": "shop"},
            "placement": {"cluster_name": "small"},
            "pyspark_job": {"main_python_file_uri": "gs://code/count.py", "args": ["{{ ds }}"]},
        },
    )
    report = CloudRunExecuteJobOperator(
        task_id="report",
        project_id="shop",
        region="europe-west1",
        job_name="report",
        overrides={"container_overrides": [{"args": ["{{ ds }}"]}]},
    )
    words = DataflowTemplatedJobStartOperator(
        task_id="words",
        project_id="shop",
        location="europe-west1",
        template="gs://dataflow-templates/latest/Word_Count",
        job_name="words",
        parameters={"inputFile": "gs://raw/{{ ds }}.txt", "output": "gs://mart/words"},
        options={"tempLocation": "gs://tmp/words"},
    )
    flex = DataflowStartFlexTemplateOperator(
        task_id="flex",
        project_id="shop",
        location="europe-west1",
        body={"launchParameter": {"jobName": "flex", "containerSpecGcsPath": "gs://t/flex.json", "parameters": {"day": "{{ ds }}"}}},
    )
    count >> report >> [words, flex]
