"""TriggerDagRunOperator: conf from XCom and templates, not waiting, in a group, mapped over confs, a loop of them; the child reads every kind."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.utils.task_group import TaskGroup

with DAG("trigger_relay", start_date=datetime(2024, 1, 1), schedule=None, params={"level": 2}) as parent:

    @task
    def plan(params=None):
        return {"items": [{"id": i, "name": f"n'{i}"} for i in range(params["level"])], "when": "2024-01-01", "none": None, "f": 1.0}

    p = plan()
    with TaskGroup("fire") as fire:
        whole = TriggerDagRunOperator(task_id="whole", trigger_dag_id="relay_child", conf=p, wait_for_completion=True, poke_interval=1)
        parts = TriggerDagRunOperator(
            task_id="parts",
            trigger_dag_id="relay_child",
            conf={"items": "{{ ti.xcom_pull(task_ids='plan')['items'] | tojson }}", "when": "{{ ds }}", "static": [1, None, {"x": "{{ params.level }}"}]},
            wait_for_completion=True,
            poke_interval=1,
        )
        whole >> parts
    bad = TriggerDagRunOperator(
        task_id="bad", trigger_dag_id="relay_child", conf={"items": [], "fail": True}, wait_for_completion=True, poke_interval=1, retries=0
    )

    @task(trigger_rule="all_done")
    def end(ti=None):
        print("@@ end=1")

    fire >> bad >> end()


with DAG("relay_child", start_date=datetime(2024, 1, 1), schedule=None, params={"when": "never"}) as child:

    @task
    def show(dag_run=None, params=None):
        conf = dag_run.conf
        print(f"@@ conf={sorted(conf)} {type(conf['items']).__name__} {conf['items']} {params['when']} {conf.get('static')} {conf.get('f')!r}")
        if conf.get("fail"):
            raise ValueError("asked to")

    show()
