"""Copies of DAGs: `copy.deepcopy(dag)`, `dag.partial_subset(...)` (`airflow/models/dag.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import (
    Argument,
    DagObject,
    GroupObject,
    Instance,
    Mapping,
    TaskObject,
    Value,
    XComArg,
)
from parsers.airflow.overlays.airflow_core import bind, dag_of, method, state, task_of
from parsers.airflow.overlays.airflow_dags import DAG
from parsers.airflow.overlays.airflow_operators import BASE_OPERATOR
from parsers.airflow.overlays.copy_module import deep_copy
from parsers.airflow.overlays.plain import NOT_KNOWN, lower

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


class _Copier:
    """One copy of a DAG with some of its tasks. Parts keep their ids, so edges need no more than their names."""

    def __init__(self, interp: Interpreter, old: DagObject, keep: Iterable[str]) -> None:
        assert old.instance is not None and old.root is not None
        self.interp = interp
        self.keep = set(keep)
        self.memo: dict[int, Value] = {}
        self.tasks: dict[int, TaskObject] = {}
        self.dag = replace(old, tasks={}, groups={}, instance=Instance(old.instance.cls))
        assert self.dag.instance is not None
        self.dag.instance.native = self.dag
        self.memo[id(old.instance)] = self.dag.instance
        self.dag.root = self._group(old.root, None)
        self.dag.tasks = {n: self.tasks[id(t)] for n, t in old.tasks.items() if id(t) in self.tasks}
        self.dag.arguments = self._arguments(old.arguments)
        self._attributes(old.instance, self.dag.instance)
        for was in old.tasks.values():
            if id(was) in self.tasks:
                self._fill(was, self.tasks[id(was)])

    def _group(self, old: GroupObject, parent: GroupObject | None) -> GroupObject:
        new = replace(old, parent=parent, dag=self.dag, children=[], instance=None)
        if old.instance is not None:
            new.instance = self.memo[id(old.instance)] = Instance(old.instance.cls, dict(old.instance.attrs), new)
        for child in old.children:
            if isinstance(child, GroupObject):
                made = self._group(child, new)
                if made.children:
                    new.children.append(made)
                    self.dag.groups[str(made.id)] = made
            elif child.task_id in self.keep:
                new.children.append(self._task(child, new))
        return new

    def _task(self, old: TaskObject, group: GroupObject) -> TaskObject:
        self.interp.meter.task()
        new = replace(old, dag=self.dag, group=group, instance=None)
        new.upstream = {n: o for n, o in old.upstream.items() if n in self.keep}
        new.downstream = {n: o for n, o in old.downstream.items() if n in self.keep}
        new.labels = dict(old.labels)
        if old.instance is not None:
            new.instance = self.memo[id(old.instance)] = Instance(old.instance.cls, {}, new, old.instance.site)
        self.tasks[id(old)] = new
        return new

    def _fill(self, old: TaskObject, new: TaskObject) -> None:
        new.arguments = self._arguments(old.arguments)
        new.call_arguments = self._arguments(old.call_arguments)
        new.call_args = [self._value(v) for v in old.call_args]
        new.call_kwargs = {n: self._value(v) for n, v in old.call_kwargs.items()}
        if old.mapping is not None:
            new.mapping = Mapping(old.mapping.kind, self._arguments(old.mapping.arguments), old.mapping.span)
        if old.instance is not None and new.instance is not None:
            self._attributes(old.instance, new.instance)

    def _arguments(self, old: dict[str, Argument]) -> dict[str, Argument]:
        return {name: argument.moved(self._value(argument.value), argument.origin) for name, argument in old.items()}

    def _attributes(self, old: Instance, new: Instance) -> None:
        new.attrs.update({name: self._value(value) for name, value in old.attrs.items()})

    def _value(self, value: Value) -> Value:
        if isinstance(value, XComArg):
            own = self.tasks.get(id(value.task), value.task)
            of = self._value(value.of) if value.of is not None else None
            return replace(value, task=own, of=of, others=tuple(self._value(v) for v in value.others))
        if isinstance(value, list | tuple) and any(isinstance(v, XComArg) for v in value):
            return type(value)(self._value(v) for v in value)
        if isinstance(value, dict) and any(isinstance(v, XComArg) for v in value.values()):
            return {key: self._value(item) for key, item in value.items()}
        return deep_copy(self.interp, value, self.memo)


def copy_dag(interp: Interpreter, old: DagObject, keep: Iterable[str]) -> Instance:
    """A DAG like `old` with the tasks `keep` (ids)."""
    interp.mark_stateful(makes=True)
    made = _Copier(interp, old, keep).dag
    state(interp).dags.append(made)
    assert made.instance is not None
    return made.instance


@method("DAG.__deepcopy__")
def _deepcopy(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag = dag_of(args[0])
    return args[0] if dag is None or dag.root is None else copy_dag(interp, dag, dag.tasks)


@method("BaseOperator.__deepcopy__")
def _task_copy(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if task_of(args[0]) is None:
        return args[0]
    return interp.unknown("a copy of a single task is not modelled", site)


@method("DAG.partial_subset")
def _partial_subset(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag = dag_of(args[0])
    order = ("task_ids_or_regex", "include_downstream", "include_upstream", "include_direct_upstream")
    renamed = {("task_ids_or_regex" if k == "task_ids" else k): v for k, v in kwargs.items()}
    given = {k: lower(v) for k, v in bind(order, args[1:], renamed, "partial_subset").items()}
    wanted = given.get("task_ids_or_regex")
    unknown = next((v for v in given.values() if isinstance(v, NOT_KNOWN)), None)
    if dag is None or unknown is not None:
        return interp.unknown("the tasks of a part of a DAG are not known", site, unknown)
    matched = [name for name in dag.tasks if _wants(interp, wanted, name)]
    keep = set(matched)
    if given.get("include_downstream", False):
        keep |= _reach(dag, matched, "downstream")
    if given.get("include_upstream", True):
        keep |= _reach(dag, matched, "upstream")
    if given.get("include_direct_upstream", False):
        keep |= {above for name in list(keep) for above in dag.tasks[name].upstream}
    return copy_dag(interp, dag, keep)


def _wants(interp: Interpreter, wanted: Value, name: str) -> bool:
    if isinstance(wanted, str | re.Pattern):
        module = interp.import_module("re")
        return bool(interp.call(interp.getattr(module, "findall"), [wanted, name]))
    return isinstance(wanted, list | tuple | set | frozenset | dict) and name in wanted


def _reach(dag: DagObject, start: list[str], side: str) -> set[str]:
    found: set[str] = set()
    left = list(start)
    while left:
        for other in getattr(dag.tasks[left.pop()], side):
            if other not in found and other in dag.tasks:
                found.add(other)
                left.append(other)
    return found


for _native in (_deepcopy, _partial_subset):
    DAG.namespace[_native.name.rpartition(".")[2]] = _native
BASE_OPERATOR.namespace["__deepcopy__"] = _task_copy
