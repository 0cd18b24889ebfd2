"""Whatever is changed in the output of a conversion, `verify` says so."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from emitters.argo.verify import verify_folder, verify_workflow
from emitters.argo.verify_text import marks, text_problems
from migrate.config import Config
from migrate.output import OutputFile
from migrate.pipeline import convert
from migrate.request import Request

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
DAG = """
from datetime import datetime, timedelta
import pendulum
from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from acme import AcmeOperator


def told(context):
    print("failed")


with DAG(
    "sales",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="America/New_York"),
    catchup=False,
    max_active_runs=1,
    params={"region": "eu", "limit": 3},
    on_failure_callback=told,
    dagrun_timeout=timedelta(hours=2),
):
    load = BashOperator(
        task_id="load", bash_command="echo {{ ds }} {{ params.region }}", retries=2,
        retry_delay=timedelta(minutes=1), execution_timeout=timedelta(minutes=10),
    )
    other = BashOperator(task_id="other", bash_command="echo other")
    choose = BranchPythonOperator(task_id="choose", python_callable=lambda: "left")
    left, right = EmptyOperator(task_id="left"), EmptyOperator(task_id="right")
    join = EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
    load >> choose >> [left, right] >> join

    @task
    def listed():
        return [1, 2]

    @task
    def also_listed():
        return [3]

    @task
    def each(x, y):
        print("a text that is in no template: $(x) {{ y }}", x, y)

    each.partial(y=1).expand(x=listed()) >> join
    also_listed() >> join
    pod = KubernetesPodOperator(task_id="pod", image="eu.example/x:1", cmds=["run"], arguments=["--fast"])
    [load, other] >> pod
    AcmeOperator(task_id="acme") << pod
"""
DIG = """
timezone: America/New_York
schedule:
  daily>: 02:30:00
_export:
  region: eu
+load:
  _retry: 2
  sh>: echo ${region}
+many:
  _parallel: true
  +a:
    sh>: echo a
  +b:
    sh>: echo ${session_date}
+each:
  for_each>:
    x: [1, 2]
  _do:
    echo>: ${x}
+ask:
  if>: ${later == 'eu'}
  _do:
    echo>: yes
  _else_do:
    echo>: no
_error:
  echo>: failed
"""
Objects = list[dict[str, Any]]


def converted(system: str, folder: Path, **settings: Any) -> tuple[OutputFile, ...]:
    name, text = ("dag.py", DAG) if system == "airflow" else ("sales.dig", DIG)
    (folder / name).write_text(text)
    config = Config(unmapped="fail", **settings)
    return tuple(convert(Request(system=system, roots=(folder,), config=config, jobs=1)).files)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Facts, objects and texts of both samples."""
    made: dict[str, Any] = {}
    for system in ("airflow", "digdag"):
        texts = {f.path: f.text for f in converted(system, tmp_path_factory.mktemp(system))}
        facts = json.loads(texts[".migrate/facts/sales.json"])
        objects = [d for p, t in texts.items() if p.startswith("sales/") for d in yaml.safe_load_all(t)]
        made[system] = facts, objects, texts
    return made


@pytest.fixture(params=["airflow", "digdag"])
def output(request: pytest.FixtureRequest, outputs: dict[str, Any]) -> Any:
    return outputs[request.param]


def test_the_output_is_proved(output: Any) -> None:
    facts, objects, _ = output
    proof = verify_workflow(facts, objects, BEGIN)
    assert proof.state == "proved", proof
    assert {p.name for p in proof.proofs if not p.checked} == set()


def test_no_change_makes_verify_fail_itself(output: Any) -> None:
    facts, objects, _ = output
    template = objects.index(template_of(objects))
    for path in walk(objects[template], ()):
        if len(path) <= 4:
            wrong = changed(objects, (template, *path), drop=False)
            assert verify_workflow(facts, wrong, BEGIN).state == "differs", path


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything in an object."""
    if path:
        yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from walk(item, (*path, key))


def changed(value: Any, path: tuple[Any, ...], *, drop: bool) -> Any:
    made = copy.deepcopy(value)
    where: Any = made
    for step in path[:-1]:
        where = where[step]
    if drop:
        del where[path[-1]]
    else:
        where[path[-1]] = f"{where[path[-1]]}x" if isinstance(where[path[-1]], str) else 987654
    return made


def test_no_value_can_be_changed_or_dropped_unseen(output: Any) -> None:
    facts, objects, _ = output
    assert marks(objects) == facts["written"]
    unseen = [
        (document["kind"], path, drop)
        for document in objects
        for path in walk(document)
        for drop in (True, False)
        if not text_problems([changed(document, path, drop=drop)], marks([document]))[1]
    ]
    assert unseen == []


def template_of(objects: Objects, kind: str = "WorkflowTemplate") -> dict[str, Any]:
    return next(o for o in objects if o["kind"] == kind and o["metadata"]["name"] == "sales")


def tasks(objects: Objects) -> dict[str, Any]:
    """All tasks of all dags by name."""
    dags = [t["dag"]["tasks"] for t in template_of(objects)["spec"]["templates"] if "dag" in t]
    return {task["name"]: task for found in dags for task in found}


def named(objects: Objects, name: str) -> dict[str, Any]:
    return next(t for t in template_of(objects)["spec"]["templates"] if t["name"] == name)


def drop_dependency(o: Objects) -> None:
    tasks(o)["pod"]["depends"] = "load.Succeeded"


def more_dependency(o: Objects) -> None:
    tasks(o)["other"]["depends"] = "load.Succeeded"


def other_operator(o: Objects) -> None:
    tasks(o)["pod"]["depends"] = tasks(o)["pod"]["depends"].replace("&&", "||")


def any_end(o: Objects) -> None:
    tasks(o)["pod"]["depends"] = tasks(o)["pod"]["depends"].replace("load.Succeeded", "(load.Succeeded || load.Failed)")


def no_when(o: Objects) -> None:
    tasks(o)["left"].pop("when")


def other_when(o: Objects) -> None:
    tasks(o)["left"]["when"] = tasks(o)["right"]["when"]


def cron(o: Objects, **fields: Any) -> None:
    spec = template_of(o, "CronWorkflow")["spec"]
    for name, value in fields.items():
        spec.pop(name, None) if value is None else spec.update({name: value})


def default(o: Objects) -> None:
    parameters = template_of(o)["spec"]["arguments"]["parameters"]
    next(p for p in parameters if p["name"] == "limit")["value"] = "4"


def no_parameter(o: Objects) -> None:
    arguments = template_of(o)["spec"]["arguments"]
    arguments["parameters"] = [p for p in arguments["parameters"] if p["name"] != "region"]


def other_list(o: Objects) -> None:
    task = tasks(o)["af-expand-each"]
    task["depends"] = "also-listed.Succeeded"
    task["arguments"] = json.loads(json.dumps(task["arguments"]).replace("listed", "also-listed"))


def swapped(o: Objects) -> None:
    all_ = tasks(o)
    all_["other"]["template"], all_["also-listed"]["template"] = (
        all_["also-listed"]["template"],
        all_["other"]["template"],
    )


def lost_template(o: Objects) -> None:
    tasks(o)["other"]["template"] = "nothing"


def strategy(o: Objects, **fields: Any) -> None:
    template = named(o, "load")
    if fields:
        template["retryStrategy"].update(fields)
    else:
        del template["retryStrategy"]


def no_deadline(o: Objects) -> None:
    del named(o, "load")["activeDeadlineSeconds"]


def shorter_deadline(o: Objects) -> None:
    named(o, "load")["activeDeadlineSeconds"] -= 1


def no_exit(o: Objects) -> None:
    del template_of(o)["spec"]["onExit"]


def no_run_deadline(o: Objects) -> None:
    del template_of(o)["spec"]["activeDeadlineSeconds"]


def without_the_failing_step(o: Objects) -> None:
    for template in template_of(o)["spec"]["templates"]:
        if "dag" in template:
            template["dag"]["tasks"] = [t for t in template["dag"]["tasks"] if t["name"] != "acme"]


def an_unguarded_value(o: Objects) -> None:
    parameters = [{"name": "x", "value": "{{tasks.other.outputs.parameters.return-value}}"}]
    tasks(o)["join"]["arguments"] = {"parameters": parameters}


Change = Callable[[Objects], None]
MEANING: list[tuple[Change, str]] = [
    (drop_dependency, "graph"),
    (more_dependency, "graph"),
    (lost_template, "graph"),
    (other_list, "graph"),
    (swapped, "graph"),
    (without_the_failing_step, "graph"),
    (other_operator, "rules"),
    (any_end, "rules"),
    (no_when, "rules"),
    (other_when, "rules"),
    (an_unguarded_value, "values"),
    (default, "limits"),
    (no_parameter, "limits"),
    (lambda o: strategy(o), "limits"),
    (lambda o: strategy(o, limit="1"), "limits"),
    (lambda o: strategy(o, backoff={"duration": "5"}), "limits"),
    (no_deadline, "limits"),
    (shorter_deadline, "limits"),
    (no_exit, "limits"),
    (no_run_deadline, "limits"),
    (lambda o: cron(o, concurrencyPolicy="Allow"), "limits"),
    (lambda o: cron(o, startingDeadlineSeconds=None), "limits"),
    (lambda o: cron(o, schedules=["30 3 * * *"], when=None), "times"),
    (lambda o: cron(o, timezone="UTC"), "times"),
    (lambda o: cron(o, when="{{= now() >= date('2030-01-01T00:00:00Z') }}"), "times"),
    (lambda o: cron(o, stopStrategy={"expression": "now() >= date('2026-01-05T00:00:00Z')"}), "times"),
]


@pytest.mark.parametrize(("change", "where"), MEANING, ids=lambda v: getattr(v, "__name__", v))
def test_a_wrong_meaning_is_seen_without_the_marks(outputs: Any, change: Change, where: str) -> None:
    facts, objects, _ = outputs["airflow"]
    wrong = copy.deepcopy(objects)
    change(wrong)
    assert wrong != objects
    proof = verify_workflow({**facts, "written": marks(wrong)}, wrong, BEGIN)
    assert where in {p.name for p in proof.proofs if p.state == "differs"}, proof


DIGDAG: list[tuple[Change, str]] = [
    (lambda o: tasks(o)["sales-many"].pop("depends"), "graph"),
    (lambda o: tasks(o)["sales-many"].update(depends="sales-load.Failed"), "rules"),
    (lambda o: cron(o, schedules=["30 3 * * *"], when=None), "times"),
    (lambda o: cron(o, timezone="UTC"), "times"),
    (lambda o: cron(o, concurrencyPolicy="Forbid"), "limits"),
    (lambda o: cron(o, startingDeadlineSeconds=None), "limits"),
    (lambda o: named(o, "sales-load").pop("retryStrategy"), "limits"),
    (lambda o: tasks(o)["sales-error"].pop("when"), "rules"),
    (lambda o: tasks(o)["sales-ask-sub"].pop("when"), "rules"),
    (lambda o: tasks(o)["sales-ask-sub"].update(when=tasks(o)["sales-ask-sub-else"]["when"]), "rules"),
    (lambda o: named(o, "sales-core")["dag"]["tasks"].pop(), "graph"),
]


@pytest.mark.parametrize(("change", "where"), DIGDAG)
def test_the_same_for_digdag(outputs: Any, change: Change, where: str) -> None:
    facts, objects, _ = outputs["digdag"]
    wrong = copy.deepcopy(objects)
    change(wrong)
    proof = verify_workflow({**facts, "written": marks(wrong)}, wrong, BEGIN)
    assert where in {p.name for p in proof.proofs if p.state == "differs"}, proof


def test_shared_files_are_held_against_their_marks(output: Any, tmp_path: Path) -> None:
    *_, texts = output
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert verify_folder(tmp_path).state != "differs"
    runtime = tmp_path / "shared/runtime.yaml"
    runtime.write_text(runtime.read_text().replace("import json", "import jsonn", 1))
    assert "(shared): text: ConfigMap `migrate-runtime`" in verify_folder(tmp_path).text()
    runtime.write_text(texts["shared/runtime.yaml"])
    kustomization = tmp_path / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text() + "namespace: mine\n")
    assert verify_folder(tmp_path).state != "differs"
    kustomization.write_text(texts["kustomization.yaml"].replace("- sales/workflow-template.yaml\n", ""))
    assert "`resources sales/workflow-template.yaml` is missing" in verify_folder(tmp_path).text()
    (tmp_path / "sales/workflow-template.yaml").unlink()
    assert verify_folder(tmp_path).state == "differs"
