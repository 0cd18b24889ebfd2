"""Rules below mapped tasks whose copies are skipped, fail, or could not start: all_done_setup_success apart, each rule, with a second upstream that succeeded."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowSkipException
from airflow.operators.empty import EmptyOperator

RULES = ["all_success", "all_failed", "all_done", "all_skipped", "one_success", "one_failed", "one_done", "none_failed", "none_skipped", "none_failed_min_one_success", "always"]

with DAG("trigger_rules_mapped", schedule=None, start_date=datetime(2024, 1, 1), default_args={"retries": 0}):

    @task
    def broken():
        raise ValueError

    @task
    def skipping():
        raise AirflowSkipException

    @task
    def items():
        return [1, 2]

    @task
    def copy(n, before=None):
        if n == 9:
            raise AirflowSkipException
        if n == 8:
            raise ValueError
        return n

    @task
    def mark(name):
        print(f"@@ mark={name}")

    never = copy.override(task_id="never_started").partial(before=broken()).expand(n=items())
    passed_by = copy.override(task_id="passed_by").partial(before=skipping()).expand(n=[1, 2])
    all_skip = copy.override(task_id="all_skip").expand(n=[9, 9])
    all_fail = copy.override(task_id="all_fail").expand(n=[8, 8])
    ok = EmptyOperator(task_id="ok")
    for name, upstream in {"never": never, "passed": passed_by, "skip": all_skip, "fail": all_fail}.items():
        for rule in RULES:
            m = mark.override(task_id=f"{name}_{rule}", trigger_rule=rule)(f"{name} {rule}")
            upstream >> m
            ok >> m
