"""References to results of other tasks (`XComArg`) as expressions."""

from __future__ import annotations

from typing import Literal

from migrate.ir import exprs
from migrate.ir.exprs import Expr
from parsers.airflow.callables import code_unit
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import GroupObject, TaskObject, Value, XComArg
from parsers.airflow.to_json import NotConstantError, to_json


def xcom_expr(value: XComArg, context: DagContext, task: TaskObject | None) -> Expr:
    """`task.output`, a TaskFlow result, `.map`/`.filter`/`.zip`/`.concat` of such."""
    if value.op == "pull":
        return _pull(value, task)
    if value.op in ("map", "filter") and value.of is not None:
        return _by_function(value, "map" if value.op == "map" else "filter", context, task)
    if value.op in ("zip", "concat"):
        return _joined(value, "zip" if value.op == "zip" else "concat", context, task)
    return exprs.Opaque(why=f"`{value.op}` of a result has no equivalent")


def _pull(value: XComArg, task: TaskObject | None) -> Expr:
    if value.task is None or not isinstance(value.key, str):
        return exprs.Opaque(why="the key of a result of another task is not known at conversion")
    index: int | Literal["same"] | None = value.index
    if index is None and task is not None and _share_instance(value.task, task):
        index = "same"
    return exprs.OutputRef(task=value.task.task_id, key=value.key, index=index, required=_must_exist(value))


def _must_exist(value: XComArg) -> bool:
    """Whether reading fails when the task has pushed nothing under the key (`PlainXComArg.resolve`)."""
    if value.task is None or value.key == "return_value":
        return False
    several = value.task.arguments.get("multiple_outputs")
    return several is None or several.value is not True


def _share_instance(producer: TaskObject, consumer: TaskObject) -> bool:
    """Whether both are in the same fanned-out group, so that the consumer gets the result of its own instance."""
    around = _mapped_groups(consumer)
    return any(group in around for group in _mapped_groups(producer))


def _mapped_groups(task: TaskObject) -> list[GroupObject]:
    found = []
    group: GroupObject | None = task.group
    while group is not None:
        if group.mapping is not None:
            found.append(group)
        group = group.parent
    return found


def _by_function(value: XComArg, op: Literal["map", "filter"], context: DagContext, task: TaskObject | None) -> Expr:
    assert value.of is not None
    inner = xcom_expr(value.of, context, task)
    if value.function is None:
        if op == "filter":
            return exprs.Transformed(op=op, inputs=(inner,), code="import builtins\n", entry="builtins.bool")
        entry = f"operator.itemgetter({value.key!r})"
        return exprs.Transformed(op=op, inputs=(inner,), code="import operator\n", entry=entry)
    unit = code_unit(value.function, context, task, f"{op}_item")
    if unit is None:
        return exprs.Opaque(why=f"the function of `{op}` has no code in the project")
    if unit.modules:
        return exprs.Opaque(why=f"the function of `{op}` needs modules of the project")
    return exprs.Transformed(op=op, inputs=(inner,), code=unit.source, entry=unit.entry)


def _joined(value: XComArg, op: Literal["zip", "concat"], context: DagContext, task: TaskObject | None) -> Expr:
    parts: list[Value] = [value.of] if value.of is not None else []
    inputs = []
    for part in [*parts, *value.others]:
        if isinstance(part, XComArg):
            inputs.append(xcom_expr(part, context, task))
            continue
        try:
            inputs.append(exprs.Literal(value=to_json(part)))
        except NotConstantError:
            return exprs.Opaque(why=f"a part of `{op}` is not known at conversion")
    longest = _fill(value) if op == "zip" else None
    return exprs.Transformed(op=op, inputs=tuple(inputs), fill=longest)


def _fill(value: XComArg) -> object:
    try:
        return to_json(value.fill)
    except NotConstantError:
        return None
