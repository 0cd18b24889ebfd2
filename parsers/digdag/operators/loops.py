"""`for_each>`, `for_range>`, `loop>` and `td_for_each>`.

Source of the rules: digdag-standards `operator/ForEachOperatorFactory.java`, `ForRangeOperatorFactory.java`,
`LoopOperatorFactory.java` (seen in recorded runs): the product of the lists with the first key slowest; `slices` uses
the ceiling as width; loops are sequential unless `_parallel`.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import ValueOnlyAtRunTime
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.errors import DigError
from parsers.digdag.operators.conditions import always_fails, body_of, nested
from parsers.digdag.scope import NotConstant, holds_code
from parsers.digdag.scoped import scoped
from parsers.digdag.tree import parallel_control

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

MAX_ITEMS = 1000


@operator("for_each", "a fan-out over the product of its lists")
def for_each(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """One body per combination."""
    return loop_node(task, scope, node_id, builder, "for_each", each_items)


@operator("loop", "a fan-out over the numbers from 0")
def loop(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """N bodies with `i`. A parameter `count` wins over the command (recorded: 70)."""
    return loop_node(task, scope, node_id, builder, "loop", count_items)


@operator("for_range", "a fan-out over slices of a range")
def for_range(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """One body per slice, with `range.from`, `range.to`, `range.index`."""
    return loop_node(task, scope, node_id, builder, "for_range", range_items)


@operator("td_for_each", "a query in a pod, then a fan-out over its rows")
def td_for_each(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """One body per row of a Treasure Data query, with the row in `td.each`."""
    from parsers.digdag.operators.treasure_data import query_action

    try:
        body = body_of(task, "_do")
    except (DigError, KeyError):
        return always_fails(task, node_id, builder, "Parameter '_do' is required (config)")
    rows_id = f"{task.full_name}~items"
    rows = builder.task(task, rows_id, query_action(task, scope, builder, "td_for_each"))
    items = w.KwargsList(value=e.OutputRef(task=rows_id))
    inner = fanned_out(task, scope, builder, body, items)
    inner = inner.model_copy(update={"upstream": (w.Edge(node=rows_id, origin="order"),)})
    return nested(task, scope, node_id, builder, (rows, inner))


def loop_node(
    task: DigTask, scope: Scope, node_id: str, builder: Builder, operation: str, read: Any
) -> w.Task | w.Group:
    """The group of a loop: its items now where they are constant, else from a task in front."""
    try:
        if "_do" not in task.config:
            raise DigError("run", "Parameter '_do' is required but not set (config)", task.span)
        body = body_of(task, "_do")
        try:
            items = read(task, scope)
        except NotConstant:
            items = None
    except DigError as error:
        return always_fails(task, node_id, builder, error.message)
    if items is not None:
        if not items:
            from migrate.ir.actions import Noop

            return builder.task(task, node_id, Noop())
        return nested(task, scope, node_id, builder, (fanned_out(task, scope, builder, body, literal(items)),))
    items_id = f"{task.full_name}~items"
    front = builder.task(task, items_id, scoped(task, scope, builder, f"items:{operation}"))
    inner = fanned_out(task, scope, builder, body, w.KwargsList(value=e.OutputRef(task=items_id)))
    inner = inner.model_copy(update={"upstream": (w.Edge(node=items_id, origin="order"),)})
    return nested(task, scope, node_id, builder, (front, inner))


def literal(items: list[dict[str, Any]]) -> w.LiteralItems:
    """Constant items."""
    return w.LiteralItems(items=tuple(items))


def fanned_out(task: DigTask, scope: Scope, builder: Builder, body: Any, items: Any) -> w.Task | w.Group:
    """The body with the item's variables as a level of its own, once per item."""
    from parsers.digdag.tree import compile_tasks

    root = compile_tasks(task.full_name + "^sub", "+ITER", body, task.config.where("_do"))
    inner = builder.node(root, scope.level(None, (e.ItemRef(of=root.full_name),)))
    order, width = loop_order(task, scope, builder)
    fan_out = w.FanOut(items=items, order=order, width=width, span=task.span)
    if isinstance(inner, w.Task):
        inner = w.Group(id=inner.id, span=inner.span, nodes=(inner.model_copy(update={"id": f"{inner.id}~run"}),))
    return inner.model_copy(update={"fan_out": fan_out})


def loop_order(task: DigTask, scope: Scope, builder: Builder) -> tuple[Any, int | None]:
    """sequential, parallel, or chunks of a width."""
    if "_parallel" not in task.config:
        return "sequential", None
    config = task.config.without()
    try:
        config["_parallel"] = (
            scope.static(config["_parallel"]) if holds_code(config["_parallel"]) else config["_parallel"]
        )
    except NotConstant as reason:
        builder.find(ValueOnlyAtRunTime, task, config.where("_parallel"), key="_parallel", why=str(reason))
        return "sequential", None
    if isinstance(config["_parallel"], dict):
        limit = str(config["_parallel"].get("limit"))
        return ("chunks", int(limit)) if limit.isdigit() and int(limit) > 0 else ("parallel", None)
    parallel, _ = parallel_control(config)
    return ("parallel" if parallel else "sequential"), None


def each_items(task: DigTask, scope: Scope) -> list[dict[str, Any]]:
    """The product of the lists. Raises NotConstant, DigError."""
    lists = decoded(scope.static(task.command), task)
    if not isinstance(lists, dict):
        raise DigError("run", "for_each> needs a mapping of lists (config)", task.span)
    columns = {}
    for key, value in lists.items():
        items = decoded(value, task)
        if not isinstance(items, list):
            raise DigError("run", f"Expected array type for key '{key}' (config)", task.span)
        columns[key] = items
    size = 1
    for items in columns.values():
        size *= len(items)
    if size > MAX_ITEMS:
        raise DigError("run", f"Too many for_each subtasks: {size} (limit {MAX_ITEMS}) (config)", task.span)
    return [dict(zip(columns, values, strict=True)) for values in itertools.product(*columns.values())]


def decoded(value: Any, task: DigTask) -> Any:
    """Lists and mappings may be JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise DigError("run", f"Expected JSON but got {value[:60]!r} (config)", task.span) from None


def count_items(task: DigTask, scope: Scope) -> list[dict[str, Any]]:
    """0 .. n-1. Raises NotConstant, DigError."""
    value = scope.static(task.command)
    if "count" in scope.names() or "count" in task.config:
        value = scope.static(task.config.get("count", "${count}"))
    return [{"i": i} for i in range(whole(value, "_command", task))]


def range_items(task: DigTask, scope: Scope) -> list[dict[str, Any]]:
    """Slices of from..to. Raises NotConstant, DigError."""
    spec = scope.static(task.command)
    if not isinstance(spec, dict):
        raise DigError("run", "for_range> needs from, to and step or slices (config)", task.span)
    start, stop = whole(spec.get("from"), "from", task), whole(spec.get("to"), "to", task)
    if "step" in spec:
        step = whole(spec["step"], "step", task)
    elif "slices" in spec:
        slices = max(1, whole(spec["slices"], "slices", task))
        step = -(-(stop - start) // slices)
    else:
        raise DigError("run", "step or slices option is required for for_range (config)", task.span)
    if step < 1 and stop > start:
        raise DigError("run", "step must be larger than 0 (config)", task.span)
    edges = range(start, stop, step) if stop > start else range(0)
    if len(edges) > MAX_ITEMS:
        raise DigError("run", f"Too many for_range subtasks: {len(edges)} (limit {MAX_ITEMS}) (config)", task.span)
    return [{"range": {"from": at, "to": min(at + step, stop), "index": i}} for i, at in enumerate(edges)]


def whole(value: Any, key: str, task: DigTask) -> int:
    """An integer, also as text. Raises DigError."""
    try:
        if isinstance(value, bool) or value is None:
            raise ValueError
        return int(str(value))
    except ValueError:
        shown = f'"{value}" (string)' if isinstance(value, str) else str(value)
        text = f"Expected integer (int) type for key '{key}' but got {shown} (config)"
        raise DigError("run", text, task.span) from None
