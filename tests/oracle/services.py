"""Small servers that cases need: HTTP, an inbox, PostgreSQL, S3. `run.json` of a case names them under `services`.

    with Pool() as pool:
        pool.values(["http", "postgres"], "case")  # {"http": "127.0.0.1:41234", "postgres": "127.0.0.1:5433/case"}

`{http}` and so on in the case's `connections` and `variables` are replaced by these values. Each case has its own
HTTP server, database and bucket.
"""

from __future__ import annotations

import contextlib
import functools
import json
import threading
from collections import Counter
from pathlib import Path

import standins


def web_answer(counts: Counter[str], request: standins.Request) -> standins.Reply:
    """`/echo` gives the request back, `/after/N` is 404 (or `?status=`) for the first N requests, `/page/N` has a next
    page, `/text` is plain text, `/status/N` answers so. `counts`: how often each address was asked for."""
    asked = f"{request.path}?{json.dumps(request.query)}"
    counts[asked] += 1
    _, kind, *rest = [*request.path.split("/"), ""]
    number = int(rest[0]) if rest[0].isdigit() else 0
    if kind == "after":
        early = counts[asked] <= number
        return _data(int(request.query.get("status", 404)) if early else 200, {"looks": counts[asked]})
    if kind == "page":
        return _data(200, {"items": [number, number + 1], "next": number + 1 if number < 3 else None})
    if kind == "status":
        return _data(number, {"status": number})
    if kind == "text":
        return standins.Reply(text="two\nlines")
    names = [n for n in request.headers if n in ("authorization", "content-type") or n.startswith("x-")]
    facts = {"method": request.method, "path": request.path, "query": request.query, "body": request.text}
    return _data(200, {**facts, "headers": {name: request.headers[name] for name in names}})


def inbox_answer(log: Path, request: standins.Request) -> standins.Reply:
    """Takes messages as a chat's webhook does. log: file that gets a line with each request's method, path and body."""
    try:
        body = json.dumps(json.loads(request.text), sort_keys=True)
    except ValueError:
        body = request.text
    with log.open("a") as file:
        file.write(f"{request.method} {request.path} {body}\n")
    return standins.Reply(text="ok")


def _data(status: int, content: object) -> standins.Reply:
    text = json.dumps(content, sort_keys=True)
    return standins.Reply(status, text=text, headers={"Content-Type": "application/json"})


class Pool:
    """Servers that all cases of a run share, started when the first case needs them."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._lock = threading.Lock()

    @functools.cached_property
    def _postgres(self) -> standins.Postgres:
        return self._stack.enter_context(standins.postgres("tester", "", "postgres"))

    @functools.cached_property
    def _s3(self) -> standins.Storage:
        return self._stack.enter_context(standins.s3())

    def values(self, names: list[str], case: str, out: Path | None = None) -> dict[str, str]:
        """What stands for `{name}` in a case's connections and variables. out: the case's `$OUT`, where the inbox
        writes what it gets (`inbox.log`); `{out}` stands for it."""
        found = {"out": str(out)} if out is not None else {}
        with self._lock:
            for name in names:
                if name == "http":
                    site = standins.web(functools.partial(web_answer, Counter()))
                    found[name] = f"{standins.HOST}:{self._stack.enter_context(site).port}"
                elif name == "inbox" and out is not None:
                    site = standins.web(functools.partial(inbox_answer, out / "inbox.log"))
                    found[name] = f"{standins.HOST}:{self._stack.enter_context(site).port}"
                elif name == "postgres":
                    self._postgres.ask(f'create database "{case}"')
                    found[name] = f"{standins.HOST}:{self._postgres.port}/{case}"
                elif name == "s3":
                    found |= {"s3": self._s3.url.removeprefix("http://"), "bucket": case.replace(".", "-")}
                else:
                    raise ValueError(f"no service {name}")
        return found

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()
