"""Two pools: in the one with one slot never two tasks at a time, in the wide one up to three; each task notes start and end."""
import os
import time
from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator


def note(name):
    path = os.path.join(os.environ["OUT"], name + ".log")
    with open(path, "a") as f:
        f.write("+\n")
    time.sleep(1.5)
    with open(path, "a") as f:
        f.write("-\n")


def peak(name):
    level = top = 0
    with open(os.path.join(os.environ["OUT"], name + ".log")) as f:
        for line in f:
            level += 1 if line[0] == "+" else -1
            top = max(top, level)
    print(f"@@ {name}={'one' if top == 1 else 'several' if top <= 3 else top}")


with DAG("pool_of_one", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    check = PythonOperator(task_id="check", python_callable=peak, op_args=["narrow"])
    check_wide = PythonOperator(task_id="check_wide", python_callable=peak, op_args=["wide"])
    for i in range(3):
        PythonOperator(task_id=f"n{i}", python_callable=note, op_args=["narrow"], pool="narrow", priority_weight=i) >> check
    for i in range(5):
        PythonOperator(task_id=f"w{i}", python_callable=note, op_args=["wide"], pool="wide") >> check_wide
