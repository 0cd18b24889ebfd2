"""Case folders: a workflow of the source system with the recorded results of its real runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GENERATIONS = {"2": ("2.11",), "3": ("3.1",), "both": ("2.11", "3.1")}


@dataclass(frozen=True)
class Run:
    """One recorded run of one workflow: what has to come out."""

    workflow: str
    facts: dict[str, Any]

    @property
    def fire_time(self) -> str:
        """When the schedule fired: the end of the data interval."""
        return str(self.facts["data_interval"][1])


@dataclass(frozen=True)
class Case:
    """A case folder read for one generation of the source system."""

    folder: Path
    generation: str
    spec: dict[str, Any]
    runs: tuple[Run, ...]
    refused: bool = False
    out_files: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """`<folder>@<generation>`"""
        return f"{self.folder.name}@{self.generation}"

    @property
    def main(self) -> str:
        """The workflow that the case is about."""
        return str(self.spec["dag_id"])


def filled(text: str, values: dict[str, str]) -> str:
    """A text of `run.json` with `{http}` and the like replaced by where the case's services are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def connection_texts(spec: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """The case's connections by id, each as a URI or as JSON text."""
    given = (spec.get("connections") or {}).items()
    return {name: filled(item if isinstance(item, str) else json.dumps(item), values) for name, item in given}


def read_airflow_case(folder: Path) -> list[Case]:
    """The case in a folder, once per generation that it has results for."""
    spec = json.loads((folder / "run.json").read_text())
    results = json.loads((folder / "expected.json").read_text())["results"]
    cases = []
    for key, result in results.items():
        for generation in GENERATIONS[key]:
            if spec["airflow"] != "both" and not generation.startswith(str(spec["airflow"])):
                continue
            runs = tuple(Run(r["dag_id"], r) for r in result.get("dag_runs", []))
            cases.append(Case(folder, generation, spec, runs, "trigger_error" in result, result.get("out_files") or {}))
    return cases


def find_cases(root: Path, only: str | None) -> list[Case]:
    """All cases below `root` (or `root` itself) whose folder name matches the glob `only`."""
    folders = [root] if (root / "run.json").exists() else sorted(p.parent for p in root.glob("*/run.json"))
    if only:
        folders = [f for f in folders if f.match(only)]
    return [case for folder in folders for case in read_airflow_case(folder)]
