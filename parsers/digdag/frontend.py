"""The Digdag front end: projects to workflows, or to structure facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from migrate.diagnostics.base import Sink
from migrate.diagnostics.digdag import ProjectRefused, WorkflowRejected
from migrate.ir import workflow as w
from migrate.ir.structure import WorkflowStructure
from migrate.secrets import secret_reason
from migrate.source import SourceFile, Span
from parsers.digdag.build import Builder
from parsers.digdag.errors import DigError
from parsers.digdag.project import SKIPPED_FOLDERS, Project
from parsers.digdag.schedules import read_schedule
from parsers.digdag.scope import holds_code
from parsers.digdag.spans import moved
from parsers.digdag.structure import structure
from parsers.digdag.tree import DigWorkflow, compile_workflow

MAX_DEPTH = 12


@dataclass(frozen=True)
class DigdagInputs:
    """Everything the front end is given. params: `-p NAME=VALUE` and `--params-file`. only/exclude: globs of workflow
    ids or files. start/count: from when and how many schedule times `structure` lists. export_as_params: top-level
    exports of constant text become parameters of the run."""

    roots: tuple[Path, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    start: datetime | None = None
    count: int = 4
    export_as_params: bool = False


def exports_taken(flow: DigWorkflow) -> dict[str, str]:
    """Takes the top-level exports that are constant texts out of the workflow. Numbers stay: a parameter of a run is a
    text, and `${n + 1}` would be another value; so do secrets and defaults of operators."""
    config = flow.root.config
    exports = config.get("_export", {})
    taken = {
        name: value
        for name, value in exports.items()
        if isinstance(value, str) and not holds_code(value) and not secret_reason(name, value) and name != "_workdir"
    }
    if taken:
        config.put("_export", exports.without(*taken), config.where("_export"))
    return taken


def project_folders(root: Path) -> list[Path]:
    """Folders at or below `root` that hold `.dig` files, outermost only, in order."""
    if root.is_file():
        return [root.parent]
    found: list[Path] = []
    todo = [(root, 0)]
    while todo:
        folder, depth = todo.pop(0)
        if any(p.suffix == ".dig" and p.is_file() for p in folder.iterdir()):
            found.append(folder)
            continue
        if depth < MAX_DEPTH:
            below = sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink())
            todo.extend((p, depth + 1) for p in below if p.name not in SKIPPED_FOLDERS)
    return sorted(found)


def discover_projects(inputs: DigdagInputs, sink: Sink) -> list[SourceFile]:
    """All `.dig` files of all projects: those at the top of a project are workflows, the others are `call>`ed."""
    files: list[SourceFile] = []
    for root in inputs.roots:
        base = root if root.is_dir() else root.parent
        for folder in project_folders(root):
            paths = [root] if root.is_file() else sorted(p for p in folder.rglob("*.dig") if p.is_file())
            for path in paths:
                relative = path.relative_to(base).as_posix()
                inside = path.resolve().is_relative_to(base.resolve())
                if not inside:
                    error = "it is a link out of the project"
                    sink.add(WorkflowRejected(span=Span(relative), stage="yaml", error=error))
                if inside and not SKIPPED_FOLDERS & set(path.relative_to(base).parts) and chosen(relative, inputs):
                    files.append(SourceFile(base, path, relative))
    return files


def chosen(relative: str, inputs: DigdagInputs) -> bool:
    """Whether `--only` and `--exclude` let a file through."""
    names = (relative, relative.removesuffix(".dig"), Path(relative).stem)
    wanted = not inputs.only or any(fnmatch(n, p) for p in inputs.only for n in names)
    return wanted and not any(fnmatch(n, p) for p in inputs.exclude for n in names)


class DigdagFrontEnd:
    """One per process: projects are read once."""

    def __init__(self, inputs: DigdagInputs) -> None:
        self.inputs = inputs
        self._projects: dict[Path, Project] = {}

    def project_of(self, file: SourceFile) -> tuple[Project, str]:
        """The project of a file, and the file's path in it: the outermost folder with `.dig` files."""
        folder = file.path.parent
        for parent in [*reversed(file.path.relative_to(file.root).parents)]:
            candidate = file.root / parent
            if any(candidate.glob("*.dig")):
                folder = candidate
                break
        if folder not in self._projects:
            prefix = folder.relative_to(file.root).as_posix()
            self._projects[folder] = Project(folder, "" if prefix == "." else prefix)
        return self._projects[folder], file.path.relative_to(folder).as_posix()

    def compile(self, file: SourceFile) -> tuple[Project, DigWorkflow]:
        """The compiled workflow of a file. Raises DigError."""
        project, relative = self.project_of(file)
        called = "/" in relative
        return project, compile_workflow(project.load(relative), relative, "^sub" if called else None)

    def read(self, file: SourceFile, sink: Sink) -> list[w.Workflow]:
        """The workflow of a top-level file; none for a file that is only called."""
        project, relative = self.project_of(file)
        if "/" in relative:
            return []
        local = Sink()
        try:
            _, flow = self.compile(file)
            params = dict(self.inputs.params)
            if self.inputs.export_as_params:
                params |= exports_taken(flow)
            made = [Builder(flow, project, local, project_params=params).build()]
            self.note_refused(project, relative, local)
        except DigError as error:
            made = []
            local.add(WorkflowRejected(span=error.span, stage=error.stage, error=error.message))
        prefix = project.prefix
        identity = project.identity(Path(relative).stem)
        sink.extend([moved(d, prefix, identity) for d in local.all()])
        return [moved(m.model_copy(update={"id": identity}), prefix, identity) for m in made]

    def note_refused(self, project: Project, relative: str, sink: Sink) -> None:
        """One file that Digdag refuses stops the push of the whole project."""
        for other in project.workflows():
            if other == relative:
                continue
            try:
                flow = compile_workflow(project.load(other), other)
                if flow.schedule is not None:
                    read_schedule(flow.schedule, flow.timezone)
            except DigError:
                sink.add(ProjectRefused(span=Span(relative, 1), workflow=Path(relative).stem, file=other))

    def structure(self, file: SourceFile, sink: Sink) -> list[WorkflowStructure]:
        """Structure facts of a file, also of one that is only called."""
        project, _relative = self.project_of(file)
        try:
            _, flow = self.compile(file)
            start = self.inputs.start or datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
            facts = structure(flow, start, self.inputs.count)
        except DigError as error:
            finding = WorkflowRejected(span=error.span, stage=error.stage, error=error.message)
            sink.add(moved(finding, project.prefix, None))
            return []
        source = facts.source.model_copy(update={"file": file.relative})
        return [facts.model_copy(update={"id": project.identity(facts.id), "source": source})]
