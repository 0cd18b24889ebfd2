"""TriggerDagRunOperator without waiting: a relay of three DAGs, a mapped one, one behind a branch; two tasks at a time."""
import os
import time
from datetime import datetime

from airflow.decorators import dag, task
from airflow.operators.trigger_dagrun import TriggerDagRunOperator


def mark(sign):
    with open(os.path.join(os.environ["OUT"], "relay.limit"), "a") as f:
        f.write(sign + "\n")


@dag(dag_id="trigger_dagrun_relay", start_date=datetime(2024, 1, 1), schedule=None, max_active_tasks=2)
def first():
    @task
    def work(n):
        mark("+")
        time.sleep(0.6)
        mark("-")
        return {"step": n, "seen": ["first"]}

    @task.branch
    def pick(done):
        level = top = 0
        with open(os.path.join(os.environ["OUT"], "relay.limit")) as f:
            for line in f:
                level += 1 if line[0] == "+" else -1
                top = max(top, level)
        print(f"@@ within={top <= 2} n={len(done)}")
        return "second"

    done = work.expand(n=[1, 2, 3, 4])
    second = TriggerDagRunOperator(
        task_id="second",
        trigger_dag_id="relay_second",
        conf={"step": 2, "day": "{{ ds }}"},
        logical_date="{{ logical_date }}",
    )
    never = TriggerDagRunOperator(task_id="never", trigger_dag_id="relay_third", conf={"step": -1})
    pick(done) >> [second, never]


@dag(dag_id="relay_second", start_date=datetime(2024, 1, 1), schedule=None, params={"step": 0})
def second():
    @task
    def show(params=None, dag_run=None):
        print(f"@@ step={params['step']} day={dag_run.conf['day']}")
        return params["step"] + 1

    third = TriggerDagRunOperator(
        task_id="third",
        trigger_dag_id="relay_third",
        conf={"step": "{{ ti.xcom_pull(task_ids='show') }}", "from": "{{ dag.dag_id }}"},
        logical_date="{{ ts }}",
    )
    show() >> third


@dag(dag_id="relay_third", start_date=datetime(2024, 1, 1), schedule=None)
def third():
    @task
    def show(dag_run=None, ds=None):
        print(f"@@ conf={sorted(dag_run.conf.items())} ds={ds}")

    show()


first()
second()
third()
