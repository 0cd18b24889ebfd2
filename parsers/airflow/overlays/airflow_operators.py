"""Operators: the constructor that every operator class ends in, defaults, and the classes themselves.

`BaseOperatorMeta` wraps each `__init__` that a user's class defines so that it takes missing arguments from
`default_args`; `__init_subclass__` does the same here (`airflow/models/baseoperator.py`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.diagnostics.structure import TaskIdUnknown
from parsers.airflow.evaluator.values import (
    Argument,
    ClassMember,
    ClassValue,
    DagObject,
    Function,
    GroupObject,
    Instance,
    Native,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
)
from parsers.airflow.overlays.airflow_checks import check_operator
from parsers.airflow.overlays.airflow_core import (
    AirflowState,
    arguments,
    as_raised,
    dag_of,
    exception_class,
    group_of,
    method,
    signature,
    state,
)
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_refs import depend_on_values
from parsers.airflow.overlays.airflow_signatures import BASE, facts, known
from parsers.airflow.overlays.airflow_tree import (
    add_task,
    check_key,
    child_id,
    dag_of_task,
    group_of_task,
    unique_task_id,
)
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

DEFAULTS: dict[str, Value] = {
    "owner": "airflow",
    "trigger_rule": "all_success",
    "retries": 0,
    "retry_delay": timedelta(minutes=5),
    "weight_rule": "downstream",
    "pool": "default_pool",
    "pool_slots": 1,
    "queue": "default",
    "depends_on_past": False,
    "wait_for_downstream": False,
    "priority_weight": 1,
    "do_xcom_push": True,
    "email_on_failure": True,
    "email_on_retry": True,
    "retry_exponential_backoff": False,
}
"""What an attribute of a task is when nobody set it."""

RENAMED_RULES = {"dummy": "always", "none_failed_or_skipped": "none_failed_min_one_success"}


# --- defaults ------------------------------------------------------------


def live_defaults(dag: DagObject | None, group: GroupObject | None) -> dict[str, Value]:
    """`default_args` of the DAG, overlaid by those of the group (which hold its parents')."""
    merged: dict[str, Value] = {}
    if dag is not None:
        merged.update(defaults_of(dag.instance))
        if group is not None and group.instance is not None:
            merged.update(defaults_of(group.instance))
    return merged


def defaults_of(owner: Instance | None) -> dict[str, Value]:
    """The `default_args` that a DAG or group has now; {} when they are not a known dictionary."""
    found = owner.attrs.get("default_args") if owner is not None else None
    if isinstance(found, Instance):
        found = found.native
    return {k: v for k, v in found.items() if isinstance(k, str)} if isinstance(found, dict) else {}


def current(interp: Interpreter, kwargs: dict[str, Value]) -> tuple[DagObject | None, GroupObject | None]:
    """The DAG and group that a new task belongs to."""
    contexts = state(interp).contexts
    dag = dag_of(kwargs.get("dag")) or contexts.dag()
    group = group_of(kwargs.get("task_group")) or contexts.group(dag)
    if dag is None and group is not None:
        dag = group.dag
    return dag, group


def merged_defaults(interp: Interpreter, kwargs: dict[str, Value]) -> dict[str, Value]:
    """DAG's, group's and the call's own `default_args`, merged in Airflow's order. Pops `default_args`."""
    dag, group = current(interp, kwargs)
    merged = live_defaults(dag, group)
    own = kwargs.pop("default_args", None)
    if isinstance(own, dict):
        merged.update({k: v for k, v in own.items() if isinstance(k, str)})
    merged.pop("params", None)
    return merged


# --- the wrapper around a user's __init__ ------------------------------------------------------------


def wrap_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`BaseOperator.__init_subclass__`: a class that derives from an operator has been defined."""
    cls = args[0]
    if isinstance(cls, ClassValue):
        own = cls.namespace.get("__init__")
        if isinstance(own, Function):
            cls.namespace["__init__"] = applying_defaults(own)
    return None


def applying_defaults(function: Function) -> Native:
    """A native in place of a user's `__init__`: fills parameters from `default_args`, then runs it."""
    params = signature(function)

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        here = state(interp)
        receiver = args[0] if args else None
        if not isinstance(receiver, Instance):
            return interp.call(function, args, kwargs, site)
        outermost = all(receiver is not other for other in here.building)
        if outermost:
            receiver.attrs.setdefault("__call__", arguments(interp, kwargs, site))
        given = dict(kwargs)
        merged = merged_defaults(interp, given)
        taken = set(params.names[: len(args)])
        for name in params.all:
            if name not in given and name not in taken and name in merged:
                given[name] = merged[name]
                if outermost:
                    receiver.attrs["__call__"][name] = Argument(merged[name], None, "default_args")
        if "default_args" in params.all or (params.star_star and "default_args" in kwargs):
            given["default_args"] = merged
        here.building.append(receiver)
        try:
            result = interp.call(function, args, given, site)
        finally:
            here.building.pop()
        if outermost and isinstance(receiver.native, TaskObject):
            depend_on_values(interp, receiver.native)
        return result

    return Native(f"{function.owner.name if function.owner else ''}.__init__", call)


# --- the constructor ------------------------------------------------------------


@method("BaseOperator.__init__")
def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Where every operator's constructor ends: makes the task and puts it into its DAG and group."""
    self = args[0]
    assert isinstance(self, Instance)
    if isinstance(self.native, TaskObject):
        return None
    given = dict(kwargs)
    if len(args) > 1:
        given = {**_positional(self.cls, args[1:]), **given}
    here = state(interp)
    inside = any(self is other for other in here.building)
    call_arguments: dict[str, Argument] = self.attrs.pop("__call__", {})
    operator = known_class(self.cls)
    task = make_task(interp, self.cls, operator, given, site, call_arguments if inside else {})
    check_operator(operator, task.arguments)
    task.call_arguments = call_arguments or dict(task.arguments)
    attach(interp, self, task)
    if not inside:
        depend_on_values(interp, task)
    return None


def _positional(cls: ClassValue, values: list[Value]) -> dict[str, Value]:
    """Airflow refuses positional arguments, except that 1.10 took `task_id` first in classes without the decorator."""
    if len(values) > 1:
        raise AirflowError("AirflowException", "Use keyword arguments when initializing operators")
    return {"task_id": values[0]}


def make_task(
    interp: Interpreter,
    cls: ClassValue,
    operator: ClassValue,
    given: dict[str, Value],
    site: cst.CSTNode | None,
    outer: dict[str, Argument],
    label: str | None = None,
) -> TaskObject:
    """A task from the arguments that reached a known operator's constructor; not in a DAG yet. `label`: its id if
    that is known already (TaskFlow makes ids unique first)."""
    interp.meter.task()
    dag, group = current(interp, given)
    merged = merged_defaults(interp, given)
    info = facts(operator.name)
    found = _given_arguments(interp, given, site, outer)
    for name, value in merged.items():
        if name not in found and (name in BASE or info.parameters is None or name in info.parameters):
            found[name] = Argument(value, _default_place(dag, group, name), "default_args")
    for name in ("dag", "task_group", "params" if given.get("params") is None else ""):
        found.pop(name, None)
    if label is None:
        label = task_label(interp, found, operator, site)
        if not isinstance(lower(found["task_id"].value), str):
            label = unique_task_id(label, dag, group)
    task_id = child_id(group, label)
    check_key(task_id, "key")
    rule = found.get("trigger_rule")
    if rule is not None and isinstance(rule.value, str) and rule.value in RENAMED_RULES:
        found["trigger_rule"] = rule.moved(RENAMED_RULES[rule.value], rule.origin)
    span, call_site = interp.call_site(site)
    task = TaskObject(task_id, cls, operator, None, None, found, span, call_site)  # type: ignore[arg-type]
    task.node, task.module = site, interp.frame.module
    task.template_fields = info.fields
    task.group = group  # type: ignore[assignment]
    task.dag = dag  # type: ignore[assignment]
    return task


def _given_arguments(
    interp: Interpreter, given: dict[str, Value], site: cst.CSTNode | None, outer: dict[str, Argument]
) -> dict[str, Argument]:
    """Arguments with places: one that the user's class only passed on stands where it was given."""
    found = arguments(interp, given, site, "class" if outer else "call")
    for name, argument in outer.items():
        if name in found and found[name].value is argument.value:
            found[name] = argument
    return found


def _default_place(dag: DagObject | None, group: GroupObject | None, name: str) -> Any:
    for owner in (group, dag):
        found = owner.instance.attrs.get("default_args") if owner is not None and owner.instance is not None else None
        if owner is not None and isinstance(found, dict) and name in found:
            argument = owner.arguments.get("default_args")
            return _place_of(argument) if argument is not None else None
    return None


def _place_of(argument: Argument) -> Any:
    return lambda: argument.span


def task_label(interp: Interpreter, found: dict[str, Argument], operator: ClassValue, site: cst.CSTNode | None) -> str:
    """The `task_id` argument; one that is not known gets a stand-in and a finding."""
    argument = found.get("task_id")
    if argument is None and operator.has_trait("third-party"):
        found["task_id"] = argument = Argument(Unknown(f"`{operator.name}` sets it in code that is not here"), None)
    if argument is None:
        raise AirflowError("AirflowException", "missing keyword argument 'task_id'")
    label = lower(argument.value)
    if isinstance(label, str):
        return label
    if isinstance(label, Unknown | Symbolic):
        span = interp.span(site)
        unknown = label if isinstance(label, Unknown) else label.unknown
        root = unknown.root()
        interp.report(TaskIdUnknown(span=span, workflow=interp.workflow(), operator=operator.name, why=root.why))
        return stand_in(interp, f"unknown_{operator.name}_{span.line}")
    raise AirflowError("AirflowException", f"The key has to be a string and is {type(label).__name__}:{label!r}"[:200])


def stand_in(interp: Interpreter, name: str) -> str:
    """An id for a task whose own is not known, unique among the tasks that have no DAG yet."""
    taken = {task.task_id for task in state(interp).orphans}
    number = 1
    while name in taken:
        name, number = f"{name.partition('__')[0]}__{number}", number + 1
    return name


def attach(interp: Interpreter, self: Instance, task: TaskObject) -> None:
    """Joins an operator object and its task, puts the task into its group and DAG and sets its attributes."""
    interp.mark_stateful(makes=True)
    here: AirflowState = state(interp)
    self.native = task
    task.instance = self
    made, call_site = interp.made_at(self)
    task.span, task.call_site = made, call_site
    dag, group = dag_of_task(task), group_of_task(task)
    task.dag = None  # type: ignore[assignment]
    if group is not None:
        group.children.append(task)
    try:
        if dag is not None:
            add_task(dag, task, group)
        else:
            here.orphans.append(task)
    except AirflowError:
        if group is not None:
            group.children.remove(task)
        raise
    for name, argument in task.arguments.items():
        self.attrs[name] = argument.value
    self.attrs["task_id"] = task.task_id
    here.setup.add(task)


def assign_dag(interp: Interpreter, task: TaskObject, dag: DagObject) -> None:
    """`task.dag = dag`: allowed once. Raises AirflowError when the task has another DAG."""
    if task.dag is dag:
        return
    if dag_of_task(task) is not None:
        raise AirflowError("AirflowException", f"The DAG assigned to {task.task_id} can not be changed.")
    contexts = state(interp).contexts
    add_task(dag, task, contexts.group(dag) if not contexts.dags or contexts.dag() is dag else dag.root)


# --- classes ------------------------------------------------------------

BASE_OPERATOR = make_class(
    "BaseOperator",
    "airflow.models.baseoperator.BaseOperator",
    namespace={
        "__init__": init,
        "__init_subclass__": ClassMember("classmethod", Native("BaseOperator.__init_subclass__", wrap_init)),
        "template_fields": (),
        "template_ext": (),
        "template_fields_renderers": {},
        "ui_color": "#fff",
        "ui_fgcolor": "#000",
        "operator_extra_links": (),
    },
    traits={"operator"},
)
_CLASSES: dict[str, ClassValue] = {"BaseOperator": BASE_OPERATOR}


def operator_class(name: str, path: str = "") -> ClassValue:
    """The class of a known or merely named operator. Core classes are the same whatever path they come from."""
    if name == "BaseBranchOperator" or known(name):
        key, path = name, path or f"airflow.operators.{name}"
    else:
        key = path or name
    if key not in _CLASSES:
        info = facts(name)
        base = operator_class(info.base) if info.base else BASE_OPERATOR
        traits = {"operator", "sensor"} if name == "BaseSensorOperator" else {"operator"}
        namespace: dict[str, Value] = {}
        if info.fields is None:
            unknown = Unknown(f"the template fields of `{name}` are not known")
            namespace = {"template_fields": unknown, "template_ext": unknown, "ui_color": unknown}
        elif name not in ("BaseOperator", "BaseSensorOperator"):
            namespace = {"template_fields": info.fields}
        cls = make_class(name, path or name, (base,), namespace, traits)
        if info.parameters is None:
            cls.traits.add("third-party")
        _CLASSES[key] = cls
    return _CLASSES[key]


def known_class(cls: ClassValue) -> ClassValue:
    """The most derived operator class of the MRO that is not the user's own."""
    for base in cls.mro:
        if base.node is None and "operator" in base.traits:
            return base
    return BASE_OPERATOR


def is_operator_class(value: Value) -> bool:
    """Whether a class makes tasks."""
    return isinstance(value, ClassValue) and value.has_trait("operator")


def raise_airflow(interp: Interpreter, name: str, message: str) -> Exception:
    """An exception of Airflow for evaluated code."""
    exception_class(name)
    return as_raised(interp, AirflowError(name, message))
