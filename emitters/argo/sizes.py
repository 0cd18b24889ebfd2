"""Objects that are larger than Argo or Kubernetes can keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emitters.argo.plan import Plan
from migrate.diagnostics.argo_sizes import ConfigMapTooLarge, WorkflowTooLarge
from migrate.diagnostics.base import Diagnostic
from migrate.output import OutputFile

LIMIT = 1024 * 1024
"""Bytes: what Argo allows a Workflow (`MAX_WORKFLOW_SIZE`, workflow/packer/packer.go), and Kubernetes the data of a
ConfigMap (`MaxSecretSize`, pkg/apis/core/types.go)."""
PER_STEP = 120
"""Bytes that a step of a run adds at least: Argo keeps the nodes, compressed, in the same object."""


def too_large(plan: Plan, files: Sequence[OutputFile], objects: Sequence[Mapping[str, Any]]) -> Iterator[Diagnostic]:
    """Findings about a workflow's objects. `files`: their texts, `objects`: the same read back."""
    if max((len(file.text) for file in files), default=0) < LIMIT // 4:
        return
    span, workflow, steps = plan.workflow.span, plan.workflow.id, len(list(plan.all_calls()))
    for item in objects:
        kind, name = item.get("kind"), (item.get("metadata") or {}).get("name", "")
        if kind == "WorkflowTemplate":
            size = run_size(item.get("spec") or {}, steps)
            if size > LIMIT:
                yield WorkflowTooLarge(span=span, workflow=workflow, size=_shown(size), steps=steps)
        elif kind == "ConfigMap":
            size = sum(len(f"{key}{text}".encode()) for key, text in (item.get("data") or {}).items())
            if size > LIMIT:
                yield ConfigMapTooLarge(span=span, workflow=workflow, name=name, size=_shown(size))


def run_size(spec: Mapping[str, Any], steps: int) -> int:
    """Bytes of a Workflow that runs a WorkflowTemplate with this spec: Argo copies the spec into the run's status, as
    Go writes JSON (`<`, `>` and `&` as six characters)."""
    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
    return len(text.encode()) + 5 * sum(text.count(character) for character in "<>&") + PER_STEP * steps


def _shown(size: int) -> str:
    return f"{size / LIMIT:.2f} MiB"
