"""Passes `conditions`, `render` and `data_flow`: what a template asked for is given at its call (mapping 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emitters.argo.context import BRACE, CONTEXT, InputNeed, may_hold_anything
from emitters.argo.expressions import (
    Code,
    NotExpressible,
    Scope,
    as_json,
    as_text,
    compile_expr,
    kept_braces,
    tag,
    truth,
)
from emitters.argo.helpers import before, free_name, plain_task
from emitters.argo.passes.templates import build_helper, placeholder
from emitters.argo.plan import Call, Leaf, PassContext, Plan
from emitters.argo.templates.helpers import render_template
from emitters.argo.wiring import CallScope, Wiring
from migrate.diagnostics.argo_templates import RenderedBefore, ValueUnknown
from migrate.ir.exprs import Expr, ItemRef, Literal, Opaque, OutputRef, walk
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Task
from migrate.names import slug


def conditions(plan: Plan, context: PassContext) -> Plan:
    """Before: a node with condition `count > 3`, count being an output of another task.

    After: its call has the clause `fromJSON(tasks['x'].outputs.parameters['xcom-count']) > 3`. A condition that Argo
    cannot compute is computed by a helper call before it.
    """
    for body, call in list(plan.all_calls()):
        if call.node is None or call.node.condition is None or body.node is call.node:
            continue
        if isinstance(body.node, Task) and body.node.id == call.node.id:
            continue
        plan = _condition(plan, context, body.name, call.name, call.node.condition)
    return plan


def _condition(plan: Plan, context: PassContext, body: str, name: str, condition: Expr) -> Plan:
    wiring = Wiring(plan, context)
    try:
        code = compile_expr(condition, wiring.scope(body, name))
        plan = wiring.plan
        clause = truth(code)
    except NotExpressible:
        helper = free_name(plan.body(body), slug(f"af-if-{name}"))
        plan = _render_before(plan, context, body, name, helper, {"value": (condition, "json")})
        answer = f"tasks['{helper}'].outputs.parameters.value"
        clause = f"not ({answer} in ['null','false','0','0.0','\"\"','[]','{{}}'])"
    call = plan.body(body).call(name)
    return plan.with_body(plan.body(body).with_call(replace(call, when=(*call.when, clause))))


def render(plan: Plan, context: PassContext) -> Plan:
    """Before: a container's argument needs a text with a loop in it, or another value that Argo cannot compute.

    After: a helper call `af-render-x` before it renders the value, and the argument is the helper's output.
    """
    for leaf in plan.leaves:
        for body, call in leaf.calls:
            hard = {n.name: (n.expr, n.form) for n in leaf.ctx.inputs.values() if n.expr is not None and _hard(n.expr)}
            if not hard:
                continue
            unknown = next((e for expr, _ in hard.values() for e in walk(expr) if isinstance(e, Opaque)), None)
            if unknown is not None:
                plan = _unknown(plan, context, leaf, unknown)
                continue
            helper = free_name(plan.body(body), slug(f"af-render-{call}"))
            plan = _render_before(plan, context, body, call, helper, hard)
            plan = _given_by(plan, body, call, helper, tuple(hard))
            task = leaf.ctx.task
            context.sink.add(RenderedBefore(step=helper, span=task.span, workflow=plan.workflow.id, task=task.id))
    return plan


def _hard(expr: Expr) -> bool:
    """Whether Argo's expressions cannot say it, whatever the surroundings."""
    try:
        compile_expr(expr, _Anywhere())
    except NotExpressible:
        return True
    return False


def _render_before(plan: Plan, context: PassContext, body: str, call: str, helper: str, values: Any) -> Plan:
    node = plan.body(body).call(call).node
    owner = plain_task(node) if isinstance(node, Task) else _group_owner(node)
    leaf = build_helper(plan, context, owner, helper, lambda ctx: render_template(ctx, values))
    return before(plan, body, call, Call(helper, helper), leaf)


def _group_owner(node: Any) -> Task:
    from migrate.ir.actions import Noop

    return Task(id=node.id, span=node.span, operator="", action=Noop())


def _given_by(plan: Plan, body: str, name: str, helper: str, values: tuple[str, ...]) -> Plan:
    call = plan.body(body).call(name)
    given = {v: f"{{{{tasks.{helper}.outputs.parameters.{v}}}}}" for v in values}
    call = replace(call, arguments={**call.arguments, **given})
    return plan.with_body(plan.body(body).with_call(call))


def _unknown(plan: Plan, context: PassContext, leaf: Leaf, unknown: Opaque) -> Plan:
    task = leaf.ctx.task
    span = unknown.span or task.span
    context.sink.add(
        ValueUnknown(value=unknown.text, why=unknown.why, span=span, workflow=plan.workflow.id, task=task.id)
    )
    ctx = replace(leaf.ctx, inputs={}, files={})
    instead = placeholder(ctx, f"value not known at conversion: {unknown.text or unknown.why}")
    instead = replace(instead, calls=leaf.calls)
    return replace(plan, leaves=tuple(instead if x is leaf else x for x in plan.leaves))


def data_flow(plan: Plan, context: PassContext) -> Plan:
    """Before: template `b` has an input `raw` for the return value of a.

    After: the call of b has the argument `raw: {{tasks.a.outputs.parameters.return-value}}`, guarded with `?? 'null'`
    where a may not have run; through nested templates by their inputs and outputs.
    """
    for leaf in plan.leaves:
        for body, name in leaf.calls:
            for need in leaf.ctx.inputs.values():
                if need.name not in plan.body(body).call(name).arguments:
                    plan = _argument(plan, context, body, name, need)
    return plan


def _argument(plan: Plan, context: PassContext, body: str, name: str, need: InputNeed) -> Plan:
    wiring = Wiring(plan, context)
    value = input_text(wiring, wiring.scope(body, name), body, need)
    plan = wiring.plan
    call = plan.body(body).call(name)
    return plan.with_body(plan.body(body).with_call(replace(call, arguments={**call.arguments, need.name: value})))


def input_text(wiring: Wiring, scope: CallScope, body: str, need: InputNeed) -> str:
    """What a call in `body` gives for an input of its template; makes the run's context reach the body."""
    if need.name == CONTEXT and need.expr is None:
        wiring.thread_input(body, CONTEXT)
        return "{{inputs.parameters." + CONTEXT + "}}"
    if isinstance(need.expr, ItemRef) and not need.expr.path:
        return scope.item_text(need.expr.of)
    assert need.expr is not None
    return argument_text(need.expr, need.form, scope)


def argument_text(expr: Expr, form: str, scope: Scope) -> str:
    """The text of an argument: a simple tag where one says it all, else one expression. Dollar signs of data are
    doubled, since the kubelet reads `$$` and `$(NAME)` in environment values; the kubelet also puts their braces in,
    after Argo has looked for tags."""
    try:
        code = compile_expr(expr, scope)
    except NotExpressible as problem:
        code = compile_expr(Literal(value=f"not available: {problem}"), scope)
    bare = isinstance(expr, OutputRef) and not expr.path and expr.default is None
    if form == "json" and bare:
        return f"{{{{{code.simple}}}}}" if code.simple else tag(code.text)
    if form == "raw":
        return f"{{{{{code.simple}}}}}" if code.simple and code.yields == "text" else tag(as_text(code))
    text = as_text(code) if form == "text" else as_json(code)
    if may_hold_anything(expr):
        kept = f"replace({text}, '$', '$$')"
        return tag(f"replace({kept}, '{{', '$({BRACE})')" if form == "text" else kept_braces(kept))
    if form == "text" and code.simple and code.yields == "text":
        return f"{{{{{code.simple}}}}}"
    return tag(text)


def context_wanted(plan: Plan) -> set[str]:
    """Names of the run's context that some pod reads; `*` for any."""
    return {name for leaf in plan.leaves if CONTEXT in leaf.ctx.inputs for name in leaf.ctx.context_names}


def reads_configuration(plan: Plan) -> bool:
    """Whether some pod may read the run's configuration object."""
    return any(e.kind == "run-conf" for e in exprs_in(plan.workflow)) or bool(context_wanted(plan) & {"*", "conf"})


class _Anywhere:
    """A scope in which everything can be reached: tells what the language cannot say at all."""

    def output(self, ref: OutputRef) -> Code:
        return Code("x", "json")

    def time(self, of: str) -> str:
        return "x"

    def param(self, name: str) -> Code:
        return Code("x", "json")

    def conf(self) -> Code:
        return Code("x", "json")

    def item(self, of: str | None = None) -> Code:
        return Code("x", "json")

    def fact(self, field: str) -> Code:
        if field == "try_number":
            raise NotExpressible(field)
        return Code("x", "text")

    def variable(self, ref: Any) -> Code:
        if isinstance(ref.default, Literal) or ref.default is None:
            return Code("x", "text")
        raise NotExpressible("default")
