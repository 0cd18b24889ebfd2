"""YAML texts are read, or refused, as Digdag 0.10's own loader does (recorded)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parsers.digdag.dig_yaml import Reader
from parsers.digdag.errors import DigError

RECORDED = json.loads((Path(__file__).resolve().parent / "yaml_golden.json").read_text())
"""Texts with what Digdag reads (null: refused); floats without a JSON form are texts."""
INCLUDED = "z: 1\nm: {q: 2}\n"


def read(root: Path, text: str) -> Any:
    """What we read, in the order of its keys; None where we refuse."""
    (root / "w.dig").write_bytes(text.encode())
    try:
        found = json.dumps(Reader(root).load("w.dig"))
    except DigError:
        return None
    for word in ("-Infinity", "Infinity", "NaN"):
        found = found.replace(f": {word}", f': "{word}"').replace(f"[{word}", f'["{word}"')
    return found


def test_dialect(tmp_path: Path) -> None:
    (tmp_path / "inc.dig").write_text(INCLUDED)
    wrong = []
    for text, wanted in RECORDED:
        found = read(tmp_path, text)
        if found != (None if wanted is None else json.dumps(wanted)):
            wrong.append((text, wanted, found))
    assert wrong == []
    assert len(RECORDED) > 800
