"""Every shape of real DAG files in a small file of its own.

A chunk begins with `# Area: shape`. `check(value, expected)` compares; `edges`, `operators`, `mapped` and `collected` tell
what became of the DAGs. Files beside the DAG file follow lines `%% path`. The expected values are those of Airflow 2.11
(and 3.1 for the 3.x shapes): the same chunks run there, `PYTHON_WITH_AIRFLOW tests/oracle/field_shapes.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Severity
from parsers.airflow.evaluator.classes import plain
from parsers.airflow.evaluator.values import DagObject, Native
from parsers.airflow.overlays.registry import BUILTINS

FOLDER = Path(__file__).parent / "field"
AREAS = {
    "Generation", "Declaration", "Edges", "Tasks", "Parse-time", "task_id", "default_args", "start_date", "Schedules",
    "Arguments", "Jinja", "Python callables", "KubernetesPod family", "Sensors",
}  # fmt: skip
VARIABLES = {"tables": '["t1", "t2"]'}
ENVIRONMENT = {"PARTS": "e1,e2", "STAGE": "prod"}
EXPECTED_FINDINGS = {"VAR010"}


def chunks() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^---\n", path.read_text(), flags=re.M):
            yield text.partition("\n")[0].removeprefix("# "), text


CHUNKS = dict(chunks())


def _dag(value: Any) -> DagObject:
    native = value if isinstance(value, DagObject) else value.native
    assert isinstance(native, DagObject)
    return native


@pytest.fixture
def failures() -> Iterator[list[str]]:
    found: list[str] = []

    def check(interp: Any, args: Any, kwargs: Any, site: Any) -> None:
        got, wanted = plain(args[0]), plain(args[1])
        if repr(got) != repr(wanted):
            found.append(f"line {interp.span().line}: {got!r}, expected {wanted!r}")

    def edges(interp: Any, args: Any, kwargs: Any, site: Any) -> list[str]:
        return sorted(f"{up}>{t.task_id}" for t in _dag(args[0]).tasks.values() for up in t.upstream)

    def operators(interp: Any, args: Any, kwargs: Any, site: Any) -> dict[str, str]:
        return {t.task_id: t.cls.name.replace("DummyOperator", "EmptyOperator") for t in _dag(args[0]).tasks.values()}

    def mapped(interp: Any, args: Any, kwargs: Any, site: Any) -> list[str]:
        return sorted(t.task_id for t in _dag(args[0]).tasks.values() if t.mapping is not None)

    added = {f.__name__: Native(f.__name__, f) for f in (check, edges, operators, mapped)}
    BUILTINS.update(added)
    yield found
    for name in added:
        del BUILTINS[name]


def test_every_area_has_chunks() -> None:
    assert {name.partition(":")[0] for name in CHUNKS} == AREAS


@pytest.mark.parametrize("name", CHUNKS)
def test_shape(name: str, evaluate: Any, failures: list[str]) -> None:
    main, *rest = re.split(r"^%% ", CHUNKS[name], flags=re.M)
    files = dict(part.partition("\n")[::2] for part in rest)
    wanted = re.search(r"^check\(collected\(\), (.*)\)$", main, re.M)
    main = re.sub(r"^check\(collected\(\).*$", "", main, flags=re.M)
    result = evaluate(main, files, variables=VARIABLES, env=ENVIRONMENT)
    assert not failures, "\n".join(failures)
    assert result.dags
    if wanted:
        assert repr(sorted(result.dags)).replace("'", '"') == wanted[1]
    bad = [f for f in result.findings if f.severity is not Severity.INFO and f.code not in EXPECTED_FINDINGS]
    assert [f"{f.code} {f.span} {f.text}" for f in bad] == []
