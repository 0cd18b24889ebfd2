"""Python source as text: literals that read well, and scripts put together."""

from __future__ import annotations

import math
import re
from typing import Any

WIDTH = 100
_FUTURE = re.compile(r"^from __future__ import .*\n", re.MULTILINE)


def literal(value: Any, indent: int = 0) -> str:
    """A JSON value as a Python literal: on one line where it fits, else one entry per line."""
    flat = _flat(value)
    pad = " " * (indent + 4)
    if isinstance(value, str) and "\n" in value.strip("\n"):
        return "(\n" + "\n".join(f"{pad}{line!r}" for line in value.splitlines(keepends=True)) + f"\n{' ' * indent})"
    if not isinstance(value, dict | list) or not value or (len(flat) + indent <= WIDTH and "\\n" not in flat):
        return flat
    if isinstance(value, dict):
        entries = [f"{pad}{k!r}: {literal(v, indent + 4)}," for k, v in value.items()]
        return "{\n" + "\n".join(entries) + "\n" + " " * indent + "}"
    return "[\n" + "\n".join(f"{pad}{literal(v, indent + 4)}," for v in value) + "\n" + " " * indent + "]"


def _flat(value: Any) -> str:
    """`repr`, but of infinite and no numbers what makes them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_flat(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return f"float({str(value)!r})" if isinstance(value, float) and not math.isfinite(value) else repr(value)


def script(source: str, entry: str, spec: dict[str, Any], imports: str = "run") -> str:
    """The whole script of a pod: what it imports from the runner, the source, the call.

    Imports from `__future__` stay at the top, as Python wants them.
    """
    future = "".join(_FUTURE.findall(source))
    body = _FUTURE.sub("", source).strip("\n")
    head = f"{future}\n" if future else ""
    gap = "" if body.startswith(("import ", "from ")) else "\n\n"
    middle = f"{gap}{body}\n\n" if body else ""
    return f"{head}from migrate_runtime import {imports}\n{middle}\nrun({entry}, {literal(spec)})\n"
