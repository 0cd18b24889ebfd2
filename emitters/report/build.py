"""Makes the report from workflows, findings and what was emitted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from emitters.report.model import (
    DISPOSITIONS,
    CodeCount,
    DispositionName,
    FileRow,
    FindingRow,
    NextMapping,
    Prerequisite,
    Report,
    SeverityName,
    Summary,
    Supply,
    TaskRow,
    WorkflowRow,
)
from migrate import __version__
from migrate.diagnostics.base import DISPOSITION_OF, Diagnostic, Disposition, Severity
from migrate.diagnostics.supply import supply
from migrate.ir.outline import Outline, TaskOutline
from migrate.ir.schedule import Schedule
from migrate.output import Needs

POINTS: dict[Severity, int] = {
    Severity.INFO: 0,
    Severity.WARNING: 1,
    Severity.MANUAL: 5,
    Severity.ERROR: 13,
    Severity.FAILED: 0,
}
REPEAT = 0.2
_KINDS = {
    "connections": "connection",
    "secrets": "secret",
    "config_maps": "config map",
    "variables": "variable",
    "secret_variables": "secret variable",
    "worker_env": "worker environment",
    "pools": "pool",
    "images": "image",
    "packages": "package",
    "builds": "image to build",
    "rules": "right",
    "image_pull_secrets": "image pull secret",
}


@dataclass(frozen=True)
class Converted:
    """One workflow with what was made of it. `names`: source task id -> Argo name. `argo`: None if nothing was made."""

    workflow: Outline
    argo: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    needs: Needs = field(default_factory=Needs)


@dataclass(frozen=True)
class FileOutcome:
    """What reading one source file gave. `findings` are all of this file's; `workflows` the ids it defines."""

    file: str
    workflows: tuple[str, ...]
    findings: tuple[Diagnostic, ...]


def build_report(
    system: str, converted: Sequence[Converted], outcomes: Sequence[FileOutcome], findings: Sequence[Diagnostic]
) -> Report:
    """The report. `findings`: all of the batch, in stable order (those of the outcomes included)."""
    rows = _finding_rows(findings)
    shared = _shared_findings(outcomes, findings)
    by_workflow: dict[str | None, list[FindingRow]] = defaultdict(list)
    for row in rows:
        by_workflow[row.workflow].append(row)
    workflows = [_workflow_row(c, by_workflow[c.workflow.id], shared.get(c.workflow.id, []), rows) for c in converted]
    files = _file_rows(outcomes)
    worst = _worst([r.disposition for r in rows] + [f.disposition for f in files])
    return Report(
        migrate_version=__version__,
        system=system,
        disposition=worst,
        summary=_summary(workflows, files, rows, len(outcomes)),
        workflows=workflows,
        files=files,
        findings=rows,
        prerequisites=_prerequisites(converted),
        next_mappings=_next_mappings(converted, workflows, rows),
        supply=[
            Supply(name=name, workflows=count)
            for name, count in supply(findings, {o.file: o.workflows for o in outcomes})
        ],
    )


def _finding_rows(findings: Sequence[Diagnostic]) -> list[FindingRow]:
    seen: set[str] = set()
    rows = []
    severities: dict[Severity, tuple[SeverityName, DispositionName]]
    severities = {s: (s.value, DISPOSITION_OF[s].value) for s in Severity}
    for d in findings:
        severity, disposition = severities[d.severity]
        price = float(getattr(type(d), "points", POINTS[d.severity]))
        points = price if d.code not in seen else round(price * REPEAT, 1)
        seen.add(d.code)
        rows.append(
            FindingRow(
                code=d.code,
                name=type(d).__name__,
                severity=severity,
                disposition=disposition,
                message=d.text,
                file=d.span.file,
                line=d.span.line,
                column=d.span.column,
                workflow=d.workflow,
                task=d.task,
                points=points,
            )
        )
    return rows


def _shared_findings(outcomes: Sequence[FileOutcome], findings: Sequence[Diagnostic]) -> dict[str, list[int]]:
    """Findings of a file that name no workflow concern every workflow of that file. Positions by workflow id."""
    position = {d.sort_key(): n for n, d in enumerate(findings)}
    shared: dict[str, list[int]] = defaultdict(list)
    for outcome in outcomes:
        loose = sorted({position[d.sort_key()] for d in outcome.findings if d.workflow is None})
        for workflow in outcome.workflows:
            shared[workflow].extend(loose)
    return shared


def _workflow_row(
    converted: Converted, mine: Sequence[FindingRow], shared: Sequence[int], rows: Sequence[FindingRow]
) -> WorkflowRow:
    w = converted.workflow
    by_task: dict[str | None, list[FindingRow]] = defaultdict(list)
    for row in mine:
        by_task[row.task].append(row)
    tasks = [_task_row(task, converted, by_task[task.id]) for task in w.tasks]
    dispositions = [r.disposition for r in mine] + [rows[n].disposition for n in shared]
    return WorkflowRow(
        id=w.id,
        argo=converted.argo,
        file=w.span.file,
        line=w.span.line,
        disposition=_worst(dispositions),
        schedule=_schedule_text(w.schedule),
        tasks=tasks,
        files=list(converted.files),
        needs=converted.needs.facts(),
        points=round(sum(r.points for r in mine), 1),
        file_findings=list(shared),
    )


def _task_row(task: TaskOutline, converted: Converted, rows: Sequence[FindingRow]) -> TaskRow:
    return TaskRow(
        id=task.id,
        operator=task.operator,
        action=task.action,
        disposition=_worst([r.disposition for r in rows]),
        argo=converted.names.get(task.id),
        file=task.span.file,
        line=task.span.line,
        upstream=list(task.upstream),
        rule=task.rule,
        codes=sorted({r.code for r in rows}),
    )


def _schedule_text(schedule: Schedule | None) -> str | None:
    if schedule is None:
        return None
    return schedule.text or getattr(schedule, "kind", "")


def _file_rows(outcomes: Sequence[FileOutcome]) -> list[FileRow]:
    rows = []
    for outcome in outcomes:
        if outcome.workflows:
            continue
        worst = _worst([DISPOSITION_OF[d.severity].value for d in outcome.findings])
        reasons = [d for d in outcome.findings if DISPOSITION_OF[d.severity].value == worst]
        if worst == "manual":
            worst = "not-converted"  # whatever a person has to finish, nothing of the file came through
        rows.append(
            FileRow(
                file=outcome.file,
                disposition=worst,
                codes=sorted({d.code for d in outcome.findings}),
                reason=reasons[0].text if reasons else "defines no workflow",
            )
        )
    return sorted(rows, key=lambda r: r.file)


def _summary(
    workflows: Sequence[WorkflowRow], files: Sequence[FileRow], rows: Sequence[FindingRow], read: int
) -> Summary:
    counts: Counter[tuple[str, str, str]] = Counter((r.code, r.name, r.severity) for r in rows)
    users: dict[str, set[str]] = defaultdict(set)
    for r in rows:
        if r.workflow:
            users[r.code].add(r.workflow)
    codes = [
        CodeCount.model_validate(
            {"code": code, "name": name, "severity": severity, "count": n, "workflows": len(users[code])}
        )
        for (code, name, severity), n in sorted(counts.items(), key=lambda i: (-_severity_rank(i[0][2]), -i[1], i[0]))
    ]
    return Summary(
        workflows=_count(w.disposition for w in workflows),
        tasks=_count(t.disposition for w in workflows for t in w.tasks),
        files_read=read,
        files_without_workflow=len(files),
        findings=len(rows),
        points=round(sum(r.points for r in rows), 1),
        codes=codes,
    )


def _severity_rank(name: str) -> int:
    return [s.value for s in Severity].index(name)


def _count(dispositions: Iterable[str]) -> dict[str, int]:
    counts = Counter(dispositions)
    return {name: counts.get(name, 0) for name in DISPOSITIONS}


_RANK: dict[str, int] = {d.value: d.rank for d in Disposition}


def _worst(names: Sequence[str]) -> DispositionName:
    return Disposition(max(names, key=_RANK.__getitem__, default="converted")).value


def _prerequisites(converted: Sequence[Converted]) -> list[Prerequisite]:
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for item in converted:
        for section, value in item.needs.facts().items():
            kind = _KINDS.get(section)
            if kind is None:
                continue
            for name in value:
                keys, users = found.setdefault((kind, name), (set(), set()))
                keys.update(value[name] if isinstance(value, dict) else ())
                users.add(item.workflow.id)
    order = list(_KINDS.values())
    return [
        Prerequisite(kind=kind, name=name, keys=sorted(keys), workflows=sorted(users))
        for (kind, name), (keys, users) in sorted(found.items(), key=lambda i: (order.index(i[0][0]), i[0][1]))
    ]


def _next_mappings(
    converted: Sequence[Converted], workflows: Sequence[WorkflowRow], rows: Sequence[FindingRow]
) -> list[NextMapping]:
    """Greedy: the smallest sets of operators without a mapping that stand between workflows and `converted`."""
    blocked = _blocked_only_by_mappings(converted, workflows, rows)
    tasks = Counter(t.operator for w in workflows for t in w.tasks if t.action in ("hosted", "unconverted"))
    out: list[NextMapping] = []
    done: set[str] = set()
    while blocked and len(out) < 10:
        missing = Counter(frozenset(operators - done) for operators in blocked.values())
        best = min(missing, key=lambda s: (-missing[s] / len(s), len(s), sorted(s)))
        done |= best
        freed = [w for w, operators in blocked.items() if operators <= done]
        out.append(
            NextMapping(operators=sorted(best), workflows=len(freed), tasks=sum(tasks[operator] for operator in best))
        )
        blocked = {w: operators for w, operators in blocked.items() if w not in freed}
    return sorted(out, key=lambda m: (-m.workflows, len(m.operators), m.operators))


def _blocked_only_by_mappings(
    converted: Sequence[Converted], workflows: Sequence[WorkflowRow], rows: Sequence[FindingRow]
) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    bad: dict[str, set[str | None]] = defaultdict(set)
    for row in rows:
        if row.workflow is not None and row.disposition != "converted":
            bad[row.workflow].add(row.task)
    for item, workflow in zip(converted, workflows, strict=True):
        unmapped = {t.id: t.operator for t in item.workflow.tasks if t.action in ("hosted", "unconverted")}
        if workflow.disposition in ("converted", "failed") or not unmapped:
            continue
        if bad[workflow.id] <= set(unmapped):
            found[workflow.id] = frozenset(unmapped[t] for t in bad[workflow.id] if t is not None)
    return {w: operators for w, operators in found.items() if operators}
