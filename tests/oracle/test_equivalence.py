"""Converted workflows behave on Argo's controller as their sources did in recorded runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
RUN = HERE / "equivalence" / "run.py"


def equivalence(*options: str) -> str:
    """Output of the equivalence runner; fails when it ends with another code than 0."""
    done = subprocess.run([sys.executable, str(RUN), *options], capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.oracle
@pytest.mark.xdist_group("equivalence")
def test_airflow(pods: Path) -> None:
    out = equivalence("--cases", str(HERE / "airflow"), "--min-equal", "0.97")
    assert " equal" in out.splitlines()[-1]


@pytest.mark.oracle
@pytest.mark.xdist_group("equivalence")
def test_digdag(pods: Path) -> None:
    out = equivalence("--digdag", "--cases", str(HERE / "digdag"), "--min-equal", "0.97")
    assert " equal" in out.splitlines()[-1]


@pytest.mark.oracle
@pytest.mark.xdist_group("equivalence")
def test_hosted_operators(pods: Path) -> None:
    out = equivalence("--cases", str(HERE / "hosted"), "--min-equal", "0.94", "--timeout", "500")
    assert " of 36 equal" in out.splitlines()[-1]


@pytest.mark.oracle
@pytest.mark.xdist_group("equivalence")
def test_hosted_operators_that_load_airflow_themselves(pods: Path) -> None:
    options = ("--cold", "--only", "01-*", "--min-equal", "1", "--timeout", "400")
    assert "2 of 2 equal" in equivalence("--cases", str(HERE / "hosted"), *options).splitlines()[-1]
