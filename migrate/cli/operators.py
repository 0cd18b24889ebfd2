"""`migrate operators`: every operator known, and how it is converted."""

from __future__ import annotations

import click

from migrate.cli.run import guarded


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "md", "json"]), default="table", show_default=True)
def operators(form: str) -> None:
    """Lists every operator known, and how it is converted."""
    guarded(lambda: _operators(form))


def _operators(form: str) -> int:
    from migrate.operator_table import as_json, as_markdown, as_table

    click.echo({"table": as_table, "md": as_markdown, "json": as_json}[form](), nl=False)
    return 0
