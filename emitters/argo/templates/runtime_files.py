"""The files of the runner, as they go into ConfigMap `migrate-runtime`."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import migrate.portable

FOLDER = Path(__file__).resolve().parent.parent / "runtime"
PORTABLE = Path(migrate.portable.__file__).resolve().parent
"""Modules that front ends use, too."""
PARTS = {"runtime": ("migrate_runtime.py", "guard.sh"), "scoped": ("pod_scoped.py",)}
"""Part of the runner (`Needs.runtime`) -> the files where it starts."""


def runtime_files(parts: Collection[str]) -> dict[str, str]:
    """File name -> text, sorted by name: what the parts name, and what that names in turn.

    What only another part needs stays out: the runner of one source system fits into what `kubectl apply` can keep.
    """
    files = _all_files()
    left_out = {start for part, starts in PARTS.items() if part not in parts for start in starts}
    waiting = [start for part in sorted(parts) for start in PARTS[part]]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in left_out:
            found.add(name)
            waiting.extend(_named(name))
    return {name: files[name] for name in sorted(found)}


@cache
def _all_files() -> dict[str, str]:
    own = [p for p in FOLDER.iterdir() if p.suffix in (".py", ".sh", ".rb")]
    portable = [p for p in PORTABLE.glob("*.py") if p.name != "__init__.py"]
    return {p.name: p.read_text(encoding="utf-8") for p in (*own, *portable)}


@cache
def _named(name: str) -> tuple[str, ...]:
    """Files that a file names: a module by its name, imported at once or later, another file by its whole name."""
    words = set(re.findall(r"\w+(?:\.(?:sh|rb)\b)?", _all_files()[name]))
    return tuple(other for other in sorted(_all_files()) if other.removesuffix(".py") in words)
