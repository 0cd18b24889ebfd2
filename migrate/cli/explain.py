"""`migrate explain`: the page of a finding."""

from __future__ import annotations

import click

from migrate.cli.run import guarded


@click.command()
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="All findings, as the reference page.")
def explain(code: str | None, everything: bool) -> None:
    """Prints what a finding means, why it matters and what to do."""
    guarded(lambda: _explain(code, everything))


def _explain(code: str | None, everything: bool) -> int:
    from migrate.diagnostics.explain import page, reference
    from migrate.errors import UserError

    if everything:
        click.echo(reference(), nl=False)
        return 0
    if not code:
        raise UserError("explain: give a CODE (for example OPS002), or --all.")
    click.echo(page(code), nl=False)
    return 0
