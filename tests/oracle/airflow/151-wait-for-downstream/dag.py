"""wait_for_downstream on the first task only: a run starts when the direct downstream tasks of the run before are done."""
from datetime import datetime

from airflow.decorators import dag, task


@dag(
    dag_id="wait_for_downstream",
    start_date=datetime(2024, 3, 4),
    end_date=datetime(2024, 3, 7),
    schedule="0 12 * * 1-5",
    catchup=True,
    max_active_runs=1,
)
def build():
    @task(wait_for_downstream=True)
    def begin(ds=None):
        print("@@ begin=1")
        return ds

    @task
    def middle(day):
        print(f"@@ middle={day}")
        return day.replace("-", "")

    @task(depends_on_past=True, trigger_rule="all_done")
    def end(day):
        print(f"@@ end={day}")

    end(middle(begin()))


build()
