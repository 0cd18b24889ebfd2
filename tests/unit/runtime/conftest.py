"""A pod: a script with the runner, run as a process with an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

RUNTIME = Path(__file__).parents[3] / "emitters" / "argo" / "runtime"
CONTEXT = {
    "logical_date": "2024-03-10T06:00:00+00:00",
    "data_interval_start": "2024-03-09T06:00:00+00:00",
    "data_interval_end": "2024-03-10T06:00:00+00:00",
    "run_id": "run-1",
    "run_type": "manual",
}


@dataclass
class Pod:
    """A finished pod."""

    code: int
    stdout: str
    stderr: str
    out: Path

    def value(self, key: str = "return_value") -> Any:
        """JSON of an output file."""
        return json.loads((self.out / (key if key == "return_value" else f"xcom/{key}")).read_text())

    def text(self, name: str) -> str | None:
        """Text of an output file, None where there is none."""
        path = self.out / name
        return path.read_text() if path.exists() else None


RunPod = Callable[..., Pod]


@pytest.fixture
def pod(tmp_path: Path) -> RunPod:
    """Runs a source with the runner: `pod(source, entry, spec, **environment)`."""

    def run(source: str, entry: str, spec: dict[str, Any], **env: str) -> Pod:
        script = tmp_path / "script.py"
        script.write_text(f"from migrate_runtime import run\n{source}\nrun({entry}, {spec!r})\n")
        out = tmp_path / "out"
        given = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(RUNTIME),
            "AF_OUT": str(out),
            "AF_CONTEXT": json.dumps(CONTEXT),
            **env,
        }
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=given, timeout=60)
        return Pod(done.returncode, done.stdout, done.stderr, out)

    return run
