"""ExternalTaskSensor on two converted DAGs: a task group, several tasks, execution_date_fn, skipped_states, and one that waits on a DAG that itself waits."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.exceptions import AirflowSkipException
from airflow.sensors.external_task import ExternalTaskSensor
from airflow.utils.task_group import TaskGroup


def skip():
    raise AirflowSkipException


with DAG("external_chain_first", start_date=datetime(2024, 1, 1), schedule=None) as first:
    with TaskGroup("parts") as parts:
        BashOperator(task_id="a", bash_command="sleep 1; echo '@@ a=1'")
        BashOperator(task_id="b", bash_command="echo '@@ b=1'")
    parts >> PythonOperator(task_id="left_out", python_callable=skip)

with DAG("external_chain_second", start_date=datetime(2024, 1, 1), schedule=None) as second:
    ExternalTaskSensor(
        task_id="wait_group", external_dag_id="external_chain_first", external_task_group_id="parts", poke_interval=1, timeout=300
    ) >> BashOperator(task_id="work", bash_command="echo '@@ work={{ ds }}'")

with DAG("external_task_chain", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    several = ExternalTaskSensor(
        task_id="several",
        external_dag_id="external_chain_first",
        external_task_ids=["parts.a", "parts.b"],
        poke_interval=1,
        timeout=300,
    )
    same = ExternalTaskSensor(
        task_id="same",
        external_dag_id="external_chain_second",
        external_task_id="work",
        execution_date_fn=lambda dt: dt,
        poke_interval=1,
        timeout=300,
    )
    skipped = ExternalTaskSensor(
        task_id="skipped",
        external_dag_id="external_chain_first",
        external_task_id="left_out",
        skipped_states=["skipped"],
        poke_interval=1,
        timeout=300,
    )
    whole = ExternalTaskSensor(
        task_id="whole", external_dag_id="external_chain_second", poke_interval=1, timeout=300, execution_delta=timedelta(0)
    )
    several >> BashOperator(task_id="after_several", bash_command="echo '@@ after_several=1'")
    skipped >> BashOperator(task_id="after_skipped", bash_command="echo '@@ after_skipped=1'")
    [same, whole] >> BashOperator(task_id="after_both", bash_command="echo '@@ after_both=1'")
