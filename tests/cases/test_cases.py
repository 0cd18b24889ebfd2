"""Case folders: what stands in them is converted and compared with the `argo` folder beside it, file by file.

`pytest tests/cases --snapshot-update` writes the folders anew (it ends in an error for each changed case: read the
difference, run again).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from migrate.config import Config
from migrate.pipeline import convert
from migrate.request import Request

HERE = Path(__file__).resolve().parent
EXPECTED = "argo"


def case_folders(system: str) -> list[Path]:
    """Folders with sources of a system, outermost only."""
    pattern = "dag.py" if system == "airflow" else "*.dig"
    found = sorted({p.parent for p in (HERE / system).rglob(pattern) if EXPECTED not in p.parts})
    return [f for f in found if not any(parent in found for parent in f.parents)]


CASES = [(system, folder) for system in ("airflow", "digdag") for folder in case_folders(system)]


def converted(system: str, folder: Path) -> dict[str, object]:
    """The workflows' own files as a tree, and the findings, one a line. What is expected is no part of the sources."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns(EXPECTED))
        return converted_copy(system, Path(copy))


def converted_copy(system: str, folder: Path) -> dict[str, object]:
    """The same for a folder that has nothing but sources."""
    result = convert(Request(system=system, roots=(folder,), config=Config(), jobs=1))
    tree: dict[str, object] = {}
    for file in result.files:
        top, *rest = Path(file.path).parts
        if top in ("shared", ".migrate") or not rest:
            continue
        branch = tree.setdefault(top, {})
        assert isinstance(branch, dict)
        branch["/".join(rest)] = file.text
    rows = [f.model_dump() for f in result.report.findings]
    lines = [f"{r['code']} {r['severity']} {r['file']}:{r['line']} {r['task'] or '-'}: {r['message']}\n" for r in rows]
    tree["findings.txt"] = "".join(lines) or "none\n"
    return tree


@pytest.mark.parametrize(("system", "folder"), CASES, ids=[f.relative_to(HERE).as_posix() for _, f in CASES])
def test_case(system: str, folder: Path, snapshot: Snapshot) -> None:
    tree = converted(system, folder)
    assert len(tree) > 1, "the case makes no workflow"
    assert not str(tree["findings.txt"]).startswith("INT")
    snapshot.snapshot_dir = folder
    snapshot.assert_match_dir(tree, EXPECTED)
