"""What the source says about a workflow, and what was written for it: kept beside the output for `migrate verify`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from emitters.argo.names import param_name, parameter_name
from emitters.argo.printing import param_text
from emitters.argo.templates.container import own_deadline
from migrate.ir.actions import Container
from migrate.ir.exprs import Compare, Expr, Literal, OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import FanOut, Group, LiteralItems, Param, Retry, Task, Workflow

EXIT_EVENTS = ("success", "failure")


def facts_of(workflow: Workflow, slug: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Structure, rules, limits and schedule as plain data."""
    schedule = workflow.schedule
    found: dict[str, Any] = {
        "apiVersion": "migrate/v1",
        "kind": "WorkflowFacts",
        "workflow": workflow.id,
        "slug": slug,
        "system": workflow.system,
        "nodes": [_node(n, names) for n in workflow.nodes],
        "schedule": schedule.model_dump(mode="json") if schedule is not None else None,
        "params": {param_name(p.name): _default(p) for p in workflow.params},
    }
    limits = {
        "timeout": workflow.timeout,
        "runs": workflow.max_active_runs,
        "paused": workflow.paused,
        "handlers": sum(h.event in EXIT_EVENTS for h in workflow.handlers),
        "one_by_one": workflow.depends_on_past or any(t.depends_on_past for t in workflow.tasks()),
    }
    return found | {k: v for k, v in limits.items() if v}


def facts_text(facts: Mapping[str, Any], written: Mapping[str, Mapping[str, str]]) -> str:
    """The facts and the marks of what was written, as JSON text."""
    return to_json({**facts, "written": written}, indent=1).decode() + "\n"


def _default(param: Param) -> str | None:
    """None: any value will do (a required parameter, or a default that is not among the allowed values)."""
    options = param.schema_.get("enum")
    if param.required or (isinstance(options, list) and options and param.value not in options):
        return None
    return param_text(param)


def _node(node: Task | Group, names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": node.id, "name": names.get(node.id, ""), "rule": node.rule.value}
    upstream = list(dict.fromkeys(e.node for e in node.upstream))
    if upstream:
        found["upstream"] = upstream
    reads = sorted({e.task for e in exprs_in(node) if isinstance(e, OutputRef)})
    if reads:
        found["reads"] = reads
    if node.fan_out is not None:
        found |= _loop(node.fan_out)
    if node.condition is not None:
        found["condition"] = _condition(node.condition)
    if node.retry.limit > 0:
        found["retry"] = _retry(node.retry)
    if isinstance(node, Group):
        found["nodes"] = [_node(n, names) for n in node.nodes]
        return found
    return found | _of_task(node)


def _condition(condition: Expr) -> dict[str, Any] | bool:
    """The result that a condition asks for; True: it is of another form."""
    if isinstance(condition, Compare) and condition.op == "==":
        left, right = condition.left, condition.right
        if isinstance(left, OutputRef) and isinstance(right, Literal) and not left.path:
            return {"task": left.task, "output": parameter_name(left.key), "value": right.value}
    return True


def _of_task(node: Task) -> dict[str, Any]:
    found: dict[str, Any] = {}
    own = own_deadline(node.action) if isinstance(node.action, Container) else None
    limits = [seconds for seconds in (node.timeout, own) if seconds]
    if limits:
        found["timeout"] = min(limits)
    if node.setups:
        found["setups"] = list(node.setups)
    if node.role != "work":
        found["role"] = node.role
    if node.self_skip:
        found["self_skip"] = True
    if node.branch is not None:
        found["branch"] = {"kind": node.branch.kind, "everything": node.branch.ignore_rules}
        if node.branch.spares_known_items:
            found["branch"]["spares"] = True
    if node.group:
        found["group"] = node.group
    return found


def _retry(retry: Retry) -> dict[str, Any]:
    return {"limit": retry.limit, "delay": retry.delay}


def _loop(fan_out: FanOut) -> dict[str, Any]:
    found: dict[str, Any] = {"loop": fan_out.order}
    if fan_out.fixed:
        found["fixed"] = True
    if isinstance(fan_out.items, LiteralItems):
        found["items"] = len(fan_out.items.items)
    over = sorted({e.task for e in exprs_in(fan_out.items) if isinstance(e, OutputRef)})
    if over:
        found["over"] = over
    return found
