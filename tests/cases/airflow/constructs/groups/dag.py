"""Nested groups, setup and teardown, edges to groups."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import setup, task, teardown
from airflow.operators.bash import BashOperator
from airflow.utils.task_group import TaskGroup

with DAG("groups", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    start = BashOperator(task_id="start", bash_command="echo start")
    with TaskGroup("load") as load:
        with TaskGroup("raw", prefix_group_id=False):
            a = BashOperator(task_id="a", bash_command="echo a")
        b = BashOperator(task_id="b", bash_command="echo b")
        a >> b

    @setup
    def make_cluster():
        return "cluster"

    @teardown(on_failure_fail_dagrun=True)
    def drop_cluster():
        print("dropped")

    @task
    def work(name):
        print(name)

    cluster = make_cluster()
    start >> load >> cluster
    work(cluster) >> drop_cluster()
