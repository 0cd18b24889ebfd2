"""The files of the runner, as they go into ConfigMap `migrate-runtime`."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "runtime"


def runtime_files() -> dict[str, str]:
    """File name -> text, sorted by name."""
    names = sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".py", ".sh"))
    return {name: (FOLDER / name).read_text(encoding="utf-8") for name in names}
