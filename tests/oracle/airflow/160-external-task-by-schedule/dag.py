"""ExternalTaskSensor between two scheduled DAGs: the waited one runs an hour earlier (execution_delta); checks of existence; a marker below."""
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor

@dag(
    dag_id="external_by_schedule_up",
    start_date=datetime(2024, 1, 1),
    schedule=None,
)
def up():
    @task
    def produce(ds=None):
        print(f"@@ produce={ds}")
        return 7

    marker = ExternalTaskMarker(
        task_id="marker", external_dag_id="external_task_by_schedule", external_task_id="wait", recursion_depth=2
    )
    produce() >> marker


@dag(dag_id="external_task_by_schedule", start_date=datetime(2024, 1, 1), schedule=None)
def down():
    wait = ExternalTaskSensor(
        task_id="wait",
        external_dag_id="external_by_schedule_up",
        external_task_id="marker",
        execution_date_fn=lambda dt, ds_nodash: [dt],
        check_existence=True,
        poke_interval=1,
        timeout=100,
        mode="reschedule",
    )
    late = ExternalTaskSensor(
        task_id="late",
        external_dag_id="external_by_schedule_up",
        external_task_id="produce",
        execution_delta=timedelta(hours=1),
        poke_interval=1,
        timeout=3,
    )

    @task
    def use():
        print("@@ use=1")

    @task(trigger_rule="all_failed")
    def missed():
        print("@@ missed=1")

    wait >> use()
    late >> missed()


up()
down()
