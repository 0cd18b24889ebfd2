"""Which tasks a value refers to (`XComArg.iter_xcom_references`), and the edges that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.airflow.evaluator.values import (
    GroupObject,
    Instance,
    MappedArgument,
    Mapping,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.overlays.airflow_edges import connect, set_relatives
from parsers.airflow.overlays.airflow_signatures import BASE

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

MAX_DEPTH = 40
_PLAIN = frozenset((str, int, float, bool, type(None), bytes))


def references(value: Value, seen: tuple[int, ...] = ()) -> Iterator[TaskObject]:
    """The tasks whose results a value holds, however deep in lists and dictionaries; of an operator: those that its
    template fields hold."""
    if isinstance(value, XComArg):
        yield from value.tasks()
    elif isinstance(value, MappedArgument):
        if value.group.mapping is not None:
            yield from mapping_references(value.group.mapping)
    elif id(value) in seen or len(seen) > MAX_DEPTH:
        return
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            if type(item) not in _PLAIN:
                yield from references(item, (*seen, id(value)))
    elif isinstance(value, dict):
        for item in value.values():
            if type(item) not in _PLAIN:
                yield from references(item, (*seen, id(value)))
    elif isinstance(value, Instance):
        if isinstance(value.native, TaskObject):
            for item in template_values(value.native):
                yield from references(item, (*seen, id(value)))
        elif isinstance(value.native, list | tuple | dict):
            yield from references(value.native, (*seen, id(value)))


def mapping_references(mapping: Mapping) -> Iterator[TaskObject]:
    """The tasks whose results a mapping expands over."""
    for argument in mapping.arguments.values():
        yield from references(argument.value)


def template_values(task: TaskObject) -> list[Value]:
    """The values of a task's template fields, as its attributes are now."""
    attrs = task.instance.attrs if task.instance is not None else {}
    fields = fields_of(task)
    if fields is None:
        own = [attrs.get(name, argument.value) for name, argument in task.arguments.items() if name not in BASE]
        return [*own, task.call_args, task.call_kwargs]
    values = [attrs[name] if name in attrs else task.arguments[name].value for name in fields if _has(task, name)]
    return [*values, task.call_args, task.call_kwargs]


def _has(task: TaskObject, name: str) -> bool:
    return name in task.arguments or (task.instance is not None and name in task.instance.attrs)


def fields_of(task: TaskObject) -> tuple[str, ...] | None:
    """Names of the template fields: the user's class may say them; None when they are not known (then all are)."""
    for cls in task.cls.mro:
        if "template_fields" in cls.namespace:
            found = cls.namespace["template_fields"]
            if isinstance(found, Unknown | Symbolic):
                return None
            if isinstance(found, str):
                return (found,)
            if isinstance(found, list | tuple | set | frozenset):
                if any(isinstance(item, Unknown | Symbolic) for item in found):
                    return None
                return tuple(item for item in found if isinstance(item, str))
            return task.template_fields
    return task.template_fields


def depend_on_values(interp: Interpreter, task: TaskObject) -> None:
    """Data edges from every task whose result the template fields (or the mapping) hold."""
    task.template_fields = fields_of(task)
    found = list(references(template_values(task)))
    if task.mapping is not None:
        found += mapping_references(task.mapping)
    for above in dict.fromkeys(found):
        if above is not task:
            _data_edge(task, above)


def _data_edge(task: TaskObject, above: TaskObject) -> None:
    if task.dag is not None and above.dag is task.dag:
        connect(above, task, "data")
    else:
        set_relatives(task, [above], upstream=True, origin="data")


def group_depends_on_mapping(group: GroupObject) -> None:
    """A mapped group comes after the tasks that it expands over (`MappedTaskGroup.__exit__`)."""
    if group.mapping is None:
        return
    for above in dict.fromkeys(mapping_references(group.mapping)):
        set_relatives(group, [above], upstream=True, origin="data")
