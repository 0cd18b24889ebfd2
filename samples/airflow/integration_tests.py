"""Setup and teardown: a cluster that is always removed, whatever the tests in between do."""

from datetime import datetime

from airflow.decorators import dag, setup, task, teardown
from airflow.operators.bash import BashOperator


@dag(schedule="0 22 * * 1-5", start_date=datetime(2024, 4, 1), catchup=False, tags=["ci"])
def integration_tests():
    @setup
    def create_cluster(ds_nodash=None):
        name = f"it-{ds_nodash}"
        print("creating", name)
        return name

    @task
    def load_fixtures(cluster):
        print("loading fixtures into", cluster)

    @teardown(on_failure_fail_dagrun=True)
    def delete_cluster(cluster):
        print("deleting", cluster)

    cluster = create_cluster()
    tests = [
        BashOperator(task_id=f"test_{suite}", bash_command=f"echo suite {suite} on {{{{ ti.xcom_pull('create_cluster') }}}}")
        for suite in ("api", "jobs", "reports")
    ]
    load_fixtures(cluster) >> tests >> delete_cluster(cluster)


integration_tests()
