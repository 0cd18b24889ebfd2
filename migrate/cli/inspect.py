"""`migrate inspect`: what was understood of the sources. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from migrate.cli.options import airflow_inputs, digdag_inputs, fail_on
from migrate.cli.request import airflow_request, digdag_request
from migrate.cli.run import guarded

if TYPE_CHECKING:
    from migrate.request import Request

_FORMAT = click.option(
    "--format", "form", type=click.Choice(["json", "tree", "mermaid"]), default="tree", show_default=True
)


@click.group()
def inspect() -> None:
    """Shows what was understood: workflows, tasks, edges, rules, schedules."""


@inspect.command("airflow")
@airflow_inputs
@_FORMAT
@fail_on
@click.option(
    "--trace", metavar="FILE:LINE", help="Show the values of the names at that line, and why unknown ones are."
)
def inspect_airflow(**options: Any) -> None:
    """Shows what was understood of Airflow DAG files."""
    guarded(lambda: _airflow(options), verbose=options["verbose"])


@inspect.command("digdag")
@digdag_inputs
@_FORMAT
@fail_on
@click.option(
    "--from", "start", metavar="DATE", help="From when schedule times are listed: a day or a time, ISO; today."
)
@click.option("--times", type=click.IntRange(0, 10_000), default=4, show_default=True, help="How many are listed.")
def inspect_digdag(**options: Any) -> None:
    """Shows what was understood of Digdag projects."""
    guarded(lambda: _inspect(digdag_request(options), options), verbose=options["verbose"])


def _airflow(options: dict[str, Any]) -> int:
    request = airflow_request(options)
    if options["trace"]:
        from migrate.trace import trace

        click.echo(trace(request, options["trace"]), nl=False)
        return 0
    return _inspect(request, options)


def _inspect(request: Request, options: dict[str, Any]) -> int:
    from migrate.cli.convert import exit_code
    from migrate.inspection import as_json, as_mermaid, as_tree, inspect_all

    document = inspect_all(request)
    show = {"json": as_json, "tree": as_tree, "mermaid": as_mermaid}[options["form"]]
    click.echo(show(document), nl=False)
    return exit_code(document.disposition(), options["fail_on"])
