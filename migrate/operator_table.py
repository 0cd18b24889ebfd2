"""`migrate operators`: every operator known, and how it is converted, from the catalogues of the front ends."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class OperatorRow:
    """One operator. `actions`: what it becomes; `arguments`: those that its conversion reads."""

    system: str
    name: str
    family: str
    actions: list[str]
    paths: list[str]
    arguments: list[str]
    about: str


def rows() -> list[OperatorRow]:
    """All operators with a mapping of their own, by system, family and name. Others are hosted."""
    return sorted([*_airflow(), *_digdag()], key=lambda r: (r.system, r.family, r.name))


def _airflow() -> list[OperatorRow]:
    from parsers.airflow.catalog import describe

    found = []
    for info in describe():
        about, actions, arguments = info.notes, list(info.actions), list(info.arguments)
        for name in info.names:
            paths = [p for p in info.paths if p.rpartition(".")[2] == name]
            found.append(OperatorRow("airflow", name, info.family, actions, paths, arguments, about))
        found += [
            OperatorRow("airflow", f"@{name.removeprefix('airflow.')}", info.family, actions, [], arguments, about)
            for name in info.decorators
        ]
    return found


def _digdag() -> list[OperatorRow]:
    from parsers.digdag.catalog import load

    return [
        OperatorRow("digdag", f"{name}>", "digdag", _made(entry.convert), [], [], entry.how)
        for name, entry in load().items()
    ]


def _made(function: Any) -> list[str]:
    """Kinds of action by the classes that the function's code names."""
    import migrate.ir.actions as actions

    fields = [getattr(getattr(actions, n, None), "model_fields", {}) for n in function.__code__.co_names]
    return sorted({f["kind"].default for f in fields if "kind" in f})


def as_json() -> str:
    """The table as JSON: a list of objects."""
    return json.dumps([asdict(row) for row in rows()], indent=1) + "\n"


def as_markdown() -> str:
    """The reference page."""
    table = rows()
    lines = [
        "# Operators",
        "",
        "Generated from the catalogue (`migrate operators --format md`); do not edit. An Airflow operator that is not",
        "in this list is *hosted*: a pod rebuilds it from its evaluated arguments and runs its own code (a caveat). A",
        "class of yours that derives from one of these converts as that operator.",
    ]
    for system in sorted({r.system for r in table}):
        lines += [
            "",
            f"## {system.capitalize()}",
            "",
            "| operator | becomes | notes | arguments read |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{r.name}` | {', '.join(r.actions) or 'see notes'} | {_cell(r.about)} | {', '.join(r.arguments)} |"
            for r in table
            if r.system == system
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def as_table() -> str:
    """The table for a terminal, with the first sentence of each note."""
    table = rows()
    width = max((len(r.name) for r in table), default=8)
    lines = [f"{'operator'.ljust(width)}  {'becomes'.ljust(28)}  notes"]
    for r in table:
        becomes = (", ".join(r.actions) or "see notes")[:28].ljust(28)
        sentence = re.split(r"(?<=[.;:])\s", r.about)[0]
        lines.append(f"{r.name.ljust(width)}  {becomes}  {sentence[:90]}".rstrip())
    lines += ["", "Every other Airflow operator is hosted: a pod runs its own code."]
    return "\n".join(lines) + "\n"
