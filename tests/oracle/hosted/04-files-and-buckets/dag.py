"""Sensors, operators and hooks on files and on a store that speaks S3."""

import os
from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.s3 import (
    S3CopyObjectOperator,
    S3CreateBucketOperator,
    S3CreateObjectOperator,
    S3FileTransformOperator,
    S3ListOperator,
)
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sensors.base import BaseSensorOperator


def by_hook(day):
    hook = S3Hook(aws_conn_id="hosted_s3")
    bucket = Variable.get("hosted_bucket")
    hook.load_string("from the hook", f"in/{day}/b.txt", bucket)
    print(f"@@ keys={hook.list_keys(bucket, prefix='in/')}")
    print(f"@@ text={hook.read_key(f'in/{day}/a.txt', bucket)}")
    return hook.check_for_key(f"in/{day}/c.txt", bucket)


def show(ti):
    print(f"@@ listed={ti.xcom_pull(task_ids='listed')}")
    print(f"@@ there={ti.xcom_pull(task_ids='hook')}")


class Landed(BaseSensorOperator):
    """The project's own sensor for files: true once it is long enough."""

    template_fields = ("name",)

    def __init__(self, name, size, **kwargs):
        super().__init__(**kwargs)
        self.name = name
        self.size = size

    def poke(self, context):
        path = os.path.join(os.environ["OUT"], self.name)
        with open(path, "a") as f:
            f.write("x")
        print(f"@@ size={os.path.getsize(path)}")
        return os.path.getsize(path) >= self.size


with DAG("hosted_files", start_date=datetime(2024, 1, 1), schedule=None, default_args={"aws_conn_id": "hosted_s3"}):
    landed = Landed(task_id="landed", name="in-{{ ds }}", size=3, poke_interval=0.2)
    again = Landed(task_id="again", name="again-{{ ds }}", size=2, poke_interval=1, mode="reschedule")
    late = Landed(task_id="late", name="late", size=50, poke_interval=0.5, timeout=1, retries=2, retry_delay=0)
    bucket = S3CreateBucketOperator(task_id="bucket", bucket_name="{{ var.value.hosted_bucket }}", region_name="us-east-1")
    put = S3CreateObjectOperator(
        task_id="put", s3_bucket="{{ var.value.hosted_bucket }}", s3_key="in/{{ ds }}/a.txt", data="day {{ ds }}"
    )
    hook = PythonOperator(task_id="hook", python_callable=by_hook, op_args=["{{ ds }}"])
    waits = S3KeySensor(
        task_id="waits", bucket_name="{{ var.value.hosted_bucket }}", bucket_key="in/{{ ds }}/b.txt", poke_interval=1
    )
    checks = S3KeySensor(
        task_id="checks", bucket_key="s3://{{ var.value.hosted_bucket }}/in/*/a.txt", wildcard_match=True, poke_interval=1,
        check_fn=lambda files: all(f["Size"] > 3 for f in files),
    )
    copy = S3CopyObjectOperator(
        task_id="copy", source_bucket_name="{{ var.value.hosted_bucket }}", source_bucket_key="in/{{ ds }}/a.txt",
        dest_bucket_name="{{ var.value.hosted_bucket }}", dest_bucket_key="out/{{ ds }}.txt",
    )
    shout = S3FileTransformOperator(
        task_id="shout", source_s3_key="s3://{{ var.value.hosted_bucket }}/out/{{ ds }}.txt",
        dest_s3_key="s3://{{ var.value.hosted_bucket }}/out/loud.txt", transform_script="/bin/cp",
        source_aws_conn_id="hosted_s3", dest_aws_conn_id="hosted_s3",
    )
    listed = S3ListOperator(task_id="listed", bucket="{{ var.value.hosted_bucket }}", prefix="out/")
    landed >> bucket >> put >> hook >> [waits, checks] >> copy >> shout >> listed >> PythonOperator(task_id="show", python_callable=show)
    late >> BashOperator(task_id="after_late", bash_command="echo never")
