"""Operators that run in a pod with their own interpreter or with Airflow."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class VirtualenvSlow(Diagnostic):
    """The step installs packages before it runs.

    ## Why it matters
    Every run downloads them: it starts slowly, and needs the network.

    ## What to do
    Build an image with these packages and name it in `migrate.toml` (`images`).
    """

    code: ClassVar[str] = "PY006"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "packages are installed at each start: {packages}"

    packages: str


class OtherInterpreter(Diagnostic):
    """The function ran in another Python installation of the worker.

    ## Why it matters
    The image must hold that interpreter with its packages.

    ## What to do
    Build such an image and name it in `migrate.toml` (`images`).
    """

    code: ClassVar[str] = "PY007"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the image must hold the interpreter `{python}` with its packages"

    python: str


class HostedOperator(Diagnostic):
    """The operator's own code runs in a pod.

    ## Why it matters
    The pod needs an image with Airflow and the provider package, and starts more slowly than a native step. There is
    no scheduler and no metadata database: an operator that needs these fails.

    ## What to do
    Fill the connections' Secrets. Where the image lacks the package, run with `--images` and build the Dockerfile.
    """

    code: ClassVar[str] = "HST001"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{operator}` runs in a pod with its own code (image with {packages})"

    operator: str
    packages: str


class HostedArgument(Diagnostic):
    """An argument of a hosted operator is not known at conversion.

    ## Why it matters
    The operator cannot be built without it, so a placeholder that fails stands in its place.

    ## What to do
    Give the value (`--variables`, `--env`, `--set assume.NAME=VALUE`), or write the step by hand.
    """

    code: ClassVar[str] = "HST002"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{operator}` cannot be built: `{name}` is not known at conversion ({why})"

    operator: str
    name: str
    why: str


class HostedDeferrable(Diagnostic):
    """The operator only works by handing its wait to the triggerer.

    ## Why it matters
    There is no triggerer in the pod.

    ## What to do
    Use the variant of the operator that waits itself.
    """

    code: ClassVar[str] = "HST003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{operator}` always defers; a pod has no triggerer"

    operator: str


class TasksTest(Diagnostic):
    """The task runs as `airflow tasks test` in an image with the DAG files.

    ## Why it matters
    Each pod sets up an own metadata database first (20 to 40 seconds), and the image must hold the DAG files.

    ## What to do
    Build that image; prefer a hosted or native step where it is possible.
    """

    code: ClassVar[str] = "HST010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{operator}` runs as `airflow tasks test` in an image with the DAG files"

    operator: str
