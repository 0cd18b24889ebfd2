"""Options of operators that start a pod."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


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
