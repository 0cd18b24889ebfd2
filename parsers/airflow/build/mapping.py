"""`expand` and `expand_kwargs` of tasks and groups."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from migrate.diagnostics.building import FanOutUnknown
from migrate.ir import exprs
from migrate.ir.base import Json
from migrate.ir.workflow import Axes, FanOut, Items, KwargsList, LiteralItems
from parsers.airflow.arguments import Arguments
from parsers.airflow.build.own_index import names_index, with_index
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import (
    Argument,
    GroupObject,
    MappedArgument,
    Mapping,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.jinja import has_template
from parsers.airflow.to_expr import opaque, to_expr
from parsers.airflow.to_json import NotConstantError, to_json


def task_arguments(context: DagContext, task: TaskObject, by_name: bool = True) -> Arguments:
    """The arguments of a task. A mapped one is a reference to the item of the instance. by_name false: the item of each
    instance says itself which arguments it has (`**`)."""
    values = dict(task.arguments)
    by_name = by_name and (task.mapping is None or _names_known(task.mapping))
    names = mapped_names(task.mapping) if task.mapping is not None else {}
    for name, argument in names.items():
        if by_name or task.decorator is not None:
            values[name] = Argument(_per_instance(name, argument.value), argument.span, "expand")
    if task.mapping is not None and task.decorator is None and not by_name:
        values["**"] = Argument(Symbolic(exprs.ItemRef(), Unknown("it is the item")), task.mapping.span, "expand")
    args = Arguments(values, context, task)
    if task.decorator is not None:
        args.ignore_all(*names)
    return args


def _names_known(mapping: Mapping) -> bool:
    """Whether the names that the items fill in are known."""
    if mapping.kind != "kwargs":
        return True
    value = next(iter(mapping.arguments.values())).value
    return isinstance(value, list | tuple) and all(isinstance(item, dict) for item in value)


def names_alike(mapping: Mapping) -> bool:
    """Whether all items fill in the same names."""
    value = next(iter(mapping.arguments.values())).value
    return mapping.kind != "kwargs" or not value or len({frozenset(item) for item in value}) == 1


def _per_instance(name: str, items: Value) -> Value:
    """What an instance is given: a reference to its item, or a dictionary of such when all items have the same keys."""
    if isinstance(items, list | tuple) and items and all(isinstance(item, dict) for item in items):
        keys = list(items[0])
        if all(list(item) == keys for item in items) and all(isinstance(key, str) for key in keys):
            return {key: item_reference(name, key) for key in keys}
    return item_reference(name)


def mapped_names(mapping: Mapping) -> dict[str, Argument]:
    """The names that differ per instance, as far as they are known."""
    if mapping.kind != "kwargs":
        return mapping.arguments
    found: dict[str, Argument] = {}
    for argument in mapping.arguments.values():
        if isinstance(argument.value, list | tuple):
            for item in argument.value:
                if isinstance(item, dict):
                    found.update({str(name): Argument(None, argument.span) for name in item})
        if isinstance(argument.value, list | tuple) and all(isinstance(item, dict) for item in argument.value):
            for name in found:
                column = [item[name] for item in argument.value if name in item]
                found[name] = Argument(column if len(column) == len(argument.value) else None, argument.span)
    return found


def item_reference(*path: str) -> Symbolic:
    """The value of one mapped argument (or a part of it) inside an instance."""
    why = f"`{path[0]}` differs from instance to instance of the mapped task"
    return Symbolic(exprs.ItemRef(path=path), Unknown(why))


def fan_out(
    context: DagContext, owner: TaskObject | GroupObject, mapping: Mapping, whole: bool = False
) -> FanOut | None:
    """The items of a mapped task or group, in the order of Airflow's map_index; None (reported) when not known. whole:
    each instance takes the arguments that its item has, as they are."""
    task = owner if isinstance(owner, TaskObject) else None
    for name, argument in mapping.arguments.items():
        if isinstance(argument.value, Unknown):
            place = argument.span or mapping.span or owner.span
            context.report(FanOutUnknown, place, task, name=name, why=argument.value.root().why)
            return None
    items = _kwargs(context, task, mapping, whole) if mapping.kind == "kwargs" else _product(context, task, mapping)
    known = (list, tuple, dict, set, frozenset, range)
    fixed = all(isinstance(a.value, known) and len(a.value) > 0 for a in mapping.arguments.values())
    return FanOut(items=items, fixed=fixed, span=mapping.span)


def _product(context: DagContext, task: TaskObject | None, mapping: Mapping) -> Items:
    lists: dict[str, list[Json]] = {}
    for name, argument in mapping.arguments.items():
        try:
            lists[name] = _constant_items(argument.value)
        except NotConstantError:
            return _axes(context, task, mapping)
    names = list(lists)
    combined = [dict(zip(names, values, strict=True)) for values in product(*lists.values())]
    return LiteralItems(items=tuple(combined))


def _constant_items(value: Value) -> list[Json]:
    """Items of a literal collection. A dictionary gives its pairs. Text that holds a template is not constant."""
    if isinstance(value, dict):
        items: list[Any] = [{"$tuple": [to_json(k), to_json(v)]} for k, v in value.items()]
    elif isinstance(value, list | tuple | range):
        items = [to_json(item) for item in value]
    elif isinstance(value, set | frozenset):
        items = sorted((to_json(item) for item in value), key=repr)
    else:
        raise NotConstantError(value)
    if any(_templated(item) for item in items):
        raise NotConstantError(value)
    return items


def _templated(item: Json) -> bool:
    if isinstance(item, str):
        return has_template(item)
    if isinstance(item, list):
        return any(_templated(part) for part in item)
    return isinstance(item, dict) and any(_templated(part) for part in item.values())


def _axes(context: DagContext, task: TaskObject | None, mapping: Mapping) -> Items:
    axes = []
    values = {
        name: [(k, v) for k, v in a.value.items()] if isinstance(a.value, dict) else a.value
        for name, a in mapping.arguments.items()
    }
    if any(map(names_index, values.values())) and all(isinstance(v, list | tuple) for v in values.values()):
        rows = [dict(zip(values, row, strict=True)) for row in product(*values.values())]
        return KwargsList(value=_list_of_kwargs(context, task, rows, False))
    for name, value in values.items():
        templated = not isinstance(value, XComArg | MappedArgument) and _rendered(task, name)
        axes.append((name, to_expr(value, context, task, templated=templated)))
    return Axes(axes=tuple(axes))


def _rendered(task: TaskObject | None, name: str) -> bool:
    """Whether Airflow renders templates in a mapped argument of that name: not those of groups, nor what is no field
    of the operator."""
    if task is None:
        return False
    return task.decorator is not None or task.template_fields is None or name in task.template_fields


def _kwargs(context: DagContext, task: TaskObject | None, mapping: Mapping, whole: bool) -> Items:
    argument = next(iter(mapping.arguments.values()))
    value = argument.value
    if isinstance(value, list | tuple):
        try:
            items = [to_json(item) for item in value]
        except NotConstantError:
            return KwargsList(value=_list_of_kwargs(context, task, value, whole))
        if all(isinstance(item, dict) for item in items) and not any(_templated(item) for item in items):
            return LiteralItems(items=tuple(items if whole else _complete(items, task)))
        return KwargsList(value=_list_of_kwargs(context, task, value, whole))
    return KwargsList(value=to_expr(value, context, task, templated=not isinstance(value, XComArg)))


def _list_of_kwargs(context: DagContext, task: TaskObject | None, value: Iterable[Value], whole: bool) -> exprs.Expr:
    """A literal list of mappings. Their templates are rendered here, unless the instances do it."""
    items = []
    names = list(dict.fromkeys(str(name) for item in value if isinstance(item, dict) for name in item))
    for number, item in enumerate(value):
        if not isinstance(item, dict):
            items.append(to_expr(item, context, task, templated=not whole))
            continue
        item = item if whole else with_index(item, number)
        if not whole and task is not None and task.decorator is None:
            fixed = {name: task.arguments[name].value if name in task.arguments else None for name in names}
            item = {**fixed, **item}
        pairs = []
        for key, part in item.items():
            templated = not whole and _rendered(task, str(key))
            pairs.append((str(key), to_expr(part, context, task, templated=templated)))
        items.append(exprs.DictExpr(items=tuple(pairs)))
    return exprs.ListExpr(items=tuple(items))


def _complete(items: list[dict[str, Json]], task: TaskObject | None) -> list[dict[str, Json]]:
    """Items that lack a name which others have take the fixed argument's value; TaskFlow calls keep their default."""
    if task is None or task.decorator is not None:
        return items
    names = list(dict.fromkeys(name for item in items for name in item))
    fixed: dict[str, Json] = {}
    for name in names:
        given = task.arguments.get(name)
        try:
            fixed[name] = to_json(given.value) if given is not None else None
        except NotConstantError:
            fixed[name] = None
    return [{name: item.get(name, fixed[name]) for name in names} for item in items]


__all__ = ["fan_out", "item_reference", "mapped_names", "opaque", "task_arguments"]
