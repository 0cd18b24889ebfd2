"""Writes a synthetic repository of DAG files with shared modules, always the same for the same numbers.

    python tests/bench/repository.py FOLDER [--files 1000] [--modules 50]

One file in five is of each kind: plain tasks from shared constants, a factory of a shared module called in a loop,
classes of
shared operators, tasks from a YAML file, TaskFlow with mapping.
"""

from __future__ import annotations

import argparse
from pathlib import Path

MODULE = '''"""Shared helpers, number {n}."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
{imports}
TEAM = "team-{n}"
REGIONS = ["eu", "us", "ap"]
DEFAULT_ARGS = {{
    "owner": TEAM,
    "retries": {retries},
    "retry_delay": timedelta(minutes=5),
    "start_date": datetime(2024, 1, 1),
}}
TABLES = {{region: [f"{{region}}_table_{{i}}" for i in range(4)] for region in REGIONS}}


@dataclass
class Job:
    """What a pipeline loads."""

    name: str
    tables: list = field(default_factory=list)
    schedule: str = "@daily"

    @property
    def slug(self):
        return self.name.lower().replace(" ", "_")


class ReportOperator(BaseOperator):
    """Sends a report."""

    template_fields = ("query",)

    def __init__(self, query, recipients=None, **kwargs):
        super().__init__(**kwargs)
        self.query = query
        self.recipients = recipients or ["all@example.com"]

    def execute(self, context):
        return json.dumps({{"query": self.query}})


class ModelOperator(BashOperator):
    """Runs one model."""

    def __init__(self, model, target="prod", **kwargs):
        kwargs.setdefault("bash_command", f"run-model --target {{target}} {{model}}")
        super().__init__(**kwargs)
        self.model = model


def check(**context):
    """Checks that a partition is there."""
    return os.path.join("s3://bucket", context["ds"])


def load_tasks(dag, job):
    """One task per table, joined by a check."""
    done = PythonOperator(task_id=f"check_{{job.slug}}", python_callable=check, dag=dag)
    for table in job.tables:
        load = BashOperator(task_id=f"load_{{table}}", bash_command=f"load {{table}} --team {{TEAM}}", dag=dag)
        load >> done
    return done


def make_dag(name, job):
    """A DAG for a job."""
    with DAG(f"{{name}}_{{job.slug}}", default_args=DEFAULT_ARGS, schedule=job.schedule, catchup=False) as dag:
        load_tasks(dag, job)
    return dag
'''

PLAIN = '''"""Loads tables, file {n}."""

from datetime import timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.utils.task_group import TaskGroup

from shared.common_{m} import DEFAULT_ARGS, TABLES, TEAM, check

with DAG(
    dag_id="plain_{n}",
    default_args={{**DEFAULT_ARGS, "execution_timeout": timedelta(hours=2)}},
    schedule="{minute} 3 * * *",
    catchup=False,
    tags=[TEAM, "plain"],
) as dag:
    start = BashOperator(task_id="start", bash_command="echo {{{{ ds }}}}")
    end = PythonOperator(task_id="end", python_callable=check, trigger_rule="none_failed")
    for region, tables in TABLES.items():
        with TaskGroup(group_id=region) as group:
            for table in tables:
                extract = BashOperator(task_id=f"extract_{{table}}", bash_command="extract.sh " + table)
                load = BashOperator(task_id=f"load_{{table}}", bash_command="load.sh %s {{{{ ds_nodash }}}}" % table)
                extract >> load
        start >> group >> end
'''

FACTORY = '''"""DAGs of a factory, file {n}."""

from airflow import DAG

from shared.common_{m} import REGIONS, Job, make_dag

for region in REGIONS:
    job = Job(name=f"Sales {{region}}", tables=[f"{{region}}_orders", f"{{region}}_items"], schedule="0 {hour} * * *")
    dag_{n} = make_dag("factory_{n}", job)
    globals()[dag_{n}.dag_id] = dag_{n}
'''

CLASSES = '''"""Own operators, file {n}."""

from airflow import DAG
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator

from shared import common_{m} as common
from shared.common_{o} import ReportOperator


def choose(**context):
    """Which way to go."""
    return "report" if context["logical_date"].day == 1 else "skip"


dag = DAG("classes_{n}", default_args=common.DEFAULT_ARGS, schedule="@hourly", catchup=False, max_active_runs=1)
models = [common.ModelOperator(task_id=f"model_{{i}}", model=f"m{{i}}", dag=dag) for i in range(6)]
branch = BranchPythonOperator(task_id="choose", python_callable=choose, dag=dag)
report = ReportOperator(task_id="report", query="select {{{{ ds }}}}", recipients=["a@example.com"], dag=dag)
skip = EmptyOperator(task_id="skip", dag=dag)
for before, after in zip(models, models[1:]):
    before >> after
models[-1] >> branch >> [report, skip]
'''

CONFIGURED = '''"""Tasks from a file, file {n}."""

from pathlib import Path

import yaml
from airflow import DAG
from airflow.operators.bash import BashOperator

from shared.common_{m} import DEFAULT_ARGS

CONFIG = yaml.safe_load((Path(__file__).parent / "conf" / "pipeline_{c}.yaml").read_text())

with DAG("configured_{n}", default_args=DEFAULT_ARGS, schedule=CONFIG["schedule"], catchup=False) as dag:
    tasks = {{}}
    for step in CONFIG["steps"]:
        tasks[step["name"]] = BashOperator(task_id=step["name"], bash_command=step["command"], env=step.get("env"))
        for dependency in step.get("after", []):
            tasks[dependency] >> tasks[step["name"]]
'''

TASKFLOW = '''"""TaskFlow, file {n}."""

import pendulum
from airflow.decorators import dag, task

from shared.common_{m} import REGIONS


@dag(dag_id="taskflow_{n}", schedule="@daily", start_date=pendulum.datetime(2024, 1, 1, tz="UTC"), catchup=False)
def pipeline():
    """Maps over regions."""

    @task
    def regions():
        return REGIONS

    @task(retries=3)
    def load(region: str) -> dict:
        return {{"region": region, "rows": len(region)}}

    @task
    def total(results):
        return sum(r["rows"] for r in results)

    total(load.expand(region=regions()))


pipeline()
'''

CONFIG = """schedule: "{minute} * * * *"
steps:
  - name: fetch
    command: "fetch --part {c}"
  - name: clean
    command: clean
    after: [fetch]
    env: {{MODE: strict, PART: "{c}"}}
  - name: publish
    command: "publish {{{{ ds }}}}"
    after: [clean]
  - name: notify
    command: notify
    after: [publish, clean]
"""
KINDS = (PLAIN, FACTORY, CLASSES, CONFIGURED, TASKFLOW)


def write(folder: Path, files: int = 1000, modules: int = 50) -> Path:
    """Writes the repository into `folder`; returns its DAG folder."""
    dags = folder / "dags"
    (dags / "shared").mkdir(parents=True, exist_ok=True)
    (dags / "conf").mkdir(exist_ok=True)
    (dags / "shared" / "__init__.py").write_text("")
    for n in range(modules):
        imports = f"\nfrom shared.common_{n - 1} import REGIONS as EARLIER  # noqa: F401\n" if n % 10 else ""
        (dags / "shared" / f"common_{n}.py").write_text(MODULE.format(n=n, retries=n % 4, imports=imports))
    for c in range(20):
        (dags / "conf" / f"pipeline_{c}.yaml").write_text(CONFIG.format(c=c, minute=c * 3))
    for n in range(files):
        text = KINDS[n % len(KINDS)].format(
            n=n, m=n % modules, o=(n * 7 + 3) % modules, c=n % 20, minute=n % 60, hour=n % 24
        )
        (dags / f"dag_{n:04}.py").write_text(text)
    return dags


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--modules", type=int, default=50)
    given = parser.parse_args()
    print(write(given.folder, given.files, given.modules))


if __name__ == "__main__":
    main()
