"""What the scripts of converted tasks import: `from migrate_runtime import run`.

Importing it makes the source system's package importable where the image does not have it, and puts the files that
were brought along (`AF_MODULES`) on Python's path.
"""

from __future__ import annotations

import os
import sys

sys.path[:0] = [path for path in os.environ.get("AF_MODULES", "").split(":") if path and path not in sys.path]

import pod_shim  # noqa: E402

pod_shim.install()

from pod_runner import run  # noqa: E402

__all__ = ["code", "run"]


def code(path):
    """The code of a file that several tasks share, for `exec` in a task's own script."""
    with open(path, encoding="utf-8") as file:
        return compile(file.read(), path, "exec", dont_inherit=True)
