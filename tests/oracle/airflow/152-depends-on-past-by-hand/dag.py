"""depends_on_past in runs made by hand: the first run of a DAG has no past; ignore_first_depends_on_past either way."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator, ShortCircuitOperator

with DAG(
    "depends_on_past_by_hand",
    start_date=datetime(2024, 3, 10),
    schedule=None,
    default_args={"depends_on_past": True, "wait_for_downstream": False, "retries": 0},
) as dag:
    begin = EmptyOperator(task_id="begin")
    bash = BashOperator(task_id="bash", bash_command="echo '@@ ds={{ ds }}'", wait_for_downstream=True)
    explicit = PythonOperator(
        task_id="explicit", python_callable=lambda: print("@@ explicit=1"), ignore_first_depends_on_past=True
    )
    gate = ShortCircuitOperator(task_id="gate", python_callable=lambda: False)
    end = EmptyOperator(task_id="end", trigger_rule="none_failed", depends_on_past=False)
    begin >> [bash, explicit, gate]
    gate >> BashOperator(task_id="behind", bash_command="echo '@@ behind=1'") >> end
    [bash, explicit] >> end
