"""Results and run configuration of more than 128 KiB: pulled by Python, by a template and by a mapped task."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def make():
    return "é\"'{{ x }}$(y)\n" * 7_600


def rows():
    return [{"n": n, "text": "r" * 700} for n in range(190)]


def size(ti):
    text = ti.xcom_pull(task_ids="make")
    print(f"@@ size={len(text)}")
    print(f"@@ same={text == make()}")
    return len(text)


def total(rows):
    print(f"@@ rows={len(rows)}")
    return sum(len(r["text"]) for r in rows)


def conf(dag_run):
    print(f"@@ conf={len(dag_run.conf['text'])}")


with DAG("large_result", schedule=None, start_date=datetime(2024, 1, 1), catchup=False) as dag:
    m = PythonOperator(task_id="make", python_callable=make)
    r = PythonOperator(task_id="rows", python_callable=rows)
    s = PythonOperator(task_id="size", python_callable=size)
    b = BashOperator(
        task_id="length", bash_command="echo '@@ length={{ ti.xcom_pull(task_ids=\"make\") | length }}'"
    )
    t = PythonOperator(task_id="total", python_callable=total, op_kwargs={"rows": r.output})
    c = PythonOperator(task_id="conf", python_callable=conf)
    m >> [s, b]
