"""The main job from the command line, on small DAG files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from migrate.cli import cli

ROOT = Path(__file__).resolve().parents[3]
GOOD = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("hello", start_date=datetime(2024, 1, 1), schedule="0 3 * * *", catchup=False):
    BashOperator(task_id="a", bash_command="echo one") >> BashOperator(task_id="b", bash_command="echo two")
"""
SECRETS = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("9My_DAG.x", start_date=datetime(2024, 1, 1), schedule=None, params={"api_token": "hunter2hunter2"}):
    BashOperator(task_id="a", bash_command="echo", env={"API_TOKEN": "hunter2hunter2"})
    env = [k8s.V1EnvVar(name="PASSWORD", value="hunter2hunter2")]
    base, side = k8s.V1Container(name="base", env=env), k8s.V1Container(name="side", image="x", env=env)
    pod = k8s.V1Pod(spec=k8s.V1PodSpec(containers=[base, side]))
    KubernetesPodOperator(task_id="b", image="x", cmds=["x"], full_pod_spec=pod)
"""
BROKEN = "from airflow import DAG\nwith DAG('x') as dag\n    pass\n"


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "hello.py").write_text(GOOD)
    return folder


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_dag_becomes_manifests_and_a_report(dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "argo"
    result = run("airflow", dags, "-o", out)
    assert result.exit_code == 0, result.output
    assert "report.html" in result.output
    assert {"hello/workflow-template.yaml", "report.html", "report.json", "report.md", "report.sarif"} <= set(tree(out))
    report = json.loads((out / "report.json").read_text())
    assert [(t["id"], t["upstream"], t["argo"]) for t in report["workflows"][0]["tasks"]] == [
        ("a", [], "a"),
        ("b", ["a"], "b"),
    ]
    jsonschema.validate(report, json.loads((ROOT / "docs/schema/report.json").read_text()))


def test_the_same_input_gives_the_same_bytes(dags: Path, tmp_path: Path) -> None:
    for n in range(12):
        (dags / f"d{n}.py").write_text(GOOD.replace('"hello"', f'"d{n}"'))
    run("airflow", dags, "-o", tmp_path / "one", "--jobs", 1)
    run("airflow", dags, "-o", tmp_path / "two", "--jobs", 2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert not any(str(tmp_path).encode() in text for text in tree(tmp_path / "one").values())


def test_a_broken_file_gives_one_finding_and_exit_code_1(dags: Path, tmp_path: Path) -> None:
    (dags / "broken.py").write_text(BROKEN)
    result = run("airflow", dags, "-o", tmp_path / "argo", "-v")
    assert result.exit_code == 1
    assert "broken.py:" in result.output
    assert "Not read: broken.py: syntax error" in result.output
    assert (tmp_path / "argo" / "hello" / "workflow-template.yaml").exists()
    assert run("airflow", dags, "-o", tmp_path / "argo", "--fail-on", "never").exit_code == 0


def test_dry_run_writes_nothing_and_shows_a_diff(dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "argo"
    result = run("airflow", dags, "-o", out, "--dry-run")
    assert result.exit_code == 0
    assert "+++ b/hello/workflow-template.yaml" in result.output
    assert "new: hello/workflow-template.yaml" in result.output
    assert not out.exists()
    run("airflow", dags, "-o", out)
    (dags / "hello.py").write_text(GOOD.replace("echo two", "echo three"))
    before = tree(out)
    changed = run("airflow", dags, "-o", out, "--dry-run").output
    assert "changed: hello/workflow-template.yaml" in changed
    assert "echo three" in changed
    assert tree(out) == before


def test_hand_edits_stop_the_run(dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "argo"
    run("airflow", dags, "-o", out)
    target = out / "hello" / "workflow-template.yaml"
    generated = target.read_text()
    target.write_text(generated + "# mine\n")
    before = tree(out)
    result = run("airflow", dags, "-o", out)
    assert result.exit_code == 2
    assert "hello/workflow-template.yaml" in result.output
    assert "--force" in result.output
    assert tree(out) == before
    assert run("airflow", dags, "-o", out, "--force").exit_code == 0
    assert target.read_text() == generated


def test_files_of_removed_dags_go_away(dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "argo"
    (dags / "second.py").write_text(GOOD.replace('"hello"', '"second"'))
    run("airflow", dags, "-o", out)
    (dags / "second.py").unlink()
    result = run("airflow", dags, "-o", out)
    assert result.exit_code == 0
    assert not (out / "second").exists()
    assert "removed" in result.output


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--set", "nonsense=1"], "unknown key"),
        (["-c", "no.toml"], "cannot be read"),
        (["--variables", "no.json"], "cannot be read"),
        (["--path", "nowhere"], "no such file or folder"),
        (["--unmapped", "ignore"], "hosted"),
        (["--nope"], "No such option"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_writes_nothing(dags: Path, tmp_path: Path, args: list[str], words: str) -> None:
    result = run("airflow", dags, "-o", tmp_path / "argo", *args)
    assert result.exit_code == 2
    assert words in result.output
    assert not (tmp_path / "argo").exists()


def test_a_missing_path_is_exit_code_2(tmp_path: Path) -> None:
    result = run("airflow", tmp_path / "nope", "-o", tmp_path / "argo")
    assert result.exit_code == 2
    assert "there is no such file or folder" in result.output


def test_quiet_prints_nothing(dags: Path, tmp_path: Path) -> None:
    assert run("airflow", dags, "-o", tmp_path / "argo", "-q").output == ""


def test_only_and_exclude(dags: Path, tmp_path: Path) -> None:
    (dags / "other.py").write_text(GOOD.replace('"hello"', '"other"'))
    run("airflow", dags, "-o", tmp_path / "a", "--only", "oth*")
    run("airflow", dags, "-o", tmp_path / "b", "--exclude", "oth*")
    assert [
        sorted(p.name for p in (tmp_path / n).iterdir() if p.is_dir() and p.name in ("hello", "other")) for n in "ab"
    ] == [
        ["other"],
        ["hello"],
    ]


def test_secrets_of_the_source_reach_no_output(dags: Path, tmp_path: Path) -> None:
    text = GOOD.replace("echo one", "curl -u admin:hunter2hunter2 https://u:t0psecretpw@example.com/")
    (dags / "hello.py").write_text(text + '\nAPI_TOKEN = "xoxb-123456789012-abcdefghijkl"\n')
    out = tmp_path / "argo"
    result = run("airflow", dags, "-o", out, "-v")
    for secret in (b"t0psecretpw", b"xoxb-123456789012-abcdefghijkl"):
        assert not any(secret in text for text in tree(out).values())
        assert secret.decode() not in result.output


def test_inspect_json_follows_its_schema(dags: Path) -> None:
    result = CliRunner().invoke(cli, ["inspect", "airflow", str(dags), "--format", "json", "-q"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs/schema/inspect.json").read_text()))
    workflow = document["workflows"][0]
    assert (workflow["id"], workflow["source"]) == ("hello", {"file": "hello.py", "line": 6})
    assert [(t["id"], t["operator"], t["trigger_rule"], t["mapped"], t["upstream"]) for t in workflow["tasks"]] == [
        ("a", "BashOperator", "all_success", False, []),
        ("b", "BashOperator", "all_success", False, ["a"]),
    ]


def test_inspect_ends_as_the_conversion_would(dags: Path) -> None:
    assert run("inspect", "airflow", dags).exit_code == 0
    (dags / "broken.py").write_text(BROKEN)
    assert run("inspect", "airflow", dags).exit_code == 1
    assert run("inspect", "airflow", dags, "--fail-on", "never").exit_code == 0
    assert run("inspect", "airflow", dags, "--only", "hello.py", "--format", "json").exit_code == 0


def test_a_secret_is_named_as_it_stands_in_the_output(dags: Path, tmp_path: Path) -> None:
    (dags / "hello.py").write_text(SECRETS)
    out = tmp_path / "out"
    run("airflow", dags, "-o", out)
    report = json.loads((out / "report.json").read_text())
    named = {f["message"].rpartition("Secret ")[2] for f in report["findings"] if f["code"] == "SEC002"}
    (stub,) = yaml.safe_load_all((out / "shared/secrets.yaml").read_text())
    assert named == {f"`{stub['metadata']['name']}`"}
    assert re.fullmatch(r"t-9my-dag-x-[0-9a-f]{8}-secrets", stub["metadata"]["name"])
    manifest = (out / "t-9my-dag-x/workflow-template.yaml").read_text()
    read = set(re.findall(r"secretKeyRef:\n\s+name: (\S+)\n\s+key: (\S+)", manifest))
    assert read == {(stub["metadata"]["name"], key) for key in stub["stringData"]}
    assert len(read) == 3
    assert [f["code"] for f in report["findings"] if "params" in f["message"] or "api_token" in f["message"]] == [
        "SEC003"
    ]


def test_inspect_tree_and_mermaid(dags: Path) -> None:
    assert "hello  (hello.py:6)  cron 0 3 * * *" in run("inspect", "airflow", dags).output
    assert "t0 --> t1" in run("inspect", "airflow", dags, "--format", "mermaid").output


def test_trace_shows_values(dags: Path) -> None:
    (dags / "hello.py").write_text("LIMIT = 3 * 7\n" + GOOD)
    assert "LIMIT = 21" in run("inspect", "airflow", dags, "--trace", "hello.py:1").output
    assert run("inspect", "airflow", dags, "--trace", "hello.py").exit_code == 2
    assert run("inspect", "airflow", dags, "--trace", "hello.py:999").exit_code == 2


def test_explain() -> None:
    assert "What to do" in run("explain", "INT001").output
    assert "# Findings" in run("explain", "--all").output
    wrong = run("explain", "INT999")
    assert wrong.exit_code == 2
    assert "Did you mean" in wrong.output
    assert run("explain").exit_code == 2


def test_operators_in_all_formats() -> None:
    rows = json.loads(run("operators", "--format", "json").output)
    assert {"system": "airflow", "name": "BashOperator"}.items() <= next(
        r for r in rows if r["name"] == "BashOperator"
    ).items()
    assert "| `BashOperator` | shell |" in run("operators", "--format", "md").output
    assert "BashOperator" in run("operators").output


def test_init_writes_once(tmp_path: Path) -> None:
    target = tmp_path / "migrate.toml"
    assert run("init", "-o", target).exit_code == 0
    assert "[schedule]" in target.read_text()
    assert run("init", "-o", target).exit_code == 2
    assert run("init", "-o", target, "--force").exit_code == 0


def test_verify_ends_with_what_it_found(dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("airflow", dags, "-o", out)
    assert run("verify", out, "--strict").exit_code == 0
    manifest = out / "hello/workflow-template.yaml"
    manifest.write_text(manifest.read_text().replace("echo two", "echo three"))
    wrong = run("verify", out)
    assert wrong.exit_code == 1
    assert "hello: text: template `b` of WorkflowTemplate `hello`: `script` was changed" in wrong.output
    run("airflow", dags, "-o", out, "--force")
    facts = out / ".migrate/facts/hello.json"
    facts.write_text(facts.read_text().replace('"written"', '"unknown"'))
    assert run("verify", out).exit_code == 0
    assert run("verify", out, "--strict").exit_code == 3


def test_verify_wants_a_folder(tmp_path: Path) -> None:
    assert run("verify", tmp_path / "nope").exit_code == 2


def test_prerequisites_name_what_an_image_is_made_of(dags: Path, tmp_path: Path) -> None:
    (dags / "hello.py").write_text(
        "from datetime import datetime\nfrom airflow import DAG\n"
        "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator as Pod\n"
        "with DAG('pods', start_date=datetime(2024, 1, 1), schedule=None, params={'tag': '1'}):\n"
        "    Pod(task_id='a', image='eu.example/x:{{ params.tag }}-{{ var.value.flavour }}', cmds=['x'])\n"
        "    Pod(task_id='b', image='fixed:1', cmds=['x'])\n"
    )
    out = tmp_path / "out"
    run("airflow", dags, "-o", out)
    found = json.loads((out / "report.json").read_text())["prerequisites"]
    images = [p["name"] for p in found if p["kind"] == "image"]
    assert images == ["eu.example/x:{parameter tag}-{variable flavour}", "fixed:1"]
