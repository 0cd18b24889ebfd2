"""What the source says about a workflow's structure and schedule: kept beside the output for `migrate verify`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from migrate.ir.workflow import Group, Task, Workflow


def facts_of(workflow: Workflow, slug: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Structure, rules and schedule as plain data."""
    schedule = workflow.schedule
    return {
        "apiVersion": "migrate/v1",
        "kind": "WorkflowFacts",
        "workflow": workflow.id,
        "slug": slug,
        "system": workflow.system,
        "nodes": [_node(n, names) for n in workflow.nodes],
        "schedule": schedule.model_dump(mode="json") if schedule is not None else None,
    }


def facts_text(workflow: Workflow, slug: str, names: Mapping[str, str]) -> str:
    """The same as JSON text."""
    return json.dumps(facts_of(workflow, slug, names), ensure_ascii=False, indent=1) + "\n"


def _node(node: Task | Group, names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": node.id, "name": names.get(node.id, ""), "rule": node.rule.value}
    upstream = list(dict.fromkeys(e.node for e in node.upstream))
    if upstream:
        found["upstream"] = upstream
    if node.fan_out is not None:
        found["loop"] = node.fan_out.order
    if node.condition is not None:
        found["condition"] = True
    if isinstance(node, Group):
        found["nodes"] = [_node(n, names) for n in node.nodes]
        return found
    if node.setups:
        found["setups"] = list(node.setups)
    if node.role != "work":
        found["role"] = node.role
    if node.self_skip:
        found["self_skip"] = True
    if node.branch is not None:
        found["branch"] = {"kind": node.branch.kind, "everything": node.branch.ignore_rules}
    if node.group:
        found["group"] = node.group
    return found
