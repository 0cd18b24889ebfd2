"""Loops whose instances run one after the other, or in chunks: part of the pass `fan_out` (mapping 4).

Argo expands a loop at once and in no order, so order is written out: literal items become calls in a row; a list that
is only there at run time becomes a template that runs the first item and then calls itself twice, with the two halves
of the rest. So nothing is nested deeper than the logarithm of the number of items (Argo nests templates at most 100
deep), and what is handed on gets shorter with every level.
"""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.context import dumps, escaped_json
from emitters.argo.expressions import kept_json, tag
from emitters.argo.plan import Body, Call, Loop, PassContext, Plan
from emitters.argo.wiring import Wiring
from migrate.ir.exprs import Expr, OutputRef
from migrate.ir.workflow import FanOut, KwargsList, LiteralItems
from migrate.names import slug

INDEX = "asInt(inputs.parameters.index)"
ITEMS = "fromJSON(inputs.parameters.items)"


def in_order(plan: Plan, context: PassContext, body: str, name: str, fan_out: FanOut) -> Plan:
    """Before: call `load` of a group fanned out over 1, 2, 3 in sequence.

    After: `load` calls template `load-each`, a dag in which `load-1` follows `load-0` and so on. With chunks of two,
    `load-2` follows `load-0` and `load-1`. Items of run time: `load-each` calls the group for its first item (`each`),
    then itself for one half of the rest (`next`), then for the other (`rest`).
    """
    width = fan_out.width or 1 if fan_out.order == "chunks" else 1
    if isinstance(fan_out.items, LiteralItems):
        return _written_out(plan, body, name, fan_out.items, width)
    if isinstance(fan_out.items, KwargsList) and is_bare(fan_out.items.value):
        return _recursive(plan, context, body, name, fan_out.items.value, width)
    raise ValueError(f"items of kind {fan_out.items.kind} in order")


def is_bare(expr: Expr) -> bool:
    """An output as it is, nothing taken out of it."""
    return isinstance(expr, OutputRef) and not expr.path and expr.default is None


def _sequence(plan: Plan, body: str, name: str, made: Body) -> Plan:
    """Puts the sequence body between a call and what it called."""
    call = plan.body(body).call(name)
    plan = plan.with_body(plan.body(body).with_call(replace(call, template=made.name)))
    bodies = []
    for b in plan.bodies:
        below = b.parent == (body, name) and b.name == call.template
        moved = replace(b, parent=(made.name, made.calls[0].name)) if below else b
        bodies += [made, moved] if below else [moved]
    if all(b.name != made.name for b in bodies):
        bodies.append(made)
    leaves = tuple(
        replace(x, calls=tuple((made.name, c.name) for c in made.calls if c.template == x.template.name))
        if (body, name) in x.calls
        else x
        for x in plan.leaves
    )
    return replace(plan, bodies=tuple(bodies), leaves=leaves)


def _written_out(plan: Plan, body: str, name: str, items: LiteralItems, width: int) -> Plan:
    call = plan.body(body).call(name)
    calls: list[Call] = []
    texts = {}
    for number, item in enumerate(items.items):
        first = number // width * width
        waits = tuple(f"{name}-{i}" for i in range(max(0, first - width), first))
        own = f"{name}-{number}"
        depends = " && ".join(f"{w}.Succeeded" for w in waits)
        calls.append(Call(own, call.template, call.node, waits, frozenset(waits), depends))
        texts[own] = escaped_json(dumps({"i": number, "kw": item}))
    made = Body(slug(f"{name}-each"), tuple(calls), call.node, (body, name), sequence=True, item_texts=texts)
    return _sequence(plan, body, name, made)


def _recursive(plan: Plan, context: PassContext, body: str, name: str, value: Expr, width: int) -> Plan:
    call = plan.body(body).call(name)
    assert isinstance(value, OutputRef)
    wiring = Wiring(plan, context)
    code = wiring.scope(body, name).output(value)
    plan = _sequence(wiring.plan, body, name, _halved(call, slug(f"{name}-each"), (body, name), width))
    call = plan.body(body).call(name)
    items = f"{{{{{code.simple}}}}}" if code.simple else tag(code.text)
    call = replace(
        call,
        when=(*call.when, f"{code.text} != '[]'"),
        arguments={**call.arguments, "items": items, "index": "0"},
    )
    return plan.with_body(plan.body(body).with_call(call))


def _halved(call: Call, template: str, parent: tuple[str, str], width: int) -> Body:
    """The template that calls itself. Its inputs: `items`, the JSON list of what it runs, and `index`, the number of
    the first of them in the whole list."""
    loop = None
    text = tag(kept_json(f"{{'i': {INDEX}, 'kw': {ITEMS}[0] }}"))
    if width > 1:
        loop = Loop(param=tag(kept_json(f"{ITEMS}[0:{width}]")))
        text = '{"i":-1,"kw":{{item}}}'
    each = Call("each", call.template, call.node, loop=loop)
    middle = f"{width} + {_first_half(width)}"
    following = Call(
        "next",
        template,
        waits=("each",),
        certain=frozenset({"each"}),
        depends="each.Succeeded",
        when=(f"len({ITEMS}) > {width}",),
        arguments={"items": tag(kept_json(f"{ITEMS}[{width}:{middle}]")), "index": tag(f"string({INDEX} + {width})")},
    )
    rest = Call(
        "rest",
        template,
        waits=("next",),
        certain=frozenset({"each", "next"}),
        depends="next.Succeeded",
        when=(f"len({ITEMS}) > {2 * width}",),
        arguments={"items": tag(kept_json(f"{ITEMS}[{middle}:]")), "index": tag(f"string({INDEX} + {middle})")},
    )
    return Body(
        template,
        (each, following, rest),
        call.node,
        parent,
        inputs={"items": None, "index": None},
        sequence=True,
        item_texts={"each": text},
    )


def _first_half(width: int) -> str:
    """How many items `next` gets: half of the chunks that are left, rounded up, times the size of a chunk."""
    if width == 1:
        return f"int(len({ITEMS}) / 2)"
    return f"{width} * int((len({ITEMS}) + {width - 1}) / {2 * width})"
