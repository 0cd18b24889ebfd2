"""TriggerDagRunOperator whose DAG is named by a param and by a loop, without waiting; a run id of its own."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator


def show(dag_run, params):
    print(f"@@ conf={sorted(dag_run.conf.items())} who={params['who']} n={params['n']!r}")


def child(dag_id):
    with DAG(dag_id, start_date=datetime(2024, 1, 1), schedule=None, params={"who": "x", "n": 1}) as made:
        PythonOperator(task_id="show", python_callable=show)
    return made


with DAG(
    "trigger_dagrun_computed", start_date=datetime(2024, 1, 1), schedule=None, params={"target": "computed_a"}, max_active_tasks=4
) as dag:
    named = TriggerDagRunOperator(
        task_id="named",
        trigger_dag_id="{{ params.target }}",
        trigger_run_id="by-{{ dag.dag_id }}-{{ ds_nodash }}",
        conf={"who": "named", "n": 2},
    )
    after = BashOperator(task_id="after", bash_command="echo '@@ id={{ ti.xcom_pull(task_ids=\"named\", key=\"trigger_run_id\") }}'")
    named >> after
    for name in ("b", "c"):
        after >> TriggerDagRunOperator(task_id=f"start_{name}", trigger_dag_id=f"computed_{name}", conf={"who": name})

a, b, c = child("computed_a"), child("computed_b"), child("computed_c")
