"""How Python code can end a task: exceptions of several kinds, exit codes, timeouts; with retries."""
import os
import sys
import time
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


class Stop(AirflowFailException):
    pass


class Pass(AirflowSkipException):
    pass


def raising(error):
    def call():
        print(f"@@ raising={error.__class__.__name__}")
        raise error

    return call


def attempts(name):
    path = os.path.join(os.environ["OUT"], name)
    with open(path, "a") as f:
        f.write("x")
    return os.path.getsize(path)


def skip_second():
    n = attempts("skip_second")
    print(f"@@ n={n}")
    if n < 2:
        raise OSError("again")
    raise AirflowSkipException("enough")


def finally_runs():
    try:
        raise ValueError("inner")
    except ValueError as e:
        print(f"@@ caught={e}")
        raise AirflowException("outer") from e
    finally:
        print("@@ finally=1")


def leave(code):
    print(f"@@ leave={code}")
    sys.exit(code)


with DAG("exceptions", start_date=datetime(2024, 1, 1), schedule=None, default_args={"retry_delay": timedelta(seconds=1)}) as dag:
    made = [
        PythonOperator(task_id="stop", python_callable=raising(Stop("s")), retries=2),
        PythonOperator(task_id="pass_on", python_callable=raising(Pass("p")), retries=2),
        PythonOperator(task_id="again", python_callable=raising(AirflowException("a")), retries=1),
        PythonOperator(task_id="skip_second", python_callable=skip_second, retries=3),
        PythonOperator(task_id="finally_runs", python_callable=finally_runs),
        PythonOperator(task_id="leave_1", python_callable=leave, op_args=[1], retries=1),
        PythonOperator(task_id="leave_text", python_callable=leave, op_args=["words"]),
        PythonOperator(task_id="slow", python_callable=lambda: time.sleep(60), execution_timeout=timedelta(seconds=2), retries=1),
        BashOperator(task_id="slow_bash", bash_command="echo '@@ start=1'; sleep 60", execution_timeout=timedelta(seconds=2)),
        BashOperator(task_id="fails_with_retry_skip", bash_command="exit 99", retries=2),
        PythonOperator(task_id="keyboard", python_callable=raising(NotImplementedError("k"))),
    ]
    for t in made:
        t >> BashOperator(task_id=f"below_{t.task_id}", bash_command="echo '@@ below=1'", trigger_rule="none_failed")
