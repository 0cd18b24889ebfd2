"""Findings about the structure of workflows: ids, membership, edges that depend on what is not known."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class TaskIdUnknown(Diagnostic):
    """A task's id is computed from a value that conversion does not know.

    ## Why it matters
    The task is kept under a stand-in id. References to it by its real id (from templates, other workflows or branch
    functions) do not find it.

    ## What to do
    Supply the value (`--variables`, `--env`, `[assume]` in the configuration) or write the id as a constant.
    """

    code: ClassVar[str] = "STR001"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "{operator}: the task id is not known at conversion: {why}"
    operator: str
    why: str


class EdgeUnknown(Diagnostic):
    """One side of a dependency is a value that conversion does not know.

    ## Why it matters
    An order of tasks that the source asks for may be missing in the output.

    ## What to do
    Supply the value that the dependency is computed from, or write the dependency with the tasks themselves.
    """

    code: ClassVar[str] = "STR002"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "a dependency was left out because one side of it is not known: {why}"
    why: str


class DagIdUnknown(Diagnostic):
    """A workflow's id is computed from a value that conversion does not know.

    ## Why it matters
    The workflow is kept under a stand-in name; others that trigger it or wait for it do not find it.

    ## What to do
    Supply the value (`--variables`, `--env`, `[assume]` in the configuration) or write the id as a constant.
    """

    code: ClassVar[str] = "STR003"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "the workflow's id is not known at conversion: {why}"
    why: str


class DagNotRegistered(Diagnostic):
    """A DAG was made, but the source system would not find it in this file.

    ## Why it matters
    Airflow only takes DAGs that are global names of the file or that a `with` statement or `@dag` call has closed; a DAG
    that is only kept in a container or a local name never runs. It is not converted.

    ## What to do
    Nothing, if that is meant. Otherwise bind the DAG to a global name.
    """

    code: ClassVar[str] = "STR004"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "DAG `{dag_id}` is no global name of its file, so Airflow does not see it; it was left out"
    dag_id: str


class TaskWithoutDag(Diagnostic):
    """A task was made outside of any DAG and never put into one.

    ## Why it matters
    Airflow never runs such a task. It is not converted.

    ## What to do
    Nothing, if that is meant. Otherwise pass `dag=` or make it inside `with DAG(...)`.
    """

    code: ClassVar[str] = "STR005"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "task `{task_id}` belongs to no DAG, so Airflow never runs it; it was left out"
    task_id: str


class DagIdTwice(Diagnostic):
    """Two DAGs of one file have the same id.

    ## Why it matters
    Airflow keeps only one of them, and does not promise which. The one that was made last is converted.

    ## What to do
    Give them different ids.
    """

    code: ClassVar[str] = "STR006"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "another DAG of this file has the id `{dag_id}` too; only the last one was converted"
    dag_id: str


class TasksMayBeMissing(Diagnostic):
    """Inside a DAG, or to make one, the source uses a function, decorator or context manager that is not among the given
    files.

    ## Why it matters
    Such a function can make tasks. If it does, they are missing in the output.

    ## What to do
    Give the folder that holds the function's module (`--path DIR`). If the function makes no tasks, nothing.
    """

    code: ClassVar[str] = "STR007"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{function}` is not among the given files; tasks that it makes are missing"
    function: str


class CircularDependencies(Diagnostic):
    """The dependencies of a DAG form a circle.

    ## Why it matters
    Airflow refuses such a DAG (`AirflowDagCycleException`), and so would Argo. A step that fails stands in the output.

    ## What to do
    Correct the dependencies, or leave the file out.
    """

    code: ClassVar[str] = "STR008"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "Airflow refuses this DAG: {circle}"
    circle: str
