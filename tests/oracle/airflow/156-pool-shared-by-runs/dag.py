"""A pool of two slots that all runs of a child DAG share: observed over all of them, also while a run of the parent works."""
import os
import time
from datetime import datetime

from airflow.decorators import dag, task
from airflow.operators.trigger_dagrun import TriggerDagRunOperator


def within(name, seconds):
    path = os.path.join(os.environ["OUT"], name + ".log")
    with open(path, "a") as f:
        f.write("+\n")
    time.sleep(seconds)
    with open(path, "a") as f:
        f.write("-\n")


@dag(dag_id="pool_shared_by_runs", start_date=datetime(2024, 1, 1), schedule=None)
def parent():
    children = [
        TriggerDagRunOperator(
            task_id=f"start_{n}",
            trigger_dag_id="pool_shared_child",
            logical_date=f"2024-05-0{n}T00:00:00+00:00",
            wait_for_completion=True,
            poke_interval=1,
        )
        for n in (1, 2, 3)
    ]

    @task(pool="pair")
    def own():
        within("pool_shared_by_runs", 1)

    @task(trigger_rule="all_done")
    def peek():
        level = top = count = 0
        with open(os.path.join(os.environ["OUT"], "pool_shared_by_runs.log")) as f:
            for line in f:
                level += 1 if line[0] == "+" else -1
                count += line[0] == "+"
                top = max(top, level)
        print(f"@@ within={top <= 2} count={count}")

    [*children, own()] >> peek()


@dag(dag_id="pool_shared_child", start_date=datetime(2024, 1, 1), schedule=None)
def child():
    @task(pool="pair")
    def work(n):
        within("pool_shared_by_runs", 2)
        print(f"@@ n={n}")

    work.expand(n=[1, 2, 3])


parent()
child()
