"""Every trigger rule below a mapped task of which one copy fails and one skips itself, and below one whose copies all succeed."""
from datetime import datetime

from airflow.decorators import dag, task
from airflow.exceptions import AirflowSkipException
from airflow.operators.bash import BashOperator

RULES = ["all_success", "all_failed", "all_done", "all_skipped", "one_success", "one_failed", "one_done", "none_failed",
         "none_failed_min_one_success", "none_skipped", "always"]


@dag(dag_id="rules_over_mapped", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def work(kind):
        print(f"@@ kind={kind}")
        if kind == "bad":
            raise ValueError(kind)
        if kind == "skip":
            raise AirflowSkipException(kind)
        return kind

    mixed = work.override(task_id="mixed").expand(kind=["ok", "bad", "skip"])
    fine = work.override(task_id="fine").expand(kind=["ok", "ok2"])
    some = work.override(task_id="some").expand(kind=["ok", "skip"])
    for name, above in (("mixed", mixed), ("fine", fine), ("some", some)):
        for rule in RULES:
            above >> BashOperator(task_id=f"{name}_{rule}", bash_command=f"echo '@@ ran={name} {rule}'", trigger_rule=rule)


build()
