"""The report as data: what became of every task and workflow, why, and what is needed before the result can run."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

DispositionName = Literal["converted", "caveat", "manual", "not-converted", "failed"]
SeverityName = Literal["info", "warning", "manual", "error", "failed"]
DISPOSITIONS: tuple[DispositionName, ...] = ("converted", "caveat", "manual", "not-converted", "failed")


class Row(BaseModel):
    """Base of the report's models."""

    model_config = ConfigDict(extra="forbid")


class FindingRow(Row):
    """One finding."""

    code: str = Field(description="Stable code, see `migrate explain CODE`.")
    name: str = Field(description="Short name of the code.")
    severity: SeverityName
    disposition: DispositionName = Field(description="What the severity makes of the task and its workflow.")
    message: str
    file: str = Field(description="Source file, relative to the path that was given; empty: the batch as a whole.")
    line: int = Field(description="Line from 1; 0: the file as a whole.")
    column: int = 0
    workflow: str | None = None
    task: str | None = None
    points: float = Field(default=0, description="Effort points; a repeated code costs a fifth.")


class TaskRow(Row):
    """One task of the source."""

    id: str
    operator: str
    action: str = Field(description="What it became: shell, python, container, hosted, ...")
    disposition: DispositionName
    argo: str | None = Field(description="Name of its step in Argo.")
    file: str
    line: int
    upstream: list[str] = Field(default_factory=list)
    rule: str = "all_success"
    codes: list[str] = Field(default_factory=list)


class WorkflowRow(Row):
    """One workflow of the source."""

    id: str
    argo: str | None = Field(description="Name of its WorkflowTemplate; null: nothing was written.")
    file: str
    line: int
    disposition: DispositionName
    schedule: str | None = None
    tasks: list[TaskRow] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list, description="Files written for it.")
    needs: dict[str, list[str] | dict[str, list[str]]] = Field(default_factory=dict)
    points: float = 0
    file_findings: list[int] = Field(
        default_factory=list, description="Positions in `findings` of those of its source file that name no workflow."
    )


class FileRow(Row):
    """A source file without workflows: skipped, empty, or not readable."""

    file: str
    disposition: DispositionName
    codes: list[str]
    reason: str


class CodeCount(Row):
    """How often a code occurs."""

    code: str
    name: str
    severity: SeverityName
    count: int
    workflows: int


class Prerequisite(Row):
    """Something that must exist before the workflows can run."""

    kind: str = Field(description="connection, secret, variable, config map, pool, image, package, right, ...")
    name: str
    keys: list[str] = Field(default_factory=list)
    workflows: list[str] = Field(default_factory=list, description="Workflows that need it.")


class NextMapping(Row):
    """Operators whose mapping would make further workflows clean."""

    operators: list[str]
    workflows: int = Field(description="Workflows that would then be `converted`.")
    tasks: int = Field(description="Tasks of these operators in all workflows.")


class Supply(Row):
    """A value from outside that structure or arguments depend on."""

    name: str = Field(description="`variable:NAME`, `env:NAME` or `connection:ID`.")
    workflows: int = Field(description="Workflows that depend on it.")


class Summary(Row):
    """Counts."""

    workflows: dict[str, int]
    tasks: dict[str, int]
    files_read: int
    files_without_workflow: int
    findings: int
    points: float
    codes: list[CodeCount]


class Report(Row):
    """The whole report. The same sources and configuration give the same report."""

    apiVersion: Literal["migrate/v1"] = "migrate/v1"  # noqa: N815 as in all manifests
    kind: Literal["MigrationReport"] = Field(
        default="MigrationReport", description="Tools that read a whole folder of manifests pass over other kinds."
    )
    migrate_version: str
    system: str
    disposition: DispositionName = Field(description="The worst of all findings and files.")
    summary: Summary
    workflows: list[WorkflowRow]
    files: list[FileRow]
    findings: list[FindingRow]
    prerequisites: list[Prerequisite]
    next_mappings: list[NextMapping]
    supply: list[Supply] = Field(description="Values to supply, the most useful first.")
