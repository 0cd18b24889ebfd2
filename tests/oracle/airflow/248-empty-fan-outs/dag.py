"""Fan-outs over lists and mappings that are empty already in the file: no instance, and what follows is skipped."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task, task_group
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

TABLES = [name for name in ("a", "b") if name > "z"]

with DAG("empty_fan_outs", start_date=datetime(2024, 1, 1), schedule=None):

    @task
    def work(x):
        print(f"@@ x={x}")
        return x

    @task
    def after():
        print("@@ after=1")

    @task(trigger_rule="none_failed")
    def always(values):
        print(f"@@ values={list(values)}")

    @task_group
    def group(x):
        @task
        def inside(x):
            print(f"@@ inside={x}")

        inside(x)

    found = work.expand(x=TABLES)
    found >> after()
    always(found)
    work.override(task_id="mapping").expand(x={}) >> after.override(task_id="after_mapping")()
    work.override(task_id="cross").partial().expand_kwargs([]) >> after.override(task_id="after_kwargs", trigger_rule="all_done")()
    BashOperator.partial(task_id="bash").expand(bash_command=[]) >> after.override(task_id="after_bash", trigger_rule="none_failed_min_one_success")()
    PythonOperator.partial(task_id="python", python_callable=print).expand(op_args=[[1], [2]][:0])
    group.expand(x=[]) >> after.override(task_id="after_group")()
