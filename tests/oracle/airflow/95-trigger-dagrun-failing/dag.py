"""TriggerDagRunOperator that waits for DAGs that fail: failed, allowed states, and what runs below."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator

with DAG("trigger_dagrun_failing", start_date=datetime(2024, 1, 1), schedule=None) as parent:
    hard = TriggerDagRunOperator(
        task_id="hard", trigger_dag_id="failing_child", trigger_run_id="a-hard", wait_for_completion=True, poke_interval=1,
        logical_date="2024-03-01T00:00:00+00:00",
    )
    soft = TriggerDagRunOperator(
        task_id="soft", trigger_dag_id="failing_child", trigger_run_id="b-soft", wait_for_completion=True, poke_interval=1,
        allowed_states=["success", "failed"], failed_states=[], logical_date="2024-03-02T00:00:00+00:00",
    )
    fine = TriggerDagRunOperator(
        task_id="fine", trigger_dag_id="fine_child", trigger_run_id="c-fine", wait_for_completion=True, poke_interval=1,
        logical_date="2024-03-03T00:00:00+00:00", conf={"mode": "quick"},
    )
    inverse = TriggerDagRunOperator(
        task_id="inverse", trigger_dag_id="fine_child", trigger_run_id="d-inverse", wait_for_completion=True, poke_interval=1,
        allowed_states=["failed"], failed_states=["success"], logical_date="2024-03-04T00:00:00+00:00",
    )
    for t in (hard, soft, fine, inverse):
        t >> BashOperator(task_id=f"below_{t.task_id}", bash_command="echo '@@ below=1'")

with DAG("failing_child", start_date=datetime(2024, 1, 1), schedule=None, max_active_runs=4) as child:
    BashOperator(task_id="broken", bash_command="echo '@@ ds={{ ds }}'; exit 1")

with DAG("fine_child", start_date=datetime(2024, 1, 1), schedule=None) as other:
    BashOperator(task_id="works", bash_command="echo '@@ ds={{ ds }} mode={{ dag_run.conf.get(\"mode\", \"none\") }}'")
