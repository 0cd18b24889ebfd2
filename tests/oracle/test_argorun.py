"""The controller in one process does what Argo documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.oracle
def test_smoke(argorun: Path) -> None:
    script = HERE / "argorun" / "testdata" / "smoke.py"
    done = subprocess.run([sys.executable, str(script), str(argorun)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
