"""A team's ingest: dataclass configs, a factory of task groups, shared helpers, a branch, a map, setup and teardown, callbacks."""
from __future__ import annotations

from datetime import datetime, timedelta

from airflow.decorators import dag, task, task_group
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from airflow.utils.task_group import TaskGroup
from airflow.utils.trigger_rule import TriggerRule

from etl_common.config import SOURCES, Source
from etl_common.notify import note_failure, note_success
from etl_common.steps import Loader, extract_rows, summarize

DEFAULTS = {
    "owner": "data",
    "retries": 1,
    "retry_delay": timedelta(seconds=1),
    "on_failure_callback": note_failure("team"),
}


def build_source(source: Source, day: str) -> TaskGroup:
    with TaskGroup(group_id=source.name, tooltip=f"from {source.system}", default_args={"retries": source.retries}) as group:
        extract = PythonOperator(
            task_id="extract",
            python_callable=extract_rows,
            op_kwargs={"source": source.name, "rows": source.rows, "day": day},
            on_success_callback=note_success,
        )
        choose = BranchPythonOperator(
            task_id="choose",
            python_callable=lambda name, limit, ti=None: f"{name}.{'bulk' if len(ti.xcom_pull(task_ids=f'{name}.extract')) > limit else 'single'}",
            op_args=[source.name],
            op_kwargs={"limit": source.limit},
        )
        bulk = PythonOperator(task_id="bulk", python_callable=Loader(source).bulk)
        single = PythonOperator(task_id="single", python_callable=Loader(source, prefix="one").single, op_kwargs={"day": "{{ ds_nodash }}"})
        done = EmptyOperator(task_id="done", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
        extract >> choose >> [bulk, single] >> done
    return group


@dag(
    dag_id="team_etl",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    default_args=DEFAULTS,
    tags=["team"],
    params={"targets": ["a", "b"]},
    max_active_runs=1,
)
def pipeline():
    open_cluster = BashOperator(task_id="open_cluster", bash_command="echo '@@ open={{ ds }}'; echo cluster-{{ ds_nodash }}").as_setup()
    close_cluster = BashOperator(
        task_id="close_cluster", bash_command="echo \"@@ close={{ ti.xcom_pull(task_ids='open_cluster') }}\""
    ).as_teardown(setups=open_cluster)

    groups = [build_source(s, "{{ ds }}") for s in SOURCES if s.enabled]

    @task
    def targets(params=None):
        return [f"{t}-{i}" for i, t in enumerate(params["targets"])]

    @task_group
    def publish(target: str):
        @task
        def render(target, ti=None):
            print(f"@@ render={target} {ti.map_index}")
            return target.upper()

        @task(trigger_rule="all_done")
        def send(text):
            print(f"@@ send={text}")

        send(render(target))

    @task(trigger_rule="none_failed")
    def summary(ti=None):
        counts = {s.name: len(ti.xcom_pull(task_ids=f"{s.name}.extract")) for s in SOURCES if s.enabled}
        print(f"@@ summary={summarize(counts)}")
        return counts

    last = summary()
    published = publish.expand(target=targets())
    open_cluster >> groups >> published >> last >> close_cluster


pipeline()
