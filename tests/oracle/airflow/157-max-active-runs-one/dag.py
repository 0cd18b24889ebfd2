"""max_active_runs=1 of a DAG that another starts three times at once: its runs do not overlap."""
import os
import time
from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator


def mark(sign):
    with open(os.path.join(os.environ["OUT"], "max_active_runs_one.log"), "a") as f:
        f.write(sign + "\n")


def begin():
    mark("+")
    time.sleep(1)


def end():
    time.sleep(1)
    mark("-")


def peek():
    level = top = count = 0
    with open(os.path.join(os.environ["OUT"], "max_active_runs_one.log")) as f:
        for line in f:
            level += 1 if line[0] == "+" else -1
            count += line[0] == "+"
            top = max(top, level)
    print(f"@@ top={top} count={count} left={level}")


with DAG("max_active_runs_one", start_date=datetime(2024, 1, 1), schedule=None) as parent:
    look = PythonOperator(task_id="peek", python_callable=peek, trigger_rule="all_done")
    for day in ("01", "02", "03"):
        TriggerDagRunOperator(
            task_id="start_" + day,
            trigger_dag_id="max_active_runs_one_child",
            logical_date=f"2024-06-{day}T00:00:00+00:00",
            conf={"day": day},
            wait_for_completion=True,
            poke_interval=1,
        ) >> look

with DAG("max_active_runs_one_child", start_date=datetime(2024, 1, 1), schedule=None, max_active_runs=1) as child:
    PythonOperator(task_id="begin", python_callable=begin) >> PythonOperator(task_id="end", python_callable=end)
