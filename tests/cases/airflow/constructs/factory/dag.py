"""DAGs made in a loop from a YAML file."""
from datetime import datetime
from pathlib import Path

import yaml

from airflow import DAG
from airflow.operators.bash import BashOperator

for name, settings in yaml.safe_load((Path(__file__).parent / "dags.yaml").read_text()).items():
    with DAG(f"load_{name}", start_date=datetime(2024, 1, 1), schedule=settings["schedule"], catchup=False) as dag:
        previous = None
        for table in settings["tables"]:
            step = BashOperator(task_id=f"load_{table}", bash_command=f"load --table {table}")
            if previous:
                previous >> step
            previous = step
    globals()[f"load_{name}"] = dag
