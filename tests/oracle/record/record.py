"""Records case folders: runs them in real Airflow 2.11 and 3.1 and writes their `expected.json`.

    uv run python tests/oracle/record/record.py --cases DIR [--only GLOB] [--generation 2.11] [--check]

Each folder needs `dag.py` and `run.json` (see ../airflow/README.md). A scheduler with the LocalExecutor on a PostgreSQL
server of its own makes the runs; Airflow comes from `tools.py`. `--check` writes nothing and says what differs from the
`expected.json` that is there. Exits 1 if a case could not be recorded or, with `--check`, differs.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "equivalence")]

import standins  # noqa: E402
import tools  # noqa: E402
from cases import connection_texts, filled  # noqa: E402
from services import Pool  # noqa: E402

GENERATIONS = {"2": "2.11", "3": "3.1"}
SERVICES = {
    "2.11": (["scheduler"], ["triggerer"]),
    "3.1": (["api-server", "--workers", "1"], ["scheduler"], ["dag-processor"], ["triggerer"]),
}


def copied(folder: Path, dags: Path, out: Path, spec: dict[str, Any], values: dict[str, str]) -> None:
    """A case in the DAGs folder: each DAG file first sets what the case's environment has. `values`: where the case's
    services are."""
    target = dags / folder.name
    shutil.copytree(folder, target)
    out.mkdir(parents=True)
    env = {"OUT": str(out)}
    for name, value in (spec.get("variables") or {}).items():
        env[f"AIRFLOW_VAR_{name.upper()}"] = filled(value if isinstance(value, str) else json.dumps(value), values)
    for name, value in connection_texts(spec, values).items():
        env[f"AIRFLOW_CONN_{name.upper()}"] = value
    line = f"import os, sys; os.environ.update({env!r}); sys.path.insert(0, {str(target)!r})"
    path = target / "dag.py"
    source = path.read_text()
    at = 0
    for node in ast.parse(source).body:
        doc = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not doc and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        at = node.end_lineno or 0
    lines = source.splitlines(keepends=True)
    path.write_text("".join([*lines[:at], line + "\n", *lines[at:]]))


def has_triggers(folder: Path) -> bool:
    """Whether a case has triggers of its own: the process that runs triggers must find their modules."""
    return any("BaseTrigger" in path.read_text() for path in folder.glob("*.py"))


def environment(generation: str, home: Path, address: str) -> dict[str, str]:
    """Environment variables that configure Airflow."""
    port = standins.free_port()
    settings = {
        "CORE__DAGS_FOLDER": str(home / "dags"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "10",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "CORE__FERNET_KEY": "",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "API__PORT": str(port),
        "API__SECRET_KEY": "recorder",
        "API_AUTH__JWT_SECRET": "recorder-recorder-recorder-recorder",
        "WEBSERVER__SECRET_KEY": "recorder",
        "DATABASE__SQL_ALCHEMY_CONN": address,
        "LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "36000",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "36000",
        "SCHEDULER__TASK_QUEUED_TIMEOUT": "3600",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "TRIGGERER__DEFAULT_CAPACITY": "100",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "VIRTUAL_ENV", "PYTHON"))}
    path = f"{tools.airflow(generation)}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "PATH": path, "AIRFLOW_HOME": str(home), **{f"AIRFLOW__{k}": v for k, v in settings.items()}}


@contextlib.contextmanager
def services(generation: str, home: Path, env: dict[str, str]) -> Iterator[None]:
    """Airflow's processes."""
    program = str(tools.airflow(generation) / "airflow")
    with open(home / "migrate.log", "w") as log:
        subprocess.run([program, "db", "migrate"], env=env, check=True, stdout=log, stderr=log)
    started = []
    try:
        for arguments in SERVICES[generation]:
            log = open(home / f"{arguments[0]}.log", "w")  # noqa: SIM115 - belongs to the process
            started.append(
                subprocess.Popen([program, *arguments], env=env, stdout=log, stderr=log, start_new_session=True)
            )
        yield
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def session(generation: str, folders: list[Path], work: Path, timeout: float, pool: Pool) -> dict[str, Any]:
    """Results of the cases in one generation, by folder name."""
    home = work / generation
    (home / "dags").mkdir(parents=True)
    batch = []
    connections: dict[
        str, str
    ] = {}  # triggers run in a process that reads no DAG file: ids unlike those of other cases
    for folder in folders:
        spec = json.loads((folder / "run.json").read_text())
        out = home / "out" / folder.name
        found = pool.values(spec.get("services") or [], f"{folder.name}-{generation}", out)
        copied(folder, home / "dags", out, spec, found)
        connections |= {f"AIRFLOW_CONN_{name.upper()}": text for name, text in connection_texts(spec, found).items()}
        batch.append({"name": folder.name, "spec": spec, "out": str(out), "timeout": timeout, "settle": 4})
    (home / "batch.json").write_text(json.dumps(batch))
    database = pool.values(["postgres"], f"airflow-{generation}")["postgres"]
    env = connections | environment(generation, home, f"postgresql+psycopg2://tester@{database}")
    env["PYTHONPATH"] = os.pathsep.join(str(home / "dags" / f.name) for f in folders if has_triggers(f))
    with services(generation, home, env):
        python = tools.airflow(generation) / "python"
        command = [str(python), str(HERE / "session.py"), str(home / "batch.json"), str(home / "results.json")]
        subprocess.run(command, env=env, check=True, cwd=home)
    results: dict[str, Any] = json.loads((home / "results.json").read_text())
    return results


def plain(result: dict[str, Any]) -> dict[str, Any]:
    """A result without what may differ from run to run."""
    runs = [{k: v for k, v in run.items() if k != "start_order"} for run in result.get("dag_runs", [])]
    return {"runs": runs, "error": "trigger_error" in result, "files": result.get("out_files")}


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names of the fields in which two results differ."""
    found = []
    if ("trigger_error" in one) != ("trigger_error" in other):
        found.append("trigger_error")
    if one.get("out_files") != other.get("out_files"):
        found.append("out_files")
    runs = one.get("dag_runs", []), other.get("dag_runs", [])
    if len(runs[0]) != len(runs[1]):
        return [*found, "number of runs"]
    for first, second in zip(*runs, strict=True):
        names = [k for k in first if k not in ("tasks", "start_order") and first[k] != second.get(k)]
        found.extend(f"run {first['dag_id']}: {name}" for name in names)
        tasks = [{(t["task_id"], t["map_index"]): t for t in run["tasks"]} for run in (first, second)]
        for key in sorted(tasks[0].keys() | tasks[1].keys()):
            a, b = tasks[0].get(key, {}), tasks[1].get(key, {})
            fields = [f for f in ("state", "tries", "return_value", "xcom", "prints") if a.get(f) != b.get(f)]
            found.extend(f"task {key[0]}{f'[{key[1]}]' if key[1] >= 0 else ''}: {field}" for field in fields)
    return list(dict.fromkeys(found))


def expected(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The content of `expected.json` from the results of the generations (keys `2`, `3`)."""
    head: dict[str, Any] = {"recorded_with": "scheduler (LocalExecutor)", "recorded_by": "tests/oracle/record"}
    if len(results) == 2:
        same = plain(results["2"]) == plain(results["3"])
        head["same_in_2_and_3"] = same
        if same:
            versions = [
                v for r in results.values() for v in ([r["airflow"]] if isinstance(r["airflow"], str) else r["airflow"])
            ]
            both = {**results["2"], "airflow": sorted(set(versions))}
            return {**head, "results": {"both": both}}
        head["differences"] = differences(results["2"], results["3"])
    return {**head, "results": results}


def by_generation(content: dict[str, Any], key: str) -> dict[str, Any] | None:
    """The result of a generation in an `expected.json`."""
    return content["results"].get(key) or content["results"].get("both")


def wanted(folder: Path) -> list[str]:
    """The generations (`2`, `3`) that a case is for."""
    key = json.loads((folder / "run.json").read_text())["airflow"]
    return ["2", "3"] if key == "both" else [key]


def folders_of(root: Path, only: str | None) -> list[Path]:
    """Case folders below `root` (or `root` itself) that match a glob."""
    if (root / "run.json").exists():
        return [root]
    found = sorted(p.parent for p in root.glob("*/run.json"))
    return [f for f in found if only is None or any(f.match(g) for g in only.split(","))]


def store(folder: Path, results: dict[str, dict[str, Any]], check: bool) -> bool:
    """Writes (or checks) what was recorded of one folder; whether all is well."""
    failed = {k: r["error"] for k, r in results.items() if "error" in r}
    for key, error in failed.items():
        print(f"{folder.name}@{GENERATIONS[key]}: {error}")
    path = folder / "expected.json"
    if check:
        there = json.loads(path.read_text())
        lines = [
            d for k, r in results.items() if k not in failed for d in differences(by_generation(there, k) or {}, r)
        ]
        print(f"{folder.name}: {'; '.join(lines) or 'as recorded'}")
        return not lines and not failed
    if not failed:
        there = json.loads(path.read_text()) if path.exists() else {"results": {}}
        kept = {key: by_generation(there, key) for key in wanted(folder)}
        full = {key: results.get(key) or kept[key] for key in kept}
        path.write_text(json.dumps(expected({k: r for k, r in full.items() if r}), indent=1, ensure_ascii=False) + "\n")
    return not failed


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--only", help="globs of folder names, with commas")
    parser.add_argument("--generation", choices=["2.11", "3.1"])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--timeout", type=float, default=400, help="seconds per case")
    parser.add_argument("--keep", type=Path, help="work folder to keep")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folders = folders_of(options.cases.resolve(), options.only)
    work = Path(options.keep or tempfile.mkdtemp(prefix="record-")).resolve()
    shutil.rmtree(work, ignore_errors=True)
    results: dict[Path, dict[str, dict[str, Any]]] = {f: {} for f in folders}
    with Pool() as pool:
        for key, generation in GENERATIONS.items():
            mine = [f for f in folders if key in wanted(f)]
            if options.generation in (None, generation) and mine:
                for name, result in session(generation, mine, work, options.timeout, pool).items():
                    results[next(f for f in mine if f.name == name)][key] = result
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
    stored = [store(f, r, options.check) for f, r in results.items()]
    return 0 if all(stored) else 1


if __name__ == "__main__":
    raise SystemExit(main())
