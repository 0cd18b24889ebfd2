"""The report as Markdown: for pull requests and terminals."""

from __future__ import annotations

from collections import defaultdict

from emitters.report.model import DISPOSITIONS, FindingRow, Report, WorkflowRow

LIMIT_INFO = 3


def to_markdown(report: Report) -> str:
    """The whole report. Findings of severity info are counted, not listed, where a workflow has more than a few."""
    lines = [
        "# Migration report",
        "",
        *_summary(report),
        *_codes(report),
        *_next(report),
        *_supply(report),
        *_prerequisites(report),
    ]
    lines += [*_files(report), *_workflows(report), *_loose(report)]
    return "\n".join(lines).rstrip() + "\n"


def _summary(report: Report) -> list[str]:
    s = report.summary
    lines = [
        f"{sum(s.workflows.values())} workflows with {sum(s.tasks.values())} tasks from {s.files_read} files.",
        f"Effort points: {s.points:g}.",
        "",
        "| disposition | workflows | tasks |",
        "|---|---:|---:|",
    ]
    lines += [f"| {name} | {s.workflows[name]} | {s.tasks[name]} |" for name in DISPOSITIONS]
    return [*lines, ""]


def _codes(report: Report) -> list[str]:
    if not report.summary.codes:
        return []
    lines = ["## Findings by code", "", "| code | finding | severity | count | workflows |", "|---|---|---|---:|---:|"]
    lines += [f"| {c.code} | {c.name} | {c.severity} | {c.count} | {c.workflows} |" for c in report.summary.codes]
    return [*lines, ""]


def _next(report: Report) -> list[str]:
    if not report.next_mappings:
        return []
    lines = [
        "## Next best mappings",
        "",
        "Operators without a mapping that stand between workflows and `converted`:",
        "",
    ]
    lines += [
        f"- {', '.join(f'`{o}`' for o in m.operators)}: {m.workflows} more workflow(s), {m.tasks} task(s)"
        for m in report.next_mappings
    ]
    return [*lines, ""]


def _supply(report: Report) -> list[str]:
    if not report.supply:
        return []
    lines = ["## Values to supply", "", "Structure or arguments depend on these values from outside:", ""]
    return [*lines, *(f"- `{s.name}`: {s.workflows} workflow(s)" for s in report.supply), ""]


def _prerequisites(report: Report) -> list[str]:
    if not report.prerequisites:
        return []
    lines = ["## Before the first run", "", "| what | name | keys | needed by |", "|---|---|---|---|"]
    for p in report.prerequisites:
        users = ", ".join(p.workflows[:3]) + (f" and {len(p.workflows) - 3} more" if len(p.workflows) > 3 else "")
        lines.append(f"| {p.kind} | `{p.name}` | {', '.join(p.keys)} | {users} |")
    return [*lines, ""]


def _files(report: Report) -> list[str]:
    if not report.files:
        return []
    lines = ["## Files without workflows", "", "| file | disposition | why |", "|---|---|---|"]
    lines += [f"| {_cell(f.file)} | {f.disposition} | {_cell(f.reason)} |" for f in report.files]
    return [*lines, ""]


def _workflows(report: Report) -> list[str]:
    by_workflow: dict[str | None, list[FindingRow]] = defaultdict(list)
    for f in report.findings:
        by_workflow[f.workflow].append(f)
    lines = ["## Workflows", ""]
    for w in sorted(report.workflows, key=lambda w: (-DISPOSITIONS.index(w.disposition), w.id)):
        lines += _workflow(w, by_workflow[w.id])
    return lines


def _workflow(w: WorkflowRow, findings: list[FindingRow]) -> list[str]:
    schedule = f", schedule `{w.schedule}`" if w.schedule else ""
    lines = [
        f"### {w.id}: {w.disposition}",
        "",
        f"{w.file}:{w.line}, {len(w.tasks)} tasks{schedule}; in Argo: `{w.argo or '-'}`",
        "",
    ]
    infos = [f for f in findings if f.severity == "info"]
    shown = [f for f in findings if f.severity != "info"] + (infos if len(infos) <= LIMIT_INFO else [])
    lines += [_line(f) for f in shown]
    if len(infos) > LIMIT_INFO:
        lines.append(f"- {len(infos)} notes of severity info: {', '.join(sorted({f.code for f in infos}))}")
    return [*lines, ""] if lines[-1] else lines


def _line(f: FindingRow) -> str:
    task = f" `{f.task}`:" if f.task else ""
    return f"- **{f.code}** {f.severity}, {f.file}:{f.line}:{task} {_cell(f.message)}"


def _loose(report: Report) -> list[str]:
    loose = [f for f in report.findings if f.workflow is None and f.severity != "info"]
    if not loose:
        return []
    return ["## Findings outside workflows", "", *(_line(f) for f in loose), ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
