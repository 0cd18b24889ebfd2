"""`if>`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import FailsWhenItRuns
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from migrate.portable.digdag_items import truth
from parsers.digdag.catalog import operator
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.errors import DigError
from parsers.digdag.scope import NotConstant
from parsers.digdag.scoped import scoped

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask


@operator("if", "its condition is worked out now where it is constant, else in a pod")
def condition(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """A condition that must be exactly true or false, and the bodies for both."""
    try:
        given = [key for key in ("_do", "_else_do") if task.config.get(key) is not None]
        bodies = {key: body for key in given if (body := body_of(task, key))}
        if not bodies:
            raise DigError("run", "Both _do and _else_do are not specified. (config)", task.span)
    except DigError as error:
        return always_fails(task, node_id, builder, error.message)
    try:
        value = scope.static(task.command)
    except NotConstant:
        return at_run_time(task, scope, node_id, builder, bodies)
    answer = truth(value)
    if answer is None:
        text = f"Expected 'true' or 'false' for key '_command' but got {quoted(value)} (config)"
        return always_fails(task, node_id, builder, text)
    key = "_do" if answer else "_else_do"
    if key not in bodies:
        return builder.task(task, node_id, a.Noop())
    return nested(task, scope, node_id, builder, (sub(task, scope, builder, bodies[key]),))


def at_run_time(
    task: DigTask, scope: Scope, node_id: str, builder: Builder, bodies: dict[str, DigMap]
) -> w.Task | w.Group:
    """A task works out the condition; each body runs under it."""
    test_id = f"{task.full_name}~run"
    test = builder.task(task, test_id, scoped(task, scope, builder, "condition"))
    nodes: list[w.Task | w.Group] = [test]
    for key, body in bodies.items():
        suffix = "" if key == "_do" else "~else"
        try:
            made = sub(task, scope, builder, body, suffix=suffix)
        except DigError as error:
            made = always_fails(task, f"{task.full_name}^sub{suffix}", builder, f"{error.message} (config)")
        value = e.Compare(op="==", left=e.OutputRef(task=test_id), right=e.Literal(value=key == "_do"))
        edge = w.Edge(node=test_id, origin="order")
        nodes.append(made.model_copy(update={"upstream": (edge,), "condition": value}))
    return nested(task, scope, node_id, builder, tuple(nodes))


def nested(
    task: DigTask, scope: Scope, node_id: str, builder: Builder, nodes: tuple[w.Task | w.Group, ...]
) -> w.Task | w.Group:
    """The group of a control operator with its body; the body runs again on `_retry`."""
    from parsers.digdag.retry import outer_retry

    return builder.group(task, node_id, nodes, retry=outer_retry(task))


def sub(task: DigTask, scope: Scope, builder: Builder, body: DigMap, suffix: str = "") -> w.Task | w.Group:
    """The body `^sub`; `suffix` tells the ids of two bodies of one task apart."""
    return builder.generated(task, f"^sub{suffix}", body, scope)


def body_of(task: DigTask, key: str) -> DigMap:
    """A body's mapping. Raises DigError for anything else."""
    value: Any = task.config[key]
    if not isinstance(value, DigMap):
        raise DigError("run", f"Parameter '{key}' must be an object (config)", task.config.where(key))
    return value


def quoted(value: Any) -> str:
    """A value as Digdag shows it in an error."""
    return f'"{value}" (string)' if isinstance(value, str) else str(value)


def always_fails(task: DigTask, node_id: str, builder: Builder, error: str) -> w.Task:
    """A task that fails whenever it starts, as in Digdag."""
    builder.find(FailsWhenItRuns, task, error=error)
    return builder.task(task, node_id, a.Scoped(operation="fail", command=error.replace("$", "$$")))
