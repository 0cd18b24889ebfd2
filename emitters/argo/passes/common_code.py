"""Pass `common_code`: long code that many tasks have in common is kept once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from emitters.argo.plan import PassContext, Plan
from migrate.ir.actions import CodeUnit
from migrate.ir.workflow import Workflow

REPEATED = 100_000
"""Characters of repeated code from which on it is kept once. A workflow object may have 1 MiB; below this, code reads
better where it is run."""
LONG = 200


def common_code(plan: Plan, _context: PassContext) -> Plan:
    """Before: every script holds its own code.

    After: `plan.common_code` names the texts that go into ConfigMap `<slug>-src` once, where they would repeat a lot.
    """
    counts = Counter(unit.source for unit in _units(plan.workflow) if unit.language == "python")
    repeated = {source: count for source, count in counts.items() if count > 1 and len(source) >= LONG}
    if sum(len(source) * (count - 1) for source, count in repeated.items()) < REPEATED:
        return plan
    return replace(plan, common_code=frozenset(repeated))


def _units(workflow: Workflow) -> Iterator[CodeUnit]:
    for task in workflow.tasks():
        unit = getattr(task.action, "code", None)
        if isinstance(unit, CodeUnit):
            yield unit
