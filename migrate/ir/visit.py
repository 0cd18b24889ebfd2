"""Walks over the values inside models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from migrate.ir.exprs import Expr, walk

EXPR_TYPES: tuple[type, ...] = get_args(get_args(Expr)[0])


_LEAVES = frozenset((str, int, float, bool, type(None), bytes))
_FIELDS: dict[type, tuple[str, ...]] = {}


def exprs_in(value: Any) -> Iterator[Expr]:
    """Every expression in a model, a tuple, a list or a mapping, with its parts, in the order of the fields."""
    found: list[Expr] = []
    _collect(value, found)
    return iter(found)


def _collect(value: Any, found: list[Expr]) -> None:
    kind = type(value)
    if kind in _LEAVES:
        return
    if kind is tuple or kind is list:
        for item in value:
            if type(item) not in _LEAVES:
                _collect(item, found)
    elif isinstance(value, EXPR_TYPES):
        found.extend(walk(value))  # type: ignore[arg-type]
    elif isinstance(value, BaseModel):
        names = _FIELDS.get(kind)
        if names is None:
            names = _FIELDS[kind] = tuple(kind.model_fields)
        inner = value.__dict__
        for name in names:
            item = inner[name]
            if type(item) not in _LEAVES:
                _collect(item, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, tuple | list):
        for item in value:
            _collect(item, found)
