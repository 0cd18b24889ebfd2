"""Limits of evaluation. Exceeding one ends the evaluation of the file with a finding; what was built stays."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Budgets:
    """Configurable limits per DAG file."""

    steps: int = 5_000_000
    """Statements, calls and loop turns."""
    depth: int = 200
    """Nested calls of user functions."""
    items: int = 200_000
    """Items of one collection, and turns of one loop."""
    text: int = 5_000_000
    """Characters of one text or bytes value, and bits of one number."""
    files: int = 2_000
    """Modules and data files read for one DAG file."""
    file_bytes: int = 5_000_000
    """Size of one source or data file."""
    file_lines: int = 30_000
    """Lines of one source file."""
    file_items: int = 100_000
    """Items of collections and arguments of calls in one source file: commas outside texts."""
    tasks: int = 20_000
    """Tasks that one DAG file makes; a DAG counts as `DAG_WEIGHT`."""
    seconds: float = 20.0


_NESTS = (list, tuple, dict, set, frozenset)
DAG_WEIGHT = 5
EDGES_PER_TASK = 20
"""Edges allowed for each task of the budget."""
LARGEST_EXPONENT = 10_000
"""Of a Decimal: `int()` of a much larger one takes seconds."""


def fits(value: object, limit: int) -> bool:
    """Whether a container has at most `limit` items, those of containers in it counted as often as they are reached."""
    if type(value) not in _NESTS:
        return True
    stack = [value]
    while stack and limit >= 0:
        container: Any = stack.pop()
        for item in container.values() if type(container) is dict else container:
            limit -= 1
            if type(item) in _NESTS:
                stack.append(item)
    return limit >= 0


class BudgetExceeded(BaseException):
    """A limit was reached. `limit` is the field's name in `Budgets`."""

    def __init__(self, limit: str, allowed: float, what: str = "") -> None:
        super().__init__(limit, allowed, what)
        self.limit = limit
        self.allowed = allowed
        self.what = what


class Meter:
    """Counts what one DAG file uses."""

    __slots__ = ("_deadline", "_text", "budgets", "depth", "edges", "files", "left", "slice", "tasks")

    def __init__(self, budgets: Budgets) -> None:
        self.budgets = budgets
        self.left = budgets.steps
        self.slice = min(2_000, budgets.steps)
        self.depth = 0
        self.files = 0
        self.tasks = 0
        self.edges = 0
        self._text = 0
        self._deadline = time.monotonic() + budgets.seconds

    def step(self) -> None:
        """One statement, call or loop turn."""
        self.slice -= 1
        if self.slice <= 0:
            self._refill()

    def _refill(self) -> None:
        self.left -= 2_000
        self.slice = 2_000
        if self.left <= 0:
            raise BudgetExceeded("steps", self.budgets.steps)
        if time.monotonic() > self._deadline:
            raise BudgetExceeded("seconds", self.budgets.seconds)

    def check_items(self, count: int, what: str = "") -> None:
        """`count` is the size a collection is about to have."""
        if count > self.budgets.items:
            raise BudgetExceeded("items", self.budgets.items, what)

    def check_text(self, count: int, what: str = "") -> None:
        """`count` is the length a text is about to have; the sum over a file is limited, too."""
        self._text += count
        if count > self.budgets.text or self._text > 40 * self.budgets.text:
            raise BudgetExceeded("text", self.budgets.text, what)

    def task(self, weight: int = 1) -> None:
        """One more task (or DAG) was made."""
        self.tasks += weight
        if self.tasks > self.budgets.tasks:
            raise BudgetExceeded("tasks", self.budgets.tasks)

    def weigh(self, value: object) -> None:
        """Counts the items of nested containers as often as they are reached: Python compares, hashes and shows a
        container that is nested in itself many times over for ever."""
        if not fits(value, self.budgets.items):
            raise BudgetExceeded("items", self.budgets.items, "in containers nested in each other")

    def edge(self, count: int) -> None:
        """`count` more edges are about to be made."""
        self.edges += count
        if self.edges > EDGES_PER_TASK * self.budgets.tasks:
            raise BudgetExceeded("tasks", self.budgets.tasks, f"or {EDGES_PER_TASK} times as many edges")

    def file(self) -> None:
        """One more file was read."""
        self.files += 1
        if self.files > self.budgets.files:
            raise BudgetExceeded("files", self.budgets.files)
