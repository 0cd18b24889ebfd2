"""TriggerDagRunOperator mapped over confs, waiting; a child with branches; failed_states and a task below that reads the run id."""
from datetime import datetime

from airflow.decorators import dag, task
from airflow.operators.trigger_dagrun import TriggerDagRunOperator


@dag(dag_id="trigger_dagrun_wait_mapped", start_date=datetime(2024, 1, 1), schedule=None)
def parent():
    @task
    def confs():
        return [{"n": 1, "why": "it's"}, {"n": 2, "why": None}]

    many = TriggerDagRunOperator.partial(
        task_id="many", trigger_dag_id="wait_mapped_child", wait_for_completion=True, poke_interval=1, reset_dag_run=True
    ).expand(conf=confs())

    skip_bad = TriggerDagRunOperator(
        task_id="one",
        trigger_dag_id="wait_mapped_child",
        conf={"n": 9},
        wait_for_completion=True,
        allowed_states=["success", "failed"],
        failed_states=[],
        poke_interval=1,
    )

    @task
    def after():
        print("@@ after=1")

    many >> skip_bad >> after()


@dag(dag_id="wait_mapped_child", start_date=datetime(2024, 1, 1), schedule=None, params={"n": 0, "why": "x"})
def child():
    @task.branch
    def pick(params=None):
        print(f"@@ n={params['n']} why={params['why']!r}")
        return ["odd", "both"] if params["n"] % 2 else "both"

    @task
    def odd(dag_run=None):
        if dag_run.conf["n"] == 9:
            raise ValueError("nine")
        print("@@ odd=1")

    @task(trigger_rule="none_failed")
    def both():
        print("@@ both=1")

    pick() >> [odd(), both()]


parent()
child()
