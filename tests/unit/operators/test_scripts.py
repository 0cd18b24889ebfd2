"""The shell and Python texts that pods run are well formed, and do what they say where that can be tried here."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrate.ir.actions import Command
from parsers.airflow.discover import discover
from parsers.airflow.frontend import AirflowFrontEnd
from parsers.airflow.inputs import AirflowInputs

CASES = Path(__file__).parents[2] / "cases" / "airflow" / "operators"


def commands() -> Iterator[tuple[str, Command]]:
    from migrate.diagnostics.base import Sink

    for folder in sorted(CASES.iterdir()):
        front = AirflowFrontEnd(AirflowInputs(roots=(folder,)))
        sink = Sink()
        for file in discover(front.inputs, sink):
            for workflow in front.read(file, sink):
                for task in workflow.tasks():
                    if isinstance(task.action, Command):
                        yield f"{folder.name}.{task.id}", task.action


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_shell_text_parses(name: str) -> None:
    done = subprocess.run(["sh", "-n"], input=ALL[name].script, text=True, capture_output=True, check=False)
    assert done.stderr == ""
    _, marker, after = ALL[name].script.partition("<<'PYTHON'\n")
    if marker:
        compile(after.removesuffix("PYTHON\n"), name, "exec")


@pytest.mark.parametrize("name", ALL)
def test_every_variable_is_set(name: str) -> None:
    """With `set -u`, a variable that is neither given nor defaulted ends the script."""
    import re

    action = ALL[name]
    text = action.script.partition("<<'PYTHON'")[0]
    used = set(re.findall(r"\$\{?([A-Z][A-Z_0-9]*)\}?(?![:A-Z_0-9])", text))
    guarded = set(re.findall(r"\$\{([A-Z][A-Z_0-9]*)[:%#]", text))
    made = set(re.findall(r"\b([A-Z][A-Z_0-9]*)=", text)) | set(re.findall(r"for ([A-Z_]+) in", text))
    given = {n for n, _ in action.env} | {n for n, _ in action.credentials}
    assert used - guarded - made - given == set()


def run(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder}/bin:/usr/bin:/bin"
    return subprocess.run(
        ["sh", "-c", script], env={"PATH": path, **env}, cwd=folder, text=True, capture_output=True, check=False
    )


def stub(folder: Path, name: str, text: str) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_file_sensor_finds_files_patterns_and_folders(tmp_path: Path) -> None:
    script = ALL["sensors.file"].script
    (tmp_path / "in dir").mkdir()
    base = {"FS_BASE": str(tmp_path)}
    assert run(script, tmp_path, FILEPATH="in dir", **base).returncode == 1
    (tmp_path / "in dir" / "a.csv").write_text("x", encoding="utf-8")
    assert run(script, tmp_path, FILEPATH="in dir", **base).returncode == 0
    assert run(script, tmp_path, FILEPATH="in dir/*.csv", **base).returncode == 0
    assert run(script, tmp_path, FILEPATH="in dir/*.txt", **base).returncode == 1
    assert run(script, tmp_path, FILEPATH=f"{tmp_path}/in dir/a.csv", **base).returncode == 0


def test_s3_keys_are_asked_for_one_by_one(tmp_path: Path) -> None:
    stub(tmp_path, "aws", f'echo "$@" >> {tmp_path}/calls; case "$*" in *orders*) exit 0 ;; esac; exit 1')
    script = ALL["s3.arrived"].script
    both = run(script, tmp_path, KEY="s3://b/orders 1", KEY_2="s3://b/orders2")
    assert both.returncode == 0
    assert "--bucket b --key orders 1" in (tmp_path / "calls").read_text(encoding="utf-8")
    assert run(script, tmp_path, KEY="s3://b/missing", KEY_2="s3://b/orders").returncode == 1


def test_glue_waits_for_the_state(tmp_path: Path) -> None:
    stub(tmp_path, "aws", 'case "$*" in *start-job-run*) echo jr_1 ;; *) echo "$STATE" ;; esac')
    script = ALL["aws_jobs.clean"].script.replace("/tmp/result.json", f"{tmp_path}/result.json")
    good = run(script, tmp_path, REQUEST="{}", JOB="j", STATE="SUCCEEDED")
    assert good.returncode == 0
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == '"jr_1"'
    assert run(script, tmp_path, REQUEST="{}", JOB="j", STATE="FAILED").returncode == 1


def test_ssh_passes_command_and_environment(tmp_path: Path) -> None:
    stub(tmp_path, "ssh", 'for last; do :; done; exec sh -c "$last"')
    script = ALL["ssh.run"].script.replace("/tmp/", f"{tmp_path}/")
    done = run(
        script,
        tmp_path,
        SSH_HOST="h",
        SSH_USER="u",
        SSH_PORT="",
        SSH_KEY="k",
        COMMAND='echo "$MODE" done',
        REMOTE_MODE="it's $x",
    )
    assert (done.returncode, done.stdout) == (0, "it's $x done\n")
    assert run(script, tmp_path, SSH_HOST="h", COMMAND="exit 3", REMOTE_MODE="").returncode == 3


@pytest.mark.skipif(shutil.which("python3") is None, reason="needs python3")
def test_bigquery_job_is_sent_and_waited_for(tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    seen: list[Any] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            import json

            seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer({"jobReference": {"projectId": "shop", "jobId": "j1"}, "status": {"state": "RUNNING"}})

        def do_GET(self) -> None:
            self.answer({"jobReference": {"projectId": "shop", "jobId": "j1"}, "status": {"state": "DONE"}})

        def answer(self, body: Any) -> None:
            import json

            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    stub(tmp_path, "gcloud", 'case "$*" in *print-access-token*) echo tok ;; *) echo shop ;; esac')
    script = ALL["bigquery.transform"].script.replace("/tmp/result.json", f"{tmp_path}/result.json")
    done = run(
        script,
        tmp_path,
        BIGQUERY_API=f"http://127.0.0.1:{server.server_port}/",
        CONFIGURATION='{"query": {"useLegacySql": false, "destinationTable": {"datasetId": "d", "tableId": "t"}}}',
        QUERY="select 1",
        PROJECT="shop",
    )
    server.shutdown()
    server.server_close()
    assert (done.returncode, done.stderr) == (0, "")
    query = seen[0]["configuration"]["query"]
    assert (query["query"], query["destinationTable"]["projectId"]) == ("select 1", "shop")
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == '"j1"'
