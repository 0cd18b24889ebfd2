"""What tasks take from the machine on which they used to run."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class ProgramsNeeded(Diagnostic):
    """A shell command calls programs that are not in the default image.

    ## Why it matters
    On the old workers the programs were installed. In a pod there is what its image holds; a program that is missing
    ends the command with code 127.

    ## What to do
    Name an image that holds the programs: `images.bash` for all commands, or `task_images` for some
    (`"my_dag.*" = "registry/dbt:1.8"`). The finding is gone when the image is not the default one.
    """

    code: ClassVar[str] = "OPS010"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the image `{image}` does not hold what the command calls: {programs}"

    image: str
    programs: str


class MachineFiles(Diagnostic):
    """A command or a function names absolute paths of the old workers' machine.

    ## Why it matters
    A pod has a file system of its own, which begins as its image is. What lay on the worker is not there, and what is
    written there is gone when the pod ends.

    ## What to do
    Put the files into the image, mount a volume at the path, or keep the data in a bucket. If you have chosen an image
    that holds them (`images`, `task_images`), the finding is gone.
    """

    code: ClassVar[str] = "OPS012"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "names files of the machine on which it used to run: {paths}"

    paths: str


class SharedFiles(Diagnostic):
    """Several tasks of a workflow name the same file below `/tmp`.

    ## Why it matters
    Tasks that ran on the same worker found each other's files. Each pod has a `/tmp` of its own, so the second task
    does not find what the first one wrote.

    ## What to do
    Hand the data over by an artifact, a bucket or a result, or give the pods a common volume.
    """

    code: ClassVar[str] = "OPS013"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "names {paths}, as {tasks} does: pods do not share their files"

    paths: str
    tasks: str


class MachineVariables(Diagnostic):
    """A shell command reads environment variables that only the old workers had.

    ## Why it matters
    The command inherited the environment of the worker. In the pod such a variable is unset, and the shell silently
    puts nothing in its place.

    ## What to do
    Give the values in `env` of the task, or choose an image that sets them (`images.bash`, `task_images`).
    """

    code: ClassVar[str] = "OPS014"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the command reads environment variables that the pod does not have: {names}"

    names: str
