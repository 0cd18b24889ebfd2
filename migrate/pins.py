"""Versions that a project's own requirement files ask for: they go into the requirements of generated images."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from migrate.distributions import normalized

FILES = ("requirements.txt", "requirements-airflow.txt", "requirements/base.txt", "requirements/prod.txt")
MAX_BYTES = 200_000
UP = 2
"""Folders above a given one that are looked at: DAG folders mostly lie in the repository whose requirements count."""
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[A-Za-z0-9,._\s-]*\])?\s*(.*)")
_VERSION = re.compile(r"(==|>=|<=|~=|!=|<|>)\s*[A-Za-z0-9.*+!]+")


def read_pins(roots: Iterable[Path]) -> dict[str, str]:
    """Normalized distribution name -> requirement (`pandas==2.2.2`), from the requirement files nearest to each root.

    Only plain requirements count: options, addresses, hashes and markers are left out. Folders above a root are looked
    at only within its repository (up to the folder with `.git`).
    """
    found: dict[str, str] = {}
    for root in roots:
        for folder in _folders(root if root.is_dir() else root.parent):
            for name in FILES:
                for line in _lines(folder / name, folder):
                    _add(line, found)
    return found


def _folders(start: Path) -> list[Path]:
    folders = [start, *start.parents][: UP + 1]
    top = next((n for n, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    return folders[: top + 1]


def _lines(path: Path, folder: Path) -> list[str]:
    """Nothing for a link, at any level, that leads out of the folder."""
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return []
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return []
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _add(line: str, found: dict[str, str]) -> None:
    match = _NAME.fullmatch(line.partition("#")[0].partition(";")[0].partition(" --")[0].strip())
    if match is None:
        return
    name, extras, rest = match.groups()
    versions = [part.strip() for part in rest.split(",")]
    if all(_VERSION.fullmatch(version) for version in versions):
        text = name + re.sub(r"\s+", "", (extras or "") + ",".join(versions))
        found.setdefault(normalized(name), text)
