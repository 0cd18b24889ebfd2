"""`migrate verify OUT`: the manifests are read again and held against what the source says. Nothing is run."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from emitters.argo.readback import ReadWorkflow
from emitters.argo.verify_rules import graph_problems, rule_problems
from emitters.argo.verify_times import time_problems
from emitters.argo.verify_values import value_problems

FACTS = ".migrate/facts"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Proof:
    """One thing that was held against the source. checked: how many cases; problems: what differs; open: what this
    proof leaves out, in words."""

    name: str
    checked: int = 0
    problems: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing differs."""
        return not self.problems


@dataclass
class WorkflowProof:
    """All proofs of one workflow."""

    workflow: str
    proofs: list[Proof]

    @property
    def ok(self) -> bool:
        """All proofs hold."""
        return all(p.ok for p in self.proofs)


def verify(root: Path, start: dt.datetime | None = None) -> list[WorkflowProof]:
    """Proofs of every workflow in an output folder. `start`: fire times are compared from here on (default: the start
    of 2026). Raises FileNotFoundError when the folder has no facts."""
    folder = root / FACTS
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no facts; is this a folder that `migrate` wrote?")
    begin = start or dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    out = []
    for path in sorted(folder.glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if (root / facts["slug"]).is_dir():
            out.append(verify_workflow(facts, documents(root / facts["slug"]), begin))
    return out


def documents(folder: Path) -> list[dict[str, Any]]:
    """All objects in the YAML files of one workflow."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yaml")):
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=_LOADER):
            if isinstance(document, dict):
                found.append(document)
    return found


def verify_workflow(facts: Mapping[str, Any], objects: list[dict[str, Any]], start: dt.datetime) -> WorkflowProof:
    """Proofs of one workflow from its facts and its objects."""
    template = _object(objects, "WorkflowTemplate", facts["slug"])
    if template is None:
        return WorkflowProof(facts["workflow"], [Proof("graph", 0, ["there is no WorkflowTemplate"])])
    read = ReadWorkflow.of(template)
    cron = _object(objects, "CronWorkflow", facts["slug"])
    return WorkflowProof(facts["workflow"], list(_proofs(read, cron, facts, start)))


def _object(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any] | None:
    return next((o for o in objects if o.get("kind") == kind and o["metadata"]["name"] == name), None)


def _proofs(
    read: ReadWorkflow, cron: Mapping[str, Any] | None, facts: Mapping[str, Any], start: dt.datetime
) -> Iterator[Proof]:
    nodes = sum(1 for _ in read.nodes())
    yield Proof("graph", nodes, list(graph_problems(read, facts)))
    mixes, problems, unproved = rule_problems(read, facts)
    left = [f"condition of `{i}`" for i in unproved]
    yield Proof("rules", mixes, problems, left)
    tags, problems = value_problems(read)
    yield Proof("values", tags, problems)
    yield _times(read, cron, facts, start)


def _times(read: ReadWorkflow, cron: Mapping[str, Any] | None, facts: Mapping[str, Any], start: dt.datetime) -> Proof:
    schedule = facts.get("schedule")
    if schedule is None:
        problems = ["there is a CronWorkflow and no schedule"] if cron is not None else []
        return Proof("times", 0, problems)
    if cron is None:
        return Proof("times", 0, [], [f"schedule of kind {schedule['kind']} without CronWorkflow"])
    try:
        count, problems = time_problems(read, cron, facts, start)
    except (ValueError, KeyError) as problem:
        return Proof("times", 0, [str(problem)])
    return Proof("times", count, problems, [] if count else [f"fire times of a {schedule['kind']} schedule"])
