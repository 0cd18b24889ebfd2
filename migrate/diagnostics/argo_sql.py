"""Findings of SQL steps."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class UnknownDatabase(Diagnostic):
    """There is no client for the kind of database.

    ## Why it matters
    The step fails when it runs.

    ## What to do
    Say the kind of the connection in the configuration (`connections.<id>.kind`), or write the step by hand.
    """

    code: ClassVar[str] = "OPS065"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "there is no SQL client for `{dialect}`; the step fails when it runs"

    dialect: str


class SqlOptionUnused(Diagnostic):
    """An option of the statement has no counterpart in the database's client.

    ## Why it matters
    The statement runs without it.

    ## What to do
    Write it into the SQL text, or into the connection.
    """

    code: ClassVar[str] = "OPS066"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "option `{option}` is not passed to the client of {dialect}"

    option: str
    dialect: str


class SqlDriver(Diagnostic):
    """Values that a statement returns are read with the database's Python driver.

    ## Why it matters
    The driver is installed when the step starts unless the image has it: that takes seconds, and needs the network.

    ## What to do
    Use an image that has the driver (`task_images` in the configuration).
    """

    code: ClassVar[str] = "OPS067"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = (
        "the step reads values with the Python driver {packages}, installed at its start if need be"
    )

    packages: str
