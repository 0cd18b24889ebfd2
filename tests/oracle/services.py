"""Small servers that cases need: HTTP, PostgreSQL, S3. `run.json` of a case names them under `services`.

    with running(["http", "postgres"]) as values:  # {"http": "127.0.0.1:41234", "postgres": "127.0.0.1:5433/case"}

`{http}` and so on in the case's `connections` and `variables` are replaced by these values. Each case has its own
HTTP server, database and bucket.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import tools

NOBODY = 65534


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], name: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            raise tools.Unavailable(f"{name} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise tools.Unavailable(f"{name} does not answer")


# HTTP -----------------------------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    """`/echo` gives the request back, `/after/N` is 404 (or `?status=`) for the first N requests, `/page/N` has a next
    page, `/text` is plain text, `/status/N` answers so."""

    counts: Counter[str]

    def answer(self) -> None:
        parts = urlsplit(self.path)
        query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.counts[self.path] += 1
        _, kind, *rest = [*parts.path.split("/"), ""]
        number = int(rest[0]) if rest[0].isdigit() else 0
        if kind == "after":
            early = self.counts[self.path] <= number
            self.reply(int(query.get("status", 404)) if early else 200, {"looks": self.counts[self.path]})
        elif kind == "page":
            self.reply(200, {"items": [number, number + 1], "next": number + 1 if number < 3 else None})
        elif kind == "status":
            self.reply(number, {"status": number})
        elif kind == "text":
            self.reply(200, "two\nlines")
        else:
            shown = {h.lower(): v for h, v in self.headers.items() if h.lower() in ("authorization", "content-type")}
            shown |= {h.lower(): v for h, v in self.headers.items() if h.lower().startswith("x-")}
            self.reply(
                200,
                {"method": self.command, "path": parts.path, "query": query, "body": body, "headers": shown},
            )

    def reply(self, status: int, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(content, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer


@contextlib.contextmanager
def http() -> Iterator[str]:
    """Host and port of a server of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"counts": Counter()}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# PostgreSQL -----------------------------------------------------------------------------------------------------------


class Postgres:
    """One server for all cases of a run; it runs as another user, since it refuses to run as root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="oracle-postgres-"))
        self.port = _free_port()
        self.user = NOBODY if os.geteuid() == 0 else None
        binaries = tools.postgres()
        if self.user is not None:
            self.folder.chmod(0o755)
            if not _readable_by_others(binaries):
                shutil.copytree(binaries.parent, self.folder / "server", symlinks=True)
                binaries = self.folder / "server" / binaries.name
        self.binaries, self.data = binaries, self.folder / "data"
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(self.data, NOBODY, NOBODY)
        self._run("initdb", "-D", str(self.data), "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = ["-D", str(self.data), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self.process = subprocess.Popen(
            [str(self.binaries / "postgres"), *options, "-k", str(self.data)],
            user=self.user, cwd=self.data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _wait(self.port, self.process, "postgres")

    def database(self, name: str) -> str:
        """A new database; `host:port/name`."""
        self.sql(f'create database "{name}"', "postgres")
        return f"127.0.0.1:{self.port}/{name}"

    def sql(self, text: str, database: str) -> None:
        """Runs a statement, once the server takes it."""
        psql = shutil.which("psql") if not (self.binaries / "psql").exists() else str(self.binaries / "psql")
        command = [str(psql), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "tester", "-d", database, "-c", text]
        for _ in range(100):
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            if done.returncode == 0:
                return
            time.sleep(0.2)
        raise tools.Unavailable(f"psql: {done.stderr[-300:]}")

    def stop(self) -> None:
        """Ends the server and removes its files."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self.binaries / name), *arguments]
        done = subprocess.run(command, user=self.user, cwd=self.data, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise tools.Unavailable(f"{name}: {done.stderr[-500:]}")


def _readable_by_others(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o005 == 0o005 for path in (folder, *folder.parents))


# S3 -------------------------------------------------------------------------------------------------------------------


class S3:
    """A server that speaks S3 (and the other services of the package moto)."""

    def __init__(self) -> None:
        self.port = _free_port()
        self.process = subprocess.Popen(
            [str(tools.moto() / "moto_server"), "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _wait(self.port, self.process, "moto_server")

    def stop(self) -> None:
        """Ends the server."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)


class Pool:
    """Servers that all cases of a run share, started when the first case needs them."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._lock = threading.Lock()

    @functools.cached_property
    def _postgres(self) -> Postgres:
        server = Postgres()
        self._stack.callback(server.stop)
        return server

    @functools.cached_property
    def _s3(self) -> S3:
        server = S3()
        self._stack.callback(server.stop)
        return server

    def values(self, names: list[str], case: str) -> dict[str, str]:
        """What stands for `{name}` in a case's connections and variables."""
        found: dict[str, str] = {}
        with self._lock:
            for name in names:
                if name == "http":
                    found[name] = self._stack.enter_context(http())
                elif name == "postgres":
                    found[name] = self._postgres.database(case)
                elif name == "s3":
                    found |= {"s3": f"127.0.0.1:{self._s3.port}", "bucket": case.replace(".", "-")}
                else:
                    raise ValueError(f"no service {name}")
        return found

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()
