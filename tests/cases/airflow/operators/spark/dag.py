"""Spark applications."""

from datetime import datetime

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator

with DAG("spark_apps", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    submit = SparkSubmitOperator(
        task_id="submit",
        application="s3a://code/sessions.py",
        conn_id="spark_k8s",
        name="sessions",
        conf={"spark.sql.shuffle.partitions": "64", "spark.day": "{{ ds }}"},
        packages="org.apache.hadoop:hadoop-aws:3.3.4",
        executor_memory="2g",
        num_executors=3,
        application_args=["--day", "{{ ds }}"],
        env_vars={"STAGE": "prod"},
        verbose=True,
    )
    apply = SparkKubernetesOperator(task_id="apply", namespace="spark", application_file="pi.yaml")
    submit >> apply
