"""Methods that an operator calls on itself when it runs: what a subclass may replace, and then does something else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_suffix(".json")


@cache
def _table() -> dict[str, list[str]]:
    """Class name -> methods; `""`: those of every operator. Made by `tests/tools/called_methods.py` from Airflow."""
    found: dict[str, list[str]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return found


@cache
def called_methods(operator: str) -> frozenset[str]:
    """The methods and properties that the operator class `operator` reaches from what Airflow calls (2.11 and 3.1).

    For an operator that was not looked at: those of all, because one too many only keeps the user's class.
    """
    table = _table()
    if operator in table:
        return frozenset((*table[""], *table[operator]))
    return frozenset(name for names in table.values() for name in names)
