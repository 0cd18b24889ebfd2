"""What was understood of the sources, for `migrate inspect`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from migrate.batch import Stage, describe, run_stage
from migrate.diagnostics.base import DISPOSITION_OF, Diagnostic, Disposition, Severity, Sink
from migrate.diagnostics.internal import FileFailed, WorkerDied
from migrate.diagnostics.supply import supply
from migrate.frontends import front_end
from migrate.ir.structure import TaskStructure, WorkflowStructure
from migrate.pipeline import discover
from migrate.request import Request
from migrate.source import SourceFile, Span


class Finding(BaseModel):
    """A finding of reading."""

    model_config = ConfigDict(extra="forbid")

    code: str
    severity: str
    message: str
    file: str
    line: int
    column: int = 0
    workflow: str | None = None
    task: str | None = None


class Supply(BaseModel):
    """A value from outside that structure depends on."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="`variable:NAME`, `env:NAME` or `connection:ID`.")
    workflows: int = Field(description="Workflows (files, where none was built) that depend on it.")


class InspectDocument(BaseModel):
    """The JSON of `migrate inspect --format json`."""

    model_config = ConfigDict(extra="forbid")

    workflows: list[WorkflowStructure]
    findings: list[Finding]
    supply: list[Supply] = Field(default_factory=list, description="Values that would resolve more workflows.")

    def disposition(self) -> str:
        """The worst disposition of the findings."""
        found = [DISPOSITION_OF[Severity(f.severity)] for f in self.findings]
        return max(found, key=lambda d: d.rank, default=Disposition.CONVERTED).value


@dataclass(frozen=True)
class _Result:
    workflows: tuple[Any, ...]
    findings: tuple[Diagnostic, ...]


def inspect_all(request: Request) -> InspectDocument:
    """Reads all files of a request and describes their workflows in order of their files."""
    sink = Sink()
    files, _ = discover(request, sink)
    stage = Stage(front_end, _one, _died, request)
    results = run_stage(stage, files, request.jobs)
    for result in results:
        sink.extend(list(result.findings))
    findings = sink.all()
    workflows = [w for result in results for w in result.workflows]
    by_file: dict[str, list[str]] = defaultdict(list)
    for workflow in workflows:
        by_file[workflow.source.file].append(workflow.id)
    return InspectDocument(
        workflows=workflows,
        findings=[_finding(d) for d in findings],
        supply=[Supply(name=name, workflows=count) for name, count in supply(findings, by_file)],
    )


def _one(front: Any, file: SourceFile) -> _Result:
    sink = Sink()
    workflows: Sequence[Any] = ()
    try:
        workflows = front.structure(file, sink)
    except Exception as error:
        sink.add(FileFailed(span=Span(file.relative), error=describe(error)))
    return _Result(tuple(workflows), tuple(sink.all()))


def _died(file: SourceFile) -> _Result:
    return _Result((), (WorkerDied(span=Span(file.relative)),))


def _finding(d: Diagnostic) -> Finding:
    return Finding(
        code=d.code,
        severity=d.severity.value,
        message=d.text,
        file=d.span.file,
        line=d.span.line,
        column=d.span.column,
        workflow=d.workflow,
        task=d.task,
    )


def as_json(document: InspectDocument) -> str:
    """The document as JSON text."""
    return document.model_dump_json(indent=2, by_alias=True) + "\n"


def as_tree(document: InspectDocument) -> str:
    """The document for people."""
    lines: list[str] = []
    for w in document.workflows:
        lines.append(f"{w.id}  ({w.source.file}:{w.source.line})  {_schedule(w.schedule)}")
        for i, task in enumerate(w.tasks):
            corner = "└─" if i == len(w.tasks) - 1 else "├─"
            lines.append(f"  {corner} {task.id}  {_about(task)}")
        lines.append("")
    if document.findings:
        lines.append(f"{len(document.findings)} finding(s):")
        lines += [f"  {f.file}:{f.line}: {f.code} {f.severity}: {f.message}" for f in document.findings]
    if document.supply:
        lines += ["", f"To resolve {_most(document)} more workflow(s), supply:"]
        lines += [f"  {s.name}  ({s.workflows} workflow(s))" for s in document.supply]
    if not document.workflows:
        lines.insert(0, "No workflow was found.")
    return "\n".join(lines).rstrip() + "\n"


def _most(document: InspectDocument) -> int:
    return max(s.workflows for s in document.supply)


def _schedule(schedule: dict[str, Any] | None) -> str:
    if not schedule:
        return "no schedule"
    return ", ".join(f"{name} {_brief(value)}" for name, value in schedule.items() if value not in (None, [], {}))


def _brief(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(_brief(v) for v in value)
    return str(value)


def _about(task: TaskStructure) -> str:
    parts = [task.operator or "group"]
    if task.mapped:
        parts.append("mapped")
    if task.trigger_rule and task.trigger_rule != "all_success":
        parts.append(task.trigger_rule)
    text = f"[{', '.join(parts)}]"
    return f"{text} after {', '.join(task.upstream)}" if task.upstream else text


def as_mermaid(document: InspectDocument) -> str:
    """One Mermaid flow chart per workflow."""
    charts = []
    for w in document.workflows:
        names = {task.id: f"t{i}" for i, task in enumerate(w.tasks)}
        lines = [f"%% {w.id} ({w.source.file}:{w.source.line})", "flowchart LR"]
        for task in w.tasks:
            label = re.sub(r'["\n]', "'", f"{task.id}")
            box = f'[["{label}"]]' if task.mapped else f'["{label}"]'
            lines.append(f"  {names[task.id]}{box}")
        for task in w.tasks:
            lines += [f"  {names[up]} --> {names[task.id]}" for up in task.upstream if up in names]
        charts.append("\n".join(lines))
    return "\n\n".join(charts) + "\n"
