"""What a run prints: progress, findings, changes, the summary."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from emitters.report.model import FindingRow, Report
    from migrate.changes import Changes

COLOURS = {
    "converted": "green",
    "caveat": "yellow",
    "manual": "dark_orange",
    "not-converted": "red",
    "failed": "magenta",
}
PLAIN_WIDTH = 110
FAILED_SHOWN = 5
"""Files that could not be read and are named at the end of a run."""


class Progress:
    """Tells how far a run is: a bar on a terminal, at most a line every few seconds elsewhere. To standard error."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._last = time.monotonic()
        self._bar: Bar | None = None
        self._tasks: dict[str, TaskID] = {}
        if not quiet and sys.stderr.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._quiet or not total:
            return
        if self._bar is not None:
            if done:  # the bar's thread starts after the pool has been forked
                self._bar.start()
            if stage not in self._tasks:
                self._tasks[stage] = self._bar.add_task(stage, total=total)
            self._bar.update(self._tasks[stage], completed=done)
            if done == total:
                self._bar.stop()  # no thread is alive when the next pool is forked
        elif done == total or time.monotonic() - self._last > 5:
            self._last = time.monotonic()
            click.echo(f"{stage}: {done} of {total}", err=True)


def console() -> Console:
    """Standard output; outside a terminal it has no colours and a fixed width."""
    return Console() if sys.stdout.isatty() else Console(width=PLAIN_WIDTH, no_color=True)


def print_findings(report: Report) -> None:
    """One line per finding, in the form that editors can follow."""
    for f in report.findings:
        click.echo(finding_line(f))


def finding_line(f: FindingRow) -> str:
    """`file:line: CODE severity: message [workflow.task]`."""
    place = f"{f.file}:{f.line}" if f.line else f.file
    subject = ".".join(part for part in (f.workflow, f.task) if part)
    return f"{place or '-'}: {f.code} {f.severity}: {f.message}" + (f" [{subject}]" if subject else "")


def print_changes(changes: Changes) -> None:
    """The list of a dry run."""
    for title, paths in (
        ("new", changes.new),
        ("changed", changes.changed),
        ("edited by hand, would be overwritten only with --force", changes.edited),
        ("no longer produced, would be removed", changes.gone),
        ("no longer produced, edited by hand, kept", changes.kept),
    ):
        for path in paths:
            click.echo(f"{title}: {path}")
    click.echo(f"unchanged: {len(changes.unchanged)} file(s)")


def print_edited(out: Path, changes: Changes) -> None:
    """Why the run stops."""
    click.echo(
        f"migrate: {len(changes.edited)} file(s) in {out} were edited by hand since they were generated:", err=True
    )
    for path in changes.edited:
        click.echo(f"  {path}", err=True)
    click.echo(
        "migrate: nothing was written. See the difference with --dry-run; keep your edits elsewhere (a kustomize "
        "overlay, the configuration, the source), or overwrite them with --force.",
        err=True,
    )


def print_summary(report: Report, out: Path, changes: Changes, *, dry_run: bool) -> None:
    """Workflows and tasks by disposition, the commonest findings, where the result is."""
    show = console()
    show.print(_disposition_table(report))
    for row in [f for f in report.files if f.disposition == "failed"][:FAILED_SHOWN]:
        show.print(f"Not read: {row.file}: {row.reason}", style=COLOURS["failed"], markup=False, highlight=False)
    failed = sum(f.disposition == "failed" for f in report.files)
    if failed > FAILED_SHOWN:
        show.print(f"Not read: {failed - FAILED_SHOWN} more file(s), see the report", style=COLOURS["failed"])
    if report.summary.codes:
        show.print(_findings_table(report))
    for mapping in report.next_mappings[:1]:
        names = ", ".join(mapping.operators)
        show.print(f"Next best mapping: {names}: {mapping.workflows} more workflow(s) converted.", highlight=False)
    if report.supply:
        names = ", ".join(f"{s.name} ({s.workflows})" for s in report.supply[:5])
        show.print(f"To resolve more workflows, supply: {names}", highlight=False)
    if dry_run:
        show.print("Dry run: nothing was written.", highlight=False)
        return
    if changes.kept:
        show.print(f"No longer produced, but edited by hand and kept: {', '.join(changes.kept)}", highlight=False)
    written = len(changes.new) + len(changes.changed) + len(changes.edited)
    show.print(
        f"{written} file(s) written, {len(changes.unchanged)} unchanged, {len(changes.gone)} removed in {out}/",
        highlight=False,
    )
    show.print(f"Report: {out / 'report.html'}", highlight=False)


def _disposition_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for title in ("", "workflows", "tasks"):
        table.add_column(title, justify="left" if not title else "right")
    for name, count in report.summary.workflows.items():
        tasks = report.summary.tasks[name]
        style = COLOURS[name] if count or tasks else "dim"
        table.add_row(Text(name, style=style), str(count), str(tasks))
    table.add_section()
    total = (report.summary.workflows, report.summary.tasks)
    table.add_row("total", *(str(sum(counts.values())) for counts in total))
    return table


def _findings_table(report: Report, limit: int = 8) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, title_justify="left")
    for title in ("finding", "severity", "count", "first at"):
        table.add_column(title, justify="right" if title == "count" else "left", overflow="fold")
    first: dict[str, FindingRow] = {}
    for f in report.findings:
        first.setdefault(f.code, f)
    shown = [c for c in report.summary.codes if c.severity != "info"] or report.summary.codes
    for c in shown[:limit]:
        f = first[c.code]
        place = f"{f.file}:{f.line}" if f.line else f.file
        style = COLOURS[f.disposition]
        table.add_row(f"{c.code} {c.name}", Text(c.severity, style=style), str(c.count), place or "-")
    return table
