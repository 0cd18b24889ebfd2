"""Findings about options of Digdag's operators."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class ImageOfCommands(Diagnostic):
    """`docker: {build: [...]}` runs commands on top of an image before the task.

    ## Why it matters
    Digdag's agent builds the image and keeps it. A pod takes an image as it is, so what the commands install is missing.

    ## What to do
    Build the image once (`FROM` the image, one `RUN` for each command) and name it under `task_images` in migrate.toml,
    or as `docker: {image: ...}`.
    """

    code: ClassVar[str] = "DIG054"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`docker.build` is not run: build an image from {image} with these commands: {commands}"

    image: str
    commands: str


class DockerOption(Diagnostic):
    """An option of `docker:` that is about the Docker program of Digdag's agent.

    ## Why it matters
    Volumes, networks, users, memory and so on of `run_options` are settings of the pod in Kubernetes.

    ## What to do
    Set what the task needs in the template of the step; remove what it does not need.
    """

    code: ClassVar[str] = "DIG055"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`docker.{key}` has no effect in a pod: {value}"

    key: str
    value: str


class InterpreterNamed(Diagnostic):
    """`py>` with an interpreter of the agent's machine.

    ## Why it matters
    The code runs in the Python of the pod's image, whatever `python:` names: other packages, perhaps another version.

    ## What to do
    Name an image with that Python (`docker: {image: ...}`, or `task_images` in migrate.toml).
    """

    code: ClassVar[str] = "DIG056"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`python: {value}` is not used: the code runs in the Python of the pod's image"

    value: str


class KeyWithoutEffect(Diagnostic):
    """A key of a task that Digdag's operator does not have and that no text of the task reads.

    ## Why it matters
    Digdag ignores it, too (it is a parameter of the task that nothing uses). It may be misspelt.

    ## What to do
    Nothing, or correct its name.
    """

    code: ClassVar[str] = "DIG057"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{operator}>` has no option `{key}`: without effect, as in Digdag"

    operator: str
    key: str


class RequiredElsewhere(Diagnostic):
    """`require>` of a workflow of another project.

    ## Why it matters
    Digdag finds projects by the name that they were pushed under. The step starts the WorkflowTemplate that a project
    folder of that name gets when it is converted together with this one, and fails if there is none.

    ## What to do
    Convert both projects in one run, each in a folder of its name.
    """

    code: ClassVar[str] = "DIG058"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`require>` of the project `{project}`: it must be converted together with this one"

    project: str


class ProjectById(Diagnostic):
    """`require>` with `project_id`.

    ## Why it matters
    The numbers of projects are in the database of Digdag's server; nothing here says which project it is. The step fails.

    ## What to do
    Write `project_name` instead.
    """

    code: ClassVar[str] = "DIG059"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "`project_id: {value}` names a project by its number on Digdag's server; the step fails"

    value: str


class ClusterNotMade(Diagnostic):
    """`emr>` with something that is not converted.

    ## Why it matters
    The converted step adds steps to a cluster that there is, by `aws emr add-steps`. It does not make clusters and does
    not bring files of the project to S3. The step fails.

    ## What to do
    Make the cluster outside of the workflow, or with `aws emr create-cluster` in a `sh>` task with an image that has the
    AWS command line, and give its id as `cluster:`. Put the files into S3 and name them as `s3://...`.
    """

    code: ClassVar[str] = "DIG060"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "`emr>` with {what} is not converted; the step fails"

    what: str
