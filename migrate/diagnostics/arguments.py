"""Findings about arguments of tasks and workflows (OPS003-OPS008)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class ArgumentNotRead(Diagnostic):
    """An argument that no part of the conversion looked at.

    ## Why it matters
    The converter knows no meaning for this argument, so whatever it did in the source does not happen in the result.

    ## What to do
    Decide whether the argument matters. If it does, add the behaviour to the generated template by hand; if it does
    not, remove the argument from the source, or name it in an operator mapping.
    """

    code: ClassVar[str] = "OPS003"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the argument `{name}` of {owner} has no effect in the result"

    name: str
    owner: str


class ArgumentUndetermined(Diagnostic):
    """An argument whose value must be known at conversion, and is not.

    ## Why it matters
    The value is computed from something that conversion cannot know (a variable, the network, a third-party function),
    so the default was used in the output.

    ## What to do
    Give the missing value (`--variables`, `--env`, `--set assume.NAME=VALUE`), or complete the generated template.
    """

    code: ClassVar[str] = "OPS004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the value of `{name}` is not known at conversion: {why}"

    name: str
    why: str


class ArgumentInvalid(Diagnostic):
    """An argument whose value is not of a kind that the source system accepts there.

    ## Why it matters
    The source system would refuse the task, or read the value in another way than was meant.

    ## What to do
    Correct the value in the source and convert again.
    """

    code: ClassVar[str] = "OPS005"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` is {found}, expected {expected}"

    name: str
    found: str
    expected: str


class DefaultArgumentNotRead(Diagnostic):
    """A key of `default_args` that no task of the workflow takes.

    ## Why it matters
    Airflow ignores such keys too, so nothing is lost; often it is a misspelt name.

    ## What to do
    Check the spelling, or remove the key.
    """

    code: ClassVar[str] = "OPS006"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "no task takes `{name}` of `default_args`"

    name: str


class ValueUnknown(Diagnostic):
    """A task is given a value that conversion could not determine.

    ## Why it matters
    The output holds a marker in its place, and the step fails with a message instead of running with a wrong value.

    ## What to do
    Give the missing value (`--variables`, `--env`, `--set assume.NAME=VALUE`), or write it into the generated template.
    """

    code: ClassVar[str] = "OPS007"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` needs a value that is not known at conversion: {why}"

    name: str
    why: str
