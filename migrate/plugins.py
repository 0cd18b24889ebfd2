"""Extensions from installed distributions, by entry point.

Groups: `migrate.front_ends` (a callable `Request -> FrontEnd`), `migrate.operators` (a module whose import registers
operator mappings), `migrate.reports` (a callable `(Report, Details) -> Sequence[OutputFile]`). Only distributions that
the user installed beside migrate are loaded; the sources under conversion never are.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from migrate.errors import UserError


def found(group: str) -> list[EntryPoint]:
    """Entry points of a group, by name."""
    return sorted(entry_points(group=group), key=lambda e: (e.name, e.value))


def load(group: str, name: str) -> Any:
    """The object behind one entry point. Raises UserError if there is none or two have the name."""
    matches = [e for e in found(group) if e.name == name]
    if len(matches) != 1:
        what = "no plug-in has" if not matches else "several plug-ins have"
        raise UserError(f"{what} the name `{name}` in `{group}`.")
    return matches[0].load()
