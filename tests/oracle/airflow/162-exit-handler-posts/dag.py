"""A run that fails tells a chat by HTTP: the handler of the run and the one of the tasks post once each what happened."""
import json
import urllib.request
from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def post(text, channel="#data"):
    body = json.dumps({"text": text, "channel": channel, "attachments": [{"color": "#ff0000"}]}).encode()
    request = urllib.request.Request(
        Variable.get("chat_address"), data=body, headers={"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def task_failed(context):
    ti = context["task_instance"]
    post(f":red_circle: *{ti.task_id}* of {ti.dag_id} failed at {context['ts']}: {context.get('exception')}", "#tasks")


def run_failed(context):
    post(f":fire: {context['dag_run'].dag_id} {context['dag_run'].conf.get('env', 'dev')} for {context['ds']}")


def run_succeeded(context):
    post("never")


def boom():
    raise RuntimeError('no "luck" & <more>')


with DAG(
    "exit_handler_posts",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    on_failure_callback=run_failed,
    on_success_callback=run_succeeded,
    default_args={"on_failure_callback": task_failed},
) as dag:
    BashOperator(task_id="ok", bash_command="echo '@@ ok=1'") >> PythonOperator(task_id="boom", python_callable=boom) >> BashOperator(
        task_id="never", bash_command="echo '@@ never=1'"
    )
