"""`for_each>`, `for_range>`, `loop>` and `td_for_each>`: sequential unless `_parallel`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.diagnostics.digdag import RoundsApart, ValueOnlyAtRunTime
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from migrate.portable import digdag_items
from migrate.portable.digdag_text import names_in
from parsers.digdag.catalog import operator
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.errors import DigError
from parsers.digdag.operators.conditions import always_fails, body_of, nested
from parsers.digdag.rounds import written_out
from parsers.digdag.scope import NotConstant, holds_code
from parsers.digdag.scoped import scoped
from parsers.digdag.tree import parallel_control

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

MAX_ROUNDS, MAX_WRITTEN = 50, 300
"""Rounds, and tasks of all rounds, that are written out."""


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
    rows = builder.task(task, rows_id, naming(query_action(task, scope, builder, "td_for_each"), task, builder))
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
    except (DigError, digdag_items.ItemsError) as error:
        return always_fails(task, node_id, builder, str(error))
    if operation == "loop" and counted_at_run_time(builder, scope, task):
        items = None
    if items is not None:
        if not items:
            return builder.task(task, node_id, a.Noop())
        return nested(task, scope, node_id, builder, (known_rounds(task, scope, builder, body, items, operation),))
    items_id = f"{task.full_name}~items"
    made = naming(scoped(task, scope, builder, f"items:{operation}"), task, builder)
    made = made.model_copy(update={"item_texts": loop_order(task, scope, builder)[0] != "parallel"})
    front = builder.task(task, items_id, made)
    inner = fanned_out(task, scope, builder, body, w.KwargsList(value=e.OutputRef(task=items_id)))
    inner = inner.model_copy(update={"upstream": (w.Edge(node=items_id, origin="order"),)})
    return nested(task, scope, node_id, builder, (front, inner))


def known_rounds(
    task: DigTask, scope: Scope, builder: Builder, body: DigMap, items: list[dict[str, Any]], operation: str
) -> w.Task | w.Group:
    """The body of a loop whose items are known: fanned out, or written out where a round may see what the rounds before
    it stored."""
    shown = literal(shown_names(task, scope, builder, items, operation))
    made, probed = tried(builder, lambda: fanned_out(task, scope, builder, body, shown))
    inner = sum(isinstance(node, w.Task) for node in w.walk_nodes((made,)))
    apart = any(isinstance(d, RoundsApart) and d.task == task.full_name for d in probed)
    unknown = any(isinstance(d, ValueOnlyAtRunTime) for d in probed)
    if (apart or unknown) and len(items) <= MAX_ROUNDS and len(items) * inner <= MAX_WRITTEN:
        names = digdag_items.round_names(operation, items, scope.static(task.command))
        rounds = written_out(task, body, items, names)
        written, found = tried(builder, lambda: builder.generated(task, "^sub", rounds, scope))
        if apart or sum(isinstance(d, ValueOnlyAtRunTime) for d in found) == 0:
            builder.sink.extend(found)
            return written
    builder.sink.extend(probed)
    return made


def tried(builder: Builder, build: Callable[[], w.Task | w.Group]) -> tuple[w.Task | w.Group, list[Diagnostic]]:
    """A node, and the findings about it, which are not filed."""
    outer, builder.sink = builder.sink, Sink()
    try:
        made = build()
    finally:
        found, builder.sink = builder.sink.all(), outer
    return made, list(found)


def naming(action: a.Scoped, task: DigTask, builder: Builder) -> a.Scoped:
    """The action that makes the items, so that they know the names of their rounds where something reads them."""
    rounds = f"{task.full_name}^sub+ITER" if builder.project.reads_task_names else ""
    return action.model_copy(update={"rounds": rounds})


def shown_names(
    task: DigTask, scope: Scope, builder: Builder, items: list[dict[str, Any]], operation: str
) -> list[dict[str, Any]]:
    """Constant items; with the names of their rounds where something reads them."""
    if not builder.project.reads_task_names:
        return items
    names = digdag_items.round_names(operation, items, scope.static(task.command))
    return digdag_items.with_names(items, names, f"{task.full_name}^sub+ITER")


def counted_at_run_time(builder: Builder, scope: Scope, task: DigTask) -> bool:
    """Whether a run may be given a parameter `count`, which wins over the command: something in the workflow reads it,
    and nothing around the loop sets it."""
    if "count" in scope.names() or "count" in task.config:
        return False
    return "count" in builder.project_params or "count" in names_in(builder.workflow.config)[0]


def literal(items: list[dict[str, Any]]) -> w.LiteralItems:
    """Constant items."""
    return w.LiteralItems(items=tuple(items))


def fanned_out(task: DigTask, scope: Scope, builder: Builder, body: Any, items: Any) -> w.Task | w.Group:
    """The body with the item's variables as a level of its own, once per item."""
    from parsers.digdag.tree import compile_tasks

    exports = body.get("_export")
    if isinstance(exports, DigMap):  # the item's values replace what the body exports
        body, scope = body.without("_export"), scope.level(exports)
    root = compile_tasks(task.full_name + "^sub", "+ITER", body, task.config.where("_do"))
    inner = builder.node(root, scope.level(None, (e.ItemRef(of=root.full_name),)))
    order, width = loop_order(task, scope, builder)
    storing = [n.id for n in w.walk_nodes((inner,)) if isinstance(n, w.Task) and getattr(n.action, "stores", False)]
    if storing and order != "parallel":
        builder.find(RoundsApart, task, stores=storing[0])
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
        given = DigMap(task.span)
        given.update(config["_parallel"])
        config["_parallel"] = given
    parallel, limit = parallel_control(config)
    if limit > 0:
        return "chunks", limit
    return ("parallel" if parallel else "sequential"), None


def each_items(task: DigTask, scope: Scope) -> list[dict[str, Any]]:
    """The product of the lists. Raises NotConstant, ItemsError."""
    return digdag_items.each_items(scope.static(task.command))


def count_items(task: DigTask, scope: Scope) -> list[dict[str, Any]]:
    """0 .. n-1. Raises NotConstant, ItemsError."""
    value = scope.static(task.command)
    if "count" in scope.names() or "count" in task.config:
        value = scope.static(task.config.get("count", "${count}"))
    return digdag_items.count_items(value)


def range_items(task: DigTask, scope: Scope) -> list[dict[str, Any]]:
    """Slices of from..to. Raises NotConstant, ItemsError."""
    return digdag_items.range_items(scope.static(task.command))
