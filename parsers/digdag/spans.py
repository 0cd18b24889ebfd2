"""Places of a project in places of the inspected root."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from migrate.source import Span

M = TypeVar("M", bound=BaseModel)


def moved(model: M, prefix: str, workflow: str | None) -> M:
    """A model with the file of every span below `prefix`, and a finding's workflow named `workflow`."""
    changes: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        changed = _moved(value, prefix)
        if changed is not value:
            changes[name] = changed
    if workflow is not None and "severity" not in type(model).model_fields and getattr(model, "workflow", None):
        changes["workflow"] = workflow
    return model.model_copy(update=changes) if changes else model


def _moved(value: Any, prefix: str) -> Any:
    if not prefix:
        return value
    if isinstance(value, Span):
        return replace(value, file=f"{prefix}/{value.file}")
    if isinstance(value, BaseModel):
        return moved(value, prefix, None)
    if isinstance(value, tuple) and value:
        made = tuple(_moved(item, prefix) for item in value)
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    return value
