"""Stand-ins for services on this machine: HTTP, Treasure Data, BigQuery and Cloud Storage, S3, SMTP, Postgres, Redshift.

Each is a context manager that gives an object with an address and with what the stand-in received. Servers listen on
127.0.0.1 only. What needs a program that is not here raises `tools.Unavailable`.
"""

from __future__ import annotations

import base64
import contextlib
import email
import email.message
import email.policy
import json
import os
import re
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import tools

HOST = "127.0.0.1"
SSL_REQUEST = (80877103).to_bytes(4, "big")


@dataclass
class Request:
    """A request that a stand-in received."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(urllib.parse.parse_qsl(self.text, keep_blank_values=True))

    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


@dataclass
class Reply:
    """An answer: status, data (sent as JSON) or text, headers."""

    status: int = 200
    data: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Web:
    """An HTTP server. `answer` decides; `requests` is what came."""

    answer: Callable[[Request], Reply]
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def of(self, method: str, path: str) -> list[Request]:
        """Requests of a method whose path begins so."""
        return [r for r in self.requests if r.method == method and r.path.startswith(path)]


@contextlib.contextmanager
def web(answer: Callable[[Request], Reply]) -> Iterator[Web]:
    """A server that answers by a function."""
    site = Web(answer)

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, urllib.parse.unquote(parts.path), query, headers, body)
            site.requests.append(request)
            reply = site.answer(request)
            data = (reply.text if reply.text is not None else json.dumps(reply.data)).encode()
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(data)))
            kind = "text/plain" if reply.text is not None else "application/json"
            for name, value in {"Content-Type": kind, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class TreasureData:
    """The part of Treasure Data's API that jobs, tables and saved queries use; paths and fields are those of its Java
    client (td-client 0.9). results: query text -> (columns, rows). errors: query text -> what the job prints."""

    key: str = "1/" + "a1" * 20
    databases: dict[str, set[str]] = field(default_factory=lambda: {"shop": {"events"}})
    results: dict[str, tuple[list[str], list[list[Any]]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    connections: dict[str, int] = field(default_factory=lambda: {"warehouse": 42})
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    """Statuses that the next requests are answered with."""
    running: int = 1
    """How often a job is seen running before it ends."""

    def answer(self, request: Request) -> Reply:
        """The answer of the API."""
        if self.failures:
            return Reply(self.failures.pop(0), {"message": "later"})
        if request.headers.get("authorization") != f"TD1 {self.key}":
            return Reply(401, {"message": "who is it"})
        version, area, *rest = request.path.strip("/").split("/")
        act = getattr(self, f"_{area}", None)
        return act(request, rest) if act and version in ("v3", "v4") else Reply(404, {"message": request.path})

    def _database(self, request: Request, rest: list[str]) -> Reply:
        if request.method != "POST":
            return Reply(404, {})
        known = rest[1] in self.databases
        if rest[0] == "create":
            self.databases.setdefault(rest[1], set())
            return Reply(409 if known else 200, {"database": rest[1]})
        self.databases.pop(rest[1], None)
        return Reply(200 if known else 404, {"database": rest[1]})

    def _table(self, request: Request, rest: list[str]) -> Reply:
        verb, database, *names = rest
        tables = self.databases.get(database)
        if tables is None:
            return Reply(404, {"message": "no database"})
        if verb == "list" and request.method == "GET":
            return Reply(data={"database": database, "tables": [{"name": n} for n in sorted(tables)]})
        if request.method != "POST":
            return Reply(404, {})
        if verb == "partialdelete":
            return self._new_job("partialdelete", request.form, request.form)
        known = names[0] in tables
        if verb == "create":
            tables.add(names[0])
            return Reply(409 if known else 200, {"table": names[0]})
        if not known:
            return Reply(404, {"message": "no table"})
        tables.discard(names[0])
        if verb == "rename":
            tables.add(names[1])
        return Reply(data={"table": names[0]})

    def _connections(self, request: Request, rest: list[str]) -> Reply:
        found = self.connections.get(request.query["name"])
        return Reply(404, {}) if found is None else Reply(data={"id": found})

    def _new_job(self, kind: str, fields: dict[str, Any], keys: dict[str, Any]) -> Reply:
        domain = keys.get("domain_key")
        for number, job in self.jobs.items():
            if domain and job["domain_key"] == domain:
                return Reply(409, {"details": {"conflicts_with": number}})
        number = str(1000 + len(self.jobs))
        self.jobs[number] = {"type": kind, "domain_key": domain, "fields": fields, "looks": 0}
        return Reply(data={"job_id": number, "job": number, "id": number})

    def _schedule(self, request: Request, rest: list[str]) -> Reply:
        _, name, seconds = rest
        fields = {"query": f"saved {name}", "scheduled_time": seconds}
        reply = self._new_job("presto", fields, request.form)
        return reply if reply.status != 200 else Reply(data={"jobs": [reply.data]})

    def _queries(self, request: Request, rest: list[str]) -> Reply:
        return self._new_job("presto", {"query": f"saved {rest[0]}", **request.json()}, request.json())

    def _bulk_loads(self, request: Request, rest: list[str]) -> Reply:
        return self._new_job("bulkload", {"query": f"session {rest[0]}", **request.json()}, request.json())

    def _export(self, request: Request, rest: list[str]) -> Reply:
        return self._new_job("export", {"query": "export " + "/".join(rest[1:]), **request.form}, request.form)

    def _job(self, request: Request, rest: list[str]) -> Reply:
        verb = rest[0]
        if verb == "issue":
            fields = {**request.query, **(request.json() if request.query else request.form)}
            return self._new_job(rest[1], {**fields, "database": rest[2]}, fields)
        if verb == "result_export":
            return self._new_job("result_export", {"query": f"export of {rest[1]}", **request.form}, request.form)
        job = self.jobs.get(rest[1])
        if job is None:
            return Reply(404, {"message": "no job"})
        query = self._text(job)
        columns, rows = self.results.get(query, ([], []))
        if verb == "status":
            job["looks"] += 1
            ended = "error" if query in self.errors else "success"
            return Reply(data={"job_id": rest[1], "status": ended if job["looks"] > self.running else "running"})
        if verb == "show":
            schema = json.dumps([[name, "varchar"] for name in columns]) if columns else None
            debug = {"cmdout": self.errors.get(query, ""), "stderr": "at line 1" if query in self.errors else ""}
            facts = {"job_id": rest[1], "status": "success", "num_records": len(rows), "debug": debug}
            return Reply(data={**facts, "hive_result_schema": schema, "query": query, "type": job["type"]})
        if verb == "result" and columns and request.query.get("format") == "json":
            return Reply(text="".join(json.dumps(row) + "\n" for row in rows))
        return Reply(404, {"message": "no result"})

    @staticmethod
    def _text(job: dict[str, Any]) -> str:
        """The query without the comments at its head."""
        lines = str(job["fields"].get("query", "")).splitlines()
        return "\n".join(line for line in lines if not line.startswith("-- ")).strip()


@contextlib.contextmanager
def treasure_data() -> Iterator[tuple[Web, TreasureData]]:
    """The API of an account."""
    account = TreasureData()
    with web(account.answer) as site:
        yield site, account


@dataclass
class Google:
    """BigQuery, Cloud Storage and the token endpoint, for one service account; web tokens are verified by its key."""

    project: str = "acme"
    key: str = ""
    public: Path | None = None
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    """Object -> how often it is not yet there."""
    tables: set[str] = field(default_factory=set)
    errors: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Query text -> errors of its job."""
    failures: list[int] = field(default_factory=list)
    token: str = "ya29.stand-in"

    def answer(self, request: Request) -> Reply:
        """The answer of the API that the path belongs to."""
        if request.path == "/token":
            return self._sign_in(request)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"error": {"message": "no token"}})
        if self.failures:
            return Reply(self.failures.pop(0), {"error": {"message": "later"}})
        parts = request.path.strip("/").split("/")
        if parts[0] == "storage":
            return self._object(parts)
        if parts[:3] == ["bigquery", "v2", "projects"]:
            return self._jobs(request, parts[3:]) if parts[4] == "jobs" else self._tables(request, parts[3:])
        return Reply(404, {"error": {"message": request.path}})

    def _sign_in(self, request: Request) -> Reply:
        head, claim, mark = request.form["assertion"].split(".")
        facts = json.loads(_decoded(claim))
        with tempfile.NamedTemporaryFile() as signature:
            signature.write(_decoded(mark))
            signature.flush()
            command = ["openssl", "dgst", "-sha256", "-verify", str(self.public), "-signature", signature.name]
            done = subprocess.run(command, input=f"{head}.{claim}".encode(), capture_output=True)
        good = done.returncode == 0 and facts["iss"].endswith("iam.gserviceaccount.com") and facts["exp"] > time.time()
        return Reply(data={"access_token": self.token, "expires_in": 3600}) if good else Reply(401, {"error": "bad"})

    def _object(self, parts: list[str]) -> Reply:
        name = f"{parts[3]}/{'/'.join(parts[5:])}"
        if self.late.get(name, 0) > 0:
            self.late[name] -= 1
            return Reply(404, {"error": {"code": 404}})
        found = self.objects.get(name)
        return Reply(404, {"error": {"code": 404}}) if found is None else Reply(data=found)

    def _jobs(self, request: Request, parts: list[str]) -> Reply:
        if request.method == "POST":
            job = request.json()
            name = job["jobReference"]["jobId"]
            if name in self.jobs:
                return Reply(409, {"error": {"code": 409}})
            self.jobs[name] = {**job, "looks": 0}
            return Reply(data=job)
        job = self.jobs[parts[2]]
        job["looks"] += 1
        status: dict[str, Any] = {"state": "DONE" if job["looks"] > 1 else "RUNNING"}
        query = job["configuration"].get("query", {}).get("query", "").strip()
        if status["state"] == "DONE" and query in self.errors:
            status |= {"errorResult": self.errors[query][0], "errors": self.errors[query]}
        return Reply(data={"id": f"{parts[0]}:US.{parts[2]}", "status": status, "configuration": job["configuration"]})

    def _tables(self, request: Request, parts: list[str]) -> Reply:
        if request.method == "DELETE":
            name = ".".join(parts[2::2])
            gone = {t for t in self.tables if t == name or t.startswith(f"{name}.")}
            self.tables -= gone
            return Reply(204 if gone else 404, text="")
        data = request.json()
        place = data.get("tableReference") or data["datasetReference"]
        name = ".".join(place[k] for k in ("datasetId", "tableId") if k in place)
        known = name in self.tables
        self.tables.add(name)
        return Reply(409 if known else 200, data)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextlib.contextmanager
def google() -> Iterator[tuple[Web, Google, str]]:
    """The APIs, and the credential of a service account of a key made for it."""
    if not shutil.which("openssl"):
        raise tools.Unavailable("a service account's key needs openssl")
    service = Google()
    with tempfile.TemporaryDirectory() as folder, web(service.answer) as site:
        private, service.public = Path(folder, "key.pem"), Path(folder, "public.pem")
        tools.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", str(private)])
        tools.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(service.public)])
        credential = {
            "type": "service_account", "project_id": service.project, "private_key_id": "k1",
            "private_key": private.read_text(), "client_email": "loader@acme.iam.gserviceaccount.com",
            "token_uri": f"{site.url}/token",
        }  # fmt: skip
        yield site, service, json.dumps(credential)


@dataclass
class Mailbox:
    """An SMTP server with what was delivered: (sender, receivers, message) each."""

    port: int = 0
    user: str = ""
    password: str = ""
    refuse: str = "refuse this"
    """Messages with this text are refused."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    mails: list[tuple[str, list[str], email.message.EmailMessage]] = field(default_factory=list)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextlib.contextmanager
def listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    """The port of a server that hands its connections to `handler`."""
    with _Listener((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextlib.contextmanager
def smtp(user: str = "", password: str = "") -> Iterator[Mailbox]:
    """A mail server; with a user, only that one may send (AUTH PLAIN)."""
    box = Mailbox(user=user, password=password)

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            sender, receivers, known = "", [], not box.user
            self.say("220 stand-in")
            while line := self.rfile.readline().decode().strip():
                word, _, rest = line.partition(" ")
                word = word.upper()
                if word == "EHLO":
                    self.say("250-stand-in")
                    self.say("250 AUTH PLAIN")
                elif word == "AUTH":
                    _, name, secret = base64.b64decode(rest.split()[1]).decode().split("\0")
                    box.logins.append((name, secret))
                    known = (name, secret) == (box.user, box.password)
                    self.say("235 ok" if known else "535 no")
                elif word == "MAIL":
                    sender, receivers = rest[rest.index("<") + 1 : rest.index(">")], []
                    self.say("250 ok" if known else "530 who is it")
                elif word == "RCPT":
                    receivers.append(rest[rest.index("<") + 1 : rest.index(">")])
                    self.say("250 ok")
                elif word == "DATA":
                    self.say("354 go on")
                    data = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        data += part[1:] if part.startswith(b".") else part
                    if box.refuse.encode() in data:
                        self.say("554 no")
                    else:
                        message = email.message_from_bytes(data, policy=email.policy.default)
                        box.mails.append((sender, list(receivers), message))  # type: ignore[arg-type]
                        self.say("250 ok")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    with listening(Handler) as box.port:
        yield box


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str, seconds: float = 60) -> None:
    """Waits until a started server answers. Raises Unavailable when it ends or takes too long."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and process.poll() is None:
        if ready():
            return
        time.sleep(0.1)
    raise tools.Unavailable(f"{what} does not start")


@dataclass
class Postgres:
    """A database server with one user and a database. An empty password: everybody is let in."""

    port: int
    programs: Path
    user: str = "app"
    password: str = "app-pw"
    database: str = "shop"

    def ask(self, statement: str) -> str:
        """What psql prints of a statement, without headers."""
        env = {**os.environ, "PGPASSWORD": self.password}
        command = [
            str(self.programs / "psql"), "-qAt", "-v", "ON_ERROR_STOP=1", "-h", HOST, "-p", str(self.port),
            "-U", self.user, "-d", self.database, "-c", statement,
        ]  # fmt: skip
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()


@contextlib.contextmanager
def postgres(user: str = "app", password: str = "app-pw", database: str = "shop") -> Iterator[Postgres]:
    """A fresh server. It does not run as root, as Postgres demands."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o777)
        server = Postgres(free_port(), _for_all(tools.postgres(), home), user, password, database)
        as_user = unprivileged()
        initdb = [*as_user, str(server.programs / "initdb"), "-D", str(home / "data"), "-U", user]
        tools.run([*initdb, *_entry(password, home), "-E", "UTF8", "--no-sync"], cwd=home)
        options = ["-p", str(server.port), "-k", str(home), "-c", f"listen_addresses={HOST}", "-c", "fsync=off"]
        options += ["-c", "max_connections=300"]
        command = [*as_user, str(server.programs / "postgres"), "-D", str(home / "data"), *options]
        with open(home / "log", "wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
        try:
            maintenance = replace(server, database="postgres")

            def ready() -> bool:
                with contextlib.suppress(subprocess.CalledProcessError):
                    return maintenance.ask("select 1") == "1"
                return False

            wait_for(ready, process, "Postgres")
            if database != "postgres":
                maintenance.ask(f"create database {database}")
            yield server
        finally:
            process.terminate()
            process.wait(30)


@dataclass
class Warehouse:
    """A server that speaks to clients as Redshift does: Postgres, but COPY and UNLOAD go nowhere and are kept."""

    server: Postgres
    port: int = 0
    statements: list[str] = field(default_factory=list)
    refuse: str = "no_such_table"
    """A COPY with this text is refused."""

    def answer(self, text: str) -> str:
        """What Postgres is asked for a statement."""
        if re.match(r"\s*(COPY|UNLOAD)\b", text):
            self.statements.append(text)
            return "SELECT 1 FROM no_such_table" if self.refuse in text else "DO 'BEGIN END'"
        if re.search(r"\b(row_to_json|json_agg)\b|COPY \(", text):
            return "SELECT no_function_of_redshift()"
        return text.replace("SYSDATE", "now()")

    def passed_on(self, message: bytes) -> bytes:
        """A message of a client as the server gets it: that of a statement may be another one."""
        kind, body = message[:1], message[5:]
        if kind == b"Q":
            body = self.answer(body[:-1].decode()).encode() + b"\0"
        elif kind == b"P":
            name, text, rest = body.split(b"\0", 2)
            body = b"\0".join((name, self.answer(text.decode()).encode(), rest))
        return kind + (len(body) + 4).to_bytes(4, "big") + body


@contextlib.contextmanager
def redshift(server: Postgres) -> Iterator[Warehouse]:
    """A stand-in for Redshift in front of a Postgres server."""
    house = Warehouse(server)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((HOST, server.port)) as inner:
                threading.Thread(target=self.back, args=(inner,), daemon=True).start()
                size, start = self.rfile.read(4), b""
                while size and (not start or start.startswith(SSL_REQUEST)):
                    size = size if not start else self.rfile.read(4)
                    start = self.rfile.read(int.from_bytes(size, "big") - 4)
                    inner.sendall(size + start)
                while len(head := self.rfile.read(5)) == 5:
                    body = self.rfile.read(int.from_bytes(head[1:], "big") - 4)
                    inner.sendall(house.passed_on(head + body))
                inner.shutdown(socket.SHUT_RDWR)

        def back(self, inner: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := inner.recv(65536):
                    self.connection.sendall(data)

    with listening(Handler) as house.port:
        yield house


def _entry(password: str, home: Path) -> list[str]:
    """How the server lets its user in."""
    if not password:
        return ["-A", "trust"]
    secret = home / "pw"
    secret.write_text(password)
    secret.chmod(0o644)
    return ["-A", "scram-sha-256", f"--pwfile={secret}"]


def _for_all(programs: Path, home: Path) -> Path:
    """The programs where the unprivileged user can read them."""
    if os.geteuid() != 0 or all(path.stat().st_mode & 0o005 == 0o005 for path in (programs, *programs.parents)):
        return programs
    shutil.copytree(programs.parent, home / "server", symlinks=True)
    return home / "server" / programs.name


def unprivileged() -> list[str]:
    """The start of a command that is run as nobody, where we are root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise tools.Unavailable("Postgres does not run as root, and there is no setpriv")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@dataclass
class Storage:
    """A server that speaks S3."""

    url: str

    def put(self, place: str, data: bytes, **metadata: str) -> None:
        """Makes the object `bucket/key`, and its bucket."""
        bucket = place.split("/")[0]
        own = {f"x-amz-meta-{name}": value for name, value in metadata.items()}
        for path, body, headers in ((bucket, b"", {}), (place, data, {"Content-Type": "text/csv", **own})):
            headers = {**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request"}
            request = urllib.request.Request(f"{self.url}/{path}", data=body, method="PUT", headers=headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()


@contextlib.contextmanager
def s3() -> Iterator[Storage]:
    """An S3 server of the package `moto`."""
    port = free_port()
    command = [str(tools.moto() / "moto_server"), "-H", HOST, "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:

        def ready() -> bool:
            with contextlib.suppress(OSError):
                return bool(socket.create_connection((HOST, port), timeout=1).close() or True)
            return False

        wait_for(ready, process, "the S3 server")
        yield Storage(f"http://{HOST}:{port}")
    finally:
        process.terminate()
        process.wait(30)
