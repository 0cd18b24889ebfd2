"""`migrate init`: a commented configuration."""

from __future__ import annotations

from pathlib import Path

import click

from migrate.cli.run import guarded


@click.command()
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default="migrate.toml",
    show_default=True,
    help="File to write.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def init(target: Path, force: bool) -> None:
    """Writes a commented migrate.toml with every key and its default."""
    guarded(lambda: _init(target, force))


def _init(target: Path, force: bool) -> int:
    from migrate.config_docs import commented_toml
    from migrate.errors import UserError

    if target.exists() and not force:
        raise UserError(f"{target}: exists already; use --force to overwrite it.")
    target.write_text(commented_toml(), encoding="utf-8")
    click.echo(f"{target} written. Every key is commented out and shows its default.")
    return 0
