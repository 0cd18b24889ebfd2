"""Findings about Python code of the sources (PY001, PY003, PY005, PY009, PY010, PY011, PY012, XCM001, XCM004, VAR002, VAR003, MAP002)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class NameNotResolved(Diagnostic):
    """The code of a task needs a name that cannot be taken along.

    ## Why it matters
    The function would end with a NameError, or with a wrong value, when it reaches that name.

    ## What to do
    Pass the value as an argument of the task, or move it to a module-level constant or function.
    """

    code: ClassVar[str] = "PY001"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}`, which `{function}` uses, cannot be taken along: {why}"

    name: str
    function: str
    why: str


class ContextNotOffered(Diagnostic):
    """The code of a task uses what only the old installation has: a part of the run's context, its database or settings.

    ## Why it matters
    There is no metadata database behind the pod: what only that database knows is missing, and the access fails.

    ## What to do
    Rewrite the function without it, or let the task run hosted in an image with the source framework.
    """

    code: ClassVar[str] = "PY003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{function}` uses `{what}`, which does not exist in the pod"

    function: str
    what: str


class StateNotSet(Diagnostic):
    """The file sets something up when it is loaded that the code of a task may rely on, and that its pod does not repeat.

    ## Why it matters
    Airflow's workers load the whole file before each task. The pod has the code that the task needs: an environment
    variable or a setting of the process is then not what it was.

    ## What to do
    Move the statement into a function that the task's own code calls, or set the variable in the pod.
    """

    code: ClassVar[str] = "PY010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{statement}` is not repeated in the pod of `{function}`: {why}"

    statement: str
    function: str
    why: str


class TooMuchCode(Diagnostic):
    """The code of a task reaches more of the project than is looked at.

    ## Why it matters
    Variables, connections, environment variables and results that the rest reads are not declared, so that the pod does
    not get them.

    ## What to do
    Look through the modules that the function uses, and add what they read to the template.
    """

    code: ClassVar[str] = "PY011"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{function}` reaches too much code; what all of it reads is not known"

    function: str


class FilesBesideModule(Diagnostic):
    """A module of the project that travels with a task reads files that stand beside it.

    ## Why it matters
    Only the module's code is in the pod. The file is not found there.

    ## What to do
    Put the file into the task's image or a ConfigMap, or its content into the module.
    """

    code: ClassVar[str] = "PY012"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "modules that `{function}` uses look for files beside themselves: {places}"

    function: str
    places: str


class CodeNotFound(Diagnostic):
    """A callable whose source is not part of the project.

    ## Why it matters
    There is no text that could be put into the output.

    ## What to do
    Add the folder that holds it (`--path`), or write the function into the generated template.
    """

    code: ClassVar[str] = "PY009"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the code of `{name}` is not known: {why}"

    name: str
    why: str


class ComputedKey(Diagnostic):
    """A result is read or written under a key, or from a task, that is computed when the task runs.

    ## Why it matters
    Values cross tasks only where the manifests declare them, and a computed name cannot be declared.

    ## What to do
    Use constant task ids and keys, or declare the missing inputs and outputs in the generated template.
    """

    code: ClassVar[str] = "XCM001"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{function}` computes {what} when it runs: {text_of_call}"

    function: str
    what: str
    text_of_call: str


class OtherRunsResult(Diagnostic):
    """A result of another workflow, or of an earlier run, is read.

    ## Why it matters
    Outputs of other runs cannot be referred to in Argo.

    ## What to do
    Hand the value over by a parameter, an artifact, or a store outside.
    """

    code: ClassVar[str] = "XCM004"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "{where} reads a result of another workflow or run: {text_of_call}"

    where: str
    text_of_call: str


class VariableWritten(Diagnostic):
    """The code of a task sets a variable.

    ## Why it matters
    Variables are ConfigMap and Secret entries in the result; a pod does not change them.

    ## What to do
    Keep such state in a store outside, or give the pod the right to patch the ConfigMap.
    """

    code: ClassVar[str] = "VAR002"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{function}` sets the variable {name}"

    function: str
    name: str


class PackagesNeeded(Diagnostic):
    """The code of a task imports third-party packages.

    ## Why it matters
    The default Python image has the standard library only: the import fails there.

    ## What to do
    Run with `--images` and build `images/python/Dockerfile`, or give the task an image that has the packages
    (`images`, `task_images` in `migrate.toml`).
    """

    code: ClassVar[str] = "PY005"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the image needs the packages {packages}"

    packages: str


class WorkerEnvironment(Diagnostic):
    """The code of a task reads an environment variable of the old workers.

    ## Why it matters
    The pod gets it from a ConfigMap that does not exist yet; without it the variable is unset.

    ## What to do
    Fill the ConfigMap of worker variables (it is listed among the prerequisites of the report).
    """

    code: ClassVar[str] = "VAR003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the environment variable{plural} {names} of the old workers must be supplied"

    names: str
    plural: str = ""


class NameComputed(Diagnostic):
    """The code of a task reads a Variable, a connection or an environment variable whose name it computes.

    ## Why it matters
    A pod is given what the code names. What is asked for under a computed name is not there: a Variable or an
    environment variable with a default silently takes the default, the rest fails.

    ## What to do
    Find out which names the expression can give and add them to the environment of the pod (`AIRFLOW_VAR_<NAME>`,
    `AIRFLOW_CONN_<ID>`, or the variable itself), or write the names into the code.
    """

    code: ClassVar[str] = "VAR004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{function}` reads {what} whose name is not known before it runs: `{text_of_call}`"

    function: str
    what: str
    text_of_call: str


class FailedItemsMissing(Diagnostic):
    """A task that runs although instances of a mapped task failed reads the results of all instances.

    ## Why it matters
    Argo hands over the results of the instances that succeeded. Airflow 2 does the same; Airflow 3 leaves a placeholder
    object in the place of a failed one, so the list is longer there.

    ## What to do
    Nothing, unless the code relies on the positions in the list.
    """

    code: ClassVar[str] = "MAP002"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the results of `{producer}` come without those of failed instances"

    producer: str
