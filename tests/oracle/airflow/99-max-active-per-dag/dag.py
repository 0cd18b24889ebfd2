"""max_active_tis_per_dag=1 on a mapped task, max_active_tasks of the DAG."""
import os
import time
from datetime import datetime

from airflow.decorators import dag, task


@dag(dag_id="max_active_per_dag", start_date=datetime(2024, 1, 1), schedule=None, max_active_tasks=2)
def build():
    @task
    def note(n, name):
        path = os.path.join(os.environ["OUT"], name + ".log")
        with open(path, "a") as f:
            f.write("+\n")
        time.sleep(1)
        with open(path, "a") as f:
            f.write("-\n")
        return n

    @task
    def peak(ns, name, bound):
        level = top = 0
        with open(os.path.join(os.environ["OUT"], name + ".log")) as f:
            for line in f:
                level += 1 if line[0] == "+" else -1
                top = max(top, level)
        print(f"@@ {name}_within={top <= bound} total={sum(ns)}")

    one = note.override(task_id="one", max_active_tis_per_dag=1).partial(name="one").expand(n=[1, 2, 3])
    peak.override(task_id="peak_one")(one, "one", 1)
    rest = note.override(task_id="rest").partial(name="rest").expand(n=[1, 2, 3, 4, 5])
    peak.override(task_id="peak_rest")(rest, "rest", 2)


build()
