"""Pass `fan_out`: one instance per item (mapping 4).

Every item is an object `{"i": number, "kw": {argument: value}}`; the call passes it whole and the pod decodes it,
because Argo re-encodes parts of an item and drops the quotes of a bare text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emitters.argo.context import dumps, escaped_json
from emitters.argo.expressions import tag
from emitters.argo.helpers import before, free_name, plain_task
from emitters.argo.passes.join_rules import order_only
from emitters.argo.passes.sequences import in_order, is_bare
from emitters.argo.passes.templates import build_helper
from emitters.argo.plan import Body, Call, Loop, PassContext, Plan
from emitters.argo.templates.helpers import computes_items, expand_template, fails_late
from emitters.argo.wiring import Wiring
from migrate.diagnostics.argo_loops import ItemFunctionFails, ItemsExpanded, ManyItems
from migrate.ir.workflow import Items, KwargsList, LiteralItems, Task
from migrate.names import slug
from migrate.portable.argo_items import changed_by_argo

MAX_MAP_LENGTH = 1024


def fan_out(plan: Plan, context: PassContext) -> Plan:
    """Before: call `load` of a node fanned out over x in (1, 2), or over the return value of another task.

    After: `withItems: [{i: 0, kw: {x: 1}}, {i: 1, kw: {x: 2}}]`, or a helper call `af-expand-load` before it, whose
    output `items` is the list.
    """
    for body, call in list(plan.all_calls()):
        node = call.node
        if node is None or node.fan_out is None or _inside_own_wrapper(body, call):
            continue
        if node.fan_out.order == "parallel":
            plan = _looped(plan, context, body.name, call.name, node.fan_out.items)
        else:
            plan = in_order(plan, context, body.name, call.name, node.fan_out)
    return plan


def kept(item: dict[str, Any]) -> Any:
    """An item's arguments. What Argo or the kubelet would read as their own is kept as JSON text in JSON, escaped once
    more than Argo undoes; the runner decodes it."""
    text = dumps(item)
    if "$" not in text and "{{" not in text and not changed_by_argo(item):
        return dict(item)
    return escaped_json(text)


def _inside_own_wrapper(body: Body, call: Call) -> bool:
    return isinstance(body.node, Task) and call.node is not None and body.node.id == call.node.id


def _looped(plan: Plan, context: PassContext, body: str, name: str, items: Items) -> Plan:
    call = plan.body(body).call(name)
    node = call.node
    assert node is not None
    where: dict[str, Any] = {"span": node.span, "workflow": plan.workflow.id, "task": node.id}
    if isinstance(items, LiteralItems):
        if len(items.items) > MAX_MAP_LENGTH:
            context.sink.add(ManyItems(count=len(items.items), **where))
        found = tuple({"i": i, "kw": kept(item)} for i, item in enumerate(items.items))
        loop = Loop(items=found) if found else Loop(param="[]")  # Argo takes an empty `withItems` for no loop
        return plan.with_body(plan.body(body).with_call(replace(call, loop=loop)))
    if order_only(plan.workflow) and isinstance(items, KwargsList) and is_bare(items.value):
        return _as_they_are(plan, context, body, name, items)
    helper_name = free_name(plan.body(body), slug(f"af-expand-{name}"))
    owner = plain_task(node) if isinstance(node, Task) else _stand_in(node)
    leaf = build_helper(plan, context, owner, helper_name, lambda ctx: expand_template(ctx, items))
    plan = before(plan, body, name, Call(helper_name, helper_name), leaf)
    context.sink.add(ItemsExpanded(step=helper_name, **where))
    if computes_items(items) and not fails_late(items, owner):
        context.sink.add(ItemFunctionFails(step=helper_name, **where))
    call = plan.body(body).call(name)
    loop = Loop(param=f"{{{{tasks.{helper_name}.outputs.parameters.items}}}}")
    return plan.with_body(plan.body(body).with_call(replace(call, loop=loop)))


def _as_they_are(plan: Plan, context: PassContext, body: str, name: str, items: KwargsList) -> Plan:
    """A list of mappings that is there already, where the number of an item does not matter: no helper is needed."""
    wiring = Wiring(plan, context)
    code = wiring.scope(body, name).output(items.value)  # type: ignore[arg-type]
    holder = wiring.plan.body(body)
    loop = Loop(param=f"{{{{{code.simple}}}}}" if code.simple else tag(code.text.replace("'null'", "'[]'")))
    texts = {**holder.item_texts, name: '{"i":-1,"kw":{{item}}}'}
    holder = replace(holder, item_texts=texts).with_call(replace(holder.call(name), loop=loop))
    return wiring.plan.with_body(holder)


def _stand_in(node: Any) -> Task:
    from migrate.ir.actions import Noop

    return Task(id=node.id, span=node.span, operator=getattr(node, "operator", ""), action=Noop())
