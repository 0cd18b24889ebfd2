"""TriggerDagRunOperator that does not wait: the conf reaches the child, nested and templated; one without conf; one below a failure."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator

with DAG("trigger_dagrun_nowait", start_date=datetime(2024, 1, 1), schedule=None, params={"n": 3}) as parent:

    @task
    def make():
        return {"k": [1, 2.5, None, "quo\"te"]}

    m = make()
    one = TriggerDagRunOperator(
        task_id="one",
        trigger_dag_id="nowait_child",
        trigger_run_id="one-{{ ds }}",
        logical_date="{{ macros.ds_add(ds, 1) }}T00:00:00+00:00",
        conf={"a": {"b": ["{{ ds }}", 1, True, None]}, "t": "it's {{ params.n }}", "{{ ds_nodash }}": "key"},
    )
    m >> one
    bad = BashOperator(task_id="bad", bash_command="exit 1")
    never = TriggerDagRunOperator(task_id="never", trigger_dag_id="nowait_child")
    bad >> never
    one >> BashOperator(task_id="after", bash_command="echo '@@ after=1'")

with DAG("nowait_child", start_date=datetime(2024, 1, 1), schedule=None, params={"t": "default", "x": 5}) as child:

    @task
    def show(dag_run=None, params=None, ds=None):
        import json

        print("@@ conf=" + json.dumps(dag_run.conf, sort_keys=True))
        print("@@ params=" + json.dumps(dict(params), sort_keys=True))
        print(f"@@ ds={ds}")

    show()
