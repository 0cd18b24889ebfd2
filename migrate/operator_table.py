"""`migrate operators`: every operator known, and how it is converted, from the catalogues of the front ends."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class OperatorRow:
    """One operator. `actions`: what it becomes; `disposition`: without further findings."""

    system: str
    name: str
    family: str
    actions: list[str]
    paths: list[str]
    about: str


def rows() -> list[OperatorRow]:
    """All operators with a mapping of their own, by system, family and name. Others are hosted."""
    return sorted([*_airflow(), *_digdag()], key=lambda r: (r.system, r.family, r.name))


def _airflow() -> list[OperatorRow]:
    from parsers.airflow.catalog import catalog

    found = []
    for entry in catalog().entries():
        actions, about = _actions(entry.function), _about(entry.function)
        for name in entry.names:
            paths = [p for p in entry.paths if p.rpartition(".")[2] == name]
            found.append(OperatorRow("airflow", name, entry.family, actions, paths, about))
        found += [
            OperatorRow("airflow", f"@{name.removeprefix('airflow.')}", entry.family, actions, [], about)
            for name in entry.decorators
        ]
    return found


def _digdag() -> list[OperatorRow]:
    from parsers.digdag.catalog import load

    return [
        OperatorRow("digdag", f"{name}>", "digdag", _made(entry.convert), [], entry.how)
        for name, entry in load().items()
    ]


def _actions(function: Any) -> list[str]:
    """Kinds of action by the names in the return annotation; empty: it may be any."""
    import migrate.ir.actions as actions

    text = str(function.__annotations__.get("return", ""))
    kinds = []
    for name in re.findall(r"\w+", text):
        model = getattr(actions, name, None)
        fields = getattr(model, "model_fields", {})
        if "kind" in fields:
            kinds.append(fields["kind"].default)
    return sorted(kinds)


def _made(function: Any) -> list[str]:
    """Kinds of action by the classes that the function's code names."""
    import migrate.ir.actions as actions

    models = [getattr(actions, name, None) for name in function.__code__.co_names]
    return sorted({m.model_fields["kind"].default for m in models if "kind" in getattr(m, "model_fields", {})})


def _about(function: Any) -> str:
    return " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())


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
        lines += ["", f"## {system.capitalize()}", "", "| operator | becomes | notes |", "|---|---|---|"]
        lines += [
            f"| `{r.name}` | {', '.join(r.actions) or 'see notes'} | {_cell(r.about)} |"
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
