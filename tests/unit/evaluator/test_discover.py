"""Which files are looked at, and what is said about the others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Sink
from parsers.airflow.discover import discover
from parsers.airflow.inputs import AirflowInputs

DAG = "from airflow import DAG\n"


def found(base: Path, files: dict[str, str], **inputs: Any) -> tuple[list[str], list[str]]:
    for name, text in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    sink = Sink()
    names = [f.relative for f in discover(AirflowInputs(roots=(base,), **inputs), sink)]
    return names, [f"{d.code} {d.span.file}" for d in sink.all()]


def test_text_test(tmp_path: Path) -> None:
    files = {"a.py": DAG, "sub/b.py": "import AIRFLOW # Dag\n", "c.py": "import airflow\n", "d.txt": DAG, "e.py": ""}
    assert found(tmp_path, files) == (["a.py", "sub/b.py"], [])


def test_folders_that_hold_no_sources(tmp_path: Path) -> None:
    names, _ = found(tmp_path, {"__pycache__/a.py": DAG, ".git/b.py": DAG, "venv/c.py": DAG, "ok.py": DAG})
    assert names == ["ok.py"]


@pytest.mark.parametrize(
    ("version", "ignore", "kept"),
    [
        ("2.9.1", "helpers\nte.t_\n", ["keep.py"]),
        ("3.1.0", "helpers/\ntest_*.py\n", ["keep.py"]),
        ("3.1.0", "*.py\n!keep.py\n", ["keep.py"]),
        ("3.1.0", "/helpers/**\n# comment\n**/test_?.py\n", ["keep.py"]),
        (None, "helpers/\n*_1.py\n", ["keep.py"]),
        (None, "helpers\ntest_\\d\\.py\n", ["keep.py"]),
        ("2.9.1", "(broken\n", ["helpers/h.py", "keep.py", "test_1.py"]),
    ],
)
def test_airflowignore(tmp_path: Path, version: str | None, ignore: str, kept: list[str]) -> None:
    files = {"helpers/h.py": DAG, "keep.py": DAG, "test_1.py": DAG, ".airflowignore": ignore}
    names, findings = found(tmp_path, files, airflow_version=version)
    assert names == kept
    assert all(f.startswith("SRC007") for f in findings)
    assert len(kept) == 3 or findings


def test_ignore_file_of_a_subfolder_holds_there_only(tmp_path: Path) -> None:
    files = {"a/.airflowignore": "x\\.py\n", "a/x.py": DAG, "a/y.py": DAG, "x.py": DAG}
    assert found(tmp_path, files, airflow_version="2.9.0")[0] == ["a/y.py", "x.py"]


def test_only_and_exclude(tmp_path: Path) -> None:
    names, findings = found(tmp_path, {"a.py": DAG, "b.py": DAG, "c/d.py": DAG}, only=("*.py",), exclude=("c/*",))
    assert names == ["a.py", "b.py"]
    assert findings == ["SRC007 c/d.py"]


def test_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "far.py").write_text(DAG)
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "gone.py").symlink_to(root / "nothing.py")
    (root / "far.py").symlink_to(outside / "far.py")
    (root / "ok.py").write_text(DAG)
    (root / "inner.py").symlink_to(root / "ok.py")
    names, findings = found(root, {})
    assert "ok.py" in names or "inner.py" in names
    assert len(names) == 1
    assert findings == [f"SRC008 {name}" for name in ("far.py", "gone.py", "self", "sub/loop")]


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DAG)
    (tmp_path / "a.py").chmod(0)
    assert found(tmp_path, {}) == ([], ["SRC006 a.py"])


def test_missing_root(tmp_path: Path) -> None:
    sink = Sink()
    assert discover(AirflowInputs(roots=(tmp_path / "none",)), sink) == []
    assert [d.code for d in sink.all()] == ["SRC006"]


def test_a_single_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    files = discover(AirflowInputs(roots=(tmp_path / "a.py",)), Sink())
    assert [(f.root, f.relative) for f in files] == [(tmp_path.resolve(), "a.py")]
