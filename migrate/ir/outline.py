"""What the batch as a whole needs to know of a workflow, without its bodies: small enough to keep and to pass on."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.ir.schedule import Schedule
from migrate.ir.workflow import Param, Workflow, walk_nodes
from migrate.source import Span


@dataclass(frozen=True, slots=True)
class TaskOutline:
    """One task: `action` is the kind of its action, `rule` the value of its trigger rule."""

    id: str
    operator: str
    action: str
    span: Span
    upstream: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Outline:
    """One workflow. `nodes`: ids of all tasks and groups in walking order; `tasks`: the tasks alone."""

    id: str
    span: Span
    system: str
    generation: str
    schedule: Schedule | None
    params: tuple[Param, ...]
    nodes: tuple[str, ...]
    tasks: tuple[TaskOutline, ...]


def outline(workflow: Workflow) -> Outline:
    """The outline of a workflow."""
    return Outline(
        workflow.id,
        workflow.span,
        workflow.system,
        workflow.generation,
        workflow.schedule,
        workflow.params,
        tuple(n.id for n in walk_nodes(workflow.nodes)),
        tuple(
            TaskOutline(t.id, t.operator, t.action.kind, t.span, tuple(e.node for e in t.upstream), t.rule.value)
            for t in workflow.tasks()
        ),
    )
