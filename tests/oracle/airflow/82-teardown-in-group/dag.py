"""Setup and teardown inside a task group: tasks after the group do not wait for (or fail by) the teardown."""
from datetime import datetime

from airflow.decorators import dag, setup, task, task_group


@dag(dag_id="teardown_in_group", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @setup
    def up(name):
        print(f"@@ up={name}")
        return f"{name}-1"

    @task
    def work(where, fail=False):
        print(f"@@ work={where}")
        if fail:
            raise ValueError("no")
        return where

    @task
    def down(name, fail=False):
        print(f"@@ down={name}")
        if fail:
            raise ValueError("teardown")

    @task
    def after(word):
        print(f"@@ after={word}")

    @task_group
    def good():
        u = up("good")
        w = work(u)
        d = down("good", fail=True)
        w >> d.as_teardown(setups=u)

    @task_group
    def bad():
        u = up("bad")
        w = work(u, fail=True)
        d = down("bad")
        w >> d.as_teardown(setups=u)

    good() >> after.override(task_id="after_good")("good")
    bad() >> after.override(task_id="after_bad")("bad")


build()
