"""How tasks end: own subclasses of skip and fail, raise from, finally, timeouts with retries and on_kill, exit codes, assertions, groups of exceptions, a result that cannot be JSON."""
import sys
import time
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


class NoData(AirflowSkipException):
    """Skip."""


class Fatal(AirflowFailException):
    def __init__(self, code, *args):
        super().__init__(f"code {code}", *args)
        self.code = code


def note(context):
    error = context.get("exception")
    print(f"@@ failed={context['ti'].task_id} {type(error).__name__} {getattr(error, 'code', None)}")


@dag(
    dag_id="exceptions_timeouts",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    default_args={"retries": 1, "retry_delay": timedelta(seconds=1), "on_failure_callback": note},
)
def build():
    @task
    def no_data():
        raise NoData("none") from ValueError("x")

    @task
    def fatal():
        try:
            raise KeyError("a")
        except KeyError as error:
            raise Fatal(7) from error

    @task
    def cleanup(ti=None):
        try:
            if ti.try_number == 1:
                raise AirflowException("once")
            return "ok"
        finally:
            print(f"@@ cleanup={ti.try_number}")

    @task(execution_timeout=timedelta(seconds=3))
    def slow(ti=None):
        print(f"@@ slow={ti.try_number}")
        if ti.try_number == 1:
            time.sleep(60)
        return "done"

    @task(execution_timeout=timedelta(seconds=2), retries=0)
    def caught():
        try:
            time.sleep(60)
        except Exception as error:
            print(f"@@ caught={type(error).__name__}")
            raise

    @task(retries=0)
    def asserts():
        assert 1 == 2, "no"

    @task(retries=0)
    def many():
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])

    @task(retries=0)
    def zero():
        sys.exit(0)

    @task(retries=0)
    def warn():
        import warnings

        warnings.warn("w")
        print("@@ warn=1")
        return {"a": {1: 2}, "b": (1, [2, (3,)])}

    b1 = BashOperator(task_id="b1", bash_command="trap 'echo killed' TERM; sleep 30", execution_timeout=timedelta(seconds=2), retries=0)
    b2 = BashOperator(task_id="b2", bash_command="exit 42", skip_on_exit_code=[42, 43])
    b3 = BashOperator(task_id="b3", bash_command="exit 99", skip_on_exit_code=None, retries=0)
    b4 = BashOperator(task_id="b4", bash_command="false | true; echo '@@ b4=1'; set -o pipefail; false | true", retries=0)

    @task(trigger_rule="all_done")
    def end(value, ti=None):
        print(f"@@ end={value} {ti.xcom_pull(task_ids='warn')}")

    w = warn()
    e = end(cleanup())
    [no_data(), fatal(), slow(), caught(), asserts(), many(), zero(), w, b1, b2, b3, b4] >> e


build()
