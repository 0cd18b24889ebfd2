"""DAGs that dag-factory, gusty and cosmos make from files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Sink
from migrate.source import SourceFile
from parsers.airflow.evaluator.values import DagObject, Function
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs
from parsers.airflow.schedules.objects import data_names

Load = Callable[..., tuple[dict[str, DagObject], list[str]]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load(text, files)`: the DAGs of `dags/dag.py` by id, and the findings as `CODE file:line`."""

    def run(text: str, files: dict[str, str], **inputs: Any) -> tuple[dict[str, DagObject], list[str]]:
        folder = tmp_path / "dags"
        for name, content in {"dag.py": text, **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        sink = Sink()
        front = AirflowFrontEnd(AirflowInputs(roots=(folder,), **inputs))
        found = front.evaluate(SourceFile(folder, folder / "dag.py", "dag.py"), sink)
        return {d.dag_id: d for d in found}, [f"{f.code} {f.span}" for f in sink.all()]

    return run


def edges(dag: DagObject) -> set[tuple[str, str]]:
    return {(up, task.task_id) for task in dag.tasks.values() for up in task.upstream}


def argument(dag: DagObject, task: str, name: str) -> Any:
    return dag.tasks[task].arguments[name].value


V0 = """
default:
  default_args: {owner: me, start_date: 2024-01-01, retries: 1, retry_delay_sec: 300}
  catchup: false
one:
  schedule_interval: "0 3 * * *"
  tags: [a]
  task_groups:
    g1: {tooltip: x, dependencies: [t1]}
    g2: {parent_group_name: g1}
  tasks:
    t1:
      operator: airflow.operators.bash_operator.BashOperator
      bash_command: echo $KNOWN $UNKNOWN
    t2:
      operator: airflow.operators.python.PythonOperator
      python_callable_name: f
      python_callable_file: $AIRFLOW_HOME/dags/fn.py
      task_group_name: g1
      op_kwargs: {a: 1}
    t3:
      operator: airflow.providers.http.sensors.http.HttpSensor
      endpoint: x
      task_group_name: g2
      execution_timeout_secs: 60
      dependencies: [t2, nope]
    t4:
      operator: airflow.operators.python.PythonOperator
      python_callable: fn.f
      expand: {op_args: t2.output}
      partial: {op_kwargs: {q: 1}}
      dependencies: [g1]
"""


def test_dag_factory_mapping_format(load: Load) -> None:
    dags, findings = load(
        "from airflow import DAG\nimport dagfactory\nfrom pathlib import Path\n"
        "f = dagfactory.DagFactory(str(Path(__file__).parent / "
        "'c.yml'))\nf.clean_dags(globals())\nf.generate_dags(globals())\n",
        {"c.yml": V0, "fn.py": "def f(x=1, **k):\n    return x\n"},
        env={"KNOWN": "k"},
    )
    dag = dags["one"]
    assert list(dag.tasks) == ["t1", "g1.t2", "g1.g2.t3", "t4"]
    assert edges(dag) == {("t1", "g1.t2"), ("g1.t2", "g1.g2.t3"), ("g1.t2", "t4"), ("g1.g2.t3", "t4")}
    assert dag.arguments["schedule"].value == "0 3 * * *" and dag.arguments["catchup"].value is False
    assert argument(dag, "t1", "bash_command") == "echo k $UNKNOWN"
    assert argument(dag, "t1", "retry_delay").total_seconds() == 300 and argument(dag, "t1", "owner") == "me"
    assert isinstance(argument(dag, "g1.t2", "python_callable"), Function)
    assert argument(dag, "g1.g2.t3", "execution_timeout").total_seconds() == 60
    assert dag.tasks["t4"].mapping is not None and dag.tasks["t4"].mapping.kind == "product"
    assert str(dag.tasks["t1"].span) == "c.yml:12" and dag.tasks["t1"].call_site is not None
    assert findings == ["GEN002 c.yml:5"]


V1 = """
two:
  schedule: {__type__: datetime.timedelta, hours: 2}
  default_args: {start_date: 2 days}
  task_groups:
    - group_name: g
      dependencies: [a]
  tasks:
    - task_id: b
      decorator: airflow.decorators.task
      python_callable: fn.f
      x: +a
    - task_id: a
      decorator: airflow.decorators.task
      python_callable: fn.f
      x: 3
    - task_id: c
      operator: airflow.operators.bash.BashOperator
      bash_command: echo
      task_group_name: g
      on_failure_callback: fn.f
    - task_id: broken
      bash_command: no operator
"""


def test_dag_factory_list_format_and_folder(load: Load) -> None:
    dags, findings = load(
        "from airflow.sdk import DAG\nfrom dagfactory import load_yaml_dags\nload_yaml_dags(globals_dict=globals())\n",
        {
            "conf/two.yaml": V1, "fn.py": "def f(x):\n    return x\n", "conf/other.yml": "not: [a dag]\n",
            "conf/defaults.yml": "default_args: {owner: team, retries: 5}\n",
        },
    )  # fmt: skip
    dag = dags["two"]
    assert edges(dag) == {("a", "b"), ("a", "g.c")}
    assert dag.tasks["b"].upstream["a"] == "data"
    assert dag.arguments["schedule"].value.total_seconds() == 7200
    assert argument(dag, "g.c", "owner") == "team" and argument(dag, "g.c", "retries") == 5
    assert isinstance(argument(dag, "g.c", "on_failure_callback"), Function)
    assert findings == ["GEN002 conf/two.yaml:22"]


def test_dag_factory_configuration_in_code_and_missing_file(load: Load) -> None:
    dags, findings = load(
        "from airflow import DAG\nfrom dagfactory import DagFactory\n"
        "DagFactory(config={'three': {'schedule': None, 'tasks': {'t': {'operator': "
        "'airflow.operators.empty.EmptyOperator'}}}})"
        ".generate_dags(globals())\n"
        "DagFactory('/opt/airflow/dags/absent.yml').generate_dags(globals())\n",
        {},
    )
    assert list(dags["three"].tasks) == ["t"] and "schedule" not in dags["three"].arguments
    assert findings == ["GEN001 dag.py:4"]


GUSTY = {
    "g/METADATA.yml": "description: x\nschedule_interval: '@daily'\ndefault_args:\n  start_date: 2024-01-01\n  owner: me\n"
    "root_tasks: [first]\nexternal_dependencies:\n  - up: all\n",
    "g/hi.py": "# ---\n# dependencies: [q]\n# python_callable: say\n# ---\ndef say():\n    print(1)\n",
    "g/q.sql": "---\noperator: airflow.providers.postgres.operators.postgres.PostgresOperator\nconn_id: x\n"
    "external_dependencies:\n  - other: t9\n---\nselect 1\n",
    "g/sub/METADATA.yml": "tooltip: a group\ndependencies: [hi]\n",
    "g/sub/b.yml": "operator: airflow.operators.bash.BashOperator\nbash_command: echo\nretry_delay: !timedelta 'minutes: 5'\n",
    "g/nb.ipynb": json.dumps({"cells": [{"source": ["---\n", "operator: airflow.operators.bash.BashOperator\n",
                                                    "bash_command: run\n", "dependencies: [b]\n", "---\n"]}]}),
    "g/first.yml": "operator: airflow.operators.empty.EmptyOperator\n",
}  # fmt: skip


def test_gusty_folder(load: Load) -> None:
    dags, findings = load(
        "from airflow import DAG\nfrom gusty import create_dag\nfrom pathlib import Path\n"
        "dag = create_dag(str(Path(__file__).parent / 'g'), latest_only=False, "
        "task_group_defaults={'prefix_group_id': True},\n"
        "                 wait_for_defaults={'mode': 'reschedule'})\n",
        GUSTY,
    )
    dag = dags["g"]
    assert set(dag.tasks) == {"first", "hi", "nb", "q", "sub.sub_b", "wait_for_other_t9", "wait_for_DAG_up"}
    assert edges(dag) == {
        ("q", "hi"), ("hi", "sub.sub_b"), ("wait_for_other_t9", "q"), ("first", "wait_for_other_t9"), ("first", "q"),
        ("first", "nb"), ("wait_for_DAG_up", "first"),
    }  # fmt: skip
    assert argument(dag, "q", "sql") == "select 1" and isinstance(argument(dag, "hi", "python_callable"), Function)
    assert (
        argument(dag, "wait_for_other_t9", "mode") == "reschedule"
        and argument(dag, "wait_for_other_t9", "external_dag_id") == "other"
    )
    assert argument(dag, "sub.sub_b", "owner") == "me" and str(dag.tasks["sub.sub_b"].span) == "g/sub/b.yml:1"
    assert findings == []


GUSTY_GROUPS = {
    "g/METADATA.yml": "start_date: !days_ago 3\nleaf_tasks: [last]\n",
    "g/last.yml": "operator: airflow.operators.empty.EmptyOperator\n",
    "g/solo.yml": "operator: airflow.operators.empty.EmptyOperator\n",
    "g/whole.py": "print('all of the file is the task')\n",
    "g/stage/METADATA.yml": "prefix_group_id: true\ndependencies: [solo]\n",
    "g/stage/items.yml": "operator: airflow.operators.empty.EmptyOperator\n",
    "g/stage/orders.yml": "operator: airflow.operators.empty.EmptyOperator\ndependencies: [items, other]\n",
    "g/other/METADATA.yml": "suffix_group_id: true\n",
    "g/other/one.yml": "operator: airflow.operators.empty.EmptyOperator\n"
    "external_dependencies:\n  up: {tasks: [t1, all], poke_interval: 99}\n",
    "g/other/two.yml": "operator: airflow.operators.empty.EmptyOperator\ndependencies: [one]\n",
    "g/not/.gustyignore": "",
    "g/not/x.yml": "operator: airflow.operators.empty.EmptyOperator\n",
}


def test_gusty_groups_and_ends(load: Load) -> None:
    """As gusty 0.23 makes it in Airflow 2.11: dependencies of groups come first, names get the group's own."""
    dags, _ = load(
        "from airflow import DAG\nfrom gusty import create_dag\nfrom pathlib import Path\n"
        "dag = create_dag(str(Path(__file__).parent / 'g'), leaf_tasks_from_dict={'mail': "
        "{'operator': 'airflow.operators.empty.EmptyOperator'}})\n",
        GUSTY_GROUPS,
    )
    dag = dags["g"]
    ends = {(t, end) for t in ("stage.stage_orders", "two_other", "whole") for end in ("last", "mail")}
    firsts = {("latest_only", t) for t in ("solo", "whole", "one_other", "wait_for_up_t1", "wait_for_DAG_up")}
    assert edges(dag) == {
        *ends, *firsts, ("solo", "stage.stage_items"), ("solo", "stage.stage_orders"),
        ("stage.stage_items", "stage.stage_orders"), ("one_other", "two_other"),
        ("wait_for_up_t1", "one_other"), ("wait_for_DAG_up", "one_other"),
    }  # fmt: skip
    waits = {name: argument(dag, "wait_for_up_t1", name) for name in ("poke_interval", "timeout", "retries")}
    assert waits == {"poke_interval": 99, "timeout": 3600, "retries": 60}


def _node(kind: str, name: str, parents: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "resource_type": kind, "name": name, "original_file_path": f"{kind}s/{name}.sql", "tags": [], "config": {},
        "fqn": ["p", name], "depends_on": {"nodes": list(parents)}, **more,
    }  # fmt: skip


MANIFEST = {
    "nodes": {
        "seed.p.s": _node("seed", "s"),
        "model.p.a": _node("model", "a", ("seed.p.s",), tags=["t"]),
        "model.p.b": _node(
            "model", "b", ("model.p.a",), fqn=["p", "mart", "b"], original_file_path="models/mart/b.sql"
        ),
        "model.p.off": _node("model", "off", config={"enabled": False}),
        "snapshot.p.n": _node("snapshot", "n", ("model.p.b",)),
        "test.p.x.1": {"resource_type": "test", "name": "x", "depends_on": {"nodes": ["model.p.a"]}},
    }
}
COSMOS = (
    "from airflow import DAG\nfrom cosmos import DbtDag, DbtTaskGroup, ProjectConfig, ProfileConfig, RenderConfig\n"
    "from cosmos.constants import TestBehavior\nfrom pathlib import Path\n"
    "from airflow.operators.empty import EmptyOperator\n"
    "p = ProjectConfig(Path(__file__).parent / 'dbt')\nprofile = ProfileConfig(profile_name='default', "
    "target_name='dev')\n"
)


def test_cosmos_dag_from_a_manifest(load: Load) -> None:
    dags, findings = load(
        COSMOS
        + "d = DbtDag(dag_id='d', project_config=p, profile_config=profile, schedule='@daily', operator_args={'vars': {'k': 1}})\n",
        {"dbt/target/manifest.json": json.dumps(MANIFEST)},
    )
    dag = dags["d"]
    assert set(dag.tasks) == {"s_seed", "a.run", "a.test", "b_run", "n_snapshot"}
    assert edges(dag) == {("s_seed", "a.run"), ("a.run", "a.test"), ("a.test", "b_run"), ("b_run", "n_snapshot")}
    assert (
        dag.tasks["a.run"].cls.name == "DbtRunLocalOperator" and dag.tasks["a.test"].cls.name == "DbtTestLocalOperator"
    )
    assert argument(dag, "b_run", "bash_command") == (
        "dbt run --select p.mart.b --project-dir /opt/airflow/dags/dbt --profile default --target dev --vars '{\"k\": 1}'"
    )
    assert {f.split()[0] for f in findings} == {"GEN004"}


@pytest.mark.parametrize(
    ("options", "tasks"),
    [
        ("select=['tag:t+']", {"a_run", "b_run", "n_snapshot"}),
        ("select=['path:models/mart']", {"b_run"}),
        ("select=['1+b'], exclude=['b']", {"a_run"}),
        ("exclude=['resource_type:seed', 'n']", {"a_run", "b_run"}),
        ("select=['config.materialized:view']", set()),
    ],
)
def test_cosmos_group_and_selection(load: Load, options: str, tasks: set[str]) -> None:
    dags, _ = load(
        COSMOS + "with DAG('d') as dag:\n    first = EmptyOperator(task_id='first')\n"
        f"    g = DbtTaskGroup(group_id='g', project_config=p, profile_config=profile, render_config=RenderConfig({options}, test_behavior=TestBehavior.NONE))\n"
        "    first >> g\n",
        {"dbt/target/manifest.json": json.dumps(MANIFEST)},
    )
    assert set(dags["d"].tasks) == {"first", *(f"g.{t}" for t in tasks)}


SOURCES = json.loads(json.dumps(MANIFEST))
SOURCES["sources"] = {
    "source.p.raw.events": {
        "resource_type": "source", "name": "events", "source_name": "raw", "original_file_path": "models/src.yml",
        "fqn": ["p", "raw", "events"], "freshness": {"warn_after": {"count": None, "period": None}},
    },
    "source.p.raw.late": {
        "resource_type": "source", "name": "late", "source_name": "raw", "original_file_path": "models/src.yml",
        "fqn": ["p", "raw", "late"], "freshness": {"error_after": {"count": 6, "period": "hour"}},
    },
}  # fmt: skip
SOURCES["nodes"]["model.p.inner"] = {
    "resource_type": "model", "name": "inner", "original_file_path": "models/inner.sql", "fqn": ["p", "inner"],
    "config": {"materialized": "ephemeral"}, "depends_on": {"nodes": ["source.p.raw.events"]},
}  # fmt: skip
SOURCES["nodes"]["model.p.end"] = {
    "resource_type": "model", "name": "end", "original_file_path": "models/end.sql", "fqn": ["p", "end"],
    "config": {}, "depends_on": {"nodes": ["model.p.inner", "source.p.raw.late"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("select", "tasks"),
    [
        ("['source:raw.events+']", {"inner_run", "end_run"}),
        ("['@inner']", {"inner_run", "end_run"}),
        ("['+end']", {"inner_run", "end_run"}),
        ("['inn*']", set()),
        ("['exclude_resource_type:model,path:models']", set()),
    ],
)
def test_cosmos_selects_from_a_manifest_by_itself(load: Load, select: str, tasks: set[str]) -> None:
    dags, findings = load(
        COSMOS
        + "q = ProjectConfig(Path(__file__).parent / 'dbt', manifest_path=Path(__file__).parent / 'dbt/m.json')\n"
        f"d = DbtDag(dag_id='d', project_config=q, profile_config=profile, render_config=RenderConfig(select={select}))\n",
        {"dbt/m.json": json.dumps(SOURCES)},
    )
    assert set(dags["d"].tasks) == tasks
    assert not [f for f in findings if not f.startswith("GEN004")]


def test_cosmos_sources_ephemeral_models_and_words(load: Load) -> None:
    dags, _ = load(
        COSMOS + "from cosmos.constants import SourceRenderingBehavior\nfor b in SourceRenderingBehavior:\n"
        "    globals()[b.value] = DbtDag(dag_id=b.value, project_config=p, profile_config=profile, "
        "render_config=RenderConfig(source_rendering_behavior=b, select=['+end']))\n",
        {"dbt/target/manifest.json": json.dumps(SOURCES)},
    )
    both = {"inner_run", "end_run"}
    assert {name: set(dag.tasks) - both for name, dag in dags.items()} == {
        "none": set(), "all": {"raw_events_source", "raw_late_source"}, "with_tests_or_freshness": {"raw_late_source"},
    }  # fmt: skip
    dag = dags["all"]
    assert [dag.tasks[t].cls.name for t in ("inner_run", "raw_events_source", "raw_late_source")] == [
        "EmptyOperator", "EmptyOperator", "DbtSourceLocalOperator",
    ]  # fmt: skip
    assert argument(dag, "raw_late_source", "bash_command").startswith("dbt source freshness --select source:raw.late ")
    assert edges(dag) == {
        ("raw_events_source", "inner_run"), ("raw_late_source", "end_run"), ("inner_run", "end_run"),
    }  # fmt: skip


def test_cosmos_tests_after_all_and_build(load: Load) -> None:
    dags, _ = load(
        COSMOS
        + "d = DbtDag(dag_id='all', project_config=p, profile_config=profile, render_config=RenderConfig(test_behavior=TestBehavior.AFTER_ALL))\n"
        "e = DbtDag(dag_id='build', project_config=p, profile_config=profile, "
        "render_config=RenderConfig(test_behavior=TestBehavior.BUILD))\n",
        {"dbt/target/manifest.json": json.dumps(MANIFEST)},
    )
    assert set(dags["all"].tasks) == {"s_seed", "a_run", "b_run", "n_snapshot", "p_test"}
    assert ("n_snapshot", "p_test") in edges(dags["all"])
    assert set(dags["build"].tasks) == {"s_seed_build", "a_model_build", "b_model_build", "n_snapshot_build"}


def test_cosmos_without_a_manifest_is_one_step_with_a_finding(load: Load) -> None:
    dags, findings = load(
        COSMOS + "d = DbtDag(dag_id='d', project_config=p, profile_config=profile)\n",
        {"dbt/dbt_project.yml": "name: p\n"},
    )
    assert list(dags["d"].tasks) == ["dbt_build"] and "dbt build" in argument(dags["d"], "dbt_build", "bash_command")
    assert "OPS070 dag.py:8" in findings


FOLDER = """
from pathlib import Path
from dagfactory import load_yaml_dags
HERE = Path(__file__).parent / "configs"
load_yaml_dags(globals_dict=globals(), dags_folder=str(HERE), defaults_config_path=str(HERE))
"""
EMPTY = "{tasks: {t: {operator: airflow.operators.empty.EmptyOperator}}}"
FOLDER_FILES = {
    "dags_are_here.txt": "",
    "catalogue.yml": "datasets: [{name: one, uri: 's3://x/1'}, {name: two, uri: 's3://x/2'}]\n",
    "configs/.airflowignore": "drafts/\n",
    "configs/drafts/d.yml": f"draft: {EMPTY}\n",
    "configs/defaults.yml": 'schedule: "@daily"\ntags: [all]\ndefault_args: {owner: base, start_date: 2024-01-01, retries: 1}\n',
    "configs/team/defaults.yml": "tags: [team]\nmax_active_runs: 2\ndefault_args: {retries: 3}\n",
    "configs/team/flows.yml": f"""
default:
  schedule: "@hourly"
  description: mine
  default_args: {{email: a@b.c, owner: file}}
plain: {EMPTY}
own: {{schedule: "0 4 * * *", tags: [x], {EMPTY[1:]}
""",
    "configs/data.yml": f"""
text: {{schedule: {{datasets: "(s3://b/a & s3://b/c) | s3://b/d"}}, {EMPTY[1:]}
marks: {{schedule: {{datasets: {{__or__: [{{__and__: ["s3://b/a", "s3://b/c"]}}, "s3://b/d"]}}}}, {EMPTY[1:]}
named: {{schedule: {{file: dags/catalogue.yml, datasets: "one & two"}}, {EMPTY[1:]}
timed:
  schedule:
    datasets: ["s3://b/a"]
    timetable: {{__type__: airflow.timetables.trigger.CronTriggerTimetable, cron: "0 1 * * *", timezone: UTC}}
  {EMPTY[1:-1]}
wrong: {{schedule: {{datasets: "s3://b/a &"}}, {EMPTY[1:]}
""",
}


def test_dagfactory_folder(load: Load) -> None:
    dags, findings = load(FOLDER, FOLDER_FILES)
    assert findings == ["GEN002 configs/data.yml:10"]
    assert sorted(dags) == ["marks", "named", "own", "plain", "text", "timed"]

    def given(dag: str, name: str) -> Any:
        return dags[dag].arguments[name].value

    assert (given("plain", "schedule"), given("own", "schedule")) == ("@daily", "0 4 * * *")
    assert (given("plain", "tags"), given("own", "tags")) == (["all", "team", "dagfactory"], ["x", "dagfactory"])
    assert (given("plain", "description"), given("plain", "max_active_runs")) == ("mine", 2)
    arguments = {k: v.value for k, v in dags["plain"].default_args.items()} or given("plain", "default_args")
    assert {k: arguments[k] for k in ("owner", "retries", "email")} == {"owner": "file", "retries": 3, "email": "a@b.c"}


@pytest.mark.parametrize(
    ("dag", "expression"),
    [
        ("text", "(s3://b/a & s3://b/c) | s3://b/d"),
        ("marks", "(s3://b/a & s3://b/c) | s3://b/d"),
        ("named", "s3://x/1 & s3://x/2"),
        ("timed", "s3://b/a"),
    ],
)
def test_dagfactory_datasets(load: Load, dag: str, expression: str) -> None:
    dags, _ = load(FOLDER, FOLDER_FILES)
    value = dags[dag].arguments["schedule"].value
    if dag == "timed":
        assert value.cls.name == "DatasetOrTimeSchedule"
        value = value.attrs["datasets"]
    assert data_names(value)[1] == expression
