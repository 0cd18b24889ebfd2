"""What cannot be converted: an unknown iterable, an unknown operator argument, an import that nobody has."""
from datetime import datetime

import company_tools
from airflow import DAG
from airflow.operators.bash import BashOperator
from company_airflow.operators import MagicOperator

with DAG("broken", start_date=datetime(2024, 1, 1), schedule=company_tools.when()) as dag:
    for table in company_tools.tables():
        BashOperator(task_id=f"load_{table}", bash_command=f"load {table}")
    magic = MagicOperator(task_id="magic", wand=company_tools.wand())
    done = BashOperator(task_id="done", bash_command="echo done", something_unknown=1)
    magic >> done
