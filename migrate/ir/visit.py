"""Walks over the values inside models."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, time, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from migrate.ir.exprs import Expr, collect
from migrate.source import Span

EXPR_TYPES: tuple[type, ...] = get_args(get_args(Expr)[0])
_EXPRS = frozenset(EXPR_TYPES)

_LEAVES = frozenset((str, int, float, bool, type(None), bytes))
_PLAIN = (str, int, float, bytes, type(None), Enum, Span, date, time, timedelta)
"""Types without parts that could be expressions."""
_CONTAINERS = (tuple, list, dict, Union, types.UnionType, Annotated)
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
            _collect(item, found)
    elif kind in _EXPRS:
        collect(value, found)
    elif kind in _FIELDS:
        inner = value.__dict__
        for name in _FIELDS[kind]:
            item = inner[name]
            if item is not None and item != ():
                _collect(item, found)
    elif isinstance(value, BaseModel):
        _FIELDS[kind] = tuple(name for name, f in kind.model_fields.items() if _may_hold(f.annotation, set()))
        _collect(value, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, tuple | list):
        for item in value:
            _collect(item, found)


def _may_hold(annotation: Any, seen: set[type]) -> bool:
    """Whether a value of this type can contain an expression. When in doubt, it can."""
    origin = get_origin(annotation)
    if origin is Literal or annotation is Ellipsis:
        return False
    if origin in _CONTAINERS:
        return any(_may_hold(a, seen) for a in get_args(annotation))
    if not isinstance(annotation, type):
        return True
    if annotation in _EXPRS:
        return True
    if issubclass(annotation, BaseModel):
        if annotation in seen:
            return False
        seen.add(annotation)
        return any(_may_hold(f.annotation, seen) for f in annotation.model_fields.values())
    return not issubclass(annotation, _PLAIN)
