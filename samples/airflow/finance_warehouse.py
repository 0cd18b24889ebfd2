"""Finance figures: a Postgres query, a BigQuery job and files in Cloud Storage."""

from datetime import datetime

from airflow import DAG
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.providers.google.cloud.operators.bigquery import BigQueryInsertJobOperator
from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor
from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

from common.settings import DEFAULT_ARGS, LANDING_BUCKET, PROJECT, WAREHOUSE, landing_path

with DAG(
    "finance_warehouse",
    schedule="0 5 * * *",
    start_date=datetime(2024, 2, 1),
    catchup=False,
    default_args=DEFAULT_ARGS,
    template_searchpath=["/opt/airflow/dags/sql"],
    params={"project": PROJECT},
) as dag:
    open_invoices = SQLExecuteQueryOperator(
        task_id="open_invoices", conn_id="finance_postgres", sql="sql/finance/open_invoices.sql", autocommit=True
    )
    not_empty = SQLCheckOperator(
        task_id="invoices_not_empty", conn_id="finance_postgres", sql="SELECT count(*) FROM invoices WHERE day = '{{ ds }}'"
    )
    delivered = GCSObjectExistenceSensor(
        task_id="rates_delivered",
        bucket=LANDING_BUCKET,
        object=landing_path("rates", "csv"),
        poke_interval=300,
        timeout=3 * 3600,
        mode="reschedule",
        google_cloud_conn_id="google_cloud_default",
    )
    load_rates = GCSToBigQueryOperator(
        task_id="load_rates",
        bucket=LANDING_BUCKET,
        source_objects=[landing_path("rates", "csv")],
        destination_project_dataset_table=f"{PROJECT}.{WAREHOUSE}.rates${{{{ ds_nodash }}}}",
        write_disposition="WRITE_TRUNCATE",
        skip_leading_rows=1,
        autodetect=True,
    )
    revenue = BigQueryInsertJobOperator(
        task_id="revenue",
        configuration={
            "query": {
                "query": "{% include 'sql/finance/revenue.sql' %}",
                "useLegacySql": False,
                "destinationTable": {"projectId": PROJECT, "datasetId": WAREHOUSE, "tableId": "revenue${{ ds_nodash }}"},
                "writeDisposition": "WRITE_TRUNCATE",
            }
        },
        location="EU",
    )
    open_invoices >> not_empty >> revenue
    delivered >> load_rates >> revenue
