"""Pass `branches`: what a branch or gate decides becomes a clause in `when` of the tasks below it (mapping 3)."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.expressions import literal
from emitters.argo.graph import Siblings, is_teardown
from emitters.argo.passes.join_rules import siblings_of
from emitters.argo.plan import Call, PassContext, Plan
from migrate.diagnostics.argo_rules import GateOverFailure
from migrate.ir.workflow import Task, Workflow


def branches(plan: Plan, context: PassContext) -> Plan:
    """Before: choose (a branch) above load_a and load_b.

    After: `load-a` has the clause `'load_a' in fromJSON(tasks['choose'].outputs.parameters.branch)`. The ids listed are
    the task's own and those of every task between the branch and it, since a child that is also reached from a followed
    task is not skipped; a group's id stands for its first tasks.
    """
    for body in plan.bodies:
        if isinstance(body.node, Task):
            continue
        siblings = siblings_of(plan.workflow, body)
        names = {c.node.id: c for c in body.calls if c.node is not None}
        for call in body.calls:
            if call.node is None:
                continue
            clauses = _clauses(plan.workflow, siblings, names, call, context)
            if clauses:
                body = body.with_call(replace(call, when=(*call.when, *clauses)))
        plan = plan.with_body(body)
    return plan


def _clauses(
    workflow: Workflow, siblings: Siblings, names: dict[str, Call], call: Call, context: PassContext
) -> list[str]:
    assert call.node is not None
    node_id = call.node.id
    above = siblings.ancestors(node_id)
    out = []
    for source in siblings.order:
        node = siblings.nodes[source]
        if source not in above or not isinstance(node, Task) or node.branch is None:
            continue
        direct = source in siblings.up[node_id]
        everything = node.branch.kind == "gate" and node.branch.ignore_rules and not is_teardown(call.node)
        if not direct and not everything:
            continue
        if node.branch.kind == "choose":
            ids = _followed_by(workflow, siblings, source, node_id)
            out.append(_choose(names[source].name, ids, names[source].name in call.certain))
        else:
            out.append(_gate(names[source].name, names[source].name in call.certain))
            if len(siblings.up[node_id]) > 1:
                context.sink.add(GateOverFailure(gate=source, span=call.node.span, workflow=workflow.id, task=node_id))
    return out


def _followed_by(workflow: Workflow, siblings: Siblings, source: str, node_id: str) -> list[str]:
    """Answers of the branch under which the child is not skipped."""
    below, above = siblings.descendants(source), siblings.ancestors(node_id)
    ids = [node_id, *(i for i in siblings.order if i in below and i in above)]
    return [*ids, *(g for i in ids for g in _groups_entered(siblings, i) if g not in ids)]


def _groups_entered(siblings: Siblings, node_id: str) -> list[str]:
    """Groups that a task is a first task of: their ids in an answer mean the task."""
    node = siblings.nodes[node_id]
    group = node.group if isinstance(node, Task) else None
    out = []
    while group:
        inside = [u for u in siblings.up[node_id] if _in_group(siblings.nodes[u], group)]
        if inside:
            break
        out.append(group)
        group = group.rpartition(".")[0]
    return out


def _in_group(node: object, group: str) -> bool:
    own = getattr(node, "group", None)
    return own is not None and (own == group or own.startswith(f"{group}."))


def _choose(name: str, ids: list[str], certain: bool) -> str:
    if certain:
        answer = f"fromJSON(tasks['{name}'].outputs.parameters.branch)"
        return f"{literal(ids[0])} in {answer}" if len(ids) == 1 else f"any({answer}, # in {literal(ids)})"
    answer = f"fromJSON(tasks['{name}'].outputs?.parameters?.branch ?? '[]')"
    return f"tasks['{name}'].status != 'Succeeded' || any({answer}, # in {literal(ids)})"


def _gate(name: str, certain: bool) -> str:
    if certain:
        return f"tasks['{name}'].outputs.parameters.go != 'false'"
    return f"tasks['{name}'].status != 'Succeeded' || (tasks['{name}'].outputs?.parameters?.go ?? 'true') != 'false'"
