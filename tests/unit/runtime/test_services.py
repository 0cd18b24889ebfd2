"""Steps that talk to services, against local stand-ins."""

from __future__ import annotations

import json
import socketserver
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

GUARD = Path(__file__).parents[3] / "emitters" / "argo" / "runtime" / "guard.sh"
BASE = {"workflow": "w", "task": "t", "version": "2.11", "outputs": ["return_value"]}


class Web(BaseHTTPRequestHandler):
    seen: ClassVar[list[dict[str, Any]]] = []

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        Web.seen.append({"method": self.command, "path": self.path, "body": body, "headers": dict(self.headers)})
        late = self.path.startswith("/late") and sum(s["path"] == self.path for s in Web.seen) < 3
        status = 404 if late else 500 if self.path.startswith("/bad") else 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps({"path": self.path, "n": 1}).encode())

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    Web.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def http(web: str, **settings: Any) -> dict[str, Any]:
    return {**BASE, "mode": "http", "http": {"connection": "api", "url": "x", "method": "GET", **settings}}


def test_request_with_a_connection(pod: Any, web: str) -> None:
    env = {"AIRFLOW_CONN_API": f"http://me:pw@{web}/?X-Extra=1"}
    found = pod("", "None", http(web, url="a/b", body={"$dict": {"q": "1 2"}}, body_type="query"), **env)
    assert found.code == 0, found.stderr
    assert json.loads(found.value()) == {"path": "/a/b?q=1+2", "n": 1}
    headers = Web.seen[0]["headers"]
    assert (headers["Authorization"], headers["X-Extra"]) == ("Basic bWU6cHc=", "1")


def test_error_of_the_server_fails(pod: Any, web: str) -> None:
    assert pod("", "None", http(web, url="bad"), AIRFLOW_CONN_API=f"http://{web}").code == 1


def test_check_and_filter_of_the_response(pod: Any, web: str, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(
        "def check(response, ds): return response.json()['n'] == 1 and ds == '2024-03-10'\n"
    )
    unit = {"file": str(tmp_path / "code.py"), "entry": "check"}
    spec = http(
        web,
        check=unit,
        filter={**unit, "entry": "lambda r: r.json()['path']"},
        method="POST",
        body={"a": 1},
        body_type="json",
    )
    found = pod("", "None", spec, AIRFLOW_CONN_API=f"http://{web}")
    assert (found.value(), Web.seen[0]["body"]) == ("/x", '{"a": 1}')
    no = http(web, check={**unit, "entry": "lambda r: False"})
    assert pod("", "None", no, AIRFLOW_CONN_API=f"http://{web}").code == 1


def test_waiting_for_a_page(pod: Any, web: str) -> None:
    spec = {**http(web, url="late"), "poll": {"interval": 0.05, "timeout": 5}}
    assert pod("", "None", spec, AIRFLOW_CONN_API=f"http://{web}").code == 0
    assert len(Web.seen) == 3


class Mail(socketserver.StreamRequestHandler):
    letters: ClassVar[list[str]] = []

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                Mail.letters.append("\n".join(lines))
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def test_mail(pod: Any) -> None:
    Mail.letters = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        message = {
            "to": "a@x.org, b@x.org",
            "subject": {"$concat": ["day ", {"$time": "logical", "layout": "%d"}]},
            "html_content": "<b>hé</b>",
        }
        env = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.server_address[1])}
        found = pod("", "None", {**BASE, "mode": "mail", "message": message, "sender": "me@x.org"}, **env)
        server.shutdown()
    assert found.code == 0, found.stderr
    assert "Subject: day 10" in Mail.letters[0]
    assert "To: a@x.org, b@x.org" in Mail.letters[0]
    assert "text/html" in Mail.letters[0]


def test_slack_webhook(pod: Any, web: str) -> None:
    spec = {**BASE, "mode": "slack", "message": {"text": 'hi "q"', "channel": None}}
    assert pod("", "None", spec, SLACK_WEBHOOK_URL=f"http://{web}/hook").code == 0
    assert json.loads(Web.seen[0]["body"]) == {"text": 'hi "q"'}


@pytest.mark.parametrize(
    ("settings", "code", "value"),
    [
        ({"statements": ["select 1, 'a' union select 2, null"], "result": "rows"}, 0, [[1, "a"], [2, None]]),
        ({"statements": ["select ? + 1"], "parameters": [4], "result": "first_value"}, 0, 5),
        ({"statements": ["select 1, 0"], "check": "truthy", "result": "first_row"}, 1, None),
        ({"statements": ["insert into t values (7)", "select x from t"], "result": "first_row"}, 0, {"$tuple": [7]}),
        ({"statements": ["select 1"]}, 0, None),
    ],
)  # fmt: skip
def test_sql(pod: Any, tmp_path: Path, settings: dict[str, Any], code: int, value: Any) -> None:
    path = tmp_path / "data.db"
    with sqlite3.connect(path) as database:
        database.execute("create table t (x int)")
    database.close()
    spec = {**BASE, "mode": "sql", "sql": {"dialect": "sqlite", "connection": "db", **settings}}
    found = pod("", "None", spec, AIRFLOW_CONN_DB=json.dumps({"conn_type": "sqlite", "host": str(path)}))
    assert found.code == code, found.stderr
    if code == 0:
        assert found.value() == value


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize(
    ("command", "settings", "code", "files"),
    [
        ("echo one; echo 'it''s \"q\" \\ x'  >&2", "KEEP_LAST_LINE=1", 0, {"return_value": '"its \\"q\\" \\\\ x"'}),
        ("printf 'a\\tb\\n'", "KEEP_LAST_LINE=1", 0, {"return_value": '"a\\tb"'}),
        ("true", "KEEP_LAST_LINE=1", 0, {"return_value": '""'}),
        ("exit 99", "SKIP_CODES='7 99' KEEP_STATE=1", 0, {"state": "skipped"}),
        ("exit 3", "SKIP_CODES=99", 3, {}),
        ("exit 75", "KEEP_STATE=1", 75, {}),
        ("exit 100", "KEEP_STATE=1", 1, {}),
        ("true", "KEEP_STATE=1", 0, {"state": "success"}),
    ],
)
def test_guard(shell: str, command: str, settings: str, code: int, files: dict[str, str], tmp_path: Path) -> None:
    text = GUARD.read_text().replace("/tmp/af", str(tmp_path / "af"))
    (tmp_path / "guard.sh").write_text(text)
    script = f"command=$(cat <<'AF_END'\n{command}\nAF_END\n)\nRUN_WITH={shell} {settings} . {tmp_path}/guard.sh\n"
    (tmp_path / "script").write_text(script)
    done = subprocess.run([shell, str(tmp_path / "script")], capture_output=True, text=True, timeout=20)
    assert done.returncode == code, done.stderr
    found = {p.name: p.read_text().strip() for p in (tmp_path / "af" / "out").iterdir()}
    assert found == files
