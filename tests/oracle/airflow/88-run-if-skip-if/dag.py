"""`@task.run_if` and `@task.skip_if` with functions and lambdas, with a reason, over several decorators."""
from datetime import datetime

from airflow.decorators import dag, task


def is_sunday(context):
    return context["logical_date"].weekday() == 6


@dag(dag_id="run_if_skip_if", start_date=datetime(2024, 1, 1), schedule=None, params={"go": False})
def build():
    @task.run_if(is_sunday)
    @task
    def sunday():
        print("@@ sunday=1")

    @task.skip_if(is_sunday)
    @task
    def workday():
        print("@@ workday=1")

    @task.run_if(lambda context: context["params"]["go"])
    @task.bash
    def go():
        return "echo '@@ go=1'"

    @task.skip_if(lambda context: context["task_instance"].task_id.startswith("not"))
    @task
    def notme():
        print("@@ notme=1")

    @task
    def below(x=None):
        print(f"@@ below={x}")

    @task(trigger_rule="none_failed")
    def lenient():
        print("@@ lenient=1")

    s, w, g = sunday(), workday(), go()
    s >> below.override(task_id="b1")("s")
    w >> below.override(task_id="b2")("w")
    [s, w, g, notme()] >> lenient()


build()
