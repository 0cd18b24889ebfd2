"""`migrate verify`: proves what can be proved about a generated folder without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from migrate.cli.run import guarded


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "start", metavar="DATE", help="First day of the compared fire times.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Also write the proofs as JSON."
)
@click.option("--strict", is_flag=True, help="Exit with 3 if nothing differs, but something is not proved.")
@click.option("-v", "--verbose", is_flag=True, help="Also say what the columns mean.")
def verify(**options: Any) -> None:
    """Re-reads the manifests in OUT and proves them against what was understood of the source. Nothing is run. Exit
    code: 0 nothing differs; 1 something differs; 2 wrong usage; 3 with --strict: something is not proved."""
    guarded(lambda: _verify(options), verbose=options["verbose"])


def _verify(options: dict[str, Any]) -> int:
    from migrate.errors import UserError

    out: Path = options["out"]
    if not out.is_dir():
        raise UserError(f"{out}: there is no such folder; give the folder that `migrate airflow -o` wrote.")
    from emitters.argo.verify import verify_folder

    proofs = verify_folder(out, start=options["start"])
    click.echo(proofs.text(verbose=options["verbose"]), nl=False)
    if options["json_file"]:
        options["json_file"].write_text(proofs.json(), encoding="utf-8")
    return {"differs": 1, "not proved": 3 if options["strict"] else 0}.get(proofs.state, 0)
