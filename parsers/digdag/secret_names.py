"""`${secret:key}` in texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SECRET = re.compile(r"\$\{\s*secret:\s*([\w.\-]+)\s*\}")


def secret_names(value: Any) -> set[str]:
    """Keys of the secrets that a value's texts name."""
    if isinstance(value, str):
        return set(SECRET.findall(value))
    if isinstance(value, Mapping):
        return {n for v in value.values() for n in secret_names(v)}
    if isinstance(value, list | tuple):
        return {n for v in value for n in secret_names(v)}
    return set()
