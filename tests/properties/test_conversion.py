"""Whatever is given, conversion ends: names are legal, and every task is in the output or in a finding."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.config import Config
from migrate.pipeline import Conversion, convert
from migrate.request import Request

NAME = re.compile(r"^[a-z]([-a-z0-9]*[a-z0-9])?$")
RULES = (
    "all_success",
    "all_failed",
    "all_done",
    "one_success",
    "one_failed",
    "none_failed",
    "none_skipped",
    "all_skipped",
)
HEAD = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator, BranchPythonOperator, ShortCircuitOperator
from airflow.decorators import task

def call(x=None, **context):
    return x

"""
IDS = st.text(alphabet="abzAZ09_.-", min_size=1, max_size=80)
RUN = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def converted(text: str, name: str = "dag.py") -> Conversion:
    """The conversion of one file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        return convert(Request(system="airflow", roots=(Path(folder),), config=Config()))


@st.composite
def dags(draw: st.DrawFn) -> tuple[str, list[str]]:
    """(source, task ids) of a random DAG."""
    ids = draw(st.lists(IDS, min_size=1, max_size=7, unique=True))
    lines = [f"with DAG({draw(IDS)!r}, start_date=datetime(2024, 1, 1), schedule={draw(schedules)!r}) as dag:"]
    for number, task_id in enumerate(ids):
        rule = draw(st.sampled_from(RULES))
        made = draw(st.sampled_from(KINDS)).format(id=task_id, rule=rule, following=ids[number + 1 :][:1])
        lines.append(f"    t{number} = {made}")
    for first in range(len(ids)):
        for second in range(first + 1, len(ids)):
            if draw(st.booleans()):
                lines.append(f"    t{first} >> t{second}")
    return HEAD + "\n".join(lines) + "\n", ids


schedules = st.sampled_from([None, "@daily", "30 2 * * 1-5", "@once", "0 0 L * *", "*/7 * * * *"])
KINDS = (
    "BashOperator(task_id={id!r}, bash_command='echo {{{{ ds }}}}', trigger_rule={rule!r}, retries=2)",
    "PythonOperator(task_id={id!r}, python_callable=call, op_kwargs={{'x': '{{{{ ts_nodash }}}}'}}, trigger_rule={rule!r})",
    "EmptyOperator(task_id={id!r}, trigger_rule={rule!r})",
    "ShortCircuitOperator(task_id={id!r}, python_callable=call, trigger_rule={rule!r})",
    "BranchPythonOperator(task_id={id!r}, python_callable=lambda: {following!r}, trigger_rule={rule!r})",
    "PythonOperator.partial(task_id={id!r}, python_callable=call, trigger_rule={rule!r}).expand(op_args=[[1], [2]])",
)


@RUN
@given(dags())
def test_random_dags(made: tuple[str, list[str]]) -> None:
    source, ids = made
    result = converted(source)
    findings = [f for f in result.report.findings if f.code.startswith("INT")]
    assert findings == [], source
    seen: set[str] = set()
    for file in result.files:
        if not file.path.endswith("workflow-template.yaml"):
            continue
        document = yaml.safe_load(file.text)
        assert NAME.match(document["metadata"]["name"])
        assert len(document["metadata"]["name"]) <= 52
        for template in document["spec"]["templates"]:
            assert NAME.match(template["name"]) and len(template["name"]) <= 63, template["name"]
            seen.add(template.get("metadata", {}).get("annotations", {}).get("migrate.source/id", ""))
            for task in template.get("dag", {}).get("tasks", []):
                assert NAME.match(task["name"]) and len(task["name"]) <= 63, task["name"]
    argo = {t.id for w in result.report.workflows for t in w.tasks if t.argo}
    named = {f.task for f in result.report.findings if f.severity in ("error", "failed")}
    missing = set(ids) - (seen | argo | named)
    assert not missing, (sorted(missing), source)


@RUN
@given(st.text(max_size=300))
def test_any_text_ends_in_a_report(text: str) -> None:
    result = converted("# dag airflow\n" + text)
    assert not [f for f in result.report.findings if f.code.startswith("INT")]


@RUN
@given(st.text(alphabet="+ab_:>-?{}[]$&*!|'\"\n ~#%@`,.0", max_size=200))
def test_any_dig_file_ends_in_a_report(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.dig").write_text(text, encoding="utf-8")
        result = convert(Request(system="digdag", roots=(Path(folder),), config=Config()))
    assert not [f for f in result.report.findings if f.code.startswith("INT")]
