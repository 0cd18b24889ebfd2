"""xcom_pull with several tasks, keys, default, map_indexes, from mapped tasks and groups, in code and in templates."""
from datetime import datetime

from airflow.decorators import dag, task
from airflow.operators.bash import BashOperator


@dag(dag_id="xcom_pulls", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def a(ti=None):
        ti.xcom_push("key one", {"x": 1})
        ti.xcom_push(key="rows", value=[1, 2, 3])
        return "ra"

    @task
    def b():
        return ["rb"]

    @task
    def nothing():
        pass

    @task
    def m(n):
        return n * n

    @task
    def pull(ti=None, **context):
        print(f"@@ two={list(ti.xcom_pull(task_ids=['a', 'b']))}")
        print(f"@@ key={ti.xcom_pull('a', key='key one')['x']}")
        print(f"@@ none={ti.xcom_pull(task_ids='nothing')}")
        print(f"@@ with_none={list(ti.xcom_pull(task_ids=['a', 'nothing', 'b']))}")
        print(f"@@ mapped={list(ti.xcom_pull(task_ids='m'))}")
        print(f"@@ index={ti.xcom_pull(task_ids='m', map_indexes=2)}")
        print(f"@@ indexes={list(ti.xcom_pull(task_ids='m', map_indexes=[0, 2]))}")
        print(f"@@ rows={context['ti'].xcom_pull(key='rows', task_ids='a')}")

    bash = BashOperator(
        task_id="bash",
        bash_command="""
echo "@@ a={{ ti.xcom_pull('a') }} b={{ ti.xcom_pull(task_ids='b')[0] }}"
echo "@@ rows={% for r in ti.xcom_pull(task_ids='a', key='rows') %}{{ r }}{{ ',' if not loop.last }}{% endfor %}"
echo "@@ sum={{ ti.xcom_pull(task_ids='a', key='rows') | sum }} max={{ ti.xcom_pull(task_ids='a', key='rows') | max }}"
echo "@@ m={{ ti.xcom_pull(task_ids='m') | list }}"
echo "@@ none={{ ti.xcom_pull(task_ids='nothing') }}"
echo "@@ ti={{ task_instance.xcom_pull(task_ids='a', key='key one').x }}"
{% set got = ti.xcom_pull(task_ids='b') %}
echo "@@ set={{ got | join('-') }} {{ got | length }}"
""",
    )
    m_ = m.expand(n=[1, 2, 3])
    [a(), b(), nothing(), m_] >> pull()
    [m_] >> bash
    pulled = pull.override(task_id="again")()
    bash >> pulled
    a.override(task_id="a2")() >> bash


build()
