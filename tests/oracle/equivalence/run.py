"""Converts recorded cases, runs them on Argo's own controller, and compares.

    uv run python tests/oracle/equivalence/run.py --cases DIR [--min-equal 0.97] [--only GLOB] [--json FILE] [--digdag]

Prints a line per case, the differences, and `N of M equal`. Exits 1 below the bound, 2 if something cannot be set up.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import services
import tools
import warm
import yaml
from cases import Case, Run, connection_texts, filled, find_cases
from compare import Difference, compare_files, compare_run
from converted import Converted, convert
from observed import ObservedRun, observe


@dataclass
class Outcome:
    """What became of one case."""

    case: Case
    error: str = ""
    differences: list[Difference] = field(default_factory=list)
    converted: Converted | None = None
    out: Path | None = None

    @property
    def equal(self) -> bool:
        """No error and no difference."""
        return not self.error and not self.differences


def submissions(case: Case, converted: Converted) -> list[dict[str, Any]]:
    """What a user of Argo would start for this case, in order."""
    spec = case.spec
    slug = converted.slugs.get(case.main)
    if slug is None:
        raise RuntimeError(f"no WorkflowTemplate for {case.main} (have {sorted(converted.slugs)})")
    if spec.get("trigger") == "scheduled":
        if converted.find("CronWorkflow", slug):
            return [
                {"from": f"cronworkflow/{slug}", "scheduledTime": run.fire_time, "wait": True}
                for run in case.runs
                if run.workflow == case.main and run.facts["tasks"]
            ]
        once = next((d["metadata"]["name"] for _, d in converted.documents if d["kind"] == "Workflow"), None)
        if once is None:
            raise RuntimeError("a scheduled case without CronWorkflow or Workflow")
        return [{"from": f"workflow/{once}"}]
    also = [converted.slugs[w] for w in spec.get("trigger_also", [])]
    main = manual(slug, spec.get("logical_date"), spec.get("conf") or {}, converted)
    return [manual(other, spec.get("logical_date"), {}, converted) for other in also] + [main]


def manual(slug: str, date: str | None, conf: dict[str, Any], converted: Converted) -> dict[str, Any]:
    """A run by hand: the logical date and the run configuration as parameters."""
    declared = converted.parameters(slug)
    values: dict[str, str] = {}
    if date and "logical-date" in declared:
        values["logical-date"] = date
    for key, item in conf.items():
        if key in declared:
            values[key] = item if isinstance(item, str) else json.dumps(item)
    if conf and "conf" in declared:
        values["conf"] = json.dumps(conf)
    return {"from": f"workflowtemplate/{slug}", "parameters": values}


def overrides(case: Case, folder: Path, found: dict[str, str], converted: Converted) -> list[str]:
    """Values that the site would put in the generated ConfigMaps and Secrets. `found`: where the services are."""
    given = (case.spec.get("variables") or {}).items()
    variables = {name: filled(item if isinstance(item, str) else json.dumps(item), found) for name, item in given}
    data = {name: text for key, text in variables.items() for name in (key, key.lower().replace("_", "-"))}
    worker = {"OUT": str(folder / "files")}
    documents = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "airflow-worker-env"}, "data": worker},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "airflow-variables"}, "data": data},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "airflow-variables-secret"}, "stringData": data},
    ]
    documents += [
        credentials(document, text)
        for name, text in connection_texts(case.spec, found).items()
        for _, document in converted.documents
        if document["metadata"].get("annotations", {}).get("migrate.source/connection") == name
    ]
    pools = {name: str(slots) for name, slots in (case.spec.get("pools") or {}).items()}
    if pools:
        documents.append(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "airflow-pools"}, "data": pools}
        )
    path = folder / "values.yaml"
    path.write_text(yaml.safe_dump_all(documents))
    return [str(path)]


def credentials(stub: dict[str, Any], text: str) -> dict[str, Any]:
    """The stub of a connection's Secret with its keys filled in, as a site would do by hand. text: URI or JSON."""
    parts = parse_connection(text)
    return {**stub, "stringData": {key: parts.get(key, "") for key in stub["stringData"]}}


def parse_connection(text: str) -> dict[str, str]:
    """The parts of a connection by the name of the Secret's key."""
    if text.startswith("{"):
        given = json.loads(text)
        extra = given.pop("extra", {})
        extra = json.loads(extra) if isinstance(extra, str) else extra
        return {"uri": text, **{k: str(v) for k, v in given.items()}, "extra": json.dumps(extra), **flat(extra)}
    url = urlsplit(text)
    extra = dict(parse_qsl(url.query))
    found = {"host": url.hostname, "port": url.port, "login": url.username, "password": url.password}
    texts = {k: unquote(str(v)) for k, v in found.items() if v is not None}
    return {"uri": text, "schema": url.path[1:], "extra": json.dumps(extra), **texts, **flat(extra)}


def flat(extra: dict[str, Any]) -> dict[str, str]:
    """`extra.<key>` as the Secret's key names it."""
    return {f"extra.{key}": value if isinstance(value, str) else json.dumps(value) for key, value in extra.items()}


def images(generation: str, loaded: warm.Warm | None) -> list[tuple[str, str]]:
    """Which programs of the host stand for an image. loaded: what starts pods with Airflow."""
    rules = [("python:*", str(tools.pod_python())), ("*python*", str(tools.pod_python()))]
    airflow = loaded.path if loaded is not None else str(tools.airflow(generation))
    return [("apache/airflow*", airflow), *rules, ("*", str(tools.pod_python()))]


def service_images(case: Case) -> list[tuple[str, str]]:
    """Clients of the services that a case uses."""
    used = case.spec.get("services") or []
    clients = [("postgres:*", str(tools.postgres()))] if "postgres" in used else []
    return clients + ([("amazon/aws-cli:*", str(tools.moto()))] if "s3" in used else [])


@dataclass
class Running:
    """What all cases of a run share: servers, and what starts pods with Airflow (None: each loads it anew)."""

    pool: services.Pool
    stock: warm.Stock | None

    def airflow(self, generation: str, folder: Path) -> warm.Warm | None:
        """For the converted case in `folder`, if some pod of it needs Airflow."""
        if self.stock is None or not any("image: apache/airflow" in p.read_text() for p in folder.rglob("*.yaml")):
            return None
        return self.stock.get(generation)


def prepare(case: Case, work: Path, extra: list[str], running: Running) -> tuple[Outcome, dict[str, Any] | None]:
    """Converts a case; the batch entry that runs it, unless that failed."""
    folder = work / case.name
    (folder / "out").mkdir(parents=True)
    (folder / "files").mkdir()
    outcome = Outcome(case)
    try:
        command = ["airflow", str(case.folder), "--airflow-version", case.generation, "--fail-on", "never", *extra]
        outcome.converted = convert(command, folder / "argo")
        outcome.out = folder / "files"
        found = running.pool.values(case.spec.get("services") or [], case.name.replace("@", "-"), folder / "files")
        loaded = running.airflow(case.generation, folder / "argo")
        entry = {
            "namespace": case.name.replace("@", "-").replace(".", "-"),
            "files": manifests(folder / "argo"),
            "overrides": overrides(case, folder, found, outcome.converted),
            "env": {"OUT": str(folder / "files")},
            "binds": [str(folder / "files"), *([str(loaded.folder)] if loaded else [])],
            "images": [*service_images(case), *images(case.generation, loaded)],
            "submit": submissions(case, outcome.converted),
        }
    except (RuntimeError, OSError, yaml.YAMLError, KeyError) as error:
        outcome.error = f"{type(error).__name__}: {error}"
        return outcome, None
    return outcome, entry


def manifests(out: Path) -> list[str]:
    """The files with objects in an output folder, without those that are for a whole cluster."""
    apart = {"kustomization.yaml", "workflow-defaults.yaml"}
    found = (p for p in sorted(out.rglob("*.yaml")) if ".migrate" not in p.parts and p.name not in apart)
    return [str(path) for path in found]


def run_batch(entries: list[dict[str, Any]], work: Path, timeout: float) -> dict[str, list[dict[str, Any]]]:
    """Runs all cases in one controller; argorun's results by namespace."""
    spec = work / "batch.json"
    spec.write_text(json.dumps({"cases": entries}))
    command = [str(tools.argorun()), "-timeout", f"{timeout}s", "-cases", "12", "-parallel", "24", "-batch", str(spec)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"argorun ended with {done.returncode}: {done.stderr[-2000:]}")
    (work / "results.jsonl").write_text(done.stdout)
    results: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in done.stdout.splitlines():
        result = json.loads(line)
        results[result["namespace"]].append(result)
    return results


def judge(outcome: Outcome, results: list[dict[str, Any]]) -> None:
    """Fills in the differences of a case that ran."""
    converted, case = outcome.converted, outcome.case
    assert converted is not None
    for result in results:
        if "error" in result:
            outcome.error = result["error"]
            return
    runs = [observe(r, converted) for r in results]
    waiting: dict[str, list[ObservedRun]] = defaultdict(list)
    for run in runs:
        waiting[run.slug].append(run)
    for expected in case.runs:
        if not expected.facts["tasks"] and expected.facts["state"] == "success":
            continue  # made before the start date: without a task in it, nothing of it could be run or compared
        slug = converted.slugs.get(expected.workflow)
        if slug is None and expected.workflow.startswith(case.main + "."):
            continue  # a SubDAG became part of its parent's workflow, whose tasks are compared
        if not waiting[slug or ""]:
            outcome.differences.append(Difference(expected.workflow, "", "run", expected.facts["state"], "no run"))
            continue
        outcome.differences.extend(best_match(expected, waiting[slug or ""], expected.workflow == case.main))
    for slug, left in waiting.items():
        outcome.differences.extend(Difference(slug, "", "run", "none", r.state) for r in left)
    assert outcome.out is not None
    outcome.differences.extend(compare_files(case, outcome.out))


def best_match(expected: Run, left: list[ObservedRun], in_order: bool) -> list[Difference]:
    """Takes the run that the recorded one became out of `left`; what differs. Runs that tasks start at the same time
    come in any order: the one that fits best is taken, unless the runs are `in_order`."""
    found = [compare_run(expected, run) for run in (left[:1] if in_order else left)]
    number = min(range(len(found)), key=lambda n: len(found[n]))
    left.pop(number)
    return found[number]


def reported(outcome: Outcome) -> bool:
    """Whether the conversion itself said that something differs (a finding of caveat or stronger)."""
    found = outcome.converted.findings if outcome.converted else []
    return any(f.get("severity") in ("warning", "manual", "error", "failed") for f in found)


def manifest_lines(outcome: Outcome, difference: Difference) -> str:
    """Where the manifests speak of the task of a difference."""
    task = difference.task.split("[")[0]
    if not task or outcome.converted is None:
        return ""
    for path in sorted(outcome.converted.out.rglob("workflow-template.yaml")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if f"migrate.source/id: {task}" in line or f'migrate.source/id: "{task}"' in line:
                return f"  [{path.relative_to(outcome.converted.out)}:{number}]"
    return ""


def show(outcome: Outcome, limit: int) -> None:
    """Prints a case."""
    mark = "equal" if outcome.equal else "DIFFERS" if reported(outcome) else "DIFFERS, not reported"
    print(f"{outcome.case.name}: {mark}")
    if outcome.error:
        print(f"    {outcome.error}")
    for difference in outcome.differences[:limit]:
        print(f"    {difference}{manifest_lines(outcome, difference)}")
    if len(outcome.differences) > limit:
        print(f"    (+{len(outcome.differences) - limit} more)")


def run_all(cases: list[Case], work: Path, timeout: float, extra: list[str], cold: bool = False) -> list[Outcome]:
    """Converts, runs and judges. cold: pods that need Airflow load it themselves."""
    with services.Pool() as pool_of_servers, warm.Stock() as stock:
        running = Running(pool_of_servers, None if cold else stock)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            prepared = list(pool.map(lambda case: prepare(case, work, extra, running), cases))
        entries = [entry for _, entry in prepared if entry is not None]
        results = run_batch(entries, work, timeout) if entries else {}
    for outcome, entry in prepared:
        if entry is not None:
            judge(outcome, results.get(entry["namespace"], []))
    return [outcome for outcome, _ in prepared]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--min-equal", type=float, default=0.0)
    parser.add_argument("--only")
    parser.add_argument("--generation", choices=["2.11", "3.1"])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="work folder to keep (with logs in results.jsonl)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds per case")
    parser.add_argument("--differences", type=int, default=6, help="how many to print per case")
    parser.add_argument("--cold", action="store_true", help="each pod that needs Airflow loads it anew (slow)")
    parser.add_argument("--digdag", action="store_true", help="the cases are Digdag projects")
    options = parser.parse_args()
    with tools.exclusive("equivalence"):
        return run_airflow(options) if not options.digdag else run_digdag(options)


def run_digdag(options: argparse.Namespace) -> int:
    """`--digdag`."""
    from digdag_cases import main as digdag_main

    return int(digdag_main(options))


def run_airflow(options: argparse.Namespace) -> int:
    """The cases of Airflow."""
    cases = [c for c in find_cases(options.cases, options.only) if options.generation in (None, c.generation)]
    if not cases:
        print(f"no case in {options.cases}")
        return 2
    work = options.keep or Path(tempfile.mkdtemp(prefix="equivalence-"))
    if options.keep:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
    try:
        outcomes = run_all(
            cases, work.resolve(), options.timeout, ["--set", "schedule.suspend_all=false"], options.cold
        )
    except tools.Unavailable as error:
        print(f"not available: {error}")
        return 2
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    for outcome in outcomes:
        show(outcome, options.differences)
    return conclude(outcomes, options)


def conclude(outcomes: list[Outcome], options: argparse.Namespace) -> int:
    """Prints the total, writes the JSON, and says whether the bound is kept."""
    equal = sum(o.equal for o in outcomes)
    silent = [o.case.name for o in outcomes if not o.equal and not reported(o)]
    print(f"{equal} of {len(outcomes)} equal" + (f"; differ without a finding: {', '.join(silent)}" if silent else ""))
    if options.json:
        rows = [
            {
                "case": o.case.name,
                "equal": o.equal,
                "reported": reported(o),
                "error": o.error,
                "differences": [asdict(d) for d in o.differences],
            }
            for o in outcomes
        ]
        options.json.write_text(json.dumps(rows, indent=1, default=str))
    return 1 if equal < options.min_equal * len(outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
