"""Texts that look like tags of Argo, in params and conf, reach environment variables as they are."""
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "braces_in_environment",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={"a": "{{ workflow.name }}", "b": "{{=1+1}}", "c": "{{ ds }} {{", "d": {"x": "{{ workflow.uid }}"}, "e": "{% if x %}"},
):
    BashOperator(task_id="b", bash_command='echo "@@ a=$A"; echo "@@ b=$B"; echo "@@ c=$C"', env={"C": "{{ params.c }}", "A": "{{ params.a }}", "B": "{{ params['b'] }}"}, append_env=True)
    BashOperator(task_id="b2", bash_command='echo "@@ a=$A"; echo "@@ b=$B"', env={"A": "{{ dag_run.conf['z'] }}", "B": "{{ params.d.x }}"}, append_env=True)
