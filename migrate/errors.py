"""Errors that end a run with exit code 2 and a message for the user."""

from __future__ import annotations


class UserError(Exception):
    """Wrong usage, configuration or input. The text names the place and what to do; nothing was written."""
