"""max_active_tis_per_dag over several runs, max_active_tis_per_dagrun=1, a pool of one with retries, max_active_tasks=3."""
import os
import time
from datetime import datetime, timedelta

from airflow.decorators import dag, task


def mark(name, sign):
    with open(os.path.join(os.environ["OUT"], name + ".limit"), "a") as f:
        f.write(sign + "\n")


def top_of(name):
    level = top = 0
    with open(os.path.join(os.environ["OUT"], name + ".limit")) as f:
        for line in f:
            level += 1 if line[0] == "+" else -1
            top = max(top, level)
    return top


@dag(dag_id="limits_together", start_date=datetime(2024, 1, 1), schedule=None, max_active_tasks=3)
def build():
    @task
    def work(n, name):
        mark(name, "+")
        mark("all", "+")
        time.sleep(0.7)
        mark(name, "-")
        mark("all", "-")
        return n * n

    @task(pool="single", retries=2, retry_delay=timedelta(seconds=1))
    def shaky(n):
        mark("shaky", "+")
        time.sleep(0.3)
        mark("shaky", "-")
        path = os.path.join(os.environ["OUT"], f"shaky-{n}")
        if not os.path.exists(path):
            open(path, "w").close()
            raise ValueError("first time")
        print(f"@@ shaky={n}")

    @task
    def peek(values):
        print(f"@@ per_run={top_of('per_run') == 1} per_dag={top_of('per_dag') <= 2} shaky={top_of('shaky') == 1} all={top_of('all') <= 3}")
        print(f"@@ values={sorted(values)}")

    per_run = work.override(task_id="per_run", max_active_tis_per_dagrun=1).partial(name="per_run").expand(n=[1, 2, 3])
    per_dag = work.override(task_id="per_dag", max_active_tis_per_dag=2).partial(name="per_dag").expand(n=[1, 2, 3, 4])
    s = shaky.expand(n=[1, 2, 3])
    p = peek(per_run)
    [per_dag, s] >> p


build()
