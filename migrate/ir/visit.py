"""Walks over the values inside models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from migrate.ir.exprs import Expr, walk

EXPR_TYPES: tuple[type, ...] = get_args(get_args(Expr)[0])


def exprs_in(value: Any) -> Iterator[Expr]:
    """Every expression in a model, a tuple, a list or a mapping, with its parts, in the order of the fields."""
    if isinstance(value, EXPR_TYPES):
        yield from walk(value)  # type: ignore[arg-type]
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from exprs_in(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from exprs_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from exprs_in(item)
