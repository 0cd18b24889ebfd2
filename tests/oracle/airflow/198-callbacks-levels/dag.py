"""Callbacks at every level with what they read: lists, partials, objects, default_args and own ones, the run's failure with its reason, a callback that fails, callbacks of mapped and skipped tasks."""
import functools
import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowSkipException
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator

LOG = "callbacks_levels.log"


def write(line):
    with open(os.path.join(os.environ["OUT"], LOG), "a") as f:
        f.write(line + "\n")


class Notify:
    def __init__(self, channel, **extra):
        self.channel = channel
        self.extra = extra

    def __call__(self, context):
        ti = context["task_instance"]
        write(f"{self.channel} {ti.task_id} {ti.map_index} {ti.try_number} {self.extra}")


def shared(word, context, suffix=""):
    write(f"{word} {context['ti'].task_id} {context['ds']} {context['params']['env']}{suffix}")


def run_failed(context):
    write(f"run failed {context['dag'].dag_id} {context['dag_run'].conf.get('x')} {context['params']['env']} {context['ds']} {context['reason']}".split(" reason")[0])


def broken(context):
    write(f"broken {context['ti'].task_id}")
    raise RuntimeError("callback")


with DAG(
    "callbacks_levels",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={"env": "test"},
    on_failure_callback=[run_failed, lambda context: write(f"second {context['dag_run'].dag_id}")],
    on_success_callback=lambda context: write("never"),
    default_args={
        "retries": 1,
        "retry_delay": timedelta(seconds=1),
        "on_failure_callback": Notify("#fail", level=1),
        "on_success_callback": functools.partial(shared, "ok", suffix="!"),
    },
) as dag:
    good = BashOperator(task_id="good", bash_command="echo é; echo \"it's\"", on_execute_callback=functools.partial(shared, "execute"))
    bad = PythonOperator(
        task_id="bad", python_callable=lambda: {}["k"], on_retry_callback=[Notify("#retry"), functools.partial(shared, "again")]
    )
    broken_one = PythonOperator(task_id="broken_one", python_callable=lambda: 1, on_success_callback=[broken, functools.partial(shared, "after_broken")])
    own = PythonOperator(task_id="own", python_callable=lambda: [][0], on_failure_callback=None, retries=0)

    @task(on_skipped_callback=Notify("#skip"), on_success_callback=None)
    def skips():
        raise AirflowSkipException("s")

    @task(on_success_callback=Notify("#map"), retries=0)
    def each(n):
        return 1 // n

    end = EmptyOperator(task_id="end", trigger_rule="all_done")
    [good, bad, broken_one, own, skips(), each.expand(n=[1, 0])] >> end
    bad >> EmptyOperator(task_id="below")
