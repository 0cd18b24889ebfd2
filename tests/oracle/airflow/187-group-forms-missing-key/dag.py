"""Groups: default_args of groups, tooltips, arguments from XCom, nested mapped in plain groups, edges between groups, chain helpers."""
from datetime import datetime, timedelta

from airflow.decorators import dag, task, task_group
from airflow.models.baseoperator import chain, chain_linear, cross_downstream
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator


@dag(dag_id="group_forms", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def value():
        return {"a": [1, 2], "b": "bee"}

    @task_group(default_args={"retries": 1, "retry_delay": timedelta(seconds=1)})
    def part(v, name="n"):
        @task
        def use(v, name):
            print(f"@@ {name}={v}")
            return v

        @task
        def shaky(v, ti=None):
            print(f"@@ try={ti.try_number} max={ti.max_tries}")
            if ti.try_number == 1:
                raise ValueError
            return str(v)

        @task_group
        def deep(w):
            return use.override(task_id="again")(w, "deep")

        return deep(shaky(use(v, name)))

    v = value()
    one = part(v["a"], name="first")
    two = part.override(group_id="other")(v["b"])
    end = EmptyOperator(task_id="end")
    chain([one, two], end)
    xs = [EmptyOperator(task_id=f"x{i}") for i in range(2)]
    ys = [BashOperator(task_id=f"y{i}", bash_command=f"echo '@@ y={i}'") for i in range(2)]
    cross_downstream(xs, ys)
    chain_linear(end, xs)

    @task
    def last(a, b):
        print(f"@@ last={a} {b}")

    last(one, two)


build()
