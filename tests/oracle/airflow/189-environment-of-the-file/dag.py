"""What a DAG file puts into os.environ reaches the commands and functions of its tasks."""
import os
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

os.environ["CASE189_REGION"] = "eu west"
os.environ.setdefault("CASE189_MODE", "full")


def show():
    print(f"@@ p={os.environ['CASE189_REGION']}")


with DAG("environment_of_the_file", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    BashOperator(task_id="named", bash_command='echo "@@ named=$CASE189_REGION $CASE189_MODE $CASE189_LATE"')
    BashOperator(task_id="listed", bash_command="env | grep '^CASE189_' | sort | sed 's/^/@@ /'")
    BashOperator(task_id="own", bash_command='echo "@@ own=[$CASE189_REGION] $OWN"', env={"OWN": "o"})
    BashOperator(
        task_id="added",
        bash_command='echo "@@ added=$CASE189_REGION $CASE189_MODE"',
        env={"CASE189_MODE": "mine"},
        append_env=True,
    )
    PythonOperator(task_id="function", python_callable=show)

os.environ["CASE189_LATE"] = "late"
