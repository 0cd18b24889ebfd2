"""Findings about the files of Digdag projects."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class ProjectFilesLarge(Diagnostic):
    """The files that a task needs do not fit into a ConfigMap.

    ## Why it matters
    A ConfigMap holds at most 1 MiB, so the task's image has to contain the files.

    ## What to do
    Run with `--images` and build the Dockerfile in `images/project-<workflow>/`, or put the files into an image of yours
    and name it under `task_images` in migrate.toml.
    """

    code: ClassVar[str] = "DIG040"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the project files that this task needs take {size} bytes: put them into its image"
    size: int


class PartOfProject(Diagnostic):
    """Code that may read any file of the project gets only the files that it names.

    ## Why it matters
    In Digdag each task runs in a copy of the whole project. This project does not fit into a ConfigMap (1 MiB), so the
    task gets the files that its text and its code name. If it opens another one, it fails.

    ## What to do
    Run with `--images` and build the Dockerfile in `images/project-<workflow>/`: the task then runs in an image with
    the whole project. Or check that the files that the message names are not read.
    """

    code: ClassVar[str] = "DIG045"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the project does not fit into a ConfigMap: without an image the task does not get {files}"
    files: str


class SecretFile(Diagnostic):
    """A file of the project holds a secret. It was not copied.

    ## Why it matters
    Manifests are kept in version control and shown in the user interface. The tasks that run in the project's folder get
    the file from a Kubernetes Secret, which has no content yet; without it the file is missing.

    ## What to do
    Create the Secret from the file (`kubectl create secret generic SECRET --from-file=KEY=FILE`; a stub is in
    `shared/`), or take the secret out of the file and read it with `${secret:...}`; and change the password or key,
    because it is known to everybody who can read the source.
    """

    code: ClassVar[str] = "DIG046"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{path}` holds {reason}: tasks get it from key `{key}` of Secret `{secret}`"
    path: str
    reason: str
    secret: str
    key: str


class FilesBetweenTasks(Diagnostic):
    """A task reads a file that another task writes.

    ## Why it matters
    On a Digdag server each task has a fresh copy of the project, as each pod here: the file is not there, unless it was
    written outside of that folder and the tasks ran on one machine. In a local run (`digdag run`) all tasks share one
    folder.

    ## What to do
    Write the file to a bucket or a volume that both pods mount, hand the value on with `digdag.env.store`, or do both
    things in one task.
    """

    code: ClassVar[str] = "DIG047"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{path}` is written by `{writer}`: the tasks have no folder in common"
    path: str
    writer: str


class NotInArchive(Diagnostic):
    """A task names a file that Digdag's archive of the project does not hold.

    ## Why it matters
    `digdag push` leaves out names that start with a dot and what `.digdagignore` names, and the task does not find the
    file on a server. In a local run it does.

    ## What to do
    Rename the file if the task needs it. Settings and secrets belong into parameters and `${secret:...}`.
    """

    code: ClassVar[str] = "DIG048"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{path}` is not given to the task: {reason}"
    path: str
    reason: str
