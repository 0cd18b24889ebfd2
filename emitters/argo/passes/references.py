"""Pass `references`: a value is only passed along dependencies, so who reads a value waits for who makes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from emitters.argo.passes.join_rules import siblings_of
from emitters.argo.plan import Body, Call, PassContext, Plan, chain_of, place_of
from migrate.diagnostics.argo_templates import NotBefore, UnknownReference
from migrate.ir.exprs import OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Group, Task, walk_nodes


def references(plan: Plan, context: PassContext) -> Plan:
    """Before: task b reads a value of task a and no path leads from a to b.

    After: b's call has a in `after` (it waits for a's end, whatever it is), unless b stands above a.
    """
    for node in list(walk_nodes(plan.workflow.nodes)):
        own = node.model_copy(update={"nodes": ()}) if isinstance(node, Group) else node
        for ref in dict.fromkeys(_refs(own)):
            plan = _ordered(plan, context, node, ref)
    return plan


def _refs(node: Task | Group) -> Iterator[str]:
    for expr in exprs_in(node):
        if isinstance(expr, OutputRef):
            yield expr.task


def _ordered(plan: Plan, context: PassContext, node: Task | Group, producer: str) -> Plan:
    maker, reader = place_of(plan, producer), place_of(plan, node.id)
    where: dict[str, Any] = {"span": node.span, "workflow": plan.workflow.id, "task": node.id}
    if reader is None or node.id == producer:
        return plan
    if maker is None:
        context.sink.add(UnknownReference(producer=producer, **where))
        return plan
    common, first, second = common_calls(plan, maker, reader)
    if first.name == second.name:
        return plan
    assert first.node is not None and second.node is not None
    siblings = siblings_of(plan.workflow, common)
    above = closure(common, siblings.up)
    if first.node.id in above[second.node.id]:
        return plan
    if second.node.id in above[first.node.id]:
        context.sink.add(NotBefore(producer=producer, outcome="it runs earlier, so the value is null", **where))
        return plan
    context.sink.add(NotBefore(producer=producer, outcome="it now waits for it", **where))
    return plan.with_body(common.with_call(replace(second, after=(*second.after, first.node.id))))


def common_calls(plan: Plan, maker: tuple[Body, Call], reader: tuple[Body, Call]) -> tuple[Body, Call, Call]:
    """The innermost body around both places, and the calls in it that lead to them."""
    one, two = chain_of(plan, maker[0]), chain_of(plan, reader[0])
    depth = 0
    while depth + 1 < min(len(one), len(two)) and one[depth + 1].name == two[depth + 1].name:
        depth += 1
    body = one[depth]

    def leading(chain: list[Body], call: Call) -> Call:
        if depth + 1 == len(chain):
            return call
        parent = chain[depth + 1].parent
        assert parent is not None
        return body.call(parent[1])

    return body, leading(one, maker[1]), leading(two, reader[1])


def closure(body: Body, up: dict[str, list[str]]) -> dict[str, set[str]]:
    """Ids above each node of a body, added waits included."""
    edges = {i: list(ups) for i, ups in up.items()}
    for call in body.calls:
        if call.node is not None:
            edges.setdefault(call.node.id, []).extend(call.after)
    out: dict[str, set[str]] = {}

    def reach(i: str, trail: frozenset[str]) -> set[str]:
        if i not in out and i not in trail:
            found: set[str] = set()
            for u in edges.get(i, []):
                found |= {u} | reach(u, trail | {i})
            out[i] = found
        return out.get(i, set())

    for i in edges:
        reach(i, frozenset())
    return out
