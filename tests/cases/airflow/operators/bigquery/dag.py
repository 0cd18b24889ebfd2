"""Loads, queries, checks and exports in BigQuery."""

from datetime import datetime

from airflow import DAG
from airflow.contrib.operators.bigquery_operator import BigQueryOperator
from airflow.providers.google.cloud.operators.bigquery import BigQueryCheckOperator, BigQueryInsertJobOperator
from airflow.providers.google.cloud.transfers.bigquery_to_bigquery import BigQueryToBigQueryOperator
from airflow.providers.google.cloud.transfers.bigquery_to_gcs import BigQueryToGCSOperator
from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

with DAG("ledger", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    load = GCSToBigQueryOperator(
        task_id="load",
        bucket="ledger-raw",
        source_objects=["day={{ ds }}/*.csv"],
        destination_project_dataset_table="shop.raw.ledger${{ ds_nodash }}",
        schema_fields=[{"name": "id", "type": "INT64", "mode": "REQUIRED"}, {"name": "amount", "type": "NUMERIC"}],
        write_disposition="WRITE_TRUNCATE",
        skip_leading_rows=1,
        field_delimiter=";",
        time_partitioning={"type": "DAY"},
    )
    transform = BigQueryInsertJobOperator(
        task_id="transform",
        location="EU",
        project_id="shop",
        configuration={
            "query": {
                "query": "select id, sum(amount) from raw.ledger where day = '{{ ds }}' group by id",
                "useLegacySql": False,
                "destinationTable": {"projectId": "shop", "datasetId": "mart", "tableId": "ledger"},
                "writeDisposition": "WRITE_TRUNCATE",
            }
        },
    )
    old = BigQueryOperator(
        task_id="old",
        sql="select 1",
        use_legacy_sql=False,
        destination_dataset_table="shop.mart.one",
        write_disposition="WRITE_APPEND",
        bigquery_conn_id="bigquery_shop",
    )
    check = BigQueryCheckOperator(task_id="check", sql="select count(*) from mart.ledger", use_legacy_sql=False)
    copy = BigQueryToBigQueryOperator(
        task_id="copy",
        source_project_dataset_tables="shop.mart.ledger",
        destination_project_dataset_table="shop.backup.ledger",
        write_disposition="WRITE_TRUNCATE",
    )
    export = BigQueryToGCSOperator(
        task_id="export",
        source_project_dataset_table="shop.mart.ledger",
        destination_cloud_storage_uris=["gs://ledger-export/{{ ds }}/*.json"],
        export_format="NEWLINE_DELIMITED_JSON",
    )
    load >> transform >> old >> check >> [copy, export]
