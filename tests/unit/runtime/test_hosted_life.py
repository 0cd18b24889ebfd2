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
