"""Digdag's operators and how each is converted: one small function per operator, found by its name."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import UnknownOperator
from migrate.ir import actions as a
from migrate.ir import workflow as w

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

Mapping = Callable[["DigTask", "Scope", str, "Builder"], "w.Task | w.Group"]


@dataclass(frozen=True)
class DigOperator:
    """An operator. `how`: a phrase for the list of operators. `secrets`: keys of secrets that it reads by itself."""

    name: str
    how: str
    convert: Mapping


CATALOG: dict[str, DigOperator] = {}


def operator(name: str, how: str) -> Callable[[Mapping], Mapping]:
    """Registers the conversion of an operator."""

    def register(function: Mapping) -> Mapping:
        if name in CATALOG:
            raise ValueError(f"operator {name}> is mapped twice")
        CATALOG[name] = DigOperator(name, how, function)
        return function

    return register


def load() -> dict[str, DigOperator]:
    """The catalogue with all mappings of `parsers.digdag.operators` loaded."""
    load_modules()
    return CATALOG


@functools.cache
def load_modules() -> None:
    """Imports all mappings, which registers them; once, also when some were imported before."""
    from parsers.digdag import operators

    for module in pkgutil.iter_modules(operators.__path__):
        importlib.import_module(f"{operators.__name__}.{module.name}")  # noqa: TID251 - our own modules


def convert(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """The node of an operator task; a step that fails for an operator nobody knows."""
    known = load().get(task.operator or "")
    if known is None:
        builder.find(UnknownOperator, task, operator=task.operator)
        message = f"Unknown task type: {task.operator}"
        return builder.task(task, node_id, a.Unconverted(message=message, source=f"{task.operator}>"))
    return known.convert(task, scope, node_id, builder)
