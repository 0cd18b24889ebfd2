"""Which tasks run in several instances, seen from another task."""

from __future__ import annotations

from migrate.ir.workflow import Group, Task, Workflow


def spans_instances(workflow: Workflow, producer: str, consumer: str) -> bool:
    """Whether the consumer sees all instances of the producer: one of the fan-outs around (or on) the producer does not
    enclose the consumer."""
    around = _fan_outs(workflow.nodes, producer, ())
    enclosing = set(_fan_outs(workflow.nodes, consumer, ()) or ())
    return any(name not in enclosing or name == producer for name in around or ())


def _fan_outs(nodes: tuple[Task | Group, ...], wanted: str, around: tuple[str, ...]) -> tuple[str, ...] | None:
    for node in nodes:
        inside = (*around, node.id) if node.fan_out is not None else around
        if node.id == wanted:
            return inside
        if isinstance(node, Group):
            found = _fan_outs(node.nodes, wanted, inside)
            if found is not None:
                return found
    return None
