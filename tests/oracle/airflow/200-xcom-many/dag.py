"""XCom by key, from several tasks, from mapped tasks with None among the results, by map index, defaults, pushes from callbacks and from templates."""
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.models.baseoperator import chain
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.exceptions import AirflowSkipException


@dag(dag_id="xcom_many", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def one(n, ti=None):
        ti.xcom_push(key="square", value=n * n)
        ti.xcom_push(key=f"note", value=f"it's {n} \"q\" {{{{ ds }}}}")
        if n == 3:
            raise AirflowSkipException
        return None if n == 2 else {"n": n}

    mapped = one.expand(n=[1, 2, 3, 4])

    @task(trigger_rule="none_failed")
    def read(ti=None):
        print(f"@@ all={list(ti.xcom_pull(task_ids='one'))}")
        print(f"@@ squares={list(ti.xcom_pull(task_ids='one', key='square'))}")
        print(f"@@ at1={ti.xcom_pull(task_ids='one', map_indexes=0)} {ti.xcom_pull(task_ids='one', map_indexes=1, key='note')!r}")
        print(f"@@ some={list(ti.xcom_pull(task_ids='one', map_indexes=[0, 3]))}")
        print(f"@@ two={list(ti.xcom_pull(task_ids=['left', 'right']))} {ti.xcom_pull(task_ids=['left'], key='k')!r}")
        print(f"@@ none={ti.xcom_pull(task_ids='silent')} {ti.xcom_pull(task_ids='left', key='missing')}")

    def push(value, **context):
        context["ti"].xcom_push("k", value)
        return [value]

    left = PythonOperator(task_id="left", python_callable=push, op_args=[{"a": (1, 2)}])
    right = PythonOperator(task_id="right", python_callable=push, op_args=["r\nr"])
    silent = PythonOperator(task_id="silent", python_callable=push, op_args=[0], do_xcom_push=False)
    tmpl = BashOperator(
        task_id="tmpl",
        bash_command="echo '@@ t={{ ti.xcom_pull(task_ids=\"right\", key=\"k\") | replace(\"\\n\", \"/\") }} "
        "{{ ti.xcom_pull(task_ids=[\"left\", \"right\"]) | length }} {{ task_instance.xcom_pull(\"left\")[0][\"a\"][1] }}'",
    )

    @task(multiple_outputs=True)
    def parts() -> dict:
        return {"first": [1, 2], "second": None, "third": {"x": "é"}}

    p = parts()

    @task
    def use(first, second, third, whole):
        print(f"@@ use={first} {second} {third['x']} {sorted(whole)}")

    [mapped, left, right, silent] >> tmpl
    tmpl >> read() >> use(p["first"], p["second"], p["third"], p)

    @task
    def up(x):
        return x + 1

    total = up(up(up(0)))

    @task
    def show(values, total, lazy):
        print(f"@@ show={values} {total} {[v for v in lazy]} {len(lazy)}")

    show([p["first"], {"k": total}], total, up.override(task_id="ups").expand(x=[1, 2, 3]))


build()
