"""Items of loops as Argo hands them on."""

from __future__ import annotations

from typing import Any


def changed_by_argo(value: Any) -> bool:
    """Whether something is in it that Argo writes in another way: it has floats of 64 bits only (1.0 becomes 1), and
    leaves out the keys of mappings that hold null."""
    if isinstance(value, dict):
        return any(changed_by_argo(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(changed_by_argo(part) for part in value)
    if value is None:
        return True
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and abs(value) > 2**53
