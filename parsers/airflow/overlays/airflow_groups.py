"""Task groups: `TaskGroup(...)`, `@task_group`, mapped groups (`utils/task_group.py`, `decorators/task_group.py`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.structure import TaskIdUnknown
from parsers.airflow.evaluator.values import (
    Argument,
    DagObject,
    Function,
    GroupObject,
    Instance,
    MappedArgument,
    Mapping,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
)
from parsers.airflow.overlays.airflow_core import (
    arguments,
    bind,
    dag_of,
    group_of,
    method,
    parameter_names,
    place,
    property_of,
    signature,
    state,
    task_of,
)
from parsers.airflow.overlays.airflow_edges import leaves, roots, tasks_in
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_mapping_checks import check_arguments, check_kwargs
from parsers.airflow.overlays.airflow_nodes import EDGE_METHODS, GROUP_ENDS, instances
from parsers.airflow.overlays.airflow_operators import defaults_of
from parsers.airflow.overlays.airflow_refs import group_depends_on_mapping
from parsers.airflow.overlays.airflow_tree import add_group, add_task, child_id, dag_of_task
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.registry import make_class, namespace_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_NAMES = [
    "group_id",
    "prefix_group_id",
    "parent_group",
    "dag",
    "default_args",
    "tooltip",
    "ui_color",
    "ui_fgcolor",
    "add_suffix_on_collision",
]
_KEY = re.compile(r"^[\w-]+$")


@method("TaskGroup.__init__")
def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    self = args[0]
    given = bind(_NAMES, args[1:], kwargs, "TaskGroup")
    found = arguments(interp, given, site)
    contexts = state(interp).contexts
    parent = group_of(given.get("parent_group"))
    dag = dag_of(given.get("dag")) or (parent.dag if parent is not None else contexts.dag())
    if dag is None and contexts.groups:
        dag = contexts.groups[-1].dag
    if dag is None:
        raise AirflowError("AirflowException", "TaskGroup can only be used inside a dag")
    parent = parent or contexts.group(dag)
    if parent is None or parent.dag is not dag:
        parent = dag.root
    make_group(interp, self, given, found, dag, parent, site)
    return None


def _unknown_id(interp: Interpreter, label: Unknown | Symbolic, site: Any) -> TaskIdUnknown:
    unknown = label if isinstance(label, Unknown) else label.unknown
    return TaskIdUnknown(
        span=interp.span(site), workflow=interp.workflow(), operator="TaskGroup", why=unknown.root().why
    )


def make_group(
    interp: Interpreter,
    self: Instance,
    given: dict[str, Value],
    found: dict[str, Argument],
    dag: DagObject,
    parent: GroupObject | None,
    site: Any,
) -> GroupObject:
    """A new group below `parent`, with its object `self`. Raises AirflowError for a bad or taken id."""
    interp.mark_stateful(makes=True)
    label = lower(given.get("group_id"))
    suffix = bool(given.get("add_suffix_on_collision", False))
    if isinstance(label, Unknown | Symbolic):
        interp.report(_unknown_id(interp, label, site))
        label, suffix = f"unknown_group_{interp.span(site).line}", True
    if not isinstance(label, str) or not label:
        raise AirflowError("ValueError", "group_id must be str")
    prefix = given.get("prefix_group_id", True) is not False
    if prefix and not _KEY.match(label):
        raise AirflowError(
            "AirflowException",
            f"The key {label!r} has to be made of alphanumeric characters, dashes and underscores exclusively",
        )
    group = GroupObject(None, parent, dag, found, prefix=prefix, instance=self)
    group.span, group.call_site = interp.made_at(self) if self.site is not None else interp.call_site(site)
    add_group(group, label, suffix)
    self.native = group
    own = given.get("default_args")
    own = own.native if isinstance(own, Instance) else own
    above = defaults_of(parent.instance) if parent is not None and parent.id is not None else {}
    self.attrs["default_args"] = {**above, **(own if isinstance(own, dict) else {})}
    for name in ("tooltip", "ui_color", "ui_fgcolor"):
        self.attrs[name] = given.get(name, "")
    self.attrs["prefix_group_id"] = prefix
    return group


@method("TaskGroup.__enter__")
def _enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group = group_of(args[0])
    if group is not None:
        state(interp).contexts.groups.append(group)
    return args[0]


@method("TaskGroup.__exit__")
def _exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group = group_of(args[0])
    if group is not None:
        group_depends_on_mapping(group)
        groups = state(interp).contexts.groups
        if groups and groups[-1] is group:
            groups.pop()
    return None


@method("TaskGroup.add")
def _add(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group, task = group_of(args[0]), task_of(args[1])
    if group is None or task is None:
        return args[1]
    if task.group is not None and task.group is not group and task in task.group.children:
        task.group.children.remove(task)
    task.group = group
    if task not in group.children:
        group.children.append(task)
    if dag_of_task(task) is None:
        add_task(group.dag, task, group)
    return args[1]


@method("TaskGroup.__iter__")
def _iter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group = group_of(args[0])
    return iter(instances(list(tasks_in(group)))) if group is not None else iter(())


def _children(interp: Interpreter, value: Value) -> Value:
    group = group_of(value)
    return {node_id(c): c.instance for c in group.children} if group is not None else {}


def node_id(child: TaskObject | GroupObject) -> str | None:
    """The full id of a task or group."""
    return child.task_id if isinstance(child, TaskObject) else child.id


def _group_id(interp: Interpreter, value: Value) -> Value:
    group = group_of(value)
    return group.id if group is not None else None


def _parent(interp: Interpreter, value: Value) -> Value:
    group = group_of(value)
    return group.parent.instance if group is not None and group.parent is not None else None


@method("TaskGroup.get_child_by_label")
def _child_by_label(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group = group_of(args[0])
    wanted = child_id(group, args[1])
    for child in group.children if group is not None else ():
        if node_id(child) == wanted:
            return child.instance
    raise AirflowError("KeyError", wanted)


@method("TaskGroup.child_id")
def _child_id(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return child_id(group_of(args[0]), args[1])


@method("TaskGroup.get_roots")
def _get_roots(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group = group_of(args[0])
    return instances(roots(group)) if group is not None else []


@method("TaskGroup.get_leaves")
def _get_leaves(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    group = group_of(args[0])
    return instances(leaves(group)) if group is not None else []


TASK_GROUP = make_class(
    "TaskGroup",
    "airflow.utils.task_group.TaskGroup",
    namespace=EDGE_METHODS
    | GROUP_ENDS
    | namespace_of([_init, _enter, _exit, _add, _iter, _child_by_label, _child_id, _get_roots, _get_leaves])
    | {
        "children": property_of("children", _children),
        "group_id": property_of("group_id", _group_id),
        "node_id": property_of("node_id", _group_id),
        "label": property_of("label", lambda interp, v: str(_group_id(interp, v) or "").rpartition(".")[2]),
        "is_root": property_of("is_root", lambda interp, v: not _group_id(interp, v)),
        "parent_group": property_of("parent_group", _parent),
        "task_group": property_of("task_group", _parent),
        "dag": property_of("dag", lambda interp, v: v.native.dag.instance if group_of(v) is not None else None),
    },
    traits={"task_group"},
)


# --- @task_group ------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class GroupFactory:
    """A function decorated with `@task_group`."""

    function: Value
    options: dict[str, Value] = field(default_factory=dict)
    options_at: dict[str, Argument] = field(default_factory=dict)
    partial: dict[str, Value] = field(default_factory=dict)


@method("task_group")
def task_group(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@task_group` and `@task_group(...)`."""
    if args and isinstance(args[0], Function | Instance):
        return Instance(GROUP_FACTORY, native=GroupFactory(args[0]))
    options = bind(_NAMES, args, kwargs, "task_group")
    return Instance(GROUP_DECORATOR, native=GroupFactory(None, options, arguments(interp, options, site)))


@method("_TaskGroupDecorator.__call__")
def _decorate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    waiting: GroupFactory = args[0].native
    return Instance(GROUP_FACTORY, native=GroupFactory(args[1], dict(waiting.options), dict(waiting.options_at)))


@method("_TaskGroupFactory.__call__")
def _call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return build(interp, args[0].native, list(args[1:]), kwargs, None, site)


@method("_TaskGroupFactory.override")
def _override(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    old: GroupFactory = args[0].native
    new = GroupFactory(
        old.function,
        {**old.options, **kwargs},
        {**old.options_at, **arguments(interp, kwargs, site)},
        dict(old.partial),
    )
    return Instance(GROUP_FACTORY, native=new)


@method("_TaskGroupFactory.partial")
def _partial(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    old: GroupFactory = args[0].native
    new = GroupFactory(old.function, dict(old.options), dict(old.options_at), {**kwargs, **old.partial})
    return Instance(GROUP_FACTORY, native=new)


@method("_TaskGroupFactory.expand")
def _expand(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    factory: GroupFactory = args[0].native
    check_arguments(kwargs, factory.partial, parameter_names(factory.function))
    mapping = Mapping("product", arguments(interp, kwargs, site), interp.span(site))
    return build(interp, args[0].native, [], {}, mapping, site)


@method("_TaskGroupFactory.expand_kwargs")
def _expand_kwargs(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[1] if len(args) > 1 else kwargs.get("kwargs")
    check_kwargs(value)
    mapping = Mapping("kwargs", {"kwargs": Argument(value, place(interp, site))}, interp.span(site))
    return build(interp, args[0].native, [], {}, mapping, site)


def function_name(interp: Interpreter, function: Value) -> str:
    """`function.__name__`."""
    name = interp.getattr(function, "__name__", None, default="")
    return name if isinstance(name, str) else ""


def build(
    interp: Interpreter,
    factory: GroupFactory,
    args: list[Value],
    kwargs: dict[str, Value],
    mapping: Mapping | None,
    site: Any,
) -> Value:
    """Makes the group and runs the function inside it; gives the function's value, or the group when that is None."""
    contexts = state(interp).contexts
    options = {"group_id": function_name(interp, factory.function), **factory.options, "add_suffix_on_collision": True}
    parent = group_of(options.get("parent_group"))
    dag = dag_of(options.get("dag")) or (parent.dag if parent is not None else contexts.dag())
    if dag is None:
        raise AirflowError("AirflowException", "TaskGroup can only be used inside a dag")
    instance = Instance(TASK_GROUP)
    group = make_group(interp, instance, options, factory.options_at, dag, parent or contexts.group(dag), site)
    if mapping is not None:
        group.mapping = mapping
        kwargs = {**kwargs, **_mapped(group, factory)}
    doc = interp.getattr(factory.function, "__doc__", None, default=None)
    if isinstance(doc, str) and not instance.attrs.get("tooltip"):
        instance.attrs["tooltip"] = doc
    contexts.groups.append(group)
    try:
        group.returned = interp.call(factory.function, args, {**factory.partial, **kwargs}, site)
    finally:
        if contexts.groups and contexts.groups[-1] is group:
            contexts.groups.pop()
    group_depends_on_mapping(group)
    return group.returned if group.returned is not None else instance


def _mapped(group: GroupObject, factory: GroupFactory) -> dict[str, Value]:
    assert group.mapping is not None
    if group.mapping.kind == "product":
        names = list(group.mapping.arguments)
    elif isinstance(factory.function, Function):
        names = [n for n in signature(factory.function).all if n not in factory.partial]
    else:
        names = []
    group.mapped_parameters = {name: MappedArgument(group, name) for name in names}
    return dict(group.mapped_parameters)


GROUP_DECORATOR = make_class(
    "_TaskGroupDecorator", "airflow.decorators.task_group._TaskGroupDecorator", namespace=namespace_of([_decorate])
)
GROUP_FACTORY = make_class(
    "_TaskGroupFactory",
    "airflow.decorators.task_group._TaskGroupFactory",
    namespace=namespace_of([_call, _override, _partial, _expand, _expand_kwargs])
    | {
        "function": property_of("function", lambda interp, v: v.native.function),
        "__wrapped__": property_of("__wrapped__", lambda interp, v: v.native.function),
        "__name__": property_of("__name__", lambda interp, v: function_name(interp, v.native.function)),
        "__doc__": property_of("__doc__", lambda interp, v: interp.getattr(v.native.function, "__doc__", None, None)),
    },
)
