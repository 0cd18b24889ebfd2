"""Params and conf with the marks of Argo, of the kubelet and of the shell, put into commands, folders and addresses."""
from datetime import datetime

from airflow import DAG
from airflow.models.param import Param
from airflow.operators.bash import BashOperator

with DAG(
    "marks_in_commands",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={
        "text": "x",
        "kind": Param("b", enum=["a", "b", "c"]),
        "count": Param(3, type="integer"),
        "price": "5",
        "untyped": 7,
    },
):
    BashOperator(task_id="text", bash_command="echo '@@ text={{ params.text }}'")
    BashOperator(task_id="words", bash_command="echo \"@@ words={{ params.kind }}\" '{{ params.count }}'")
    BashOperator(task_id="price", bash_command="echo '@@ price={{ params.price }}'; echo '@@ untyped={{ params.untyped }}'")
    BashOperator(task_id="env", bash_command='echo "@@ env=$V"', env={"V": "{{ params.text }}|{{ params.price }}|{{ params.count }}"}, append_env=True)
