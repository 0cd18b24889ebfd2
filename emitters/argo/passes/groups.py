"""Pass `groups`: nodes become calls, nested groups become dag templates of their own."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.plan import ROOT, Body, Call, PassContext, Plan
from migrate.ir.workflow import Group, Task


def groups(plan: Plan, context: PassContext) -> Plan:
    """Before: an IR workflow with tasks a, b and a group g of c, d.

    After: body `main` with calls a, b, g (g calls template `g`) and body `g` with calls c, d. A fanned-out task that
    has handlers is called through a body of its own with the single call `body`, because Argo runs the hook of a loop
    once more for the loop as a whole.
    """
    bodies: list[Body] = []
    _body(plan, ROOT, None, None, plan.workflow.nodes, bodies)
    return replace(plan, bodies=tuple(bodies))


def needs_wrapper(task: Task) -> bool:
    """Whether the instances of a fanned-out task are called through a template of their own."""
    return task.fan_out is not None and bool(task.handlers)


def _body(
    plan: Plan,
    name: str,
    group: Group | None,
    parent: tuple[str, str] | None,
    nodes: tuple[Task | Group, ...],
    bodies: list[Body],
) -> None:
    place = len(bodies)
    calls = []
    for node in nodes:
        own = plan.names[node.id]
        if isinstance(node, Group):
            calls.append(Call(own, own, node))
            _body(plan, own, node, (name, own), node.nodes, bodies)
        elif needs_wrapper(node):
            calls.append(Call(own, f"{own}-item", node))
            inner = Call("body", own, node)
            bodies.append(Body(f"{own}-item", (inner,), node, (name, own)))
        else:
            calls.append(Call(own, own, node))
    bodies.insert(place, Body(name, tuple(calls), group, parent))
