"""Scores customers with Python functions in several environments."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowSkipException
from airflow.operators.python import (
    BranchPythonOperator,
    BranchPythonVirtualenvOperator,
    BranchExternalPythonOperator,
    ExternalPythonOperator,
    PythonOperator,
    PythonVirtualenvOperator,
    ShortCircuitOperator,
)
from airflow.sensors.python import PythonSensor

LIMIT = 100


def load(table, limit=LIMIT, **context):
    if limit == 0:
        raise AirflowSkipException("nothing to load")
    print(table, limit, context["ds"])
    return list(range(limit))


def choose(ti):
    rows = ti.xcom_pull(task_ids="load")
    return "score" if len(rows) > 10 else "archive"


def is_open(day):
    return day != "2024-12-25"


def score(rows):
    import numpy

    return float(numpy.mean(rows))


def pick():
    return ["report"]


with DAG(
    "customer_scores",
    schedule="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=2)},
):
    opened = PythonSensor(
        task_id="opened", python_callable=is_open, op_args=["{{ ds }}"], poke_interval=600, mode="reschedule", timeout=7200
    )
    loaded = PythonOperator(
        task_id="load",
        python_callable=load,
        op_kwargs={"table": "customers_{{ ds_nodash }}"},
        templates_dict={"sql": "select 1 where day = '{{ ds }}'"},
    )
    chosen = BranchPythonOperator(task_id="choose", python_callable=choose)
    scored = PythonVirtualenvOperator(
        task_id="score",
        python_callable=score,
        op_args=[[1, 2, 3]],
        requirements=["numpy==1.26.4"],
        python_version="3.11",
        system_site_packages=False,
    )
    archived = ExternalPythonOperator(task_id="archive", python="/opt/old/bin/python", python_callable=score, op_args=[[0]])
    worth_it = ShortCircuitOperator(
        task_id="worth_it",
        python_callable=lambda: True,
        ignore_downstream_trigger_rules=False,
        trigger_rule="none_failed_min_one_success",
    )
    picked = BranchPythonVirtualenvOperator(task_id="pick", python_callable=pick, requirements=["requests"])
    picked_outside = BranchExternalPythonOperator(task_id="pick_outside", python="/opt/old/bin/python", python_callable=pick)

    @task
    def report(value=None, logical_date=None):
        return {"value": value, "day": logical_date.isoformat()}

    @task.branch
    def route():
        return "finish"

    @task.short_circuit
    def go_on():
        return True

    @task.sensor(poke_interval=30, timeout=300)
    def ready():
        return True

    @task.virtualenv(requirements=["colorama"])
    def colours():
        import colorama

        print(colorama.Fore.RED)

    @task.external_python(python="/opt/old/bin/python")
    def outside():
        return 1

    @task.branch_virtualenv(requirements=["colorama"])
    def route_in_venv():
        return "finish"

    @task.branch_external_python(python="/opt/old/bin/python")
    def route_outside():
        return "finish"

    @task.skip_if(lambda context: context["ds"] == "2024-01-06")
    @task
    def finish():
        print("done")

    reported = report(7)
    opened >> loaded >> chosen >> [scored, archived] >> worth_it >> [picked, picked_outside]
    [picked, picked_outside] >> reported
    end = finish()
    for decide in (route(), route_in_venv(), route_outside()):
        reported >> decide >> end
    reported >> go_on() >> ready() >> colours() >> outside()
