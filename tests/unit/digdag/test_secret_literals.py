"""Secrets that stand as plain text in a project: in no output, and back in the pod."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from migrate.config import Config
from migrate.pipeline import Conversion, convert
from migrate.request import Request
from parsers.digdag.file_secrets import file_secrets

ROOT = Path(__file__).parents[3]
PATHS = [ROOT / "emitters" / "argo" / "runtime", ROOT / "migrate" / "portable"]
SECRETS = ("hunter2hunter2", "B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "hunter3hunter", "hunter4hunterX9", "sw0rd")
FLOW = """\
_export:
  db_password: hunter2hunter2
  slack: https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX
  pg: {password: sw0rd, host: db}
  env: sw0rd of honour
+a:
  sh>: echo "${db_password} ${db_password.length} ${slack} ${pg.password} ${env}"
+b:
  sh>: PGPASSWORD=hunter3hunter sh -c 'echo $PGPASSWORD'
+c:
  sh>: cat q.sql
+d:
  call>: sub/inner
"""
INNER = "+e:\n  echo>: password='hunter4hunterX9'\n"
SQL = "-- x\nselect 1 where password = 'hunter4hunterX9'\n"


@pytest.fixture
def converted(tmp_path: Path) -> Conversion:
    (tmp_path / "p" / "sub").mkdir(parents=True)
    (tmp_path / "p" / "w.dig").write_text(FLOW)
    (tmp_path / "p" / "q.sql").write_text(SQL)
    (tmp_path / "p" / "sub" / "inner.dig").write_text(INNER)
    return convert(Request(system="digdag", roots=(tmp_path / "p",), config=Config(), jobs=1))


def test_no_output_holds_one(converted: Conversion) -> None:
    whole = "\n".join(f.text for f in converted.files) + converted.report.model_dump_json()
    found = [secret for secret in SECRETS[:4] if secret in whole]
    assert found == []
    assert re.findall(r"sw0rd[^ ]|sw0rd (?!of honour)", whole) == [], "short secrets stand in other words only"


def test_each_is_reported_where_it_stands(converted: Conversion) -> None:
    places = [(f.file, f.line, f.task) for f in converted.report.findings if f.code == "SEC002"]
    assert places == [
        ("sub/inner.dig", 2, "+w+d^sub+e"),
        ("w.dig", 2, "+w"),
        ("w.dig", 3, "+w"),
        ("w.dig", 4, "+w"),
        ("w.dig", 9, "+w+b"),
    ]
    files = {(f.file, f.line) for f in converted.report.findings if f.code == "DIG046"}
    assert files == {("q.sql", 2)}, "tasks may read it; they read no .dig files"


def test_the_secret_is_made_with_its_keys(converted: Conversion) -> None:
    text = next(f.text for f in converted.files if f.path == "shared/secrets.yaml")
    made = next(d for d in yaml.safe_load_all(text) if d["metadata"]["name"] == "w-secrets")
    assert set(made["stringData"]) == {"db_password", "slack", "pg.password", "b.sh", "e.echo"}
    assert set(made["stringData"].values()) == {""}


def run(converted: Conversion, name: str, tmp_path: Path, **secrets: str) -> subprocess.CompletedProcess[str]:
    """The step's script, with files and secrets where the pod would have them."""
    texts = [f.text for f in converted.files if f.path.startswith("w/") and f.path.endswith(".yaml")]
    documents = [d for text in texts for d in yaml.safe_load_all(text)]
    files = next((d["data"] for d in documents if d["kind"] == "ConfigMap"), {})
    templates = next(d["spec"]["templates"] for d in documents if d["kind"] == "WorkflowTemplate")
    template = next(t for t in templates if t["name"] == name)
    pod = template.get("script") or template["container"]
    source = pod.get("source") or files[f"{name}.script.py"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, PATHS)), "AF_OUT": str(tmp_path / "out")}
    moment = "2026-01-01T00:00:00+00:00"
    env["AF_CONTEXT"] = json.dumps({"logical_date": moment, "run_id": "r", "run_type": "manual", "params": {}})
    for variable in pod.get("env", []):
        if "secretKeyRef" in variable.get("valueFrom", {}):
            env[variable["name"]] = secrets.get(variable["valueFrom"]["secretKeyRef"]["key"], "")
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=env, timeout=60)


FILLED = {
    "db_password": SECRETS[0], "slack": SECRETS[1], "b.sh": SECRETS[2], "e.echo": SECRETS[3], "pg.password": SECRETS[4],
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("a", f"hunter2hunter2 14 https://hooks.slack.com/services/T00000000/{SECRETS[1]} sw0rd sw0rd of honour\n"),
        ("b", "hunter3hunter\n"),
    ],
)  # fmt: skip
def test_the_pod_has_what_the_source_says(converted: Conversion, tmp_path: Path, step: str, said: str) -> None:
    slack = "T00000000/" + SECRETS[1] if step == "a" else SECRETS[1]
    done = run(converted, f"w-{step}", tmp_path, **{**FILLED, "slack": slack})
    assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_a_secret_that_nobody_filled_in_fails(converted: Conversion, tmp_path: Path) -> None:
    done = run(converted, "w-a", tmp_path, **{**FILLED, "db_password": ""})
    assert done.returncode != 0
    assert "Secret not found for key: 'db_password'" in done.stderr


PYTHON = """\
'''Reads TD_API_KEY: Treasure Data key.'''
import os
def main(api_key=None, password: str = ""):  # token: the_token
    client(apikey=api_key, password=password, url="https://x/?token=${secret:token}")
"""


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ("", []),
        (r"TOKEN = 'abc\\def4567'", [5]),
        ("# password = 'remarked1'", [5]),
        ("x = '''\npassword=\"s3cretS3cret\"'''", [5]),
    ],
)
def test_names_in_python_code_are_no_secrets(more: str, lines: list[int]) -> None:
    assert [line for _, _, line in file_secrets("a/b.py", f"{PYTHON}{more}\n")] == lines


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("q.sql", "-- password = ${secret:pw}", []),
        ("q.rb", "client(password: password_of_run)", []),
        ("q.rb", "client(password: 'a-real-one')", ["a-real-one"]),
        ("run.sh", "export PGPASSWORD=a-real-one", ["a-real-one"]),
        ("data.csv", "id,kV7dQ2pXw9ZrT4mNs8LbYc3HfJ6gKa1e", []),
    ],
)
def test_secrets_of_other_files(path: str, text: str, found: list[str]) -> None:
    assert [secret for secret, _, _ in file_secrets(path, f"{text}\n")] == found


def test_a_file_that_becomes_part_of_a_task(tmp_path: Path) -> None:
    (tmp_path / "w.dig").write_text("+a:\n  td_load>: load.yml\n+b:\n  http>: ${secret:url}?token=${secret:token}\n")
    (tmp_path / "load.yml").write_text("in:\n  type: x\n  password: 'hunter5hunter'\n  key: ${secret:k}\n")
    result = convert(Request(system="digdag", roots=(tmp_path,), config=Config(), jobs=1))
    found = [(f.code, f.file, f.line) for f in result.report.findings if f.code in ("SEC002", "DIG046")]
    assert ("SEC002", "load.yml", 3) in found
    assert not [f.path for f in result.files if "hunter5" in f.text]


def test_a_dig_file_that_a_task_reads(tmp_path: Path) -> None:
    (tmp_path / "w.dig").write_text("_export: {password: hunter5hunter}\n+a:\n  sh>: grep -c x w.dig notes.txt\n")
    (tmp_path / "notes.txt").write_text("x\n")
    result = convert(Request(system="digdag", roots=(tmp_path,), config=Config(), jobs=1))
    assert ("DIG046", "w.dig", 1) in [(f.code, f.file, f.line) for f in result.report.findings]
