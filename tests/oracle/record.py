"""Records `expected.json` of cases: their DAGs run on real Airflow (scheduler, triggerer, LocalExecutor) of each version.

    uv run python tests/oracle/record.py --cases tests/oracle/hosted [--only GLOB]

Runs by hand only (`trigger` absent). Look at the result before you keep it: it is what conversions are judged by.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent / "equivalence"))

import services
import tools
from cases import GENERATIONS, connection_texts, filled

DUMP = Path(__file__).with_name("record_dump.py")
COMPONENTS = {"2.11": ("scheduler", "triggerer"), "3.1": ("api-server", "scheduler", "dag-processor", "triggerer")}


class Deployment:
    """A running Airflow of one generation with some case folders as its DAGs."""

    def __init__(self, generation: str, folders: list[Path], pool: services.Pool) -> None:
        self.generation = generation
        self.home = Path(tempfile.mkdtemp(prefix=f"airflow-{generation}-"))
        self.bin = tools.airflow(generation)
        self.specs = {folder: json.loads((folder / "run.json").read_text()) for folder in folders}
        (self.home / "dags").mkdir()
        (self.home / "out").mkdir()
        for folder in folders:
            shutil.copytree(folder, self.home / "dags" / folder.name)
        self.env = {**os.environ, **self._settings(pool), **self._site(pool)}

    def _settings(self, pool: services.Pool) -> dict[str, str]:
        name = f"airflow_{self.generation.replace('.', '_')}"
        if self.generation.startswith("2"):
            database = "postgresql+psycopg2://tester@" + pool.values(["postgres"], name)["postgres"]
        else:
            database = f"sqlite:///{self.home}/airflow.db"
        port = services._free_port()
        return {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(self.home),
            "OUT": str(self.home / "out"),
            "PYTHONPATH": ":".join(str(self.home / "dags" / folder.name) for folder in self.specs),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.home / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "6",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": "recording",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "false",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def _site(self, pool: services.Pool) -> dict[str, str]:
        found: dict[str, str] = {}
        for folder, spec in self.specs.items():
            values = pool.values(spec.get("services") or [], f"{folder.name}-{self.generation}")
            for name, text in (spec.get("variables") or {}).items():
                found["AIRFLOW_VAR_" + name.upper()] = filled(text, values)
            for name, text in connection_texts(spec, values).items():
                found["AIRFLOW_CONN_" + name.upper()] = text
        return found

    def run(self, *command: str, timeout: float = 300) -> str:
        """Output of a command of this Airflow."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]], env=self.env, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode:
            raise RuntimeError(f"{command}: {(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The components run."""
        self.run("airflow", "db", "migrate")
        log = open(self.home / "components.log", "w")  # noqa: SIM115
        processes = [
            subprocess.Popen(
                [str(self.bin / "airflow"), c], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
            for c in COMPONENTS[self.generation]
        ]
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, 15)
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
            log.close()

    def record(self) -> dict[Path, dict[str, Any]]:
        """Facts by case folder."""
        with self.running():
            self._wait_for_dags()
            for spec in self.specs.values():
                date = ["--logical-date" if self.generation.startswith("3") else "-e", spec["logical_date"]]
                self.run("airflow", "dags", "unpause", spec["dag_id"])
                conf = ["--conf", json.dumps(spec.get("conf") or {})]
                self.run("airflow", "dags", "trigger", spec["dag_id"], *date, *conf)
            end = time.monotonic() + 420
            while time.monotonic() < end:
                facts = json.loads(self.run("python", str(DUMP)).splitlines()[-1])
                left = [d for d, run in facts.items() if run["state"] in ("queued", "running")]
                print(f"{self.generation}: {len(left)} running {' '.join(left)}", file=sys.stderr)
                if len(facts) == len(self.specs) and not left:
                    break
                time.sleep(5)
        return {folder: self._with_logs(facts[spec["dag_id"]]) for folder, spec in self.specs.items()}

    def _wait_for_dags(self) -> None:
        wanted = {spec["dag_id"] for spec in self.specs.values()}
        for turn in range(30):
            if turn > 3:
                errors = self.run("airflow", "dags", "list-import-errors", "-o", "plain")
                if "dag.py" in errors:
                    raise RuntimeError(errors)
            with contextlib.suppress(RuntimeError, ValueError):
                out = self.run("airflow", "dags", "list", "-o", "json")
                if wanted <= {row["dag_id"] for row in json.loads(out[out.index("[{") :])}:
                    return
            time.sleep(3)
        raise RuntimeError(f"not all DAGs were loaded; see {self.home}")

    def _with_logs(self, run: dict[str, Any]) -> dict[str, Any]:
        """Adds tries and printed lines from the log files."""
        base = self.home / "logs" / f"dag_id={run['dag_id']}" / f"run_id={run['run_id']}"
        for task in run["tasks"]:
            folder = base / f"task_id={task['task_id']}"
            if task["map_index"] >= 0:
                folder = folder / f"map_index={task['map_index']}"
            logs = sorted(folder.glob("attempt=*.log"), key=lambda p: int(re.findall(r"\d+", p.name)[0]))
            task["tries"] = len(logs)
            task["prints"] = [_prints(p.read_text()) for p in logs]
            if not logs:
                del task["prints"]
        return run


def _prints(log: str) -> list[str]:
    found = []
    for line in log.splitlines():
        if line.startswith("{"):
            with contextlib.suppress(ValueError):
                line = str(json.loads(line).get("event", ""))
                found += re.findall(r"^(?:[A-Z]+ - )?@@ ([^\n]*)", line, re.MULTILINE)
        else:
            found += re.findall(r"(?:^| - )@@ ([^\n]*)", line)
    return [text.rstrip() for text in found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--only", default="*")
    parser.add_argument("--generation", choices=sorted(COMPONENTS), action="append")
    options = parser.parse_args()
    folders = sorted(p.parent for p in options.cases.glob("*/run.json") if p.parent.match(options.only))
    recorded: dict[Path, dict[str, Any]] = {folder: {} for folder in folders}
    for generation in options.generation or sorted(COMPONENTS):
        meant = [f for f in folders if generation in GENERATIONS[json.loads((f / "run.json").read_text())["airflow"]]]
        with services.Pool() as pool:
            for folder, run in Deployment(generation, meant, pool).record().items():
                recorded[folder][generation[0]] = {"dag_runs": [at_its_date(run)]}
    for folder, results in recorded.items():
        write(folder / "expected.json", results)
    return 0


def at_its_date(run: dict[str, Any]) -> dict[str, Any]:
    """The run as if it had been made at its logical date (the command line of 3.x makes it now): the data interval of a
    run by hand without a schedule is that date."""
    begin, date = run["data_interval"][0], run["logical_date"]
    text = json.dumps(run)
    for before in (begin, begin.replace("T", " ")):
        text = text.replace(before, date if "T" in before else date.replace("T", " "))
    return {**json.loads(text), "run_id": f"manual__{date}"}


def write(path: Path, results: dict[str, Any]) -> None:
    """The file of one case; results that are the same in both versions are written once."""
    if len(results) == 1 and path.exists():
        before = json.loads(path.read_text())["results"]
        results = {**(dict.fromkeys("23", before["both"]) if "both" in before else before), **results}
    same = len(results) == 2 and results["2"] == results["3"]
    document = {"same_in_2_and_3": same, "results": {"both": results["2"]} if same else results}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
