"""Runs the chunk files: programs separated by `---`.

`check(value, expected)` compares a value of the program with a known one. A comment `### "pattern"` says that a finding
whose code and text match stands on that line; a finding on any other line fails the chunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Severity, Sink
from migrate.source import SourceFile
from parsers.airflow.deep import run_deep
from parsers.airflow.evaluator.classes import plain
from parsers.airflow.evaluator.unknowns import cause_of
from parsers.airflow.evaluator.values import Native
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs
from parsers.airflow.overlays.registry import BUILTINS

FOLDER = Path(__file__).parent / "chunks"


def chunks() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.txt")):
        line = 1
        for text in re.split(r"^---\n", path.read_text(), flags=re.M):
            yield pytest.param(text, id=f"{path.stem}:{line}")
            line += text.count("\n") + 1


def same(value: Any, expected: Any) -> bool:
    value, expected = plain(value), plain(expected)
    if isinstance(value, list | tuple) and type(value) is type(expected):
        return len(value) == len(expected) and all(same(a, b) for a, b in zip(value, expected, strict=True))
    return type(value) is type(expected) and bool(value == expected)


@pytest.fixture
def failures() -> Iterator[list[str]]:
    found: list[str] = []

    def check(interp: Any, args: Any, kwargs: Any, site: Any) -> None:
        if not same(args[0], args[1]):
            found.append(f"line {interp.span().line}: {args[0]!r}, expected {args[1]!r}")

    def check_unknown(interp: Any, args: Any, kwargs: Any, site: Any) -> None:
        if cause_of(args[0]) is None:
            found.append(f"line {interp.span().line}: {args[0]!r} is not unknown")

    added = {"check": Native("check", check), "check_unknown": Native("check_unknown", check_unknown)}
    BUILTINS.update(added)
    yield found
    for name in added:
        del BUILTINS[name]


@pytest.mark.parametrize("text", list(chunks()))
def test_chunk(text: str, tmp_path: Path, failures: list[str]) -> None:
    path = tmp_path / "program.py"
    path.write_text(text)
    sink = Sink()
    front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,)))
    run_deep(lambda: front.run_module(SourceFile(tmp_path, path, "program.py"), sink))
    assert not failures, "\n".join(failures)
    lines = text.splitlines()
    wanted = {n: m[1] for n, line in enumerate(lines, 1) if (m := re.search(r'### "(.*)"', line))}
    reported = [d for d in sink.all() if d.severity is not Severity.INFO]
    for diagnostic in reported:
        line = diagnostic.span.line
        assert line in wanted, f"unexpected: {diagnostic.code} {diagnostic.span} {diagnostic.text}"
        assert re.search(wanted[line], f"{diagnostic.code} {diagnostic.text}"), diagnostic.text
    missing = set(wanted) - {d.span.line for d in reported}
    assert not missing, f"no finding on lines {sorted(missing)}"
