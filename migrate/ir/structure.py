"""What was understood of a workflow's structure: the model behind `inspect --format json`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from migrate.ir.base import Model


class SourcePlace(Model):
    """Where a workflow is declared; `file` is relative to the inspected path, lines count from 1."""

    file: str
    line: int = 0


class TaskStructure(Model):
    """One task. `operator`: the class as the source calls it, `@task.xxx` for decorated functions, or the name of a
    Digdag operator. `upstream`: ids of its direct upstreams, sorted. `parent`: the enclosing group or parent task."""

    id: str
    operator: str
    trigger_rule: str = "all_success"
    mapped: bool = False
    upstream: tuple[str, ...] = ()
    kind: str | None = None
    parent: str | None = None


class WorkflowStructure(Model):
    """One workflow. `schedule` is None for one that is only started by hand."""

    id: str
    source: SourcePlace
    schedule: dict[str, Any] | None = None
    tasks: tuple[TaskStructure, ...] = Field(default=())
