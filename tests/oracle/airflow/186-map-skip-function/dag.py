"""map() whose function leaves items out, a mapped task over a mapped task, all_done sum over a failed copy."""
from datetime import datetime

from airflow.decorators import dag, task
from airflow.exceptions import AirflowSkipException


@dag(dag_id="map_skip_function", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def make():
        return [0, 1, 2, 3]

    @task
    def show(v):
        print(f"@@ v={v}")
        if v == 30:
            raise ValueError
        return v + 1

    @task
    def again(v):
        print(f"@@ again={v}")
        return v

    @task(trigger_rule="all_done")
    def total(values):
        found = [v for v in values if isinstance(v, int)]
        print(f"@@ total={sum(found)}")

    def left_out(v):
        if v == 1:
            raise AirflowSkipException
        return v * 10

    m = make()
    s = show.expand(v=m.map(lambda v: v * 10))
    a = again.expand(v=s)
    total(a)
    show.override(task_id="filtered").expand(v=make.override(task_id="other")().map(left_out))


build()
