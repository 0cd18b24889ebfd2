"""Findings of the operator mappings (OPS002, OPS011, OPS02x, OPS04x, OPS05x, OPS07x, OPS09x, HST, HITL, SEN0xx)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class UnmappedOperator(Diagnostic):
    """The operator has no mapping, and the configuration says that such tasks fail.

    ## Why it matters
    The step is a placeholder: it ends with exit code 64 and this message.

    ## What to do
    Let it run as a hosted operator (`--unmapped hosted`), write a mapping for it (`--mappings`), or replace the
    placeholder by hand.
    """

    code: ClassVar[str] = "OPS002"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "no mapping for the operator `{operator}`"

    operator: str


class NoCommand(Diagnostic):
    """The container starts with its image's own entry point.

    ## Why it matters
    Argo must know the entry point before it starts the pod, and asks the registry for it: the controller needs access
    to the registry, for private images with pull credentials.

    ## What to do
    Give the command in the source (`cmds`), or make sure that the controller can read the image.
    """

    code: ClassVar[str] = "OPS041"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "no command is given: Argo looks up the entry point of the image in its registry"


class TemplateFileMissing(Diagnostic):
    """An argument names a file that was not found.

    ## Why it matters
    The source system reads the file when the task runs. Without it the step has nothing to run.

    ## What to do
    Give the folder of the file (`template_searchpath` in the source, or the path of the project), or write the text
    into the generated step.
    """

    code: ClassVar[str] = "OPS060"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "`{name}`: the file `{path}` was not found"

    name: str
    path: str


class UnknownDialect(Diagnostic):
    """The kind of database behind a connection is not known.

    ## Why it matters
    The client program depends on it. PostgreSQL was assumed.

    ## What to do
    Give the connection's type with `--connections`.
    """

    code: ClassVar[str] = "OPS061"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the database of connection `{connection}` is not known: PostgreSQL is assumed"

    connection: str


class JobIdempotency(Diagnostic):
    """The source found a job again after a restart by its id.

    ## Why it matters
    A retried step submits the job anew.

    ## What to do
    Make sure that the job can run twice.
    """

    code: ClassVar[str] = "OPS062"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "a retried step submits the job again; the source would have found the running one"


class SparkByOperator(Diagnostic):
    """`spark-submit` became a SparkApplication object (`spark.mode = "operator"`).

    ## Why it matters
    The Spark operator of the cluster runs driver and executors in pods of its own. The master and the deploy mode of
    the connection no longer count, and the application needs an image and a version of Spark.

    ## What to do
    Check the image (`images.spark` in migrate.toml) and the service account that drivers need.
    """

    code: ClassVar[str] = "OPS063"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "runs as a SparkApplication with image `{image}` and Spark {version}, not by spark-submit"

    image: str
    version: str


class DbtProject(Diagnostic):
    """A dbt project runs as one step.

    ## Why it matters
    The source had one task per model; its graph, retries per model and states per model are lost.

    ## What to do
    Nothing if a whole run is enough; else give the project's `manifest.json`.
    """

    code: ClassVar[str] = "OPS070"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the dbt project runs as one step; the graph of its models is lost"


class MappingProblem(Diagnostic):
    """A mapping file of the user has a mistake or a conflict.

    ## Why it matters
    The mapping is not used, so the operator is converted as if it were not there.

    ## What to do
    Correct the file; the guide "Own operator mappings" lists its keys.
    """

    code: ClassVar[str] = "OPS090"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "operator mapping: {what}"

    what: str


class MappingReplaced(Diagnostic):
    """A mapping file replaces a mapping that the converter has itself.

    ## Why it matters
    The tasks of that operator are converted as the file says.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "OPS091"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the mapping of `{operator}` from {file} replaces the built-in one"

    operator: str
    file: str
