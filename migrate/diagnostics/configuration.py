"""Findings about the configuration itself."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class KeyWithoutEffect(Diagnostic):
    """A configuration key has a value that this version understands but does not act on.

    ## Why it matters
    The workflows were written as if the key had its default. What the key asks for is not in the output.

    ## What to do
    Remove the key, or finish by hand what it would have changed.
    """

    code: ClassVar[str] = "CFG001"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{key} = {value}` has no effect in this version; the default was used"

    key: str
    value: str
