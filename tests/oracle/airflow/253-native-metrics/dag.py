"""Native rendering of templates: lists, numbers, dates, None and XComs of several kinds reach Python and TaskFlow with their types."""
import json
from datetime import datetime, timezone

from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def kinds(*args, **kwargs):
    for index, value in enumerate(args):
        print(f"@@ {index}={type(value).__name__} {json.dumps(value, sort_keys=True) if isinstance(value, dict) else repr(value)}" if not isinstance(value, datetime) else f"@@ {index}=dt {value.isoformat()}")
    for key in sorted(k for k in kwargs if k[0] == "v" and k[1:].isdigit()):
        print(f"@@ {key}={type(kwargs[key]).__name__} {kwargs[key]!r}")


with DAG(
    "native_metrics",
    schedule=None,
    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
    render_template_as_native_obj=True,
    params={"threshold": 1.5, "names": ["a", "b'c"], "empty": None, "on": False, "text": "007", "expr": "[1, 2]"},
) as dag:

    @task
    def measure():
        return {"cpu": [0.5, 1.5, 2.5], "host": "db-1", "at": None, "ok": True}

    m = measure()
    a = PythonOperator(
        task_id="args",
        python_callable=kinds,
        op_args=[
            "{{ params.threshold }}",
            "{{ params.names }}",
            "{{ params.empty }}",
            "{{ params.on }}",
            "{{ params.text }}",
            "{{ params.expr }}",
            "{{ logical_date }}",
            "{{ ds }}",
            "{{ ds_nodash }}",
            "{{ ti.xcom_pull(task_ids='measure') }}",
            "{{ ti.xcom_pull(task_ids='measure')['cpu'] | sum }} ",
            "{{ ti.xcom_pull(task_ids='measure').host }}",
            "{{ dag_run.conf }}",
            "{{ [1, 2] + params.names }}",
            "a {{ 1 }}",
            "{{ '1e3' }}",
        ],
    )
    k = PythonOperator(
        task_id="kwargs",
        python_callable=kinds,
        op_kwargs={
            "v1": ["{{ params.threshold * 2 }}", {"deep": "{{ ti.xcom_pull('measure')['cpu'][1:] }}"}],
            "v2": "{% if params.on %}1{% else %}0{% endif %}",
            "v3": "{{ params.names | map('upper') | list }}",
            "v4": "{{ none }}",
            "v5": "{{ (1, 'x') }}",
            "v6": "{{ dag_run.conf.get('rows', []) | length }}",
            "v7": "  {{ 5 }}  ",
            "v8": "{{ dag_run.conf.rows | selectattr('n', '>', 1) | list }}",
        },
    )

    @task
    def flow(threshold, names, m):
        print(f"@@ flow={threshold!r} {names!r} {m['cpu'][-1]!r} {m['ok']}")

    f = flow("{{ params.threshold }}", ["{{ params.names[1] }}"], m)
    b = BashOperator(task_id="bash", bash_command="echo '@@ bash={{ params.text }} {{ params.threshold }} {{ ti.xcom_pull(task_ids=\"measure\").cpu }}'")
    m >> [a, k, b]
