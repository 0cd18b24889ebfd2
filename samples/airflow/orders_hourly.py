"""Loads the shop's orders every hour: extract, route by volume, load every shard, publish."""

import json
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from airflow.utils.trigger_rule import TriggerRule

from common.quality import share, split_valid
from common.settings import DEFAULT_ARGS, LANDING_BUCKET, landing_path

SHARDS = ["eu", "us", "apac"]
BULK_LIMIT = 10_000


def count_orders(**context):
    """Number of orders in the hour, from the manifest that the export wrote."""
    manifest = json.loads(context["ti"].xcom_pull(task_ids="extract"))
    return manifest["orders"]


def choose_route(ti):
    """Large hours take the bulk loader."""
    orders = ti.xcom_pull(task_ids="count_orders")
    return "load_bulk" if orders > BULK_LIMIT else "prepare_shards"


def check_batch(ds):
    """Prints the share of valid records in a sample of the day."""
    sample = [{"id": n, "customer": "" if n % 10 == 0 else f"c{n}"} for n in range(1, 101)]
    good, bad = split_valid(sample, ["id", "customer"])
    print(f"{ds}: {share(len(good), len(sample)):.1%} valid, {len(bad)} rejected")


with DAG(
    dag_id="orders_hourly",
    description="Orders of the web shop, every hour",
    schedule="15 * * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["shop", "hourly"],
) as dag:
    extract = BashOperator(
        task_id="extract",
        bash_command=(
            "echo 'exporting {{ data_interval_start }} to gs://" + LANDING_BUCKET + "/" + landing_path("orders") + "' >&2; "
            'echo \'{"orders": 420, "hour": "{{ data_interval_start.strftime("%H") }}"}\''
        ),
    )
    count = PythonOperator(task_id="count_orders", python_callable=count_orders)
    route = BranchPythonOperator(task_id="route", python_callable=choose_route)
    bulk = BashOperator(task_id="load_bulk", bash_command="echo bulk load of {{ ds_nodash }}")
    shards = EmptyOperator(task_id="prepare_shards")
    load = BashOperator.partial(task_id="load_shard", pool="warehouse").expand(
        bash_command=[f"echo loading shard {shard}" for shard in SHARDS]
    )
    check = PythonOperator(
        task_id="check_batch", python_callable=check_batch, trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
    )
    publish = BashOperator(task_id="publish", bash_command="echo published {{ run_id }}")

    extract >> count >> route >> [bulk, shards]
    shards >> load
    [bulk, load] >> check >> publish
