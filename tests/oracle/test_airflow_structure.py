"""Task ids and edges of released example DAGs are what Airflow's own DagBag reports (structure facts)."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tools
from conftest import set_up

HERE = Path(__file__).resolve().parent
MIGRATE = Path(sys.executable).parent / "migrate"
WHEELS = ("apache-airflow-2.11.0", "apache-airflow-providers-standard-1.12.3", "apache-airflow-core-3.1.8")


def examples() -> Path:
    """Folder with the example DAGs of the released packages, fetched as packages."""
    home = tools.cache() / "examples"
    for wheel in WHEELS:
        if (home / wheel / "ready").exists():
            continue
        name, _, version = wheel.rpartition("-")
        target = home / wheel
        target.mkdir(parents=True, exist_ok=True)
        fetch = ["-m", "pip", "download", "-q", "--no-deps", "-d", str(target), f"{name}=={version}"]
        python = [sys.executable] if has_pip() else ["uv", "run", "-q", "--no-project", "--with", "pip", "python"]
        tools.run([*python, *fetch])
        for archive in target.glob("*.whl"):
            with zipfile.ZipFile(archive) as content:
                content.extractall(target, [n for n in content.namelist() if "/example_dags/" in n])
            archive.unlink()
        (target / "ready").write_text(version)
    return home


def has_pip() -> bool:
    """Whether this environment has pip."""
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0


@pytest.mark.oracle
@pytest.mark.parametrize("wheel", WHEELS)
def test_examples(wheel: str) -> None:
    home = set_up(examples)
    score = [sys.executable, str(HERE / "structure_score.py"), str(HERE / "corpus" / "structure" / f"{wheel}.json")]
    score += ["--root", str(home), "--run", f"{MIGRATE} inspect airflow {{path}} {{options}} --format json"]
    done = subprocess.run([*score, "--min-exact", "0.97", "--diff"], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
