"""`param_get` and `param_set` in the pod, against a small Kubernetes API."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.runtime.conftest import RUNTIME

PLACE = "/api/v1/namespaces/jobs/configmaps"
OLD, NEW = "2000-01-01T00:00:00+00:00", "2999-01-01T00:00:00.12345+00:00"


class Api(BaseHTTPRequestHandler):
    """ConfigMap `digdag-params`, with versions and a limit. `refuse`: the status of every answer."""

    data: dict[str, str] | None
    version: int
    limit: int
    refuse: int
    lock = threading.Lock()

    def _answer(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with Api.lock:
            status = Api.refuse or self._serve(json.loads(text) if text else {})
            body = {"metadata": {"resourceVersion": str(Api.version)}, "data": Api.data}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def _serve(self, body: dict[str, Any]) -> int:
        if self.command == "POST":
            assert self.path == PLACE
            if Api.data is not None:
                return 409
            assert body["metadata"]["name"] == "digdag-params"
            Api.data = {}
            return 201
        assert self.path == f"{PLACE}/digdag-params"
        if Api.data is None:
            return 404
        if self.command == "PATCH":
            return self._patch(body)
        return 200

    def _patch(self, body: dict[str, Any]) -> int:
        assert self.headers["Content-Type"] == "application/merge-patch+json"
        if body.get("metadata", {}).get("resourceVersion", str(Api.version)) != str(Api.version):
            return 409
        merged = {k: v for k, v in {**(Api.data or {}), **body["data"]}.items() if v is not None}
        if sum(len(k) + len(v) for k, v in merged.items()) > Api.limit:
            return 422
        Api.data, Api.version = merged, Api.version + 1
        return 200

    do_GET = do_POST = do_PATCH = _answer

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def params(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(RUNTIME))
    monkeypatch.syspath_prepend(str(Path(RUNTIME).parents[2] / "migrate" / "portable"))
    import pod_cluster  # type: ignore[import-not-found]
    import pod_scoped_params  # type: ignore[import-not-found]

    Api.data, Api.version, Api.limit, Api.refuse = None, 1, 1 << 20, 0
    monkeypatch.setattr(ThreadingHTTPServer, "request_queue_size", 64)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "namespace").write_text("jobs\n")
    (tmp_path / "token").write_text("t\n")
    monkeypatch.setattr(pod_cluster, "ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(server.server_address[1]))
    monkeypatch.setenv("KUBERNETES_SERVICE_SCHEME", "http")
    yield pod_scoped_params
    server.shutdown()
    server.server_close()
    for name in set(sys.modules) - before:
        del sys.modules[name]


def task(**settings: Any) -> Any:
    """A task whose settings need no evaluation."""
    stored: dict[str, Any] = {}
    return SimpleNamespace(
        settings=settings,
        names={k: v for k, v in settings.items() if not k.startswith("_")},
        value=lambda raw: raw,
        spec={"store": "digdag-params"},
        stored=stored,
        store=stored.update,
    )


def got(params: Any, **settings: Any) -> dict[str, Any]:
    asked = task(**settings)
    params.param_get(asked)
    return dict(asked.stored)


def test_values_are_kept_as_digdag_keeps_them(params: Any) -> None:
    values = {"int": 12, "float": 1.5, "exp": 1e3, "big": 1e20, "small": 1e-7, "bool": True, "nul": None, "a.b c": "x"}
    params.param_set(task(**values, _retry=0))
    wanted = {
        "int": "12", "float": "1.5", "exp": "1000.0", "big": "1.0E20", "small": "1.0E-7", "bool": "true", "nul": "",
        "a.b c": "x", "_retry": "0", "missing": "",
    }  # fmt: skip
    found = got(params, **{key: f"got {key}" for key in wanted})
    assert found == {f"got {key}": text for key, text in wanted.items()}
    assert Api.data is not None
    assert json.loads(Api.data["a.b-.20c"])["key"] == "a.b c"


def test_nothing_kept_yet(params: Any) -> None:
    assert got(params, a="x", b=None) == {"x": ""}
    assert Api.data is None


def test_entries_live_for_ninety_days(params: Any) -> None:
    Api.data = {
        "old": json.dumps({"value": "1", "updated_at": OLD}),
        "new": json.dumps({"value": "2", "updated_at": NEW}),
        "ever": json.dumps({"value": "3"}),
    }
    assert got(params, old="a", new="b", ever="c") == {"a": "", "b": "2", "c": "3"}


def test_writers_at_the_same_time_lose_nothing(params: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: params.param_set(task(**{f"k{n}": n, "same": "s"})), range(60)))
    assert len(Api.data or {}) == 61


def test_old_entries_make_room(params: Any) -> None:
    Api.data = {"old": json.dumps({"value": "x" * 900, "updated_at": OLD}), "ever": json.dumps({"value": "v"})}
    Api.limit = 1000
    params.param_set(task(new="y" * 100))
    assert sorted(Api.data or {}) == ["ever", "new"]
    with pytest.raises(params.StoreError, match="422"):
        params.param_set(task(more="z" * 2000, less="1"))
    assert sorted(Api.data or {}) == ["ever", "new"]


def test_failures_are_loud(params: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Api.refuse = 403
    for run in (params.param_get, params.param_set):
        with pytest.raises(params.StoreError, match=r"digdag-params cannot be .*403"):
            run(task(a="x"))
    Api.refuse, Api.data = 0, {"a": "plain"}
    with pytest.raises(params.StoreError, match="a is no entry"):
        got(params, a="x")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "1")
    with pytest.raises(params.StoreError, match="does not answer"):
        params.param_set(task(a="x"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST")
    with pytest.raises(params.StoreError, match="no access"):
        got(params, a="x")


def test_names_of_entries_are_valid_and_unlike(params: Any) -> None:
    keys = ["last", "a b", "a-.20b", "..", ".", "-.", "-", ".a", "a.b", "é", "x/y", "", "k" * 300, "é" * 100]
    names = [params.entry_name(key) for key in keys]
    assert names[:4] == ["last", "a-.20b", "a-.2d.20b", "-.2e."]
    assert len(set(names)) == len(keys)
    assert all(0 < len(n) <= 253 and not n.startswith(".") for n in names)
    assert all(c.isascii() and (c.isalnum() or c in "-._") for n in names for c in n)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (-2.5e-5, "-2.5E-5"),
    ],
)
def test_numbers_as_java_prints_them(params: Any, value: float, text: str) -> None:
    assert params.text_of(value) == text
