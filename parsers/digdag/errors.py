"""What Digdag refuses."""

from __future__ import annotations

from migrate.source import Span


class DigError(Exception):
    """Digdag refuses a file. `stage` is where: yaml, workflow, compile or schedule."""

    def __init__(self, stage: str, message: str, span: Span) -> None:
        super().__init__(message)
        self.stage = stage
        self.message = message
        self.span = span
