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


class SkipExitCodeUnused(Diagnostic):
    """The command would count as skipped if it ended with exit code 99.

    ## Why it matters
    The operator's default is to take exit code 99 for "skipped". The command shows no sign that it uses that code, so
    the step was not given a skip state, and 99 would be a failure.

    ## What to do
    Nothing, unless a program that the command calls ends with 99 on purpose: then give `skip_on_exit_code` in the
    source.
    """

    code: ClassVar[str] = "OPS011"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "exit code 99 counts as a failure here: the command does not seem to use it"


class HostPath(Diagnostic):
    """A folder of the old worker's machine is mounted into the container.

    ## Why it matters
    A pod runs on any node of the cluster; the folder is not there, or is another one.

    ## What to do
    Replace the `hostPath` volume by a persistent volume claim or by files from a bucket.
    """

    code: ClassVar[str] = "OPS020"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{path}` of the old worker is mounted as a host path"

    path: str


class RegistryCredentials(Diagnostic):
    """The image is pulled with the credentials of a connection.

    ## Why it matters
    Kubernetes takes registry credentials from a Secret of type `kubernetes.io/dockerconfigjson`.

    ## What to do
    Create that Secret under the name given; it is listed as `imagePullSecrets`.
    """

    code: ClassVar[str] = "OPS021"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = (
        "the registry credentials of connection `{connection}` must become the pull secret `{secret}`"
    )

    connection: str
    secret: str


class OptionNotConverted(Diagnostic):
    """An option of an operator that the target cannot honour, or honours in another way.

    ## Why it matters
    The task runs, but this option does not act as it did.

    ## What to do
    Read the sentence, and decide whether the difference matters for this task.
    """

    code: ClassVar[str] = "OPS022"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{name}`: {what}"

    name: str
    what: str


class OptionDropped(Diagnostic):
    """An option that has no meaning in the target, so that leaving it out changes nothing.

    ## Why it matters
    It steered something that the target does by itself or does not have (log shipping, pod clean-up, daemon addresses).

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "OPS023"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{name}` is left out: {why}"

    name: str
    why: str


class OptionManual(Diagnostic):
    """An option that a person must carry over.

    ## Why it matters
    The generated step runs without it and may fail or do something else.

    ## What to do
    Do what the sentence says.
    """

    code: ClassVar[str] = "OPS024"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}`: {what}"

    name: str
    what: str


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


class OtherNamespace(Diagnostic):
    """The pod was started in a namespace of its own.

    ## Why it matters
    Argo's pods run in the namespace of their workflow. Secrets, config maps, service accounts and volume claims of the
    other namespace are not there.

    ## What to do
    Install the workflow in that namespace, or copy what the task needs.
    """

    code: ClassVar[str] = "OPS042"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the pod ran in namespace `{namespace}`; here it runs in the workflow's namespace"

    namespace: str


class StartTimeout(Diagnostic):
    """The source gave up when the pod did not start in time.

    ## Why it matters
    Argo has no limit for the time a pod waits to start; it waits until the task's or run's own deadline.

    ## What to do
    Nothing; give the task an `execution_timeout` if an endless wait would hurt.
    """

    code: ClassVar[str] = "OPS043"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{name}`: a pod that does not start is waited for until the deadline of the task or run"

    name: str


class SkipExitCodeWrapped(Diagnostic):
    """An exit code of a foreign image counts as "skipped".

    ## Why it matters
    Argo knows no skip by exit code. The command is wrapped in a line of `sh` that turns the code into a skip state, so
    the image must contain `sh`.

    ## What to do
    Check that the image has a shell.
    """

    code: ClassVar[str] = "OPS044"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "exit code {codes} counts as skipped: the command is run by `sh` in the image"

    codes: str


class ClusterOfPod(Diagnostic):
    """The pod was started in a named GKE or EKS cluster.

    ## Why it matters
    Argo starts the pod in the cluster that it runs in itself.

    ## What to do
    Run the converted workflow in the cluster named, or make sure that the image, service account and network are the
    same in Argo's cluster.
    """

    code: ClassVar[str] = "OPS046"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the pod ran in cluster `{cluster}`; here it runs in Argo's own cluster"

    cluster: str


class PodFile(Diagnostic):
    """The pod is described by a template file that conversion could not read.

    ## Why it matters
    The fields of that file (images, volumes, side containers, ...) are missing in the output.

    ## What to do
    Put the file beside the sources, or complete the generated template.
    """

    code: ClassVar[str] = "OPS047"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the pod template `{path}` could not be read: {why}"

    path: str
    why: str


class Pagination(Diagnostic):
    """The operator asks for page after page.

    ## Why it matters
    Only the first request was converted.

    ## What to do
    Write the loop into the step, or run the operator hosted.
    """

    code: ClassVar[str] = "OPS050"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`pagination_function` is not converted: only the first page is requested"


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


class ImageToChoose(Diagnostic):
    """The step needs a client program for which there is no common image.

    ## Why it matters
    The step cannot start without an image that has the program.

    ## What to do
    Build or choose one and name it in `migrate.toml` (`images`).
    """

    code: ClassVar[str] = "OPS063"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "an image with `{tool}` must be chosen"

    tool: str


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


class FileOnWorker(Diagnostic):
    """A sensor looks for a file on the worker's disk.

    ## Why it matters
    A pod has a disk of its own; the file is only seen on a volume that is mounted into it.

    ## What to do
    Mount the volume in the generated template, or wait for the file where it really comes from (a bucket).
    """

    code: ClassVar[str] = "SEN010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the sensor looks for `{path}`: the volume with this file must be mounted"

    path: str


class WaitFromStart(Diagnostic):
    """A wait for a length of time.

    ## Why it matters
    The source counts from the end of the run's data interval, so a run that is late waits less. The step waits for the
    same moment.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "SEN020"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the wait is counted from the end of the run's interval, as in the source"


class LatestOnlyAssumed(Diagnostic):
    """The steps below run only in the latest run.

    ## Why it matters
    Argo starts the newest missed run only, so every scheduled run counts as the latest; a run with a logical date of
    its own counts as an old one.

    ## What to do
    Nothing, unless runs are made up later by hand.
    """

    code: ClassVar[str] = "BRN010"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "a scheduled run always counts as the latest one; a run with a given logical date does not"


class ApprovalDetails(Diagnostic):
    """A question to a person has options that Argo's suspended step does not know.

    ## Why it matters
    The step waits for an answer in the user interface or command line; anybody who may resume the workflow can answer.

    ## What to do
    Restrict who may resume workflows, and send the notice with a step before if one is needed.
    """

    code: ClassVar[str] = "HITL001"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` of the question is not converted"

    name: str


class HostedOperator(Diagnostic):
    """The operator's own code runs in a pod.

    ## Why it matters
    The pod needs an image with Airflow and the provider package, and starts more slowly than a native step. There is
    no scheduler and no metadata database: an operator that needs these fails.

    ## What to do
    Use the generated Dockerfile, and fill the connections' Secrets.
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


class PodHeld(Diagnostic):
    """A sensor that gives its worker slot back while it waits (`mode="reschedule"`, `deferrable=True`).

    ## Why it matters
    It looks at the same times and ends in the same state, but its pod stays on the cluster while it waits.

    ## What to do
    Nothing, unless many sensors wait at once: then give their pods small resource requests.
    """

    code: ClassVar[str] = "SEN002"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the pod stays while the sensor waits"
