"""Tasks and groups of one DAG of a dag-factory file."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import Instance, Value
from parsers.airflow.overlays.dagfactory_files import LIBRARY
from parsers.airflow.overlays.generated import attempt, import_object, place

if TYPE_CHECKING:
    from parsers.airflow.overlays.dagfactory import Builder


_NOT_ARGUMENTS = ("operator", "decorator", "dependencies", "task_group_name", "expand", "partial", "variables_as_arguments",  # noqa: E501
                  "task_id", "group_name", "parent_group_name", "sensor", "__type__")  # fmt: skip


def named(entries: Any, key: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Tasks or groups by name, from a mapping or a list, with the key under which each stands in the file."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    if isinstance(entries, dict):
        for name, config in entries.items():
            found[str(name)] = (name, config if isinstance(config, dict) else {})
    elif isinstance(entries, list):
        for index, config in enumerate(entries):
            if isinstance(config, dict) and isinstance(config.get(key), str):
                found[config[key]] = (index, config)
    return found


class Nodes:
    """The groups and tasks of one DAG."""

    def __init__(self, builder: Builder, dag: Instance, config: dict[str, Any], zone: str) -> None:
        self.builder = builder
        self.interp = builder.interp
        self.dag = dag
        self.zone = zone
        self.groups = named(config.get("task_groups"), "group_name")
        self.tasks = named(config.get("tasks"), "task_id")
        self.made_groups: dict[str, Value] = {}
        self.made_tasks: dict[str, Value] = {}

    def build(self) -> None:
        """Makes groups, then tasks in the order of their references, then edges."""
        for name in self.groups:
            self.group(name, ())
        for name in self.tasks:
            self.task(name, ())
        for made, entries in ((self.made_tasks, self.tasks), (self.made_groups, self.groups)):
            for name, (_, config) in entries.items():
                self.depend(made.get(name), name, config.get("dependencies"))

    def _attempt(self, kind: str, name: str, key: Any, action: Callable[[], Value]) -> Value:
        where = self.builder.source.at(self.builder.name, kind, key) or self.builder.source.at("default", kind, key)
        made = attempt(self.interp, LIBRARY, name, where, action, self.builder.site)
        place(self.interp, made, where)
        return made

    def group(self, name: str, above: tuple[str, ...]) -> Value:
        """A group by name, its parents first."""
        if name in self.made_groups or name not in self.groups or name in above:
            return self.made_groups.get(name)
        key, config = self.groups[name]
        parent = config.get("parent_group_name")
        given: dict[str, Value] = {"group_id": name, "dag": self.dag}
        if isinstance(parent, str):
            given["parent_group"] = self.group(parent, (*above, name))
        for option in ("tooltip", "prefix_group_id", "ui_color", "ui_fgcolor", "add_suffix_on_collision"):
            if option in config:
                given[option] = self.builder.value(config[option])
        if isinstance(config.get("default_args"), dict):
            given["default_args"] = self.builder.arguments(config["default_args"], self.zone)
        cls = import_object(self.interp, "airflow.utils.task_group.TaskGroup", self.builder.site)
        made = self._attempt("task_groups", name, key, lambda: self.interp.call(cls, [], given, self.builder.site))
        self.made_groups[name] = made
        return made

    def reference(self, value: Value, above: tuple[str, ...]) -> Value:
        """`+task` and `task.output` are results of other tasks; also inside lists and mappings."""
        if isinstance(value, dict):
            return {k: self.reference(v, above) for k, v in value.items()}
        if isinstance(value, list):
            return [self.reference(v, above) for v in value]
        if not isinstance(value, str):
            return value
        text = value.removeprefix("XcomArg(").removesuffix(")") if value.startswith("XcomArg(") else value
        name = text[1:] if text.startswith("+") else text.removesuffix(".output") if text.endswith(".output") else None
        if text is not value and name is None:
            name = text
        if name is None or name not in self.tasks:
            return value
        made = self.task(name, above)
        return self.interp.getattr(made, "output", None, made) if isinstance(made, Instance) else made

    def task(self, name: str, above: tuple[str, ...]) -> Value:
        """A task by name; those it takes results from are made first."""
        if name in self.made_tasks or name in above:
            return self.made_tasks.get(name)
        key, config = self.tasks[name]
        made = self._attempt("tasks", name, key, lambda: self._make(name, config, (*above, name)))
        self.made_tasks[name] = made
        return made

    def _make(self, name: str, config: dict[str, Any], above: tuple[str, ...]) -> Value:
        builder = self.builder
        given = builder.arguments({k: v for k, v in config.items() if k not in _NOT_ARGUMENTS}, self.zone)
        given = {k: self.reference(v, above) for k, v in given.items()}
        given["task_id"] = str(config.get("task_id", name))
        group = config.get("task_group_name")
        for item in config.get("variables_as_arguments", ()):
            variables = import_object(self.interp, "airflow.models.Variable", builder.site)
            getter = self.interp.getattr(variables, "get")
            given[str(item["attribute"])] = self.interp.call(
                getter, [item["variable"]], {"default_var": None}, builder.site
            )
        if isinstance(group, str) and self.made_groups.get(group) is not None:
            given["task_group"] = self.made_groups[group]
        mapped = self.reference(builder.value(config.get("expand")), above)
        fixed = self.reference(builder.value(config.get("partial")), above)
        if "decorator" in config:
            return self._decorated(str(config["decorator"]), given, mapped, fixed)
        if "operator" not in config:
            raise self.interp.error("ValueError", "the task has no operator")
        cls = import_object(self.interp, str(config["operator"]), builder.site)
        for argument in ("outlets", "inlets"):
            if isinstance(given.get(argument), list):
                given[argument] = [builder.dataset(v) if isinstance(v, str) else v for v in given[argument]]
        given["dag"] = self.dag
        if isinstance(mapped, dict):
            partial = self.interp.call(
                self.interp.getattr(cls, "partial"), [], {**given, **(fixed or {})}, builder.site
            )
            return self.interp.call(self.interp.getattr(partial, "expand"), [], mapped, builder.site)
        return self.interp.call(cls, [], given, builder.site)

    def _decorated(self, decorator: str, given: dict[str, Value], mapped: Value, fixed: Value) -> Value:
        """A task of a decorator: arguments that the function takes go to its call, others to the decorator."""
        from parsers.airflow.evaluator.calls import all_params
        from parsers.airflow.evaluator.values import Function

        function = given.pop("python_callable", None)
        names = [p.name.value for p in all_params(function.node.params)] if isinstance(function, Function) else []
        call = {k: v for k, v in given.items() if k in names}
        options = {k: v for k, v in given.items() if k not in names}
        options["dag"] = self.dag
        site = self.builder.site
        make = import_object(self.interp, decorator, site)
        wrapped = self.interp.call(self.interp.call(make, [], options, site), [function], {}, site)
        if isinstance(mapped, dict):
            if fixed or call:
                wrapped = self.interp.call(self.interp.getattr(wrapped, "partial"), [], {**call, **(fixed or {})}, site)
            return self.interp.call(self.interp.getattr(wrapped, "expand"), [], mapped, site)
        return self.interp.call(wrapped, [], call, site)

    def depend(self, node: Value, name: str, names: Any) -> None:
        """`dependencies`: names of tasks and groups that come before."""
        if node is None or not isinstance(names, list | tuple | str):
            return
        before = []
        for other in [names] if isinstance(names, str) else names:
            found = self.made_tasks.get(str(other)) or self.made_groups.get(str(other))
            if found is None:
                where = self.builder.source.at(self.builder.name)
                refuse = functools.partial(self._refuse, other)
                attempt(self.interp, LIBRARY, f"{name}: dependency {other}", where, refuse, self.builder.site)
                continue
            before.append(found)
        if before:
            self.interp.call(self.interp.getattr(node, "set_upstream"), [before], {}, self.builder.site)

    def _refuse(self, name: object) -> Value:
        raise self.interp.error("KeyError", str(name))
