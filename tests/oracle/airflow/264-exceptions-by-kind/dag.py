"""Ends of tasks in a small service check: skip and fail exceptions of one's own, chained, in helpers, from finally, sys.exit, timeouts with retries, and what the rules below make of them."""
import sys
import time
from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator


class NotToday(AirflowSkipException):
    """Skips."""


class Fatal(AirflowFailException):
    pass


def guard(value):
    try:
        return 10 // value
    except ZeroDivisionError as error:
        raise NotToday(f"value {value}") from error


with DAG("exceptions_by_kind", schedule=None, start_date=datetime(2024, 1, 1), default_args={"retries": 1, "retry_delay": timedelta(seconds=1)}) as dag:

    @task
    def ok():
        return guard(5)

    @task
    def skips():
        return guard(0)

    @task
    def fatal():
        try:
            raise Fatal("no")
        finally:
            print("@@ finally=1")

    @task(retries=2)
    def thrice(ti=None):
        print(f"@@ try={ti.try_number}")
        if ti.try_number < 3:
            raise AirflowException(f"try {ti.try_number}")
        return ti.try_number

    @task
    def leaves():
        print("@@ leaves=1")
        sys.exit(0)

    @task
    def leaves_badly(ti=None):
        print(f"@@ badly={ti.try_number}")
        sys.exit("bad")

    @task(execution_timeout=timedelta(seconds=2))
    def slow(ti=None):
        if ti.try_number == 1:
            time.sleep(20)
        return "second"

    @task
    def group():
        raise KeyError("it's")

    bash = BashOperator(task_id="bash", bash_command="exit {{ 99 if ti.try_number > 1 else 1 }}")

    @task(trigger_rule="one_success")
    def any_ok():
        print("@@ any=1")

    @task(trigger_rule="all_done_min_one_success") if False else task(trigger_rule="none_failed_min_one_success")
    def lenient():
        print("@@ lenient=1")

    a, s, f, t, l, lb, sl, g = ok(), skips(), fatal(), thrice(), leaves(), leaves_badly(), slow(), group()
    [a, s] >> lenient()
    [a, f] >> any_ok()
    s >> EmptyOperator(task_id="after_skip")
    [t, sl] >> EmptyOperator(task_id="after_retries")
    [lb, g] >> EmptyOperator(task_id="after_failures", trigger_rule="all_failed")
    bash >> EmptyOperator(task_id="after_bash", trigger_rule="all_skipped")
