"""Outcomes of converting template expressions."""

from __future__ import annotations


class CannotSayError(Exception):
    """The expression has no form in the intermediate representation; it is rendered when the task runs."""
