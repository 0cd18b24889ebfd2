"""What a built task needs or does differently, told once per task."""

from __future__ import annotations

from typing import Any

from migrate.diagnostics.python_code import FailedItemsMissing, PackagesNeeded, WorkerEnvironment
from migrate.ir.actions import Python
from migrate.ir.exprs import EnvRef, OutputRef
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Group, Task, TriggerRule, walk_nodes
from parsers.airflow.context import DagContext
from parsers.airflow.distributions import IN_IMAGE

_TOLERANT = frozenset(
    {
        TriggerRule.ALL_DONE,
        TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        TriggerRule.ALL_FAILED,
        TriggerRule.ONE_FAILED,
        TriggerRule.ONE_DONE,
        TriggerRule.ONE_SUCCESS,
        TriggerRule.NONE_SKIPPED,
        TriggerRule.ALWAYS,
    }
)
"""Rules under which a task runs although an instance of a mapped upstream failed."""


def report_notes(context: DagContext, nodes: tuple[Task | Group, ...]) -> None:
    """PY005, VAR003 and MAP002 for every task."""
    spread = _fanned_out(nodes)
    for node in walk_nodes(nodes):
        if not isinstance(node, Task):
            continue
        place: dict[str, Any] = {"span": node.span, "workflow": context.dag.dag_id, "task": node.id}
        packages = _packages(node)
        if packages:
            context.sink.add(PackagesNeeded(packages=", ".join(packages), **place))
        parts = [*exprs_in(node.action), *exprs_in(node.handlers)]
        names = sorted({part.name for part in parts if isinstance(part, EnvRef) and part.default is None})
        if names:
            shown, plural = ", ".join(names), "s" if len(names) > 1 else ""
            context.sink.add(WorkerEnvironment(names=shown, plural=plural, **place))
        if node.rule in _TOLERANT and context.generation.major >= 3:
            producers = {p.task for p in parts if isinstance(p, OutputRef) and p.index is None and p.task in spread}
            for producer in sorted(producers):
                context.sink.add(FailedItemsMissing(producer=producer, **place))


def _packages(task: Task) -> list[str]:
    """Distributions that the task's Python code imports and that nothing installs."""
    action = task.action
    if not isinstance(action, Python) or action.venv is not None or action.interpreter or action.image:
        return []
    units = [u for u in (action.code, action.run_if, action.skip_if) if u is not None]
    units += [h.action.code for h in task.handlers if isinstance(h.action, Python)]
    missing = {name for unit in units for name in unit.requirements}
    return sorted(missing - IN_IMAGE if any(u.needs_source_framework for u in units) else missing)


def _fanned_out(nodes: tuple[Task | Group, ...], inside: bool = False) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        spread = inside or node.fan_out is not None
        if isinstance(node, Group):
            found |= _fanned_out(node.nodes, spread)
        elif spread:
            found.add(node.id)
    return found
