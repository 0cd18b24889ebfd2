"""`migrate airflow` and `migrate digdag`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate.cli.options import airflow_inputs, digdag_inputs, writing
from migrate.cli.request import airflow_request, digdag_request
from migrate.cli.run import guarded

if TYPE_CHECKING:
    from migrate.request import Request


@click.command()
@airflow_inputs
@writing
def airflow(**options: Any) -> None:
    """Converts Airflow DAG files.

    PATH is a DAG folder or a single file; several may be given. The result is a folder with WorkflowTemplates,
    CronWorkflows, shared objects and a report. Exit code: 0 done; 1 done, but some workflow is as bad as --fail-on
    says; 2 wrong usage or unreadable input, nothing written.
    """
    guarded(lambda: _convert(airflow_request(options), options), verbose=options["verbose"])


@click.command()
@digdag_inputs
@writing
def digdag(**options: Any) -> None:
    """Converts Digdag projects.

    PROJECT is a folder with .dig files. The result and the exit codes are those of `migrate airflow`.
    """
    guarded(lambda: _convert(digdag_request(options), options), verbose=options["verbose"])


def _convert(request: Request, options: dict[str, Any]) -> int:
    from emitters.report.write import write_report
    from migrate.changes import OutputFolder
    from migrate.cli.show import Progress, print_changes, print_edited, print_findings, print_summary
    from migrate.pipeline import convert

    out: Path = options["out"]
    folder = OutputFolder(out)
    with Progress(quiet=options["quiet"]) as progress:
        result = convert(request, progress)
        files = [*result.files, *write_report(result.report, result.files, request.roots)]
    changes = folder.plan(files)
    if options["dry_run"]:
        click.echo(folder.diff(files, changes), nl=False)
        print_changes(changes)
    elif changes.edited and not options["force"]:
        print_edited(out, changes)
        return 2
    else:
        folder.write(files, changes)
    if options["verbose"]:
        print_findings(result.report)
    if not options["quiet"]:
        print_summary(result.report, out, changes, dry_run=options["dry_run"])
    return exit_code(result.report.disposition, options["fail_on"])


def exit_code(disposition: str, fail_on: str) -> int:
    """1 if `disposition` is at or above `fail_on`, else 0."""
    from migrate.diagnostics.base import Disposition

    if fail_on == "never":
        return 0
    return int(Disposition(disposition).rank >= Disposition(fail_on).rank)
