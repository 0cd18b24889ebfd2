"""Writes the generated pages of docs/ and the run shown in the README (`uv run python tests/reference.py`).

The tests of them fail when they are stale.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from click.testing import CliRunner

from migrate.cli import cli
from migrate.reference import reference_files

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SHOWN = ("route", "load-bulk", "check-batch")


def readme_with_real_output(text: str) -> str:
    """The README with its two blocks (terminal output, manifest) replaced by those of a real run."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            result = CliRunner().invoke(cli, ["airflow", str(ROOT / "samples" / "airflow"), "-o", "argo/"])
        finally:
            os.chdir(before)
        manifest = (Path(folder) / "argo" / "orders-hourly" / "workflow-template.yaml").read_text(encoding="utf-8")
    lines = [line.rstrip() for line in result.output.splitlines() if not line.startswith(("reading:", "writing:"))]
    text = _replace(text, r"The first command prints:\n\n```\n", "\n".join(lines).strip("\n"))
    return _replace(text, r"```yaml\n", "\n".join(_task(manifest, name) for name in SHOWN))


def _replace(text: str, start: str, block: str) -> str:
    return re.sub(f"({start}).*?(\n```)", lambda m: m.group(1) + block + m.group(2), text, count=1, flags=re.DOTALL)


def _task(manifest: str, name: str) -> str:
    """The first block `- name: NAME` with the comment above it, moved to the left."""
    lines = manifest.splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip() == f"- name: {name}")
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1
    return "\n".join(line[indent:] for line in lines[start - 1 : end])


if __name__ == "__main__":
    for name, text in reference_files().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"docs/{name}")
    readme = ROOT / "README.md"
    readme.write_text(readme_with_real_output(readme.read_text(encoding="utf-8")), encoding="utf-8")
    print("README.md")
