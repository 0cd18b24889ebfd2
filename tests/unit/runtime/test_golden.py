"""The runner's dates and templates against pendulum and real Airflow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
RUNTIME = ROOT / "emitters" / "argo" / "runtime"
sys.path.insert(0, str(ROOT / "tests" / "oracle"))
RUNS = [
    ("manual", "2024-03-10T06:07:08+00:00", "2024-03-09T06:00:00+00:00", "2024-03-10T06:00:00+00:00"),
    ("manual", "2024-02-28T23:59:59+00:00", "2024-02-28T00:00:00+00:00", "2024-02-29T00:00:00+00:00"),
]
PARAMS = {
    "text": " t x",
    "number": 3,
    "flag": True,
    "none": None,
    "list": [1, "a", None],
    "map": {"a": 1, "b": [True]},
    "rate": 0.5,
}
ENVIRONMENT = {
    "AIRFLOW_VAR_PLAIN": "pv",
    "AIRFLOW_VAR_DATA": '{"a":[1,2]}',
    "AIRFLOW_CONN_SERVICE": "http://user:p%40ss@host.example:8080/sch?key=val",
}


def airflow_python() -> str:
    import tools

    try:
        return str(tools.airflow("2.11") / "python")
    except tools.Unavailable as reason:
        if tools.required():
            raise
        pytest.skip(str(reason))


def output_of(command: list[str], extra: dict[str, str]) -> str:
    env = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(RUNTIME), **extra}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.oracle
def test_dates_are_those_of_pendulum() -> None:
    out = output_of([airflow_python(), str(HERE / "compare_times.py"), "7", "150"], {}).splitlines()
    assert out[:-1] == []
    assert out[-1].startswith("compared ")


@pytest.mark.oracle
def test_intervals_are_those_of_airflow(tmp_path: Path) -> None:
    home = {"AIRFLOW_HOME": str(tmp_path)}
    out = output_of([airflow_python(), str(HERE / "compare_intervals.py"), "5", "600"], home).splitlines()
    lines = [line for line in out if " Airflow " in line or line.startswith("compared")]
    assert lines == ["compared 600"]


@pytest.mark.oracle
@pytest.mark.parametrize("run", RUNS, ids=[r[1] for r in RUNS])
def test_templates_render_as_in_airflow(run: tuple[str, str, str, str], tmp_path: Path) -> None:
    run_type, logical, start, end = run
    facts = {
        "texts": json.loads((HERE / "templates.json").read_text()),
        "version": "2.11",
        "logical_date": logical,
        "start": start,
        "end": end,
        "run_type": run_type,
        "run_id": "manual__x",
        "params": PARAMS,
        "conf": {"a": {"b": 1}},
    }
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts))
    home = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/none.db"}
    expected = results(output_of([airflow_python(), str(HERE / "airflow_renders.py"), str(path)], home))
    found = results(output_of([sys.executable, str(HERE / "our_renders.py"), str(path)], {}))
    different = [
        f"{t}\n  Airflow {e!r}\n  runner  {f!r}"
        for t, e, f in zip(facts["texts"], expected, found, strict=True)
        if e != f
    ]
    assert different == []


def results(out: str) -> list[object]:
    line = next(line for line in out.splitlines() if line.startswith("RESULT"))
    return list(json.loads(line[6:]))
