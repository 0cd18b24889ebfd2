"""Digdag projects: converted, run on Argo's controller, compared with their recorded runs (see digdag/README.md)."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import tools
import yaml
from converted import Converted, convert
from digdag_observed import Observed, observe

from migrate.portable.java_zones import tzinfo_of

CONTROL = ("if", "for_each", "for_range", "loop", "call", "require", "wait", "td_for_each")


@dataclass
class DigCase:
    """A case folder and what became of it."""

    folder: Path
    session: dict[str, Any]
    expected: dict[str, Any]
    compiled: dict[str, Any]
    error: str = ""
    differences: list[str] = field(default_factory=list)
    converted: Converted | None = None
    out: Path | None = None

    @property
    def equal(self) -> bool:
        """No error and no difference."""
        return not self.error and not self.differences

    @property
    def refused(self) -> bool:
        """Digdag does not take the project."""
        return "stage" in self.expected

    @property
    def runs(self) -> bool:
        """Whether there is a recorded run."""
        return self.session.get("run", True) is not False and not self.refused


def read_case(folder: Path) -> DigCase:
    """A case folder."""
    parts = [json.loads((folder / f"{name}.json").read_text()) for name in ("session", "expected", "compiled")]
    return DigCase(folder, *parts)


def zone_of(case: DigCase) -> str:
    """The time zone of the case's workflow."""
    name = case.session["workflow"]
    found = [w for w in case.compiled["workflows"] if w["workflow"] == name]
    return str(found[0].get("timezone") or "UTC") if found else "UTC"


def submission(case: DigCase, converted: Converted) -> dict[str, Any]:
    """The run by hand: session time, parameters."""
    slug = converted.slugs[case.session["workflow"]]
    moment = datetime.fromisoformat(case.session["session_time"]).replace(tzinfo=tzinfo_of(zone_of(case)))
    values = {"logical-date": moment.isoformat()}
    declared = converted.parameters(slug)
    params = nested(case.session.get("params") or {})
    for name, value in params.items():
        if name in declared:
            values[name] = value if isinstance(value, str) else json.dumps(value)
    if params and "conf" in declared:
        values["conf"] = json.dumps(params)
    return {"from": f"workflowtemplate/{slug}", "parameters": values}


def nested(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as the command line reads them: `-p a.b=1` sets `b` of `a`."""
    found: dict[str, Any] = {}
    for name, value in params.items():
        *above, last = name.split(".") if isinstance(value, str) else [name]
        inner = found
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return found


def prepare(case: DigCase, work: Path) -> dict[str, Any] | None:
    """Converts a case; the batch entry, unless nothing is to be run."""
    folder = work / case.folder.name
    (folder / "files").mkdir(parents=True)
    case.out = folder / "files"
    try:
        case.converted = convert(["digdag", str(case.folder), "--fail-on", "never"], folder / "argo")
        if not case.runs:
            return None
        secrets = case.session.get("secrets") or {}
        overrides = []
        if secrets:
            path = folder / "values.yaml"
            named = {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "digdag-secrets"},
                "stringData": secrets,
            }
            path.write_text(yaml.safe_dump(named))
            overrides = [str(path)]
        from run import manifests

        return {
            "namespace": re.sub(r"[^a-z0-9]+", "-", case.folder.name.lower()),
            "files": manifests(folder / "argo"),
            "overrides": overrides,
            "env": {"OUT": str(case.out), "NODE_PATH": str(tools.script_engine())},
            "binds": [str(case.out)],
            "images": [("*", str(tools.pod_python()))],
            "submit": [submission(case, case.converted)],
        }
    except (RuntimeError, OSError, KeyError, yaml.YAMLError) as error:
        case.error = f"{type(error).__name__}: {error}"
        return None


def judge_refused(case: DigCase) -> None:
    """A project that Digdag refuses must be refused with a finding, and what it compiles must have the same shape."""
    codes = {f.get("code") for f in (case.converted.findings if case.converted else [])}
    if not codes & {"DIG001", "DIG008"}:
        case.differences.append(f"Digdag refuses it ({case.expected.get('error')}), no finding does")


def judge_schedules(case: DigCase) -> None:
    """Schedules of compile-only projects: the recorded times, and the refused files."""
    from migrate.diagnostics.base import Sink
    from parsers.digdag.frontend import DigdagFrontEnd, DigdagInputs, discover_projects

    start = datetime.fromisoformat(case.compiled["schedule_from"].replace("Z", "+00:00"))
    inputs = DigdagInputs((case.folder,), start=start, count=50)
    front, sink, found = DigdagFrontEnd(inputs), Sink(), {}
    for file in discover_projects(inputs, sink):
        for facts in front.structure(file, sink):
            found[facts.source.file] = facts
    for recorded in case.compiled["workflows"]:
        facts = found.get(recorded["file"])
        if recorded["ok"] != (facts is not None):
            case.differences.append(
                f"{recorded['file']}: accepted by Digdag {recorded['ok']}, by us {facts is not None}"
            )
        elif facts is not None and recorded.get("schedule"):
            wanted = [(p["session_time"], p["run_time"]) for p in recorded["schedule"]["next"]]
            got = [(p["session_time"], p["run_time"]) for p in (facts.schedule or {})["next"]][: len(wanted)]
            if [tuple(map(datetime.fromisoformat, p)) for p in wanted] != [
                tuple(map(datetime.fromisoformat, p)) for p in got
            ]:
                case.differences.append(f"{recorded['file']}: times {wanted[:2]}, got {got[:2]}")


def judge(case: DigCase, results: list[dict[str, Any]]) -> None:
    """Fills in the differences of a case that ran."""
    assert case.converted is not None and case.out is not None
    for result in results:
        if "error" in result:
            case.error = result["error"]
            return
    main = case.converted.slugs[case.session["workflow"]]
    runs = [observe(r, case.converted, case.expected) for r in results]
    own = [r for r in runs if r.slug == main]
    if not own:
        case.error = "no run"
        return
    compare(case, own[0])
    compare_others(case, [r for r in runs if r is not own[0]])
    for name, text in (case.expected.get("out_files") or {}).items():
        path = case.out / name
        got = path.read_text().strip() if path.exists() else None
        if got != (text or "").strip():
            case.differences.append(f"file {name}: expected {text!r}, got {got!r}")


def compare(case: DigCase, got: Observed) -> None:
    """States, attempts, prints, stored parameters, order of one run."""
    add = case.differences.append
    if case.expected["status"] != got.status:
        add(f"status: expected {case.expected['status']}, got {got.status} {got.message}")
    for task in case.expected["tasks"]:
        name = task["task"]
        if name.endswith("^failure-alert"):
            continue
        seen = got.tasks.get(name)
        state = seen.state if seen else "blocked"
        if state != task["state"]:
            add(f"{name}: state {task['state']}, got {state}")
            continue
        if seen is None:
            continue
        unstarted = task.get("attempts") == 0 and task["state"] == "error"  # `${}` failed: ours fails in its pod
        wanted = seen.attempts if unstarted else task.get("attempts", seen.attempts)
        if task.get("operator") not in CONTROL and wanted != seen.attempts:
            add(f"{name}: attempts {task.get('attempts')}, got {seen.attempts}")
        if task.get("prints", []) != seen.prints:
            add(f"{name}: prints {task.get('prints', [])}, got {seen.prints}")
        if seen.stored is not None and task.get("stored", {}) != seen.stored:
            add(f"{name}: stored {task.get('stored')}, got {seen.stored}")
    known = {t["task"] for t in case.expected["tasks"]}
    for name, seen in got.tasks.items():
        if name not in known and seen.state not in ("skipped", "blocked") and seen.attempts:
            add(f"{name}: ran, but not in Digdag")
    for first, second in case.expected.get("order", []):
        check_order(add, first, second, got)


def check_order(add: Any, first: str, second: str, got: Observed) -> None:
    """Every start of `first` before the first start of `second`; its end too unless it contains `second`."""
    a, b = got.tasks.get(first), got.tasks.get(second)
    if a is None or b is None or not a.starts or not b.starts:
        return
    if second.startswith(first):
        if min(b.starts) < min(a.starts) - 0.001:
            add(f"order: {first} before {second}")
    elif min(b.starts) < max(a.ends) - 0.001:
        add(f"order: {first} before {second}")


def compare_others(case: DigCase, others: list[Observed]) -> None:
    """Workflows that `require>` started: what they printed, in any order."""
    wanted = sorted(json.dumps(o["prints"], sort_keys=True) for o in case.expected.get("other_attempts", []))
    got = sorted(json.dumps({n: t.prints for n, t in o.tasks.items() if t.prints}, sort_keys=True) for o in others)
    if wanted != got:
        case.differences.append(f"other workflows: {wanted}, got {got}")


def reported(case: DigCase) -> bool:
    """Whether a finding of caveat or stronger was filed."""
    found = case.converted.findings if case.converted else []
    return any(f.get("severity") in ("warning", "manual", "error", "failed") for f in found)


def main(options: argparse.Namespace) -> int:
    """The command of `run.py --digdag`."""
    from run import run_batch

    folders = sorted(p.parent for p in options.cases.glob("*/session.json"))
    folders = [f for f in folders if not options.only or f.match(options.only)]
    cases = [read_case(f) for f in folders]
    work = Path(options.keep or tempfile.mkdtemp(prefix="equivalence-")).resolve()
    if options.keep:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
    try:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            entries = list(pool.map(lambda c: prepare(c, work), cases))
        batch = [e for e in entries if e is not None]
        results: dict[str, list[dict[str, Any]]] = (
            run_batch(batch, work, options.timeout) if batch else defaultdict(list)
        )
        for case, entry in zip(cases, entries, strict=True):
            if case.error:
                continue
            if entry is not None:
                judge(case, results.get(entry["namespace"], []))
            elif case.refused:
                judge_refused(case)
            else:
                judge_schedules(case)
    except tools.Unavailable as error:
        print(f"not available: {error}")
        return 2
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    return conclude(cases, options)


def conclude(cases: list[DigCase], options: argparse.Namespace) -> int:
    """Prints everything and says whether the bound is kept."""
    for case in cases:
        print(
            f"{case.folder.name}: {'equal' if case.equal else 'DIFFERS' if reported(case) else 'DIFFERS, not reported'}"
        )
        for line in [case.error] * bool(case.error) + case.differences[: options.differences]:
            print(f"    {line}")
    equal = sum(c.equal for c in cases)
    silent = [c.folder.name for c in cases if not c.equal and not reported(c)]
    print(f"{equal} of {len(cases)} equal" + (f"; differ without a finding: {', '.join(silent)}" if silent else ""))
    if options.json:
        rows = [
            {"case": c.folder.name, "equal": c.equal, "error": c.error, "differences": c.differences} for c in cases
        ]
        options.json.write_text(json.dumps(rows, indent=1))
    return 1 if equal < options.min_equal * len(cases) else 0
