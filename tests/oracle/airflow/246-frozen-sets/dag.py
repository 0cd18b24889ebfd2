"""Sets and frozen sets as arguments, as results, in params of tasks and in closures."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator

NAMES = frozenset({"a"})
PLAIN = {"a"}


def show(*values, **named):
    for value in values:
        print(f"@@ v={type(value).__name__} {sorted(value)}")
    for key in sorted(k for k in named if k.startswith("k_")):
        print(f"@@ {key}={type(named[key]).__name__} {sorted(named[key])}")
    print(f"@@ global={type(NAMES).__name__} {type(PLAIN).__name__}")


with DAG("frozen_sets", start_date=datetime(2024, 1, 1), schedule=None):
    PythonOperator(task_id="args", python_callable=show, op_args=[NAMES, PLAIN, frozenset(["{{ ds }}"]), {"{{ ds }}"}], op_kwargs={"k_f": frozenset([1, 2]), "k_s": {3}})

    @task
    def make():
        return {"s": {"y"}}

    @task
    def read(values, more=frozenset({1})):
        print(f"@@ s={type(values['s']).__name__} more={type(more).__name__}")

    read(make(), more=NAMES)
