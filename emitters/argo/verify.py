"""`migrate verify OUT`: the manifests are read again and held against what the source says. Nothing is run."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from emitters.argo.readback import ReadWorkflow
from emitters.argo.verify_rules import graph_problems, rule_problems
from emitters.argo.verify_times import time_problems
from emitters.argo.verify_values import value_problems
from migrate.errors import UserError

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


@dataclass
class Proofs:
    """The proofs of all workflows of a folder."""

    workflows: list[WorkflowProof]

    @property
    def holds(self) -> bool:
        """Everything that was compared is equal."""
        return all(w.ok for w in self.workflows)

    def text(self, *, verbose: bool = False) -> str:
        """A table with one line per workflow, then what differs, then what is not proved."""
        names = ("graph", "rules", "values", "times")
        width = max([len("workflow"), *(len(w.workflow) for w in self.workflows)])
        lines = [f"{'workflow':<{width}}  " + "".join(f"{n:>10}" for n in names)]
        for w in self.workflows:
            by_name = {p.name: p for p in w.proofs}
            cells = [_cell(by_name.get(n)) for n in names]
            lines.append(f"{w.workflow:<{width}}  " + "".join(f"{c:>10}" for c in cells))
        wrong = [f"{w.workflow}: {p.name}: {x}" for w in self.workflows for p in w.proofs for x in p.problems]
        left = [f"{w.workflow}: {p.name}: {x}" for w in self.workflows for p in w.proofs for x in p.open]
        lines += ["", "Differs:", *(f"  {x}" for x in wrong)] if wrong else []
        lines += ["", "Not proved:", *(f"  {x}" for x in left)] if left else []
        lines += ["", *ALWAYS_OPEN] if verbose else []
        good = sum(w.ok for w in self.workflows)
        lines += ["", f"{good} of {len(self.workflows)} workflows hold"]
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """The same as JSON."""
        plain = [
            {"workflow": w.workflow, "holds": w.ok, "proofs": [asdict(p) | {"holds": p.ok} for p in w.proofs]}
            for w in self.workflows
        ]
        return json.dumps({"holds": self.holds, "workflows": plain}, ensure_ascii=False, indent=1) + "\n"


ALWAYS_OPEN = (
    "graph: nodes and edges; rules: mixes of upstream states; values: references and expressions;",
    "times: fire times with logical time and interval, also around clock changes.",
    "Not looked at: what happens inside the pods, rights, images, the cluster.",
)


def _cell(proof: Proof | None) -> str:
    if proof is None:
        return "-"
    return "DIFFERS" if proof.problems else str(proof.checked) if proof.checked else "-"


def verify_folder(root: Path, start: str | None = None) -> Proofs:
    """Proofs of an output folder. `start`: ISO date from which fire times are compared. Raises UserError."""
    try:
        begin = dt.datetime.fromisoformat(start) if start else None
    except ValueError as problem:
        raise UserError(f"--from {start}: {problem}") from problem
    if begin is not None and begin.tzinfo is None:
        begin = begin.replace(tzinfo=dt.timezone.utc)
    try:
        return Proofs(verify(root, begin))
    except FileNotFoundError as problem:
        raise UserError(str(problem)) from problem
