"""What evaluated code can do with a node of a DAG: `>>`, `set_upstream`, `as_teardown`, `with`, attributes of tasks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.structure import EdgeUnknown
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    Argument,
    ClassMember,
    DagObject,
    GroupObject,
    Instance,
    Native,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.overlays.airflow_core import method, property_of, state, task_of
from parsers.airflow.overlays.airflow_edges import (
    EdgeModifier,
    Node,
    chain,
    chain_linear,
    cross_downstream,
    leaves,
    node_of,
    nodes_of,
    roots,
    set_relatives,
)
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_operators import BASE_OPERATOR, DEFAULTS, assign_dag
from parsers.airflow.overlays.airflow_setup import as_teardown
from parsers.airflow.overlays.airflow_signatures import BASE
from parsers.airflow.overlays.airflow_tree import rename
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.registry import make_class, namespace_of, register_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def without_unknowns(interp: Interpreter, value: Value) -> Value:
    """The operands of an edge that are known; a finding for each that is not. Plain lists are copied."""
    if isinstance(value, Unknown | Symbolic):
        unknown = value if isinstance(value, Unknown) else value.unknown
        interp.report(EdgeUnknown(span=interp.span(), workflow=interp.workflow(), why=unknown.root().why))
        return []
    if isinstance(value, list | tuple):
        return [without_unknowns(interp, item) for item in value]
    if isinstance(value, set | frozenset):
        return [without_unknowns(interp, item) for item in value]
    if isinstance(value, Instance):
        if isinstance(value.native, list | tuple):
            return [without_unknowns(interp, item) for item in value.native]
        if value.native is None and value.cls.opaque:
            interp.report(
                EdgeUnknown(span=interp.span(), workflow=interp.workflow(), why=f"a `{value.cls.name}` object")
            )
            return []
    return value


def spend(interp: Interpreter, above: Value, below: Value) -> None:
    """Counts the edges between two operands towards the budget; a group counts as one."""
    count = 1
    for side in (above, below):
        count *= len(side) if isinstance(side, list | tuple) else 1
    interp.meter.edge(count)


def relate(interp: Interpreter, node: Value, others: Value, upstream: bool, modifier: Value = None) -> None:
    """`node.set_upstream(others)` for values of the evaluator; a DAG as operand adopts the tasks (1.x style)."""
    this = node_of(node)
    other = node_of(others)
    if isinstance(this, DagObject) or isinstance(other, DagObject):
        dag = this if isinstance(this, DagObject) else other
        rest = others if isinstance(this, DagObject) else node
        assert isinstance(dag, DagObject)
        for task in nodes_of(without_unknowns(interp, rest)):
            if isinstance(task, TaskObject):
                assign_dag(interp, task, dag)
        return
    if this is None:
        raise AirflowError("TypeError", "Relationships can only be set between Operators")
    spend(interp, [node], others)
    label = node_of(modifier)
    set_relatives(
        this, without_unknowns(interp, others), upstream, modifier=label if isinstance(label, EdgeModifier) else None
    )


def _setter(name: str, upstream: bool) -> Native:
    @method(name)
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        others = args[1] if len(args) > 1 else kwargs.get("task_or_task_list", kwargs.get("other"))
        modifier = args[2] if len(args) > 2 else kwargs.get("edge_modifier")
        relate(interp, args[0], others, upstream, modifier)
        return None

    return call


def _shift(name: str, upstream: bool, give_self: bool) -> Native:
    @method(name)
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        relate(interp, args[0], args[1], upstream)
        return args[0] if give_self else args[1]

    return call


EDGE_METHODS = namespace_of(
    [
        _shift("Node.__rshift__", False, False),
        _shift("Node.__lshift__", True, False),
        _shift("Node.__rrshift__", True, True),
        _shift("Node.__rlshift__", False, True),
        _setter("Node.set_upstream", True),
        _setter("Node.set_downstream", False),
    ]
)
"""What tasks, groups, results, labels (and DAGs) have in common."""


# --- setup and teardown ---------------------------------------------------------------------------------------------


@method("Task.as_setup")
def _as_setup(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for task in _tasks(args[0]):
        task.is_setup = True
    return args[0]


@method("Task.as_teardown")
def _as_teardown(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for task in _tasks(args[0]):
        as_teardown(task)
        if isinstance(kwargs.get("on_failure_fail_dagrun"), bool):
            task.on_failure_fail_dagrun = kwargs["on_failure_fail_dagrun"]
        setups = kwargs.get("setups")
        for setup in nodes_of(without_unknowns(interp, setups)) if setups is not None else []:
            for one in _tasks(setup):
                one.is_setup = True
            set_relatives(setup, [task], upstream=False, origin="setup")
    return args[0]


def _tasks(value: Value) -> list[TaskObject]:
    node = node_of(value)
    return node.tasks() if isinstance(node, XComArg) else [node] if isinstance(node, TaskObject) else []


@method("Task.__enter__")
def _enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    here = state(interp)
    values = args[0].native if isinstance(args[0], Instance) and isinstance(args[0].native, list) else [args[0]]
    here.setup.push([task for value in values for task in _tasks(value)])
    return Instance(SCOPE)


@method("Task.__exit__")
def _exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    state(interp).setup.pop()
    return None


@method("Scope.add_task")
def _scope_add(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for value in [*args, *kwargs.values()]:
        task = task_of(value)
        if task is not None:
            state(interp).setup.add(task)
    return None


SCOPE = make_class("SetupTeardownContext", "airflow.utils.setup_teardown.SetupTeardownContext")
SCOPE.namespace["add_task"] = ClassMember("staticmethod", _scope_add)


@method("ContextWrapper.__init__")
def _wrapper_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].native = interp.items(args[1] if len(args) > 1 else kwargs.get("tasks", []))
    return None


CONTEXT_WRAPPER = make_class(
    "ContextWrapper",
    "airflow.decorators.setup_teardown.ContextWrapper",
    namespace=namespace_of([_wrapper_init, _enter, _exit]),
)


# --- attributes of tasks --------------------------------------------------------------------------------------------


def _output(interp: Interpreter, value: Value) -> Value:
    task = task_of(value)
    if task is None:
        raise AirflowError("AttributeError", "output")
    return XComArg(task)


def _neighbours(upstream: bool) -> Callable[[Interpreter, Value], Value]:
    def read(interp: Interpreter, value: Value) -> Value:
        task = task_of(value)
        if task is None or task.dag is None:
            return []
        ids = task.upstream if upstream else task.downstream
        return [task.dag.tasks[i].instance for i in ids if i in task.dag.tasks]

    return read


def _ids(upstream: bool) -> Callable[[Interpreter, Value], Value]:
    def read(interp: Interpreter, value: Value) -> Value:
        task = task_of(value)
        return set((task.upstream if upstream else task.downstream) if task is not None else ())

    return read


def instances(tasks: list[TaskObject]) -> list[Value]:
    """The operator objects of tasks."""
    return [task.instance for task in tasks]


def _ends(find: Callable[[Node], list[TaskObject]]) -> Callable[[Interpreter, Value], Value]:
    def read(interp: Interpreter, value: Value) -> Value:
        node = node_of(value)
        return instances(find(node)) if node is not None and not isinstance(node, DagObject) else []

    return read


def _mark(name: str) -> ClassMember:
    """`is_setup`, `is_teardown`, `on_failure_fail_dagrun`: readable and writable."""

    def read(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        task = task_of(args[0])
        return getattr(task, name) if task is not None else False

    @method(f"Task.{name}.setter")
    def write(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        task = task_of(args[0])
        if task is not None:
            setattr(task, name, interp.truth(args[1]))
        return None

    return ClassMember("property", Native(name, read), write)


def _get_dag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    task = task_of(args[0])
    return task.dag.instance if task is not None and task.dag is not None else None


@method("Task.dag.setter")
def _set_dag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    task, dag = task_of(args[0]), node_of(args[1])
    if task is not None and isinstance(dag, DagObject):
        assign_dag(interp, task, dag)
    elif task is None and isinstance(args[0], Instance):
        args[0].attrs["_dag"] = args[1]
    return None


@method("Task.task_group.setter")
def _set_group(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`task.task_group = group`: where the task says it is; `group.add(task)` makes it a child. Its id stays."""
    task, group = task_of(args[0]), group_like(args[1])
    if task is not None and group is not None:
        task.group = group
    return None


def _get_id(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    task = task_of(args[0])
    if task is not None:
        return task.task_id
    found = args[0].attrs.get("task_id", MISSING)
    if found is MISSING:
        raise AirflowError("AttributeError", f"'{args[0].cls.name}' object has no attribute 'task_id'")
    return found


@method("Task.task_id.setter")
def _set_id(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`task.task_id = "x"`: the id that the task enters its DAG with."""
    task, new = task_of(args[0]), lower(args[1])
    if task is not None and isinstance(new, str):
        rename(task, new)
    args[0].attrs["task_id"] = args[1]
    return None


@method("Task.has_dag")
def _has_dag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    task = task_of(args[0])
    return task is not None and task.dag is not None


def _group_instance(interp: Interpreter, value: Value) -> Value:
    task = task_of(value)
    return task.group.instance if task is not None and task.group is not None else None


@method("Task.get_direct_relatives")
def _relatives(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    upstream = args[1] if len(args) > 1 else kwargs.get("upstream", False)
    return _neighbours(bool(upstream))(interp, args[0])


@method("Task.get_flat_relatives")
def _flat_relatives(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    upstream = bool(args[1] if len(args) > 1 else kwargs.get("upstream", False))
    task = task_of(args[0])
    found: dict[str, TaskObject] = {}
    front = [task] if task is not None and task.dag is not None else []
    while front:
        one = front.pop(0)
        for other_id in one.upstream if upstream else one.downstream:
            other = one.dag.tasks.get(other_id)
            if other is not None and other_id not in found:
                found[other_id] = other
                front.append(other)
    return instances(list(found.values()))


@method("Task.add_outlets")
def _add_outlets(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    task = task_of(args[0])
    if task is not None:
        old = task.arguments.get("outlets")
        merged = [*(old.value if old is not None and isinstance(old.value, list) else []), *interp.items(args[1])]
        task.arguments["outlets"] = Argument(merged, interp.span(site), "attribute")
        args[0].attrs["outlets"] = merged
    return None


@method("Task.__getattr__")
def _missing(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Attributes that Airflow sets in constructors that are not modelled."""
    self, name = args[0], args[1]
    if name in DEFAULTS:
        return DEFAULTS[name]
    if isinstance(self.native, TaskObject):
        dag = self.native.dag
        if name == "dag_id":
            return dag.dag_id if dag is not None else "adhoc_airflow"
        if name in ("start_date", "end_date") and dag is not None and dag.instance is not None:
            return interp.getattr(dag.instance, name)
        if name in BASE_ATTRIBUTES:
            return None
        if self.native.operator.has_trait("third-party") or self.native.operator is not BASE_OPERATOR:
            return interp.unknown(f"`{name}` of a `{self.native.operator.name}` is set by code that is not here")
    raise AirflowError("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")


BASE_ATTRIBUTES = BASE - DEFAULTS.keys() | {"subdag"}

BASE_OPERATOR.namespace.update(
    EDGE_METHODS
    | namespace_of(
        [_as_setup, _as_teardown, _enter, _exit, _has_dag, _relatives, _flat_relatives, _add_outlets, _missing],
    )
    | {
        "output": property_of("output", _output),
        "upstream_list": property_of("upstream_list", _neighbours(True)),
        "downstream_list": property_of("downstream_list", _neighbours(False)),
        "upstream_task_ids": property_of("upstream_task_ids", _ids(True)),
        "downstream_task_ids": property_of("downstream_task_ids", _ids(False)),
        "roots": property_of("roots", _ends(roots)),
        "leaves": property_of("leaves", _ends(leaves)),
        "is_setup": _mark("is_setup"),
        "is_teardown": _mark("is_teardown"),
        "on_failure_fail_dagrun": _mark("on_failure_fail_dagrun"),
        "dag": ClassMember("property", Native("Task.dag", _get_dag), _set_dag),
        "task_group": ClassMember(
            "property", Native("Task.task_group", lambda interp, a, k, s: _group_instance(interp, a[0])), _set_group
        ),
        "node_id": property_of("node_id", lambda interp, v: getattr(task_of(v), "task_id", None)),
        "label": property_of("label", lambda interp, v: str(getattr(task_of(v), "task_id", "")).rpartition(".")[2]),
        "task_type": property_of("task_type", lambda interp, v: v.cls.name),
        "task_id": ClassMember("property", Native("Task.task_id", _get_id), _set_id),
        "operator_name": property_of("operator_name", lambda interp, v: v.cls.name),
        "log": property_of("log", lambda interp, v: interp.unknown("a logger")),
    }
)
GROUP_ENDS = {"roots": property_of("roots", _ends(roots)), "leaves": property_of("leaves", _ends(leaves))}


# --- labels and helpers ---------------------------------------------------------------------------------------------


@method("EdgeModifier.__init__")
def _label_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    label = args[1] if len(args) > 1 else kwargs.get("label")
    args[0].native = EdgeModifier(label if isinstance(label, str) else None)
    return None


EDGE_MODIFIER = make_class(
    "EdgeModifier",
    "airflow.utils.edgemodifier.EdgeModifier",
    namespace=EDGE_METHODS | namespace_of([_label_init]) | GROUP_ENDS,
)
register_class(EdgeModifier, EDGE_MODIFIER)


@method("Label")
def label(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`Label("text")`."""
    text = args[0] if args else kwargs.get("label")
    return Instance(EDGE_MODIFIER, native=EdgeModifier(text if isinstance(text, str) else None))


@method("chain")
def chain_native(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`chain(...)`; what is not known is left out with a finding."""
    known = _known(interp, args)
    for above, below in pairwise(known):
        spend(interp, above, below)
    chain(known)
    return None


@method("chain_linear")
def chain_linear_native(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`chain_linear(...)`."""
    known = _known(interp, args)
    for above, below in pairwise(known):
        spend(interp, above, below)
    chain_linear(known)
    return None


@method("cross_downstream")
def cross_downstream_native(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`cross_downstream(from_tasks, to_tasks)`."""
    above = args[0] if args else kwargs.get("from_tasks")
    below = args[1] if len(args) > 1 else kwargs.get("to_tasks")
    spend(interp, above, below)
    cross_downstream(without_unknowns(interp, above), without_unknowns(interp, below))
    return None


def _known(interp: Interpreter, values: list[Value]) -> list[Value]:
    unknown = (Unknown, Symbolic)
    return [
        without_unknowns(interp, v)
        for v in values
        if not (isinstance(v, unknown) and without_unknowns(interp, v) == [])
    ]


def group_like(value: Value) -> GroupObject | None:
    """The group of a value, for natives that take one."""
    node = node_of(value)
    return node if isinstance(node, GroupObject) else None
