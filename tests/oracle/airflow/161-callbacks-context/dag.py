"""What callbacks of tasks read from their context, each called once: execute, success, retry, failure, skipped; also of mapped tasks and the run."""
import os
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowFailException, AirflowSkipException

OUT = os.environ.get("OUT", ".")


def write(line):
    with open(os.path.join(os.environ["OUT"], "callbacks_context.log"), "a") as f:
        f.write(line + "\n")


def executed(context):
    write(f"execute {context['task_instance'].task_id} {context['ds']} {context['params']['who']}")


def succeeded(context):
    ti = context["ti"]
    write(f"success {ti.task_id} {ti.map_index} state={ti.state} dag={context['dag'].dag_id}")


def failed(context):
    error = context["exception"]
    write(f"failure {context['task'].task_id} {type(error).__name__}: {error} max={context['ti'].max_tries}")


def again(context):
    write(f"retry {context['ti'].task_id} try={context['ti'].try_number} {context['exception']}")


def left_out(context):
    write(f"skipped {context['ti'].task_id} {context['logical_date'].year}")


def all_well(context):
    write(f"run success {context['dag_run'].dag_id} {context['dag_run'].conf.get('who')}")


def not_well(context):
    write(f"run failure {context['dag_run'].dag_id} {context['dag_run'].conf.get('who')} {context['logical_date'].date()}")


@dag(
    dag_id="callbacks_context",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={"who": "nobody"},
    on_success_callback=all_well,
    on_failure_callback=[not_well],
    default_args={"on_execute_callback": executed, "retry_delay": timedelta(seconds=1)},
)
def build():
    @task(on_success_callback=succeeded)
    def fine():
        return {"a": 1}

    @task(on_failure_callback=[failed, failed], on_retry_callback=again, retries=2)
    def broken():
        raise ValueError("it's \"bad\"")

    @task(on_failure_callback=failed, on_retry_callback=again, retries=2)
    def hopeless():
        raise AirflowFailException("at once")

    @task(on_skipped_callback=left_out)
    def skipped():
        raise AirflowSkipException("not today")

    @task(on_success_callback=succeeded, on_failure_callback=failed)
    def each(n):
        if n == 2:
            raise RuntimeError(f"n={n}")
        return n * 10

    @task(trigger_rule="all_done", on_success_callback=succeeded)
    def last():
        print("@@ last=1")

    [fine(), broken(), hopeless(), skipped(), each.expand(n=[1, 2, 3])] >> last()


build()
