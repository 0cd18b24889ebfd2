"""Diagnostics: typed findings with a stable code, their own documentation, a severity and a place.

A finding is a subclass of `Diagnostic`. Its docstring is the page that `migrate explain CODE` prints and has the parts
`## Why it matters` and `## What to do`. Codes are area letters and three digits and are never reused.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from migrate.source import Span


class Severity(str, Enum):
    """How much a finding matters; the order is that of the dispositions it leads to."""

    INFO = "info"
    WARNING = "warning"
    MANUAL = "manual"
    ERROR = "error"
    FAILED = "failed"


class Disposition(str, Enum):
    """What became of a task or workflow, from best to worst."""

    CONVERTED = "converted"
    CAVEAT = "caveat"
    MANUAL = "manual"
    NOT_CONVERTED = "not-converted"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        """0 for converted up to 4 for failed."""
        return _RANK[self]

    @staticmethod
    def worst(items: list[Disposition]) -> Disposition:
        """The worst of `items`; converted when there is none."""
        return max(items, key=lambda d: d.rank, default=Disposition.CONVERTED)


_RANK = {disposition: n for n, disposition in enumerate(Disposition)}
DISPOSITION_OF: dict[Severity, Disposition] = {
    Severity.INFO: Disposition.CONVERTED,
    Severity.WARNING: Disposition.CAVEAT,
    Severity.MANUAL: Disposition.MANUAL,
    Severity.ERROR: Disposition.NOT_CONVERTED,
    Severity.FAILED: Disposition.FAILED,
}

REGISTRY: dict[str, type[Diagnostic]] = {}


class Diagnostic(BaseModel):
    """Base of all findings. Subclasses set `code`, `severity`, `message` (a format string over their fields)."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    code: ClassVar[str] = ""
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = ""

    span: Span
    workflow: str | None = None
    task: str | None = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.code:
            return
        known = REGISTRY.get(cls.code)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise ValueError(f"code {cls.code} is used by {known.__name__} and {cls.__name__}")
        REGISTRY[cls.code] = cls

    @cached_property
    def text(self) -> str:
        """The message with its fields filled in; one sentence, no newline."""
        return " ".join(self.message.format(**self.__dict__).split())

    def sort_key(self) -> tuple[Any, ...]:
        """Stable order: file, line, column, code, workflow, task, text."""
        s = self.span
        return (s.file, s.line, s.column, self.code, self.workflow or "", self.task or "", self.text)


class Sink:
    """Collects findings. The only thing that changes across stages."""

    def __init__(self) -> None:
        self._items: dict[tuple[Any, ...], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Adds a finding; an exact duplicate (same code, place, task and text) is kept once."""
        self._items.setdefault(diagnostic.sort_key(), diagnostic)

    def extend(self, diagnostics: list[Diagnostic]) -> None:
        """Adds several findings."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def all(self) -> list[Diagnostic]:
        """All findings in stable order."""
        return [self._items[key] for key in sorted(self._items)]

    def of_task(self, workflow: str, task: str) -> list[Diagnostic]:
        """Findings of one task of one workflow."""
        return [d for d in self.all() if d.workflow == workflow and d.task == task]
