"""Where things stand in the user's sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a source file.

    `file` is relative to the inspected root, with forward slashes. `line` and `end_line` count from 1, `column` and
    `end_column` from 0 (0/0 means unknown). A span with line 0 means the file as a whole.
    """

    file: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file under an inspected root.

    `path` is absolute and already resolved inside `root`; `relative` is what users see.
    """

    root: Path
    path: Path
    relative: str
