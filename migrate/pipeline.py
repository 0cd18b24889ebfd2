"""The straight line: sources to workflows to manifests to a report.

    read      per file      SourceFile -> workflows and findings
    site      once          what all workflows of the batch know of each other
    emit      per workflow  workflow -> files, needs, names
    shared    once          files that all workflows use, and the report

`convert` writes nothing. `migrate.changes` compares its files with a folder and writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emitters.report.build import Converted, FileOutcome, build_report
from emitters.report.model import Report
from migrate.batch import Packed, Stage, describe, run_stage
from migrate.diagnostics.base import Diagnostic, Severity, Sink
from migrate.diagnostics.internal import FileFailed, StageFailed, TaskLost, WorkerDied, WorkflowFailed
from migrate.diagnostics.output import NothingFound, SameFileTwice, SameWorkflowTwice, WorkflowWithoutTasks
from migrate.errors import UserError
from migrate.frontends import front_end
from migrate.ir.actions import Unconverted
from migrate.ir.outline import Outline, outline
from migrate.ir.workflow import PLACEHOLDER, Task, Workflow
from migrate.output import OutputFile
from migrate.pins import read_pins
from migrate.request import Request
from migrate.source import SourceFile, Span

if TYPE_CHECKING:
    from emitters.argo.emit import Emitted
    from emitters.argo.site import Site

Progress = Callable[[str, int, int], None]
"""Told the stage, how many items are finished, and how many there are."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class ReadWorkflow:
    """One workflow that was read: its outline, and the whole for the process that writes it."""

    outline: Outline
    body: Packed[Workflow]


@dataclass(frozen=True)
class FileResult:
    """What reading one file gave."""

    file: SourceFile
    workflows: tuple[ReadWorkflow, ...]
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class EmitResult:
    """What writing one workflow gave. `emitted` is None if it failed."""

    emitted: Emitted | None
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Conversion:
    """Result of a run: the report, and the manifests."""

    report: Report
    files: tuple[OutputFile, ...]


def convert(request: Request, progress: Progress = no_progress) -> Conversion:
    """Converts one batch. Raises UserError if a given path cannot be read; everything else becomes a finding."""
    sink = Sink()
    results, found = read_all(request, sink, progress)
    workflows, clashes = _unique(results, sink)
    emitted, shared = _emit_all(workflows, request, sink, progress)
    converted = [_converted(w.outline, e) for w, e in zip(workflows, emitted, strict=True)]
    files = _unique_files([f for e in emitted if e is not None for f in e.files] + list(shared), sink)
    _check_nothing_lost(converted, sink)
    if not workflows:
        sink.add(NothingFound(span=Span("")))
    outcomes = [_outcome(r, clashes) for r in results] + found
    report = build_report(request.system, converted, outcomes, sink.all())
    return Conversion(report, tuple(files))


def _converted(workflow: Outline, emitted: Emitted | None) -> Converted:
    if emitted is None:
        return Converted(workflow)
    files = tuple(f.path for f in emitted.files)
    return Converted(workflow, emitted.slug, dict(emitted.task_names), files, emitted.needs)


# read ---------------------------------------------------------------------------------------------------------------


def read_all(
    request: Request, sink: Sink, progress: Progress = no_progress
) -> tuple[list[FileResult], list[FileOutcome]]:
    """Reads all files. The second part are files that discovery left out, with the reason."""
    files, skipped = discover(request, sink)
    counter = _Counter("reading", len(files), progress)
    stage = Stage(front_end, _read_one, _read_died, request)
    results = run_stage(stage, files, request.jobs, counter)
    for result in results:
        sink.extend(list(result.findings))
    return results, skipped


def discover(request: Request, sink: Sink) -> tuple[list[SourceFile], list[FileOutcome]]:
    """The files that may define workflows, in order of their names, and those that were left out."""
    for root in request.roots:
        if not root.exists():
            raise UserError(f"{root}: there is no such file or folder.")
    own = Sink()
    files = sorted(front_end(request).discover(own), key=lambda f: (f.relative, str(f.root)))
    sink.extend(own.all())
    by_file: dict[str, list[Diagnostic]] = {}
    for finding in own.all():
        by_file.setdefault(finding.span.file, []).append(finding)
    names = {f.relative for f in files}
    return files, [FileOutcome(f, (), tuple(d)) for f, d in sorted(by_file.items()) if f and f not in names]


def _read_one(front: Any, file: SourceFile) -> FileResult:
    sink = Sink()
    workflows: Sequence[Workflow] = ()
    try:
        workflows = front.read(file, sink)
    except Exception as error:
        sink.add(FileFailed(span=Span(file.relative), error=describe(error)))
    read = [ReadWorkflow(outline(w), Packed(w)) for w in (_never_empty(w, sink) for w in workflows)]
    return FileResult(file, tuple(read), tuple(sink.all()))


def _never_empty(workflow: Workflow, sink: Sink) -> Workflow:
    """A workflow whose tasks were lost fails loudly; one that has none in the source stays as it is."""
    serious = any(
        d.severity not in (Severity.INFO, Severity.WARNING) for d in sink.all() if d.workflow in (None, workflow.id)
    )
    if workflow.nodes or not serious:
        return workflow
    sink.add(WorkflowWithoutTasks(span=workflow.span, workflow=workflow.id, task=PLACEHOLDER))
    message = f"The tasks of {workflow.id} could not be converted; see the report."
    task = Task(id=PLACEHOLDER, span=workflow.span, operator="?", action=Unconverted(message=message))
    return workflow.model_copy(update={"nodes": (task,)})


def _read_died(file: SourceFile) -> FileResult:
    return FileResult(file, (), (WorkerDied(span=Span(file.relative)),))


def _outcome(result: FileResult, clashes: dict[tuple[str, str], Diagnostic]) -> FileOutcome:
    read = [w.outline.id for w in result.workflows]
    ids = tuple(id_ for id_ in read if (result.file.relative, id_) not in clashes)
    mine = tuple(d for (file, _), d in clashes.items() if file == result.file.relative)
    return FileOutcome(result.file.relative, ids, result.findings + mine)


def _unique(results: Sequence[FileResult], sink: Sink) -> tuple[list[ReadWorkflow], dict[tuple[str, str], Diagnostic]]:
    first: dict[str, ReadWorkflow] = {}
    clashes: dict[tuple[str, str], Diagnostic] = {}
    for result in results:
        for read in result.workflows:
            workflow = read.outline
            known = first.setdefault(workflow.id, read)
            if known is not read:
                clash = SameWorkflowTwice(span=workflow.span, name=workflow.id, first=str(known.outline.span))
                clashes[result.file.relative, workflow.id] = clash
                sink.add(clash)
    return list(first.values()), clashes


# emit ---------------------------------------------------------------------------------------------------------------


def _emit_all(
    workflows: Sequence[ReadWorkflow], request: Request, sink: Sink, progress: Progress
) -> tuple[list[Emitted | None], Sequence[OutputFile]]:
    """What was emitted of each workflow, in their order, and the shared files. The bodies are used up."""
    from emitters.argo.emit import emit_shared
    from emitters.argo.site import Site

    config = request.config
    site = Site.of([w.outline for w in workflows], config)
    counter = _Counter("writing", len(workflows), progress)
    stage = Stage(_emitter, _emit_one, _emit_died, (site, config))
    results = run_stage(stage, workflows, request.jobs, counter)
    for result in results:
        sink.extend(list(result.findings))
    emitted = [r.emitted for r in results]
    try:
        pins = read_pins(request.roots) if config.build.dockerfiles else {}
        return emitted, emit_shared([e for e in emitted if e is not None], site, config, sink, pins)
    except Exception as error:
        sink.add(StageFailed(span=Span(""), stage="shared files", error=describe(error)))
        return emitted, ()


def _emitter(setup: tuple[Site, Any]) -> tuple[Site, Any]:
    return setup


def _emit_one(setup: tuple[Site, Any], read: ReadWorkflow) -> EmitResult:
    from emitters.argo.emit import emit

    sink = Sink()
    workflow = read.body.take()
    try:
        made = emit(workflow, setup[0], setup[1], sink)
    except Exception as error:
        sink.add(WorkflowFailed(span=workflow.span, workflow=workflow.id, error=describe(error)))
        return EmitResult(None, tuple(sink.all()))
    return EmitResult(made, tuple(sink.all()))


def _emit_died(read: ReadWorkflow) -> EmitResult:
    where = read.outline
    finding = WorkflowFailed(span=where.span, workflow=where.id, error="the process that wrote it died")
    return EmitResult(None, (finding,))


def _unique_files(files: Sequence[OutputFile], sink: Sink) -> list[OutputFile]:
    first: dict[str, OutputFile] = {}
    for file in files:
        known = first.setdefault(file.path, file)
        if known is not file and (known.source is not None or known != file):  # shared files may come from several
            sink.add(SameFileTwice(span=Span(""), path=file.path, workflow=file.source))
    return [first[path] for path in sorted(first)]


def _check_nothing_lost(converted: Sequence[Converted], sink: Sink) -> None:
    told = {(d.workflow, d.task) for d in sink.all()}
    for result in converted:
        if result.argo is None:
            continue
        for task in result.workflow.tasks:
            if task.id not in result.names and (result.workflow.id, task.id) not in told:
                sink.add(TaskLost(span=task.span, workflow=result.workflow.id, task=task.id))


class _Counter:
    def __init__(self, stage: str, total: int, progress: Progress) -> None:
        self.stage, self.total, self.progress, self.count = stage, total, progress, 0
        progress(stage, 0, total)

    def __call__(self, finished: int) -> None:
        self.count += finished
        self.progress(self.stage, self.count, self.total)
