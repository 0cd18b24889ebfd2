"""Source files that are no good: one finding each, quickly, and nothing raised."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from migrate.diagnostics.base import Sink
from migrate.source import SourceFile
from parsers.airflow.evaluator.budget import Budgets
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs

HEAD = b"from airflow import DAG\n"
BAD = {
    "syntax": (HEAD + b"def f(:\n", "SRC001", 2),
    "python2": (HEAD + b"print 'x'\n", "SRC002", 2),
    "python2 raise": (HEAD + b"if x:\n    raise ValueError, 'x'\n", "SRC002", 3),
    "encoding": (HEAD + b"x = '\xff'\n", "SRC003", 2),
    "cookie": (b"# -*- coding: nonsense -*-\n" + HEAD, "SRC003", 1),
    "utf-16": ("x = 1\n".encode("utf-16"), "SRC003", 0),
    "binary": (HEAD + b"\0\0", "SRC004", 0),
    "large": (HEAD + b"x = '" + b"a" * 6_000_000 + b"'\n", "SRC005", 0),
    "items": (HEAD + b"x = [" + b"1," * 200_000 + b"]\n", "SRC011", 0),
    "lines": (HEAD + b"x = 1\n" * 200_000, "SRC010", 30_000),
    "brackets": (HEAD + b"x = " + b"[" * 3000 + b"]" * 3000 + b"\n", "SRC001", 2),
    "calls": (HEAD + b"x = " + b"f(" * 3000 + b")" * 3000 + b"\n", "SRC001", 2),
    "operators": (HEAD + b"x = " + b"+".join([b"1"] * 20_000) + b"\n", "SRC001", 2),
    "attributes": (HEAD + b"x = a" + b".b" * 3000 + b"\n", "SRC001", 2),
    "not": (HEAD + b"x = " + b"not " * 3000 + b"1\n", "SRC001", 2),
}
GOOD = {
    "empty": b"",
    "latin-1": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "bom": b"\xef\xbb\xbfx = 1\n",
    "crlf": b"x = 1\r\nif x:\r\n    y = 2\r\n",
    "no newline": b"x = 1",
    "many brackets": HEAD + b"x = [" + b"(1, 2), " * 5000 + b"]\n",
    "many operators": HEAD + b"x = 1 + 2 - 3\n" * 2000,
    "operators in text": HEAD + b"x = '" + b"+" * 5000 + b"'\n",
}


def findings(folder: Path, data: bytes) -> list[tuple[str, int]]:
    path = folder / "program.py"
    path.write_bytes(data)
    sink = Sink()
    front = AirflowFrontEnd(AirflowInputs(roots=(folder,)))
    assert front.evaluate(SourceFile(folder, path, "program.py"), sink) == []
    return [(d.code, d.span.line) for d in sink.all()]


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str, tmp_path: Path) -> None:
    data, code, line = BAD[name]
    start = time.monotonic()
    assert findings(tmp_path, data) == [(code, line)]
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str, tmp_path: Path) -> None:
    assert findings(tmp_path, GOOD[name]) == []


def test_no_regular_file(tmp_path: Path) -> None:
    sink = Sink()
    front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,)))
    front.evaluate(SourceFile(tmp_path, tmp_path / "absent.py", "absent.py"), sink)
    front.evaluate(SourceFile(tmp_path, tmp_path, "."), sink)
    assert [d.code for d in sink.all()] == ["SRC006", "SRC006"]


def test_budgets_are_configurable(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("n = 0\nfor i in range(5000):\n    n += i\n")
    file = SourceFile(tmp_path, path, "program.py")
    for budgets, code in (
        (Budgets(items=10), "BUD003"),
        (Budgets(steps=10), "BUD001"),
        (Budgets(seconds=-1), "BUD006"),
    ):
        sink = Sink()
        front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,), budgets=budgets))
        front.run_module(file, sink)
        assert [d.code for d in sink.all()] == [code]
