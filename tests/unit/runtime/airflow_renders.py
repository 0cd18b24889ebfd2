"""Renders the texts of `templates.json` with real Airflow 2; run by the Python of an Airflow environment.

argv: file with {"texts": [...], "logical_date", "start", "end", "run_type", "params", "conf"}. Prints JSON: text or
`{"error": class}` per text.
"""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import pendulum  # noqa: E402
from airflow.models import DAG, DagRun, TaskInstance  # noqa: E402
from airflow.operators.empty import EmptyOperator  # noqa: E402
from airflow.utils.state import DagRunState  # noqa: E402
from airflow.utils.types import DagRunType  # noqa: E402

facts = json.loads(Path(sys.argv[1]).read_text())
dag = DAG("golden", start_date=pendulum.datetime(2020, 1, 1), schedule=facts.get("schedule"), params=facts["params"])
task = EmptyOperator(task_id="task", dag=dag)
logical, start, end = (pendulum.parse(facts[name]).in_timezone("UTC") for name in ("logical_date", "start", "end"))
run = DagRun(
    dag_id="golden", run_id=facts["run_id"], execution_date=logical, run_type=DagRunType(facts["run_type"]),
    conf=facts["conf"], data_interval=(start, end), state=DagRunState.RUNNING, external_trigger=True,
)  # fmt: skip
run.dag = dag
ti = TaskInstance(task, run_id=None)
ti.run_id, ti.dag_run, ti.try_number = run.run_id, run, 1
for name in [n for n in dir(TaskInstance) if n.startswith("get_previous")]:
    setattr(TaskInstance, name, lambda *args, **kwargs: None)
import airflow.models.taskinstance as module  # noqa: E402

for name in [n for n in dir(module) if n.startswith("_get_previous")]:
    setattr(module, name, lambda *args, **kwargs: None)
context = ti.get_template_context(session=object())
environment = dag.get_template_env()
out = []
for text in facts["texts"]:
    try:
        out.append(environment.from_string(text).render(context))
    except Exception as error:
        out.append({"error": type(error).__name__})
print("RESULT" + json.dumps(out))
