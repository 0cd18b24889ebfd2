"""The straight line from an IR workflow to a finished plan."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.names import unique_slugs
from emitters.argo.passes.branches import branches
from emitters.argo.passes.common_code import common_code
from emitters.argo.passes.data_flow import conditions, data_flow, render
from emitters.argo.passes.fan_out import fan_out
from emitters.argo.passes.groups import groups
from emitters.argo.passes.handlers import handlers
from emitters.argo.passes.join_rules import join_rules
from emitters.argo.passes.limits import limits
from emitters.argo.passes.machine import machine
from emitters.argo.passes.outputs import outputs
from emitters.argo.passes.parameters import parameters
from emitters.argo.passes.references import references
from emitters.argo.passes.runs import runs
from emitters.argo.passes.templates import templates
from emitters.argo.passes.time import time
from emitters.argo.plan import Pass, PassContext, Plan, node_ids
from migrate.ir.workflow import Workflow
from migrate.output import Needs

PASSES: tuple[Pass, ...] = (
    outputs,
    groups,
    references,
    join_rules,
    branches,
    conditions,
    common_code,
    templates,
    machine,
    fan_out,
    render,
    parameters,
    data_flow,
    limits,
    handlers,
    time,
    runs,
)


def start(workflow: Workflow, context: PassContext) -> Plan:
    """The plan that the first pass is given: nothing but names."""
    facts = context.site.facts(workflow.id)
    names = dict(facts.tasks) if facts is not None else dict(unique_slugs(node_ids(workflow)))
    return Plan(workflow, context.site.slug_of(workflow.id), names)


def lower(workflow: Workflow, context: PassContext) -> Plan:
    """All passes in order."""
    plan = start(workflow, context)
    for step in PASSES:
        plan = step(plan, context)
    return with_needs(plan)


def with_needs(plan: Plan) -> Plan:
    """Adds what the templates need to what the plan itself needs."""
    return replace(plan, needs=Needs.union([plan.needs, *(leaf.ctx.needs for leaf in plan.leaves)]))


def source_files(plan: Plan) -> dict[str, str]:
    """Keys and texts of ConfigMap `<slug>-src`."""
    files: dict[str, str] = {}
    for leaf in plan.leaves:
        files.update(leaf.ctx.files)
    return files
