"""`verify` proves sound output, and wrong output makes it fail."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from emitters.argo.readback import ReadWorkflow
from emitters.argo.roundtrip import differences, read_objects
from emitters.argo.verify import PROOFS, WorkflowProof, verify_folder, verify_workflow
from emitters.argo.verify_times import time_problems
from migrate.errors import UserError
from migrate.ir import exprs as e
from migrate.ir.schedule import Cron, Once, PeriodInterval
from migrate.ir.workflow import Branch, TriggerRule, Workflow
from migrate.output import OutputFile

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


def sample(make: Any) -> Workflow:
    choose = make.python("choose", mode="choose", branch=Branch(kind="choose"))
    ref = e.OutputRef(task="a")
    nodes = (
        choose,
        make.python("a", "choose", self_skip=True),
        make.shell(
            "b", "choose", script=e.Concat(parts=(e.Literal(value="echo "), e.TimeRef(of="logical", layout="%F")))
        ),
        make.python("join", "a", "b", rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, kwargs=(("x", ref),)),
        make.noop("bad", "join", rule=TriggerRule.ONE_FAILED),
    )
    schedule = Cron(patterns=("30 2 * * *",), timezone="America/New_York", interval=PeriodInterval())
    return make.workflow(*nodes, schedule=schedule)  # type: ignore[no-any-return]


@pytest.fixture
def objects(make: Any, write: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    written = write(sample(make))
    facts = json.loads(written.files["facts/sample.json"])
    names = ("workflow-template.yaml", "cron-workflow.yaml")
    return facts, [yaml.safe_load(written.files[n]) for n in names]


def failed(proof: WorkflowProof) -> set[str]:
    return {p.name for p in proof.proofs if p.state == "differs"} - {"text"}


def test_sound_output_holds(objects: Any) -> None:
    facts, found = objects
    proof = verify_workflow(facts, found, BEGIN)
    assert proof.ok, [(p.name, p.problems) for p in proof.proofs]
    assert {p.name: bool(p.checked) for p in proof.proofs} == dict.fromkeys(PROOFS, True)


Change = Callable[[dict[str, Any], dict[str, Any]], None]


def tasks(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    root = next(t for t in template["spec"]["templates"] if t["name"] in ("run", "main") and len(t["dag"]["tasks"]) > 2)
    return {t["name"]: t for t in root["dag"]["tasks"]}


def drop_task(template: dict[str, Any], cron: dict[str, Any]) -> None:
    for t in template["spec"]["templates"]:
        if "dag" in t:
            t["dag"]["tasks"] = [x for x in t["dag"]["tasks"] if x["name"] != "bad"]


def drop_edge(template: dict[str, Any], cron: dict[str, Any]) -> None:
    tasks(template)["join"]["depends"] = "a.Succeeded"


def bare_dependency(template: dict[str, Any], cron: dict[str, Any]) -> None:
    tasks(template)["bad"]["depends"] = "join.Succeeded"


def no_condition(template: dict[str, Any], cron: dict[str, Any]) -> None:
    del tasks(template)["a"]["when"]


def other_condition(template: dict[str, Any], cron: dict[str, Any]) -> None:
    tasks(template)["join"]["when"] = "{{= tasks['a'].status == 'Succeeded' && tasks['b'].status == 'Succeeded' }}"


def broken_expression(template: dict[str, Any], cron: dict[str, Any]) -> None:
    tasks(template)["bad"]["when"] = "{{= tasks['join'.status }}"


def unguarded(template: dict[str, Any], cron: dict[str, Any]) -> None:
    tasks(template)["join"]["arguments"]["parameters"][0]["value"] = "{{tasks.a.outputs.parameters.return-value}}"


def unknown_output(template: dict[str, Any], cron: dict[str, Any]) -> None:
    text = "{{= tasks['a'].outputs?.parameters?.['nothing'] ?? 'null' }}"
    tasks(template)["join"]["arguments"]["parameters"][0]["value"] = text


def no_ancestor(template: dict[str, Any], cron: dict[str, Any]) -> None:
    tasks(template)["a"]["arguments"] = {"parameters": [{"name": "x", "value": "{{= tasks['b'].status }}"}]}


def other_hour(template: dict[str, Any], cron: dict[str, Any]) -> None:
    cron["spec"]["schedules"] = ["30 4 * * *"]
    cron["spec"].pop("when", None)


def plain_cron(template: dict[str, Any], cron: dict[str, Any]) -> None:
    """Right on every day but those of the clock changes."""
    cron["spec"]["schedules"] = ["30 2 * * *"]
    cron["spec"].pop("when", None)


def other_zone(template: dict[str, Any], cron: dict[str, Any]) -> None:
    cron["spec"]["timezone"] = "UTC"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (drop_task, "graph"),
        (drop_edge, "graph"),
        (bare_dependency, "rules"),
        (no_condition, "rules"),
        (other_condition, "rules"),
        (broken_expression, "values"),
        (unguarded, "values"),
        (unknown_output, "values"),
        (no_ancestor, "values"),
        (other_hour, "times"),
        (plain_cron, "times"),
        (other_zone, "times"),
    ],
)
def test_a_wrong_manifest_fails(objects: Any, change: Change, where: str) -> None:
    facts, found = objects
    template, cron = copy.deepcopy(found)
    change(template, cron)
    assert where in failed(verify_workflow(facts, [template, cron], BEGIN))


def test_wrong_interval_expression_fails(make: Any, write: Any) -> None:
    text = e.Concat(parts=(e.Literal(value="echo "), e.TimeRef(of="interval_start", layout="%F")))
    schedule = Cron(patterns=("0 6 * * *",), timezone="Asia/Tokyo", interval=PeriodInterval())
    written = write(make.workflow(make.shell("a", script=text), schedule=schedule))
    facts = json.loads(written.files["facts/sample.json"])
    cron = yaml.safe_load(written.files["cron-workflow.yaml"])
    assert verify_workflow(facts, [written.template, cron], BEGIN).ok
    wrong = json.loads(json.dumps(written.template).replace("AddDate(0, 0, -1)", "AddDate(0, 0, -2)"))
    assert failed(verify_workflow(facts, [wrong, cron], BEGIN)) == {"times"}


@pytest.mark.parametrize("pattern", ["0 2 * * *", "30 2 * * *", "0 3 * * 0", "*/5 * * * *", "0 1,2,3 25 * *"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
def test_clock_changes_are_seen_from_both_sides(make: Any, write: Any, pattern: str, zone: str) -> None:
    schedule = Cron(patterns=(pattern,), timezone=zone, interval=PeriodInterval())
    written = write(make.workflow(make.shell("a"), schedule=schedule))
    facts = json.loads(written.files["facts/sample.json"])
    cron = yaml.safe_load(written.files["cron-workflow.yaml"])
    count, problems = time_problems(ReadWorkflow.of(written.template), cron, facts, BEGIN)
    assert problems == []
    assert count == 20 + 2 * 6


def test_a_folder_without_facts_is_refused(tmp_path: Any) -> None:
    with pytest.raises(UserError):
        verify_folder(tmp_path)


def test_folder_table(make: Any, write: Any, tmp_path: Any) -> None:
    written = write(sample(make))
    for file in written.emitted.files:
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    proofs = verify_folder(tmp_path, "2026-02-01")
    assert proofs.state == "proved"
    assert "1 proved, 0 not proved, 0 differs" in proofs.text()
    assert json.loads(proofs.json())["state"] == "proved"
    facts = tmp_path / ".migrate/facts/sample.json"
    facts.write_text(facts.read_text().replace('"written"', '"unknown"'))
    older = verify_folder(tmp_path)
    assert older.state == "not proved"
    assert "0 proved, 1 not proved, 0 differs" in older.text()
    (tmp_path / "sample/cron-workflow.yaml").unlink()
    (tmp_path / "sample/workflow-template.yaml").write_text("{}")
    assert verify_folder(tmp_path).text().endswith("0 proved, 0 not proved, 1 differs\n")


def test_round_trip_names_what_differs(make: Any, write: Any) -> None:
    workflow = sample(make)
    written = write(workflow)
    facts = json.loads(written.files["facts/sample.json"])
    assert differences(facts, [written.template]) == []
    drop_edge(written.template, {})
    assert differences(facts, [written.template]) == ["edge `b` -> `join` is missing"]
    broken = read_objects([OutputFile(path="sample/a.yaml", text="a: [")])
    assert "cannot be read back" in differences(facts, broken)[0]


def no_run(found: list[dict[str, Any]]) -> None:
    found.pop()


def other_date(found: list[dict[str, Any]]) -> None:
    found[1]["spec"]["arguments"]["parameters"][0]["value"] = "2024-01-02T00:00:00+00:00"


def other_workflow(found: list[dict[str, Any]]) -> None:
    found[1]["spec"]["workflowTemplateRef"]["name"] = "other"


def a_cron_beside(found: list[dict[str, Any]]) -> None:
    found.append({"kind": "CronWorkflow", "metadata": {"name": "sample"}, "spec": {"schedules": ["0 0 * * *"]}})


@pytest.mark.parametrize("change", [no_run, other_date, other_workflow, a_cron_beside])
def test_the_one_run_of_a_schedule(make: Any, write: Any, change: Callable[[list[dict[str, Any]]], None]) -> None:
    flow = make.workflow(make.noop("a"), schedule=Once(start=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)))
    written = write(flow)
    facts = json.loads(written.files["facts/sample.json"])
    found = [yaml.safe_load(written.files[n]) for n in ("workflow-template.yaml", "sample-once.yaml")]
    assert {p.name: p.state for p in verify_workflow(facts, found, BEGIN).proofs}["times"] == "proved"
    change(found)
    assert "times" in failed(verify_workflow(facts, found, BEGIN))
