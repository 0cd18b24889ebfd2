"""The runner's files: each part is complete, and what another part needs stays out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emitters.argo.templates.runtime_files import runtime_files

APPLY_LIMIT = 262_144
"""Bytes of annotations that Kubernetes keeps; `kubectl apply` without `--server-side` writes the whole object into one."""


@pytest.mark.parametrize("parts", [{"runtime"}, {"runtime", "scoped"}])
def test_every_module_of_the_parts_finds_what_it_imports(parts: set[str], tmp_path: Path) -> None:
    files = runtime_files(parts)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    modules = [name.removesuffix(".py") for name in files if name.endswith(".py")]
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]\nfor name in {modules!r}: __import__(name)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ("pod_scoped.py" in files) is ("scoped" in parts)


def test_the_runner_alone_can_be_applied() -> None:
    alone, both = runtime_files({"runtime"}), runtime_files({"runtime", "scoped"})
    assert sum(len(text.encode()) for text in alone.values()) < 0.9 * APPLY_LIMIT
    assert alone.items() <= both.items()
    assert {"task.rb", "js_evaluate.py", "pod_scoped_td.py"} <= both.keys() - alone.keys()
