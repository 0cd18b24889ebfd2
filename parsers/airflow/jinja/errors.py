"""Outcomes of converting template expressions."""

from __future__ import annotations


class CannotSayError(Exception):
    """The expression has no form in the intermediate representation; it is rendered when the task runs."""


class NeedsHistoryError(Exception):
    """The name is about earlier runs (`name`)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
