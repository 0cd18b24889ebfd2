"""Files in Cloud Storage."""

from datetime import datetime

from airflow import DAG
from airflow.providers.google.cloud.operators.gcs import (
    GCSCreateBucketOperator,
    GCSDeleteObjectsOperator,
    GCSListObjectsOperator,
)
from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor, GCSObjectsWithPrefixExistenceSensor
from airflow.providers.google.cloud.transfers.gcs_to_gcs import GCSToGCSOperator
from airflow.providers.google.cloud.transfers.local_to_gcs import LocalFilesystemToGCSOperator

with DAG("gcs_files", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    bucket = GCSCreateBucketOperator(task_id="bucket", bucket_name="inbox-{{ params.team }}", location="EU", params={"team": "a"})
    one = GCSObjectExistenceSensor(task_id="one", bucket="inbox", object="{{ ds }}/done", poke_interval=60, timeout=3600)
    some = GCSObjectsWithPrefixExistenceSensor(task_id="some", bucket="inbox", prefix="{{ ds }}/part-", mode="reschedule", poke_interval=600)
    names = GCSListObjectsOperator(task_id="names", bucket="inbox", prefix="{{ ds }}/", gcp_conn_id="gcp_files")
    keep = GCSToGCSOperator(
        task_id="keep",
        source_bucket="inbox",
        source_object="{{ ds }}/done",
        destination_bucket="archive",
        destination_object="done/{{ ds }}",
        exact_match=True,
        move_object=True,
    )
    spread = GCSToGCSOperator(task_id="spread", source_bucket="inbox", source_object="{{ ds }}/*.csv", destination_bucket="archive")
    upload = LocalFilesystemToGCSOperator(task_id="upload", src="/data/report.csv", dst="reports/{{ ds }}.csv", bucket="archive")
    clean = GCSDeleteObjectsOperator(task_id="clean", bucket_name="inbox", prefix="{{ ds }}/")
    bucket >> [one, some] >> names >> [keep, spread, upload] >> clean
