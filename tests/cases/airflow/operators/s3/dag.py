"""Files in S3."""

from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator, S3DeleteObjectsOperator, S3ListOperator
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.providers.amazon.aws.transfers.local_to_s3 import LocalFilesystemToS3Operator

with DAG("s3_files", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    arrived = S3KeySensor(
        task_id="arrived",
        bucket_key=["s3://inbox/{{ ds }}/orders.csv", "s3://inbox/{{ ds }}/items.csv"],
        aws_conn_id="aws_files",
        poke_interval=120,
        timeout=6 * 3600,
    )
    parts = S3KeySensor(task_id="parts", bucket_name="inbox", bucket_key="{{ ds }}/part-*.csv", wildcard_match=True)
    checked = S3KeySensor(task_id="checked", bucket_key="s3://inbox/size", check_fn=lambda files: all(f["Size"] > 0 for f in files))
    names = S3ListOperator(task_id="names", bucket="inbox", prefix="{{ ds }}/", delimiter="/")
    copy = S3CopyObjectOperator(
        task_id="copy",
        source_bucket_name="inbox",
        source_bucket_key="{{ ds }}/orders.csv",
        dest_bucket_key="s3://archive/{{ ds }}/orders.csv",
    )
    upload = LocalFilesystemToS3Operator(task_id="upload", filename="/data/report.csv", dest_key="s3://archive/{{ ds }}.csv")
    delete = S3DeleteObjectsOperator(task_id="delete", bucket="inbox", keys=["{{ ds }}/orders.csv", "{{ ds }}/items.csv"])
    clear = S3DeleteObjectsOperator(task_id="clear", bucket="inbox", prefix="{{ ds }}/tmp/")
    [arrived, parts, checked] >> names >> [copy, upload] >> delete >> clear
