"""Chained setups of which the second fails: the outer teardown runs, the inner one does not; work is not run."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("setup_chain_failing", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    s1 = BashOperator(task_id="s1", bash_command="echo '@@ s1=1'").as_setup()
    s2 = BashOperator(task_id="s2", bash_command="echo '@@ s2=1'; exit 1").as_setup()
    work = BashOperator(task_id="work", bash_command="echo '@@ work=1'")
    always = BashOperator(task_id="always", bash_command="echo '@@ always=1'", trigger_rule="all_done")
    t2 = BashOperator(task_id="t2", bash_command="echo '@@ t2=1'").as_teardown(setups=s2)
    t1 = BashOperator(task_id="t1", bash_command="echo '@@ t1=1'").as_teardown(setups=s1)
    s1 >> s2 >> work >> always >> t2 >> t1
