"""Mapped tasks over known and unknown items that are skipped before they start: by a skipped upstream, by a branch; what runs below."""
from datetime import datetime
from airflow.decorators import dag, task
from airflow.exceptions import AirflowSkipException
from airflow.operators.empty import EmptyOperator
@dag(schedule=None, start_date=datetime(2024,1,1))
def skipped_maps():
    @task
    def skipping():
        raise AirflowSkipException
    @task
    def copy(n, before=None):
        return n
    @task.branch
    def br():
        return "other"
    @task
    def child(x=None):
        print("@@ ran=1")
    c = copy.partial(before=skipping()).expand(n=[1,2])
    c >> child()
    b = br()
    b >> EmptyOperator(task_id="other")
    d = copy.override(task_id="d").expand(n=[1,2])
    b >> d >> child.override(task_id="dc")()
    d >> child.override(task_id="dn", trigger_rule="none_skipped")()
    @task
    def lst(): return [1,2]
    e = copy.override(task_id="e").partial(before=skipping.override(task_id="s2")()).expand(n=lst())
    e >> child.override(task_id="ec")()
skipped_maps()
