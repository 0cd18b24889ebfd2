"""Pods that need Airflow start from a process that has loaded it already: the load takes two to four seconds.

    with Warm(tools.airflow("2.11")) as warm:
        warm.path     # folders for PATH: a `python` that has a copy of the loaded process run its script
        warm.folder   # must be visible in the pod

The copy has the pod's file system (mount namespace and root), environment, working folder and streams; signals are
passed on, and its exit code is the pod's. Other calls than `python FILE ...` start Python as ever.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

import tools

HERE = Path(__file__).resolve().parent
MODULES = (
    "airflow.providers.http.operators.http",
    "airflow.providers.http.sensors.http",
    "airflow.providers.common.sql.operators.sql",
    "airflow.providers.common.sql.sensors.sql",
    "airflow.providers.postgres.hooks.postgres",
    "airflow.providers.standard.operators.python",
    "airflow.providers.standard.operators.bash",
    "airflow.providers.standard.sensors.filesystem",
    "airflow.providers.amazon.aws.operators.s3",
    "airflow.providers.amazon.aws.sensors.s3",
)


class Warm:
    """A loaded process of an Airflow environment (`programs`: its `bin` folder), ended with the block."""

    def __init__(self, programs: Path) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="warm-")
        self.folder = Path(self._home.name)
        self.path = f"{self.folder}{os.pathsep}{programs}"
        python = programs / "python"
        address = self.folder.name
        client = f"#!{python} -ISE\n" + (HERE / "warm_client.py").read_text().replace("@ADDRESS@", address)
        for name in ("python", "python3"):
            (self.folder / name).write_text(client.replace("@PYTHON@", str(python)))
            (self.folder / name).chmod(0o755)
        self.folder.chmod(0o755)
        command = [str(python), str(HERE / "warm_server.py"), address, *MODULES]
        env = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "PYTHON", "VIRTUAL_ENV"))}
        env |= {"LANG": "C.UTF-8", "HOME": str(self.folder)}
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd="/"
            )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"no warm Airflow: {(self.folder / 'log').read_text()[-2000:]}")

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)
        self._home.cleanup()


class Stock:
    """Loaded processes by generation, started when the first case needs them."""

    def __init__(self) -> None:
        self._found: dict[str, Warm] = {}
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()

    def get(self, generation: str) -> Warm:
        """The loaded process of a generation (`2.11`, `3.1`)."""
        with self._lock:
            if generation not in self._found:
                self._found[generation] = self._stack.enter_context(Warm(tools.airflow(generation)))
            return self._found[generation]

    def __enter__(self) -> Stock:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()
