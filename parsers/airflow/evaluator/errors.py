"""Exceptions of the evaluated program."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.source import Span
from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.values import ClassValue, Instance, Symbolic, Value


class Raised(Exception):  # noqa: N818  it carries the user's exception
    """An exception of the evaluated program; `value` is its instance (class with trait `exception`). `explicit`: a
    `raise` statement of the user made it."""

    def __init__(self, value: Instance, span: Span | None = None, explicit: bool = False) -> None:
        super().__init__(value.cls.name)
        self.value = value
        self.span = span
        self.explicit = explicit

    def describe(self) -> str:
        """As Python prints it: `KeyError: 'x'`."""
        args = self.value.attrs.get("args", ())
        texts = [a if isinstance(a, str) else _show(a) for a in args]
        return f"{self.value.cls.name}: {', '.join(texts)}" if texts else self.value.cls.name


def _show(value: Value) -> str:
    if isinstance(value, Symbolic):
        parts = value.expr.parts if isinstance(value.expr, exprs.Concat) else (value.expr,)
        return "".join(str(p.value) if isinstance(p, exprs.Literal) else "\N{HORIZONTAL ELLIPSIS}" for p in parts)
    return (
        repr(value)[:100] if isinstance(value, int | float | bytes | tuple) or value is None else type(value).__name__
    )


def make_exception(cls: ClassValue, args: tuple[Value, ...]) -> Instance:
    """An instance of an exception class, without running a user's `__init__`."""
    return Instance(cls, {"args": args, "__cause__": None, "__context__": None})


def convert(error: Exception) -> Raised:
    """The evaluated program's exception for one that Python raised in an operation on plain data. Too deep a recursion
    is no exception of the program: it ends the evaluation."""
    if isinstance(error, RecursionError):
        raise error
    for kind in type(error).__mro__:
        cls = EXCEPTIONS.get(kind.__name__)
        if cls is not None:
            break
    else:
        cls = EXCEPTIONS["Exception"]
    args = tuple(a if isinstance(a, str | int | float | bytes | None) else str(a) for a in error.args)
    return Raised(make_exception(cls, args))


NATIVE: tuple[type[Exception], ...] = (
    ArithmeticError, LookupError, TypeError, ValueError, AttributeError, OSError, StopIteration, AssertionError,
    RuntimeError, BufferError,
)  # fmt: skip
"""What operations on plain data may raise."""


def attempt(function: Any, *args: Any, **kwargs: Any) -> Any:
    """`function(*args, **kwargs)` on plain data, its exceptions turned into those of the evaluated program."""
    try:
        return function(*args, **kwargs)
    except NATIVE as error:
        raise convert(error) from None
