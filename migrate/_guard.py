"""The console entry point: refuses to start when `parsers` or `emitters` would come from somewhere else.

Both names are generic. A repository under conversion may have packages of the same names; importing those would run
the user's code, so the check comes before any other import.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def shadowed(root: Path) -> list[str]:
    """Names among `parsers` and `emitters` that do not resolve to folders beside `migrate` in `root`."""
    wrong = []
    for name in ("parsers", "emitters"):
        spec = find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != root:
            wrong.append(name)
    return wrong


def main() -> None:
    """Checks the import path, then hands over to the command line. Exits 2 if a package is shadowed."""
    root = Path(__file__).resolve().parent.parent
    wrong = shadowed(root)
    if wrong:
        sys.stderr.write(
            f"migrate: the package(s) {', '.join(wrong)} would be imported from another place than {root}. "
            "Nothing was read or written. Install migrate in an environment of its own (uv tool install, pipx) "
            "and leave PYTHONPATH unset.\n"
        )
        raise SystemExit(2)
    from migrate.cli import cli

    cli()
