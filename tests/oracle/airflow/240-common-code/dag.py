"""Long code that many tasks share: kept once, it runs as if it stood in each of them."""

from __future__ import annotations

from datetime import datetime

from airflow.decorators import dag, task
from airflow.exceptions import AirflowSkipException
from airflow.operators.python import PythonOperator

CALLS = []


def load(table: str, factor: Factor = 2, *, ti=None, **context) -> dict[str, int]:
    """Loads a table. 

    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    It reads what the source has, and writes it to the target; rows that are there already are replaced.
    """
    global TOTAL
    TOTAL = len(table) * factor
    CALLS.append(table)
    if table == "t3":
        raise AirflowSkipException("nothing there")
    if table == "t4":
        raise ValueError("broken")
    print(f"@@ {table}={TOTAL} {CALLS} {ti.task_id} {context['ds']}")
    return {"rows": TOTAL}


@dag(dag_id="common_code", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task(trigger_rule="all_done")
    def total(ti=None):
        print(f"@@ total={[r and r['rows'] for r in ti.xcom_pull(task_ids=[f'load_{n}' for n in range(12)])]}")

    last = total()
    for n in range(12):
        PythonOperator(task_id=f"load_{n}", python_callable=load, op_args=[f"t{n}"]) >> last


build()
