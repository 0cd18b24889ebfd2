"""Findings of DAGs that a library makes from configuration: dag-factory, gusty, dbt projects."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class ConfigurationNotRead(Diagnostic):
    """A configuration that DAGs are made from was not read.

    ## Why it matters
    The DAGs that it defines are not converted at all.

    ## What to do
    Give the folder that holds the file, or correct the file.
    """

    code: ClassVar[str] = "GEN001"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "{library}: `{file}` was not read: {why}"
    library: str
    file: str
    why: str


class EntryFailed(Diagnostic):
    """One entry of a configuration could not be turned into a DAG, group or task.

    ## Why it matters
    What it describes is missing from the workflow.

    ## What to do
    Check the entry; if Airflow loads it, write this DAG in Python.
    """

    code: ClassVar[str] = "GEN002"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "{library}: `{entry}` was left out: {why}"
    library: str
    entry: str
    why: str


class SelectionNotFollowed(Diagnostic):
    """A part of a selection of dbt models is of a kind that conversion does not follow.

    ## Why it matters
    The workflow may have more models than the source's DAG.

    ## What to do
    Compare the list of models, or select by name, tag or path.
    """

    code: ClassVar[str] = "GEN003"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the dbt selection `{selection}` was not followed; all models were taken for it"
    selection: str


class DbtStepNeeds(Diagnostic):
    """A step runs the dbt command line in place of a task of astronomer-cosmos.

    ## Why it matters
    Its image must hold dbt and the project. A profile that cosmos made from an Airflow connection is not made here.

    ## What to do
    Choose an image for these tasks in `migrate.toml`, and put a `profiles.yml` (or `DBT_PROFILES_DIR`) into it.
    """

    code: ClassVar[str] = "GEN004"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the step runs `dbt`: its image needs dbt, the project{profile}"
    profile: str = ""
