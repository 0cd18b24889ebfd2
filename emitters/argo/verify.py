"""`migrate verify OUT`: the manifests are read again and held against what the source says. Nothing is run."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from emitters.argo.language import EvaluationError
from emitters.argo.read_yaml import read_yaml
from emitters.argo.readback import ReadWorkflow
from emitters.argo.verify_graph import graph_problems
from emitters.argo.verify_limits import limit_problems
from emitters.argo.verify_rules import rule_problems
from emitters.argo.verify_text import text_problems
from emitters.argo.verify_times import once_problems, time_problems
from emitters.argo.verify_values import value_problems
from migrate.errors import UserError

FACTS, SHARED = ".migrate/facts", ".migrate/shared.json"
State = Literal["proved", "not proved", "differs"]
STATES: tuple[State, ...] = ("proved", "not proved", "differs")
PROOFS = ("graph", "rules", "values", "limits", "times", "text")


@dataclass
class Proof:
    """One thing that was held against the source. checked: how many cases; problems: what differs; open: what this
    proof leaves out, in words."""

    name: str
    checked: int = 0
    problems: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        """`differs` where something is wrong, `not proved` where something was not looked at, else `proved`."""
        return "differs" if self.problems else "not proved" if self.open else "proved"


@dataclass
class WorkflowProof:
    """All proofs of one workflow."""

    workflow: str
    proofs: list[Proof]

    @property
    def state(self) -> State:
        """The worst state of its proofs."""
        return max((p.state for p in self.proofs), key=STATES.index, default="proved")

    @property
    def ok(self) -> bool:
        """Nothing differs."""
        return self.state != "differs"


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
    if (root / SHARED).is_file():
        written = json.loads((root / SHARED).read_text(encoding="utf-8"))["written"]
        objects = [*documents(root / "shared"), *documents(root)]
        out.append(WorkflowProof("(shared)", [Proof("text", *text_problems(objects, written))]))
    return out


def documents(folder: Path) -> list[dict[str, Any]]:
    """All objects in the YAML files of one workflow."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yaml")):
        for document in read_yaml(path.read_text(encoding="utf-8")):
            if isinstance(document, dict):
                found.append(document)
    return found


def verify_workflow(facts: Mapping[str, Any], objects: list[dict[str, Any]], start: dt.datetime) -> WorkflowProof:
    """Proofs of one workflow from its facts and its objects."""
    text = _text(objects, facts)
    template = _object(objects, "WorkflowTemplate", facts["slug"])
    if template is None:
        return WorkflowProof(facts["workflow"], [Proof("graph", 0, ["there is no WorkflowTemplate"]), text])
    cron = _object(objects, "CronWorkflow", facts["slug"])
    once = next((o for o in objects if o.get("kind") == "Workflow"), None)
    proofs: list[Proof] = []
    try:
        proofs.extend(_proofs(ReadWorkflow.of(template), cron, once, facts, start))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as problem:
        name = PROOFS[len(proofs)]
        proofs.append(Proof(name, 0, [f"the manifest has not the form of one: {type(problem).__name__}: {problem}"]))
    return WorkflowProof(facts["workflow"], [*proofs, text])


def _text(objects: list[dict[str, Any]], facts: Mapping[str, Any]) -> Proof:
    if "written" not in facts:
        return Proof("text", open=["what was written: the folder was made by an older version"])
    return Proof("text", *text_problems(objects, facts["written"]))


def _object(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any] | None:
    return next((o for o in objects if o.get("kind") == kind and _name(o) == name), None)


def _name(document: Mapping[str, Any]) -> str:
    metadata = document.get("metadata")
    return str(metadata.get("name")) if isinstance(metadata, dict) else ""


def _proofs(
    read: ReadWorkflow,
    cron: Mapping[str, Any] | None,
    once: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
    start: dt.datetime,
) -> Iterator[Proof]:
    nodes = sum(1 for _ in read.nodes())
    yield Proof("graph", nodes, list(graph_problems(read, facts)))
    yield Proof("rules", *rule_problems(read, facts))
    tags, problems = value_problems(read)
    yield Proof("values", tags, problems)
    yield Proof("limits", *limit_problems(read, cron, facts))
    if (facts.get("schedule") or {}).get("kind") == "once":
        yield Proof("times", 1, list(once_problems(once, cron, facts)))
    else:
        yield _times(read, cron, facts, start)


def _times(read: ReadWorkflow, cron: Mapping[str, Any] | None, facts: Mapping[str, Any], start: dt.datetime) -> Proof:
    schedule = facts.get("schedule")
    if schedule is None:
        problems = ["there is a CronWorkflow and no schedule"] if cron is not None else []
        return Proof("times", 0, problems)
    if cron is None:
        return Proof("times", open=[f"schedule of kind {schedule['kind']} without CronWorkflow"])
    try:
        count, problems = time_problems(read, cron, facts, start)
    except (ValueError, KeyError, EvaluationError) as problem:
        return Proof("times", 0, [str(problem)])
    return Proof("times", count, problems, [] if count else [f"fire times of a {schedule['kind']} schedule"])


@dataclass
class Proofs:
    """The proofs of all workflows of a folder."""

    workflows: list[WorkflowProof]

    @property
    def state(self) -> State:
        """The worst state of the workflows."""
        return max((w.state for w in self.workflows), key=STATES.index, default="proved")

    def text(self, *, verbose: bool = False) -> str:
        """A table with one line per workflow, then what differs, then what is not proved."""
        width = max([len("workflow"), *(len(w.workflow) for w in self.workflows)])
        lines = [f"{'workflow':<{width}}  " + "".join(f"{n:>12}" for n in PROOFS) + "  result"]
        for w in self.workflows:
            by_name = {p.name: p for p in w.proofs}
            cells = [_cell(by_name.get(n)) for n in PROOFS]
            lines.append(f"{w.workflow:<{width}}  " + "".join(f"{c:>12}" for c in cells) + f"  {w.state}")
        wrong = [f"{w.workflow}: {p.name}: {x}" for w in self.workflows for p in w.proofs for x in p.problems]
        left = [f"{w.workflow}: {p.name}: {x}" for w in self.workflows for p in w.proofs for x in p.open]
        lines += ["", "Differs:", *(f"  {x}" for x in wrong)] if wrong else []
        lines += ["", "Not proved:", *(f"  {x}" for x in left)] if left else []
        lines += ["", *LEGEND] if verbose else []
        count = Counter(w.state for w in self.workflows)
        lines += ["", ", ".join(f"{count[state]} {state}" for state in STATES)]
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """The same as JSON."""
        plain = [
            {"workflow": w.workflow, "state": w.state, "proofs": [asdict(p) | {"state": p.state} for p in w.proofs]}
            for w in self.workflows
        ]
        return json.dumps({"state": self.state, "workflows": plain}, ensure_ascii=False, indent=1) + "\n"


LEGEND = (
    "Numbers: cases that were compared and are equal; ? some cases are left out.",
    "graph: nodes and edges; rules: mixes of upstream states; values: references and expressions;",
    "limits: parameters, retries, deadlines, runs at once, handlers; times: fire times with logical time and interval,",
    "also around clock changes; text: fields that are as they were written (scripts, images and files among them).",
    "Not looked at: what happens inside the pods, the cluster.",
)


def _cell(proof: Proof | None) -> str:
    if proof is None:
        return "-"
    if proof.problems:
        return "DIFFERS"
    return (str(proof.checked) if proof.checked else "-" if not proof.open else "") + ("?" if proof.open else "")


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
