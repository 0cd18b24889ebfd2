"""DAGs: `DAG(...)`, `with DAG`, `@dag`, and which of them Airflow's DagBag takes (`models/dagbag.py`)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.structure import DagIdUnknown
from migrate.ir import exprs
from parsers.airflow.evaluator.budget import DAG_WEIGHT
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    Argument,
    ClassMember,
    DagObject,
    Function,
    GroupObject,
    Instance,
    Native,
    Partial,
    Symbolic,
    Unknown,
    Value,
)
from parsers.airflow.overlays.airflow_checks import check_dag
from parsers.airflow.overlays.airflow_core import (
    arguments,
    bind,
    dag_of,
    generation,
    method,
    property_of,
    signature,
    state,
    task_of,
    unwrapped,
)
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_groups import TASK_GROUP, function_name
from parsers.airflow.overlays.airflow_nodes import EDGE_METHODS, instances, relate
from parsers.airflow.overlays.airflow_operators import assign_dag
from parsers.airflow.overlays.airflow_taskflow import TASK
from parsers.airflow.overlays.airflow_tree import check_key
from parsers.airflow.overlays.pendulum_values import DateTime
from parsers.airflow.overlays.registry import make_class, namespace_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

POSITIONAL = ("dag_id", "description", "schedule", "schedule_interval", "timetable", "start_date", "end_date")
"""Order of 2.4 and later."""
POSITIONAL_OLD = ("dag_id", "description", "schedule_interval", "start_date", "end_date", "full_filepath")
"""Order before 2.4."""

_PLAIN_DEFAULTS: dict[str, Value] = {
    "description": None,
    "start_date": None,
    "end_date": None,
    "catchup": True,
    "max_active_runs": 16,
    "max_active_tasks": 16,
    "concurrency": 16,
    "dagrun_timeout": None,
    "doc_md": None,
    "user_defined_macros": None,
    "user_defined_filters": None,
    "template_searchpath": None,
    "on_success_callback": None,
    "on_failure_callback": None,
    "is_paused_upon_creation": None,
    "render_template_as_native_obj": False,
    "access_control": None,
    "owner_links": {},
    "auto_register": True,
    "schedule_interval": None,
    "schedule": None,
    "timetable": None,
    "parent_dag": None,
    "is_subdag": False,
    "orientation": "LR",
    "default_view": "grid",
    "sla_miss_callback": None,
}


def positional(values: list[Value]) -> dict[str, Value]:
    """Positional arguments of `DAG(...)` by name; the fourth tells which generation's order is meant."""
    order: tuple[str, ...] = POSITIONAL
    if len(values) > 3 and isinstance(values[3], datetime):
        order = POSITIONAL_OLD
    return dict(zip(order, values, strict=False))


@method("DAG.__init__")
def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    self = args[0]
    if dag_of(self) is not None:
        return None
    given = {**positional(args[1:]), **kwargs}
    make_dag(interp, self, given, site)
    return None


def make_dag(interp: Interpreter, self: Instance, given: dict[str, Value], site: Any) -> DagObject:
    """A new DAG behind the object `self`."""
    check_dag(given, generation(interp))
    interp.mark_stateful(makes=True)
    interp.meter.task(DAG_WEIGHT)
    found = arguments(interp, given, site)
    span, call_site = interp.made_at(self) if self.site is not None else interp.call_site(site)
    dag_id = _dag_id(interp, given.get("dag_id"), site)
    check_key(dag_id, "key")
    dag = DagObject(dag_id, found, span, call_site=call_site, instance=self, module=interp.frame.module)
    dag.major = generation(interp)
    self.native = dag
    self.attrs.update({name: value for name, value in given.items() if name != "dag_id"})
    for name in ("start_date", "end_date"):
        if isinstance(given.get(name), datetime):
            self.attrs[name] = in_utc(given[name])
    defaults = given.get("default_args")
    defaults = defaults.native if isinstance(defaults, Instance) else defaults
    self.attrs["default_args"] = copy.copy(defaults) if isinstance(defaults, dict) else {}
    self.attrs["params"] = _params(given.get("params"), self.attrs["default_args"])
    tags = given.get("tags")
    self.attrs["tags"] = list(tags) if isinstance(tags, list | tuple | set) else tags if tags is not None else []
    root = Instance(TASK_GROUP)
    dag.root = GroupObject(None, None, dag, instance=root)
    root.native = dag.root
    root.attrs["default_args"] = {}
    state(interp).dags.append(dag)
    return dag


def in_utc(value: datetime) -> DateTime:
    """What `dag.start_date` is for a date that was given."""
    return DateTime.of(value, timezone.utc).astimezone(timezone.utc)


def _dag_id(interp: Interpreter, value: Value, site: Any) -> str:
    if isinstance(value, Instance):
        value = value.native
    if isinstance(value, str):
        return value
    if isinstance(value, Unknown | Symbolic):
        unknown = value if isinstance(value, Unknown) else value.unknown
        span = interp.span(site)
        interp.report(DagIdUnknown(span=span, why=unknown.root().why))
        stem = span.file.rpartition("/")[2].removesuffix(".py")
        name = "".join(c if c.isalnum() or c in "_.-" else "_" for c in f"unknown_{stem}_{span.line}")
        taken = sum(dag.dag_id == name or dag.dag_id.startswith(f"{name}__") for dag in state(interp).dags)
        return f"{name}__{taken}" if taken else name
    if value is None:
        raise AirflowError("TypeError", "DAG() missing 1 required positional argument: 'dag_id'")
    raise AirflowError("AirflowException", f"The key has to be a string and is {type(value).__name__}")


def _params(own: Value, defaults: dict[str, Value]) -> dict[str, Value]:
    """The DAG's params, merged with those in its default_args (which leave them)."""
    own = own.native if isinstance(own, Instance) and isinstance(own.native, dict) else own
    merged = dict(own) if isinstance(own, dict) else {}
    inherited = defaults.pop("params", None)
    if isinstance(inherited, dict):
        merged.update(inherited)
    return merged


# --- context manager --------------------------------------------------------------------------------------------------


@method("DAG.__enter__")
def _enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    open_dag(interp, dag_of(args[0]))
    return args[0]


@method("DAG.__exit__")
def _exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    close_dag(interp, dag_of(args[0]))
    return None


def open_dag(interp: Interpreter, dag: DagObject | None) -> None:
    """`with dag:` begins."""
    state(interp).contexts.dags.append(dag)


def close_dag(interp: Interpreter, dag: DagObject | None) -> None:
    """`with dag:` ends; the DAG registers itself unless `auto_register=False`."""
    here = state(interp)
    if here.contexts.dags:
        here.contexts.dags.pop()
    if dag is None or dag.instance is None or any(dag is known for known in here.registered):
        return
    if dag.instance.attrs.get("auto_register", True) is not False:
        here.registered.append(dag)


# --- methods and attributes -------------------------------------------------------------------------------------------


@method("DAG.add_task")
def _add_task(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag, task = dag_of(args[0]), task_of(args[1] if len(args) > 1 else kwargs.get("task"))
    if dag is not None and task is not None:
        assign_dag(interp, task, dag)
    return None


@method("DAG.add_tasks")
def _add_tasks(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag = dag_of(args[0])
    for value in interp.items(args[1] if len(args) > 1 else kwargs.get("tasks", [])):
        task = task_of(value)
        if dag is not None and task is not None:
            assign_dag(interp, task, dag)
    return None


@method("DAG.get_task")
def _get_task(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag, name = dag_of(args[0]), args[1] if len(args) > 1 else kwargs.get("task_id")
    if dag is not None and isinstance(name, str) and name in dag.tasks:
        return dag.tasks[name].instance
    if isinstance(name, Unknown | Symbolic):
        return interp.unknown("the task's id is not known", site, cause=name)
    raise AirflowError("TaskNotFound", f"Task {name} not found")


@method("DAG.has_task")
def _has_task(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag = dag_of(args[0])
    return dag is not None and isinstance(args[1], str) and args[1] in dag.tasks


@method("DAG.set_dependency")
def _set_dependency(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    names = bind(("upstream_task_id", "downstream_task_id"), args[1:], kwargs, "set_dependency")
    above = _get_task.call(interp, [args[0], names["upstream_task_id"]], {}, site)
    below = _get_task.call(interp, [args[0], names["downstream_task_id"]], {}, site)
    relate(interp, above, below, upstream=False)
    return None


@method("DAG.param")
def _param(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = bind(("name", "default"), args[1:], kwargs, "param")
    return dag_param(interp, args[0], given["name"], given.get("default"), "default" in given, site)


def dag_param(interp: Interpreter, dag: Instance, name: str, default: Value, has_default: bool, site: Any) -> Value:
    """A `DagParam`: the run parameter `name`; a default also becomes the DAG's param."""
    params = dag.attrs.get("params")
    if has_default and isinstance(params, dict):
        params[name] = default
    unknown = interp.unknown(f"`{name}` is a parameter of each run", site)
    return Symbolic(exprs.ParamRef(name=name), unknown)


@method("DAG.topological_sort")
def _topological_sort(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag = dag_of(args[0])
    left = dict(dag.tasks) if dag is not None else {}
    done: list[Value] = []
    while left:
        ready = [t for t in left.values() if not any(u in left for u in t.upstream)] or list(left.values())
        for task in ready:
            del left[task.task_id]
            done.append(task.instance)
    return tuple(done)


@method("DAG.noop")
def _noop(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`dag.cli()`, `dag.test()` ...: nothing that matters for the structure."""
    return None


@method("DAG.__getattr__")
def _missing(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    self, name = args[0], args[1]
    if name == "schedule_interval":
        return _schedule_interval(self)
    if name in _PLAIN_DEFAULTS:
        return _PLAIN_DEFAULTS[name]
    raise AirflowError("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")


def _schedule_interval(dag: Instance) -> Value:
    """What Airflow 2 makes of `schedule`; a day when neither that nor a timetable was given."""
    schedule = dag.attrs.get("schedule", MISSING)
    if schedule is MISSING:
        return None if dag.attrs.get("timetable") is not None else timedelta(days=1)
    return "Dataset" if isinstance(schedule, list | tuple) else schedule


def _of(read: Any) -> Any:
    return lambda interp, value: read(dag_of(value)) if dag_of(value) is not None else None


def _set_dag_id(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dag = dag_of(args[0])
    if dag is not None and isinstance(args[1], str):
        dag.dag_id = args[1]
    elif dag is None:
        args[0].attrs["_dag_id"] = args[1]
    return None


def _fileloc(interp: Interpreter, value: Value) -> Value:
    dag = dag_of(value)
    module = dag.module if dag is not None and dag.module is not None else interp.main
    return interp.files.virtual(module.file.path)


def _folder(interp: Interpreter, value: Value) -> Value:
    return str(_fileloc(interp, value)).rpartition("/")[0]


DAG = make_class(
    "DAG",
    "airflow.models.dag.DAG",
    namespace=EDGE_METHODS
    | namespace_of(
        [
            *(_init, _enter, _exit, _add_task, _add_tasks, _get_task, _has_task, _set_dependency, _param, _missing),
            _topological_sort,
        ]
    )
    | dict.fromkeys(("cli", "test", "clear", "run", "sync_to_db", "validate"), _noop)
    | {
        "dag_id": ClassMember(
            "property",
            Native(
                "DAG.dag_id", lambda interp, a, k, s: d.dag_id if (d := dag_of(a[0])) else a[0].attrs.get("_dag_id")
            ),
            Native("DAG.dag_id.setter", _set_dag_id),
        ),
        "task": property_of("task", lambda interp, v: Partial(TASK, (), {"dag": v})),
        "tasks": property_of("tasks", _of(lambda dag: instances(list(dag.tasks.values())))),
        "task_ids": property_of("task_ids", _of(lambda dag: list(dag.tasks))),
        "task_dict": property_of("task_dict", _of(lambda dag: {k: t.instance for k, t in dag.tasks.items()})),
        "task_count": property_of("task_count", _of(lambda dag: len(dag.tasks))),
        "task_group": property_of("task_group", _of(lambda dag: dag.root.instance if dag.root else None)),
        "roots": property_of("roots", _of(lambda dag: instances([t for t in dag.tasks.values() if not t.upstream]))),
        "leaves": property_of(
            "leaves", _of(lambda dag: instances([t for t in dag.tasks.values() if not t.downstream]))
        ),
        "safe_dag_id": property_of("safe_dag_id", _of(lambda dag: dag.dag_id.replace(".", "__dot__"))),
        "fileloc": property_of("fileloc", _fileloc),
        "filepath": property_of("filepath", _fileloc),
        "full_filepath": property_of("full_filepath", _fileloc),
        "folder": property_of("folder", _folder),
    },
    traits={"dag"},
)


# --- @dag -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class DagFactory:
    """A function decorated with `@dag`, or (function None) the decorator that waits for it."""

    function: Value
    options: dict[str, Value] = field(default_factory=dict)
    options_at: dict[str, Argument] = field(default_factory=dict)


@method("dag")
def dag_decorator(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@dag`, `@dag(...)`."""
    if args and isinstance(args[0], Function | Instance) and not isinstance(getattr(args[0], "native", None), str):
        return Instance(DAG_FACTORY, native=DagFactory(args[0]))
    options = {**positional(args), **kwargs}
    return Instance(DAG_DECORATOR, native=DagFactory(None, options, arguments(interp, options, site)))


@method("_DagDecorator.__call__")
def _decorate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    waiting: DagFactory = args[0].native
    return Instance(DAG_FACTORY, native=DagFactory(args[1], waiting.options, waiting.options_at))


@method("_DagFactory.__call__")
def _build(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Makes the DAG and runs the function in it; its parameters become run parameters."""
    factory: DagFactory = args[0].native
    function = factory.function
    options = dict(factory.options)
    if not options.get("dag_id"):
        options["dag_id"] = function_name(interp, function)
    instance = Instance(DAG)
    dag = make_dag(interp, instance, options, site)
    dag.function = function
    for name, argument in factory.options_at.items():
        dag.arguments[name] = argument
    if isinstance(function, Function):
        dag.span = function.module.span(function.node)
        dag.module = function.module
        doc = interp.getattr(function, "__doc__", None, None)
        if isinstance(doc, str) and not instance.attrs.get("doc_md"):
            instance.attrs["doc_md"] = doc
    open_dag(interp, dag)
    try:
        interp.call(function, [], _run_parameters(interp, instance, function, args[1:], kwargs, site), site)
    finally:
        close_dag(interp, dag)
    return instance


def _run_parameters(
    interp: Interpreter, dag: Instance, function: Value, args: list[Value], kwargs: dict[str, Value], site: Any
) -> dict[str, Value]:
    function = unwrapped(function)
    if not isinstance(function, Function):
        return kwargs
    params = signature(function)
    given = bind(params.names, args, kwargs, function.name)
    bound = {name: given.get(name, function.defaults.get(name)) for name in params.all}
    missing = [name for name in params.all if name not in given and name not in function.defaults]
    if missing:
        raise AirflowError("TypeError", f"missing a required argument: '{missing[0]}'")
    return {name: dag_param(interp, dag, name, value, True, site) for name, value in bound.items()}


DAG_DECORATOR = make_class("_DagDecorator", "airflow.models.dag._DagDecorator", namespace=namespace_of([_decorate]))
DAG_FACTORY = make_class(
    "_DagFactory",
    "airflow.models.dag._DagFactory",
    namespace=namespace_of([_build])
    | {
        "__wrapped__": property_of("__wrapped__", lambda interp, v: v.native.function),
        "__name__": property_of("__name__", lambda interp, v: function_name(interp, v.native.function)),
        "__doc__": property_of("__doc__", lambda interp, v: interp.getattr(v.native.function, "__doc__", None, None)),
    },
)
