"""Constants as Python prints them."""

from __future__ import annotations

from typing import Any

from migrate.ir.base import Json


def python_text(value: Json) -> str:
    """`str(value)` of a JSON value with tags for tuples and sets."""
    return value if isinstance(value, str) else str(_python(value))


def _python(value: Json) -> Any:
    if isinstance(value, list):
        return [_python(item) for item in value]
    if isinstance(value, dict):
        if "$tuple" in value and len(value) == 1:
            return tuple(_python(item) for item in value["$tuple"])
        if "$set" in value and len(value) == 1:
            return {_python(item) for item in value["$set"]}
        return {key: _python(item) for key, item in value.items()}
    return value
