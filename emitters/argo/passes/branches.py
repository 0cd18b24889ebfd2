"""Pass `branches`: what a branch or gate decides becomes a clause in `when` of the tasks below it (mapping 3)."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.expressions import literal
from emitters.argo.graph import Siblings
from emitters.argo.passes.join_rules import NOOP, siblings_of
from emitters.argo.plan import Body, Call, PassContext, Plan
from migrate.ir.workflow import Task, Workflow
from migrate.names import slug


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
            decisions = _decisions(plan.workflow, siblings, names, call)
            if decisions:
                body = _decided(body, siblings, call, decisions)
        plan = plan.with_body(body)
    return plan


def _decided(body: Body, siblings: Siblings, call: Call, decisions: list[tuple[Call, str]]) -> Body:
    """The clauses at the call. Where something else above it may fail, a step without a pod shows the decision, so that
    `depends` lets a task that is not followed be skipped, whatever the failure."""
    assert call.node is not None
    clauses = tuple(clause for _, clause in decisions)
    depends, waits = call.depends, call.waits
    helpers: list[Call] = []
    for gate, clause in decisions:
        assert gate.node is not None
        if waits == (gate.name,) or not siblings.may_fail_beside(call.node.id, gate.node.id):
            continue
        helper = Call(
            slug(f"af-follow-{call.name}" if len(decisions) == 1 else f"af-follow-{call.name}-{gate.name}"),
            NOOP,
            waits=(gate.name,),
            certain=frozenset({gate.name}),
            depends=f"{gate.name}.Succeeded",
            when=(clause,),
        )
        helpers.append(helper)
        depends = f"{helper.name}.Skipped || ({depends})"
        waits = (*waits, helper.name)
    changed = replace(call, when=(*call.when, *clauses), depends=depends, waits=waits)
    calls: list[Call] = []
    for c in body.calls:
        calls += [*helpers, changed] if c.name == call.name else [c]
    return replace(body, calls=tuple(calls))


def _decisions(workflow: Workflow, siblings: Siblings, names: dict[str, Call], call: Call) -> list[tuple[Call, str]]:
    """(branch or gate, clause) for everything above that may skip the call."""
    assert call.node is not None
    node_id = call.node.id
    out = []
    for source in siblings.gates(node_id):
        node = siblings.nodes[source]
        assert isinstance(node, Task) and node.branch is not None
        gate = names[source]
        certain = gate.name in call.certain
        if node.branch.kind == "choose":
            out.append((gate, _choose(gate.name, _followed_by(workflow, siblings, source, node_id), certain)))
        else:
            out.append((gate, _gate(gate.name, certain)))
    return out


def _followed_by(workflow: Workflow, siblings: Siblings, source: str, node_id: str) -> list[str]:
    """Answers of the branch under which the child is not skipped."""
    above = siblings.ancestors(node_id) - siblings.ancestors(source) - {source}
    ids = [node_id, *(i for i in siblings.order if i in above)]
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
