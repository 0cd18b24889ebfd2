"""Variables at load and run time, with defaults, json, in templates and closures."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def settings(name):
    def read():
        conf = Variable.get("k20_conf", deserialize_json=True)
        print(f"@@ {name}={conf[name]}")
        return conf[name]

    return read


def missing():
    print(f"@@ missing={Variable.get('k20_nope', default_var='d')}")
    try:
        Variable.get("k20_nope")
    except KeyError as e:
        print("@@ error=KeyError")


with DAG("variables_forms", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    for n in ("a", "b"):
        PythonOperator(task_id=f"read_{n}", python_callable=settings(n))
    PythonOperator(task_id="missing", python_callable=missing)
    BashOperator(
        task_id="bash",
        bash_command="echo '@@ t={{ var.value.k20_text }} {{ var.json.k20_conf.a }} {{ var.value.get(\"k20_nope\", \"dd\") }} {{ var.json.get(\"k20_conf\")[\"b\"][1] }}'",
    )

    @task
    def inner():
        return sorted(Variable.get("k20_conf", deserialize_json=True))

    @task
    def show(v):
        print(f"@@ v={v}")

    show.expand(v=inner())
