"""What surrounds `execute` of a hosted operator; without the source system's package."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import migrate.portable

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def hosted(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "emitters" / "argo" / "runtime"))
    monkeypatch.syspath_prepend(str(Path(migrate.portable.__file__).parent))
    sys.modules.pop("pod_hosted", None)
    return __import__("pod_hosted")


def test_rendered_texts_are_not_rendered_again(hosted: Any) -> None:
    value = {"a": ["{{ x }}", 1, ("{% y", None)], "{# k": "plain"}
    marked = hosted._map_texts(value, hosted._guard)
    assert not any(tag in str(marked) for tag in ("{{", "{%", "{#"))
    operator = SimpleNamespace(text=marked, other="plain", number=3)
    hosted._unguard(operator)
    assert (operator.text, operator.other, operator.number) == (value, "plain", 3)


def test_the_third_generation_gives_the_result_to_the_function_only(hosted: Any) -> None:
    seen: list[Any] = []
    operator = SimpleNamespace(
        _pre_execute_hook=lambda context: seen.append("before"),
        _post_execute_hook=lambda context, result: seen.append(result),
        pre_execute=lambda context: seen.append("pre"),
        post_execute=lambda context, result=None: seen.append(("post", result)),
    )
    runner = SimpleNamespace(context={}, handle=seen.append, run=SimpleNamespace(airflow3=True))
    hosted._before(runner, operator)
    hosted._after(runner, operator, 7)
    assert seen == ["before", "pre", "execute", 7, ("post", None)]


@pytest.mark.parametrize(("name", "told"), [("TimedOut", [1]), ("Terminated", [1]), ("ValueError", [])])
def test_the_operator_is_told_when_it_is_ended_early(hosted: Any, name: str, told: list[int]) -> None:
    seen: list[int] = []
    runner = SimpleNamespace(clock=contextlib.nullcontext)
    ended = type(name, (BaseException,), {})

    def call() -> None:
        raise ended

    with pytest.raises(ended):
        hosted._in_time(runner, SimpleNamespace(on_kill=lambda: seen.append(1)), call)
    assert seen == told


def test_names_that_no_environment_variable_can_have(hosted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Backend:
        def get_variable(self, key: str) -> str | None:
            return {"known": "k"}.get(key)

    monkeypatch.setenv("AIRFLOW_VAR_A_B_C", "found")
    monkeypatch.setenv("AIRFLOW_VAR_EMPTY", "")
    monkeypatch.setattr(Backend, "get_variable", hosted._lenient(Backend.get_variable, "AIRFLOW_VAR_"))
    backend = Backend()
    assert [backend.get_variable(n) for n in ("known", "a.b-c", "empty", "none")] == ["k", "found", None, None]
    assert backend.get_variable(key="a.b-c") == "found"


def test_an_item_that_names_its_arguments_is_rendered_by_fields(hosted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built: dict[str, Any] = {}

    class Operator:
        template_fields = ("text",)

    monkeypatch.setattr(hosted, "_dag", lambda _runner, _defaults: None)
    monkeypatch.setattr(hosted, "_build", lambda _cls, _runner, arguments, *_rest: built.update(arguments) or 1 / 0)
    monkeypatch.setattr(hosted, "_show_logs", lambda: None)
    monkeypatch.setattr(hosted, "_rendered", lambda value, _runner: f"rendered {value}")
    item = {"text": "{{ ds }}", "plain": "{{ ds }}"}
    runner = SimpleNamespace(
        spec={"hosted": {"arguments": {"**": item, "fixed": 1}}}, resolver=SimpleNamespace(value=lambda code: code)
    )
    with pytest.raises(ZeroDivisionError):
        hosted.hosted(runner, Operator)
    assert built == {"fixed": 1, "text": "rendered {{ ds }}", "plain": "{{ ds }}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://host", ["http", "host", None, "", None, {}]),
        ("aws://k:s%2F@/?a=1", ["aws", "", "k", "", None, {"a": "1"}]),
        ("my-type://u@h:1/s%2F?c=%5B1%5D", ["my_type", "h", "u", "s/", 1, {"c": "[1]"}]),
        ("generic://h/?__extra__=%7B%22k%22%3A1%7D", ["generic", "h", None, "", None, {"k": 1}]),
        ("http://https%3A%2F%2Fa.example:9", ["http", "https://a.example", None, "", 9, {}]),
        ("spark://k8s://c:6/d?m=x", ["spark", "k8s://c", None, "d", 6, {"m": "x"}]),
        ('{"conn_type": "g", "extra": {"a": {"b": 1}}}', ["g", None, None, None, None, {"a": {"b": 1}}]),
    ],
)
def test_forms_of_connections(hosted: Any, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[Any]) -> None:
    connections = __import__("pod_connections")
    monkeypatch.setenv("AIRFLOW_CONN_C", text)
    monkeypatch.setattr(connections, "decode_extras", False)
    c = connections.get("c")
    assert [c.conn_type, c.host, c.login, c.schema, c.port, c.extra_dejson] == expected
    monkeypatch.setattr(connections, "decode_extras", True)
    assert connections.Connection("c", uri="g://h?a=1&b=x&c=%5B1%5D").extra_dejson == {"a": 1, "b": "x", "c": [1]}
    assert (
        connections.Connection("c", conn_type="g", host="h", extra={"a": [1]}).get_uri().startswith("g://h/?__extra__=")
    )
