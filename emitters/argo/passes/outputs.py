"""Pass `outputs`: which values each task must hand on, because somebody reads them."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.plan import PassContext, Plan
from migrate.ir.exprs import OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Group, Task, Workflow


def outputs(plan: Plan, context: PassContext) -> Plan:
    """Before: task a, and task b that refers to a's return value and to its key `count`.

    After: `a.pushes` is (`return_value`, `count`), `b.pushes` is empty.
    """
    read: dict[str, dict[str, None]] = {}
    for expr in exprs_in(plan.workflow):
        if isinstance(expr, OutputRef):
            read.setdefault(expr.task, {})[expr.key] = None
    return replace(plan, workflow=with_pushes(plan.workflow, {t: tuple(keys) for t, keys in read.items()}))


def with_pushes(workflow: Workflow, read: dict[str, tuple[str, ...]]) -> Workflow:
    """The workflow with `pushes` of every task set to what is read of it."""
    return workflow.model_copy(update={"nodes": _nodes(workflow.nodes, read)})


def _nodes(nodes: tuple[Task | Group, ...], read: dict[str, tuple[str, ...]]) -> tuple[Task | Group, ...]:
    out: list[Task | Group] = []
    for node in nodes:
        if isinstance(node, Group):
            out.append(node.model_copy(update={"nodes": _nodes(node.nodes, read)}))
        else:
            out.append(node.model_copy(update={"pushes": read.get(node.id, ())}))
    return tuple(out)
