"""Measures the conversion of a folder of DAG files.

    python tests/bench/measure.py                                    a synthetic repository of 1,000 files and 50
    shared modules
    python tests/bench/measure.py --files 200 --jobs 1 2 4
    python tests/bench/measure.py --path DAGS                        another folder
    python tests/bench/measure.py --dagbag PYTHON_WITH_AIRFLOW       Airflow's own DagBag on the same files, too

Each measurement is a process of its own, cold start included (with compiled bytecode, as after an installation):
bare `libcst.parse_module` over the same files, `migrate inspect`,
`migrate airflow --dry-run`, and the DagBag. Times are wall clock and CPU of the whole process tree.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from repository import write

PARSE = """
import sys, libcst, pathlib
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    libcst.parse_module(path.read_bytes())
"""
DAGBAG = """
import sys
from airflow.models.dagbag import DagBag
bag = DagBag(sys.argv[1], include_examples=False)
print(len(bag.dags), "DAGs", len(bag.import_errors), "errors", file=sys.stderr)
"""


BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Together with `PYTHONPYCACHEPREFIX`, which `main` sets: bytecode is written, but not into the tree."""


@dataclass
class Measured:
    """One process: its name, seconds of wall clock and CPU, peak memory of the largest process in MB, exit code."""

    name: str
    wall: float
    cpu: float
    memory: float
    code: int


def run(name: str, command: list[str], environment: dict[str, str] | None = None) -> Measured:
    """Runs a command and measures it with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env={**os.environ, **BYTECODE, **(environment or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(name, wall, cpu, usage.ru_maxrss / 1024, process.returncode)


def measure(folder: Path, jobs: list[int], dagbag: str | None) -> list[Measured]:
    """All measurements of one folder."""
    migrate = [str(Path(sys.executable).with_name("migrate"))]
    with tempfile.TemporaryDirectory() as warm:
        small = write(Path(warm), 10, 5)
        run("warm-up", [*migrate, "airflow", str(small), "-o", f"{warm}/out", "--fail-on", "never", "-q"])
        run("warm-up", [sys.executable, "-c", PARSE, str(small)])
    found = [run("libcst.parse_module", [sys.executable, "-c", PARSE, str(folder)])]
    found.append(run("migrate inspect", [*migrate, "inspect", "airflow", str(folder), "--format", "json"]))
    with tempfile.TemporaryDirectory() as target:
        for count in jobs:
            command = [
                *migrate,
                "airflow",
                str(folder),
                "-o",
                f"{target}/{count}",
                "--jobs",
                str(count),
                "--fail-on",
                "never",
                "-q",
            ]
            found.append(run(f"migrate airflow --jobs {count}", command))
    if dagbag:
        with tempfile.TemporaryDirectory() as home:
            environment = {
                "AIRFLOW_HOME": home, "PYTHONPATH": str(folder), "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            }  # fmt: skip
            found.append(run("Airflow DagBag", [dagbag, "-c", DAGBAG, str(folder)], environment))
    return found


def table(found: list[Measured], files: int) -> str:
    """A Markdown table with the ratio to the bare parse."""
    base = found[0].cpu
    lines = ["| | wall s | CPU s | files/s | peak MB | CPU / bare parse |", "|---|---|---|---|---|---|"]
    for one in found:
        name = one.name if one.code == 0 else f"{one.name} (exit code {one.code})"
        speed = f"{files / one.wall:.0f} | {one.memory:.0f} | {one.cpu / base:.2f}"
        lines.append(f"| {name} | {one.wall:.1f} | {one.cpu:.1f} | {speed} |")
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--path", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--modules", type=int, default=50)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1])
    parser.add_argument("--dagbag", help="a Python that has Airflow")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as bytecode:
        BYTECODE["PYTHONPYCACHEPREFIX"] = bytecode
        folder = given.path or write(Path(place), given.files, given.modules)
        found = measure(folder, given.jobs, given.dagbag)
        count = sum(1 for _ in folder.rglob("*.py"))
        print(json.dumps([asdict(m) for m in found], indent=1) if given.json else table(found, count))


if __name__ == "__main__":
    main()
