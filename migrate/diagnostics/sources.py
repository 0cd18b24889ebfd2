"""Findings about source files: what could not be read or parsed, and what was skipped."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class SourceSyntax(Diagnostic):
    """A file is not valid Python.

    ## Why it matters
    Nothing of the file was converted; Airflow would not load it either.

    ## What to do
    Correct the syntax at the line given. Python 3.10 or newer syntax is understood.
    """

    code: ClassVar[str] = "SRC001"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "syntax error: `{source}`"
    source: str


class PythonTwo(Diagnostic):
    """A file is written in Python 2.

    ## Why it matters
    Nothing of the file was converted. Python 2 syntax (print statements, `except X, e`) has no Python 3 meaning.

    ## What to do
    Port the file to Python 3 (2to3, futurize), then convert again.
    """

    code: ClassVar[str] = "SRC002"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "Python 2 syntax: `{source}`"
    source: str


class BadEncoding(Diagnostic):
    """A file's bytes do not match its declared encoding.

    ## Why it matters
    Nothing of the file was converted.

    ## What to do
    Save the file as UTF-8, or declare its encoding in the first two lines (PEP 263).
    """

    code: ClassVar[str] = "SRC003"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the text cannot be decoded: {reason}"
    reason: str


class NotPython(Diagnostic):
    """A file named `.py` is binary.

    ## Why it matters
    It holds NUL bytes and cannot be Python source; nothing of it was converted.

    ## What to do
    Remove it from the DAG folder, or list it in `.airflowignore`.
    """

    code: ClassVar[str] = "SRC004"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the file is binary"


class TooLarge(Diagnostic):
    """A file is larger than the limit.

    ## Why it matters
    It was not read, so nothing of it was converted.

    ## What to do
    Raise `budgets.file_bytes`, or move generated data out of the Python file.
    """

    code: ClassVar[str] = "SRC005"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the file has {size} bytes, more than the limit of {limit}"
    size: int
    limit: int


class Unreadable(Diagnostic):
    """A file or folder cannot be read.

    ## Why it matters
    Nothing of it was converted.

    ## What to do
    Check its permissions and, for a link, where it leads.
    """

    code: ClassVar[str] = "SRC006"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "cannot be read: {reason}"
    reason: str


class Skipped(Diagnostic):
    """A file was not looked at for DAGs.

    ## Why it matters
    It is matched by `.airflowignore`, by `--exclude`, or not by `--only`. Airflow skips what `.airflowignore` names.

    ## What to do
    Nothing, if that is meant. Modules that DAG files import are read all the same.
    """

    code: ClassVar[str] = "SRC007"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "skipped: {reason}"
    reason: str


class SkippedLink(Diagnostic):
    """A symbolic link leads outside the inspected folders, or in a circle.

    ## Why it matters
    Files outside the given folders are never read; DAGs behind the link were not converted.

    ## What to do
    Give the target folder as a PATH of its own, or as `--path`.
    """

    code: ClassVar[str] = "SRC008"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the link was not followed: {reason}"
    reason: str


class TooManyItems(Diagnostic):
    """A file has more items of collections and arguments than the limit: it holds data rather than code.

    ## Why it matters
    Its tree would take gigabytes of memory. It was not parsed, so nothing of it was converted.

    ## What to do
    Move the data to a JSON or YAML file that the code reads, or raise `budgets.file_items`.
    """

    code: ClassVar[str] = "SRC011"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the file has {items} items of collections and arguments, more than the limit of {limit}"
    items: int
    limit: int


class TooManyLines(Diagnostic):
    """A file has more lines than the limit.

    ## Why it matters
    It was not parsed, so nothing of it was converted.

    ## What to do
    Raise `budgets.file_lines`, or split the file.
    """

    code: ClassVar[str] = "SRC010"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the file has {lines} lines, more than the limit of {limit}"
    lines: int
    limit: int
