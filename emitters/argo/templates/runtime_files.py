"""The files of the runner, as they go into ConfigMap `migrate-runtime`."""

from __future__ import annotations

from pathlib import Path

import migrate.portable

FOLDER = Path(__file__).resolve().parent.parent / "runtime"
PORTABLE = Path(migrate.portable.__file__).resolve().parent
"""Modules that front ends use, too."""


def runtime_files() -> dict[str, str]:
    """File name -> text, sorted by name."""
    names = sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".py", ".sh", ".rb"))
    files = {name: (FOLDER / name).read_text(encoding="utf-8") for name in names}
    shared = [p for p in PORTABLE.glob("*.py") if p.name != "__init__.py"]
    return dict(sorted({**files, **{p.name: p.read_text(encoding="utf-8") for p in shared}}.items()))
