"""Operators that run with their own code: a provider's, the project's, a sensor, a subclass."""

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.branch import BaseBranchOperator
from airflow.operators.empty import EmptyOperator
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.providers.google.cloud.transfers.postgres_to_gcs import PostgresToGCSOperator
from airflow.sensors.base import BaseSensorOperator


class RowCount(BaseOperator):
    """Counts rows with a hook of its own."""

    template_fields = ("table",)

    def __init__(self, *, table, conn_id="shop_postgres", **kwargs):
        super().__init__(**kwargs)
        self.table = table
        self.conn_id = conn_id

    def execute(self, context):
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        return PostgresHook(self.conn_id).get_first(f"select count(*) from {self.table}")[0]


class Quiet(BaseSensorOperator):
    def __init__(self, *, hour, **kwargs):
        super().__init__(**kwargs)
        self.hour = hour

    def poke(self, context):
        return datetime.now().hour >= self.hour


class ByRows(BaseBranchOperator):
    def choose_branch(self, context):
        return "export" if context["ti"].xcom_pull(task_ids="rows") else "nothing"


class EuropeAthena(AthenaOperator):
    def __init__(self, **kwargs):
        super().__init__(region_name="eu-west-1", output_location="s3://athena/out", **kwargs)


with DAG("hosted_steps", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    quiet = Quiet(task_id="quiet", hour=3, poke_interval=300, mode="reschedule", timeout=3600)
    rows = RowCount(task_id="rows", table="orders_{{ ds_nodash }}")
    route = ByRows(task_id="route")
    export = PostgresToGCSOperator(
        task_id="export", postgres_conn_id="shop_postgres", sql="select * from orders", bucket="exports", filename="{{ ds }}.json"
    )
    nothing = EmptyOperator(task_id="nothing")
    query = EuropeAthena(task_id="query", query="select 1", database="mart", trigger_rule="none_failed_min_one_success")
    step = EmrStepSensor(task_id="step", job_flow_id="j-1", step_id="s-1")
    quiet >> rows >> route >> [export, nothing] >> query >> step
