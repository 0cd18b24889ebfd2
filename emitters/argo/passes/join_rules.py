"""Pass `join_rules`: edges and rules become `depends` and `when`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emitters.argo.graph import Node, Siblings, is_setup, is_teardown
from emitters.argo.plan import Body, Call, PassContext, Plan
from emitters.argo.rules import Upstream, all_ok, both, done, join, needs_state_per_instance, success_or_skipped
from migrate.diagnostics import argo_rules as found
from migrate.ir.workflow import Group, Task, TriggerRule, Workflow
from migrate.names import slug

RUN_STATE = "af-run-state"
NOOP = "af-noop"
EARLY = (TriggerRule.ONE_SUCCESS, TriggerRule.ONE_FAILED, TriggerRule.ONE_DONE)
TOLERANT = frozenset(
    {
        TriggerRule.ALL_DONE,
        TriggerRule.ALL_FAILED,
        TriggerRule.ONE_FAILED,
        TriggerRule.ONE_DONE,
        TriggerRule.ONE_SUCCESS,
        TriggerRule.ALWAYS,
        TriggerRule.NONE_SKIPPED,
        TriggerRule.ALL_SKIPPED,
        TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        TriggerRule.ALL_DONE_SETUP_SUCCESS,
    }
)

BLIND_TO_SKIPS = frozenset({TriggerRule.NONE_FAILED, TriggerRule.ALL_DONE, TriggerRule.ALWAYS, TriggerRule.ONE_FAILED})


def join_rules(plan: Plan, context: PassContext) -> Plan:
    """Before: call `load` of a node with upstreams a, b and rule none_failed, a being skippable.

    After: `depends: (a.Succeeded || a.Skipped) && b.Succeeded`, waits (a, b), certain {b}. The root gets a last call
    `af-run-state` where Argo's own judgement of the run would differ from the source's.
    """
    for body in plan.bodies:
        if isinstance(body.node, Task):
            continue
        siblings = siblings_of(plan.workflow, body)
        by_id = {c.node.id: c for c in body.calls if c.node is not None}
        calls: list[Call] = []
        for call in body.calls:
            joined, helpers = _joined(plan, siblings, by_id, call)
            calls += [h for h in helpers if all(c.name != h.name for c in calls)]
            calls.append(joined)
        body = replace(body, calls=_with_certain(calls))
        _report(plan, siblings, context)
        sentinel = _sentinel(plan, siblings, by_id)
        if sentinel is not None:
            body = replace(body, calls=(*body.calls, sentinel))
            if body.parent is None:
                context.sink.add(found.FinalStateSentinel(span=plan.workflow.span, workflow=plan.workflow.id))
        plan = plan.with_body(body)
    return plan


def siblings_of(workflow: Workflow, body: Body) -> Siblings:
    """The graph of the nodes that a body calls."""
    nodes = body.node.nodes if isinstance(body.node, Group) else workflow.nodes
    return Siblings(nodes, skips_pass=order_only(workflow))


def order_only(workflow: Workflow) -> bool:
    """The source has no skipped state: what did not run because of a condition or an empty loop counts as success."""
    return workflow.system == "digdag"


def state_wanted(plan: Plan, task_id: str) -> bool:
    """Whether a rule below counts the instances of this fanned-out task, or must see that all were skipped."""
    for body in plan.bodies:
        if isinstance(body.node, Task):
            continue
        siblings = siblings_of(plan.workflow, body)
        if task_id in siblings.nodes:
            below = siblings.down[task_id]
            counted = any(needs_state_per_instance(siblings.rule(d)) for d in below)
            return counted or (bool(below) and siblings.hides_skips(task_id))
    return False


def upstream_of(siblings: Siblings, name: str, node: Node) -> Upstream:
    """How a consumer's rule sees this node."""
    mapped = node.fan_out is not None and isinstance(node, Task)
    hides = siblings.hides_skips(node.id)
    soft = siblings.soft_skip(node.id) or hides
    return Upstream(name, siblings.skippable(node.id), soft, mapped, is_setup(node), hides)


def _joined(plan: Plan, siblings: Siblings, by_id: dict[str, Call], call: Call) -> tuple[Call, list[Call]]:
    """The call with `depends` and `when`, and the helpers that must stand before it."""
    assert call.node is not None
    node_id = call.node.id
    ups = [upstream_of(siblings, by_id[u].name, siblings.nodes[u]) for u in siblings.up[node_id]]
    helpers: list[Call] = []
    if siblings.rule(node_id) is TriggerRule.ONE_SUCCESS and len(ups) > 1:
        told = [_state_told(u) if u.self_skip and not u.mapped else (u, None) for u in ups]
        ups, helpers = [u for u, _ in told], [h for _, h in told if h is not None]
    setups = [s for s in getattr(call.node, "setups", ()) if s in by_id and s not in siblings.up[node_id]]
    extra = [upstream_of(siblings, by_id[s].name, siblings.nodes[s]) for s in setups]
    made = join(siblings.rule(node_id), ups, extra)
    ordered = [upstream_of(siblings, by_id[a].name, siblings.nodes[a]) for a in call.after]
    depends = both(made.depends, " && ".join(map(done, ordered)))
    waits = tuple(u.name for u in (*ups, *extra, *ordered))
    return replace(call, depends=depends, when=(made.when,) if made.when else (), waits=waits), helpers


def _state_told(upstream: Upstream) -> tuple[Upstream, Call]:
    """A step without a pod that is Skipped where the upstream skipped itself, so that `depends` can tell."""
    name = slug(f"af-state-{upstream.name}")
    depends = success_or_skipped(upstream).removeprefix("(").removesuffix(")")
    helper = Call(name, NOOP, waits=(upstream.name,), depends=depends, when=(all_ok(upstream),))
    return Upstream(name, skippable=True), helper


def _with_certain(calls: list[Call]) -> tuple[Call, ...]:
    """Notes which calls have surely succeeded before each call starts."""
    known: dict[str, frozenset[str]] = {}
    by_name = {c.name: c for c in calls}

    def certain(name: str, seen: frozenset[str]) -> frozenset[str]:
        if name in known or name in seen:
            return known.get(name, frozenset())
        call = by_name[name]
        direct = frozenset(w for w in call.waits if w in by_name and _sure(call, w))
        result = direct.union(*(certain(w, seen | {name}) for w in direct))
        known[name] = result
        return result

    return tuple(replace(c, certain=certain(c.name, frozenset())) for c in calls)


def _sure(call: Call, upstream: str) -> bool:
    conditions = [part.strip() for part in call.depends.split(" && ")]
    clauses = [part.strip() for clause in call.when for part in _conjuncts(clause)]
    return f"{upstream}.Succeeded" in conditions or f"tasks['{upstream}'].status == 'Succeeded'" in clauses


def _conjuncts(clause: str) -> list[str]:
    return [] if " || " in clause else clause.split(" && ")


def _sentinel(plan: Plan, siblings: Siblings, by_id: dict[str, Call]) -> Call | None:
    """The step that gives the body the final state of the source (mapping 2.5), or None where Argo agrees."""
    teardowns = [i for i, n in siblings.nodes.items() if is_teardown(n)]
    ignorable = {i for i in teardowns if not getattr(siblings.nodes[i], "fails_run", False)}
    leaves = [i for i in siblings.nodes if i not in ignorable and all(d in ignorable for d in siblings.down[i])]
    if not teardowns and not any(_inherits_failure(siblings, leaf) for leaf in leaves):
        return None
    judged = [upstream_of(siblings, by_id[i].name, siblings.nodes[i]) for i in leaves]
    waited = [upstream_of(siblings, by_id[i].name, siblings.nodes[i]) for i in sorted(ignorable, key=list(by_id).index)]
    depends = " && ".join([*map(success_or_skipped, judged), *map(done, waited)])
    return Call(RUN_STATE, NOOP, depends=depends, waits=tuple(u.name for u in (*judged, *waited)))


def _inherits_failure(siblings: Siblings, leaf: str) -> bool:
    """A leaf that may be Skipped although something above it failed: Argo would call the run Failed."""
    if not siblings.skippable(leaf):
        return False
    line = {leaf, *siblings.ancestors(leaf)}
    if any(siblings.may_fail_beside(i, g) for i in line for g in siblings.gates(i)):
        return True
    return any(siblings.rule(i) in TOLERANT and siblings.up[i] for i in line)


def _report(plan: Plan, siblings: Siblings, context: PassContext) -> None:
    for i, node in siblings.nodes.items():
        ups = siblings.up[i]
        if not ups:
            continue
        where: dict[str, Any] = {"span": node.span, "workflow": plan.workflow.id, "task": i}
        rule = siblings.rule(i)
        if rule in EARLY and len(ups) > 1:
            context.sink.add(found.StartsLater(rule=rule.value, **where))
        if rule is TriggerRule.ALWAYS:
            context.sink.add(found.AlwaysWaits(**where))
        if (
            rule is TriggerRule.ONE_SUCCESS
            and len(ups) > 1
            and any(siblings.soft_skip(u) and siblings.nodes[u].fan_out is not None for u in ups)
        ):
            context.sink.add(found.SoftSkipBesideFailure(**where))
        if rule is TriggerRule.ALL_SUCCESS and len(ups) > 1 and any(siblings.skippable(u) for u in ups):
            context.sink.add(found.FailureWins(**where))
        for hidden in ups if rule not in BLIND_TO_SKIPS else ():
            if _skips_inside(siblings, hidden):
                context.sink.add(found.SkipInsideGroup(group=hidden, rule=rule.value, **where))
        setups = [s for s in getattr(node, "setups", ()) if s in siblings.nodes and s not in ups]
        if setups:
            context.sink.add(found.SetupOrder(setups=", ".join(setups), **where))


def _skips_inside(siblings: Siblings, node_id: str) -> bool:
    """Whether the last tasks of a fanned-out group may be skipped; their state is not seen outside."""
    group = siblings.nodes[node_id]
    if not isinstance(group, Group) or group.fan_out is None or siblings.skips_pass:
        return False
    inside = Siblings(group.nodes)
    last = [i for i in inside.nodes if not inside.down[i]]
    return any(inside.skippable(i) or inside.soft_skip(i) or _skips_inside(inside, i) for i in last)
