"""Setups and teardowns with the context manager, two setups for one teardown of which one is skipped, setups without teardown."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import setup, task, teardown
from airflow.exceptions import AirflowSkipException

with DAG("setup_context_manager", start_date=datetime(2024, 1, 1), schedule=None) as dag:

    @setup
    def disk():
        print("@@ disk=1")
        return "/disk"

    @setup
    def cluster():
        raise AirflowSkipException("no cluster today")

    @setup
    def lonely():
        print("@@ lonely=1")

    @task
    def work(n):
        print(f"@@ work={n}")
        return n

    @teardown
    def clean(path):
        print(f"@@ clean={path}")

    @teardown(on_failure_fail_dagrun=True)
    def clean_cluster():
        print("@@ clean_cluster=1")

    d = disk()
    with clean(d):
        w1 = work.override(task_id="w1")(1)
        w2 = work.override(task_id="w2")(2)
        w1 >> w2
    c = cluster()
    with clean_cluster().as_teardown(setups=c):
        work.override(task_id="w3")(3)
    lonely() >> work.override(task_id="w4")(4) >> work.override(task_id="w5")(5)
    w2 >> work.override(task_id="outside")(6)
