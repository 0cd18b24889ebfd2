"""TaskFlow: `@task` and its variants (`airflow/decorators/base.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.callables.signature import CONTEXT_KEYS
from parsers.airflow.evaluator.values import (
    Argument,
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    Mapping,
    Native,
    Partial,
    Value,
    XComArg,
)
from parsers.airflow.overlays.airflow_checks import check_partial
from parsers.airflow.overlays.airflow_core import arguments, method, parameter_names, place, property_of, signature
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_groups import GROUP_FACTORY, function_name
from parsers.airflow.overlays.airflow_mapping import attach_mapped
from parsers.airflow.overlays.airflow_mapping_checks import check_arguments, check_kwargs, check_results
from parsers.airflow.overlays.airflow_operators import attach, current, make_task, merged_defaults, operator_class
from parsers.airflow.overlays.airflow_refs import depend_on_values
from parsers.airflow.overlays.airflow_tree import unique_task_id
from parsers.airflow.overlays.registry import make_class, namespace_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

OPERATORS = {
    "task": "PythonOperator",
    "task.python": "PythonOperator",
    "task.bash": "BashOperator",
    "task.branch": "BranchPythonOperator",
    "task.short_circuit": "ShortCircuitOperator",
    "task.sensor": "PythonSensor",
    "task.virtualenv": "PythonVirtualenvOperator",
    "task.external_python": "ExternalPythonOperator",
    "task.branch_virtualenv": "BranchPythonVirtualenvOperator",
    "task.branch_external_python": "BranchExternalPythonOperator",
    "task.docker": "DockerOperator",
    "task.kubernetes": "KubernetesPodOperator",
    "task.kubernetes_cmd": "KubernetesPodOperator",
    "task.sql": "SQLExecuteQueryOperator",
    "task.pyspark": "PythonOperator",
    "task.snowpark": "SnowparkOperator",
}
"""The classic operator behind each decorator; others get a class named after them."""

_MAPPINGS = (
    "dict",
    "Dict",
    "Mapping",
    "MutableMapping",
    "OrderedDict",
    "defaultdict",
    "DefaultDict",
    "TypedDict",
    "Counter",
)
_CALLABLE = (Function, Native, BoundMethod, Partial)


@dataclass(slots=True, eq=False)
class TaskFactory:
    """A decorated function (or, without function, the decorator that waits for it)."""

    kind: str
    function: Value = None
    options: dict[str, Value] = field(default_factory=dict)
    options_at: dict[str, Argument] = field(default_factory=dict)
    partial: dict[str, Value] = field(default_factory=dict)
    is_setup: bool = False
    is_teardown: bool = False
    fail_dagrun: bool = False
    node: cst.CSTNode | None = None

    def copy(self, **changes: Any) -> TaskFactory:
        """Another one with its own dictionaries."""
        new = replace(self, **changes)
        new.options, new.options_at, new.partial = dict(new.options), dict(new.options_at), dict(new.partial)
        return new


def _factory(interp: Interpreter, spec: TaskFactory, function: Value) -> Instance:
    if isinstance(function, Instance) and isinstance(function.native, TaskFactory):
        function = function.native.function
    if isinstance(function, Instance) and function.cls is GROUP_FACTORY:
        raise AirflowError("TypeError", "a task group cannot be a task")
    if isinstance(function, Function) and "self" in signature(function).names[:1]:
        raise AirflowError("TypeError", f"@{spec.kind} does not support methods")
    made = spec.copy(function=function)
    if isinstance(function, Function) and "multiple_outputs" not in made.options and _returns_mapping(function):
        made.options_at["multiple_outputs"] = Argument(True, None, "class")
        made.options["multiple_outputs"] = True
    return Instance(TASK_FACTORY, native=made)


def _returns_mapping(function: Function) -> bool:
    """Whether the return annotation is a mapping type: then each key becomes a result of its own."""
    node = function.node
    if not isinstance(node, cst.FunctionDef) or node.returns is None:
        return False
    annotation: cst.BaseExpression = node.returns.annotation
    if isinstance(annotation, cst.Subscript):
        annotation = annotation.value
    name = annotation.attr if isinstance(annotation, cst.Attribute) else annotation
    text = name.value if isinstance(name, cst.Name) else ""
    if isinstance(annotation, cst.SimpleString):
        text = str(annotation.evaluated_value).partition("[")[0].rpartition(".")[2]
    if text in _MAPPINGS:
        return True
    if not text or text[:1].islower():
        return False
    value = function.scope.lookup(text)
    return isinstance(value, ClassValue) and any(value.derives_from(m) for m in ("TypedDict", "dict"))


# --- the decorators ------------------------------------------------------------


def _decorator(kind: str) -> Instance:
    return Instance(TASK_DECORATOR, native=TaskFactory(kind))


@method("task.__call__")
def _task_call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@task` over a function, or `@task(...)`."""
    spec: TaskFactory = args[0].native
    rest = args[1:]
    function = rest[0] if rest else kwargs.get("python_callable")
    if function is not None:
        made = spec.copy()
        extra = {k: v for k, v in kwargs.items() if k != "python_callable"}
        made.options.update(extra)
        made.options_at.update(arguments(interp, extra, site))
        return _factory(interp, made, function)
    made = spec.copy()
    made.options.update(kwargs)
    made.options_at.update(arguments(interp, kwargs, site))
    return Instance(TASK_DECORATOR, native=made)


@method("task.__getattr__")
def _task_getattr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    spec: TaskFactory = args[0].native
    name = args[1]
    if name.startswith("__"):
        raise AirflowError("AttributeError", f"task decorator {name!r} not found")
    if name in ("run_if", "skip_if") and spec.kind == "task":
        return Instance(CONDITION, native=name)
    return _decorator(f"{spec.kind}.{name}")


def _condition(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@task.run_if(condition, skip_message=None)`: gives the decorator for an already decorated task."""
    name = args[0].native
    condition = args[1] if len(args) > 1 else kwargs.get("condition")
    argument = Argument(condition, place(interp, site))

    def apply(interp: Interpreter, inner: list[Value], kw: dict[str, Value], at: Any) -> Value:
        target = inner[0]
        if not (isinstance(target, Instance) and isinstance(target.native, TaskFactory)):
            raise AirflowError(
                "TypeError", f"{name} can only be used with task. decorate with @task before @task.{name}."
            )
        made = target.native.copy()
        made.options[name] = condition
        made.options_at[name] = argument
        return Instance(TASK_FACTORY, native=made)

    return method(name)(apply)


@method("setup")
def setup_decorator(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@setup`, above `@task` or alone."""
    return _marked(interp, args[0], is_setup=True)


@method("teardown")
def teardown_decorator(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`@teardown`, `@teardown(on_failure_fail_dagrun=...)`."""
    fail = kwargs.get("on_failure_fail_dagrun", False) is True
    target = args[0] if args else kwargs.get("_func")
    if target is not None:
        return _marked(interp, target, is_teardown=True, fail_dagrun=fail)
    return method("teardown")(lambda i, a, k, s: _marked(i, a[0], is_teardown=True, fail_dagrun=fail))


def _marked(interp: Interpreter, target: Value, **marks: bool) -> Value:
    if isinstance(target, Instance) and isinstance(target.native, TaskFactory):
        made = target.native.copy(**marks)
        return Instance(TASK_FACTORY, native=made)
    made = _factory(interp, TaskFactory("task"), target).native
    return Instance(TASK_FACTORY, native=made.copy(**marks))


# --- decorated functions ------------------------------------------------------------


@method("_TaskDecorator.__call__")
def _call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for value in (*args[1:], *kwargs.values()):
        interp.meter.weigh(value)
    task = _make(interp, args[0].native, list(args[1:]), kwargs, None, site)
    return XComArg(task)


@method("_TaskDecorator.expand")
def _expand(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    factory: TaskFactory = args[0].native
    check_arguments(kwargs, factory.partial, parameter_names(factory.function))
    check_results(kwargs)
    mapping = Mapping("product", arguments(interp, kwargs, site, "expand"), interp.span(site))
    return XComArg(_make(interp, args[0].native, [], {}, mapping, site))


@method("_TaskDecorator.expand_kwargs")
def _expand_kwargs(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[1] if len(args) > 1 else kwargs.get("kwargs")
    check_kwargs(value)
    check_results(value)
    mapping = Mapping("kwargs", {"kwargs": Argument(value, place(interp, site), "expand")}, interp.span(site))
    return XComArg(_make(interp, args[0].native, [], {}, mapping, site))


@method("_TaskDecorator.partial")
def _partial(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    made = args[0].native.copy()
    check_partial(kwargs, parameter_names(made.function))
    made.partial.update(kwargs)
    return Instance(TASK_FACTORY, native=made)


@method("_TaskDecorator.override")
def _override(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    made = args[0].native.copy()
    made.options.update(kwargs)
    made.options_at.update(arguments(interp, kwargs, site))
    return Instance(TASK_FACTORY, native=made)


def decorated_class(kind: str) -> ClassValue:
    """The operator class behind a decorator."""
    if kind in OPERATORS:
        return operator_class(OPERATORS[kind])
    words = kind.partition(".")[2].replace(".", "_").split("_")
    name = "".join(word.capitalize() for word in words) + "Operator"
    return operator_class(name, f"airflow.decorators.{kind.partition('.')[2]}.{name}")


def _make(
    interp: Interpreter,
    spec: TaskFactory,
    args: list[Value],
    kwargs: dict[str, Value],
    mapping: Mapping | None,
    site: Any,
) -> Any:
    given = {"task_id": function_name(interp, spec.function), **spec.options}
    if spec.is_teardown:
        given["trigger_rule"] = "all_done_setup_success"
    fail = given.pop("on_failure_fail_dagrun", spec.fail_dagrun)
    dag, group = current(interp, given)
    label = given["task_id"]
    merged = merged_defaults(interp, dict(given))
    cls = decorated_class(spec.kind)
    if isinstance(label, str):
        given["task_id"] = unique_task_id(label, dag, group)
    task = make_task(interp, cls, cls, given, site, spec.options_at)
    task.decorator, task.function, task.mapping = spec.kind, spec.function, mapping
    task.call_args = [*args, *_extra(interp, given.get("op_args"))]
    task.call_kwargs = {**spec.partial, **_keywords(given.get("op_kwargs")), **kwargs}
    if mapping is None and isinstance(spec.function, Function):
        complete = all(isinstance(given.get(n, ()), list | tuple | dict | None) for n in ("op_args", "op_kwargs"))
        _check_call(interp, spec.function, task.call_args, task.call_kwargs, merged, complete)
    task.is_setup, task.is_teardown = spec.is_setup, spec.is_teardown
    task.on_failure_fail_dagrun = fail is True
    instance = Instance(cls)
    if mapping is not None:
        attach_mapped(interp, instance, task, site)
        return task
    attach(interp, instance, task)
    task.span, task.call_site = interp.call_site(site)
    depend_on_values(interp, task)
    return task


def _extra(interp: Interpreter, value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else []


def _keywords(value: Value) -> dict[str, Value]:
    return {k: v for k, v in value.items() if isinstance(k, str)} if isinstance(value, dict) else {}


def _check_call(
    interp: Interpreter,
    function: Function,
    args: list[Value],
    kwargs: dict[str, Value],
    defaults: dict[str, Value],
    complete: bool,
) -> None:
    """Fills parameters from `default_args` and refuses arguments that the function does not take, and their lack
    (when `complete`: all arguments are known)."""
    params = signature(function)
    for name in params.all[len(args) :]:
        if name not in kwargs and name in defaults:
            kwargs[name] = defaults[name]
    if len(args) > len(params.names) and not params.star:
        raise AirflowError("TypeError", "too many positional arguments")
    if not params.star_star:
        for name in kwargs:
            if name not in params.all:
                raise AirflowError("TypeError", f"got an unexpected keyword argument '{name}'")
    given = {*params.names[: len(args)], *kwargs}
    missing = [n for n in params.all if n not in given | params.defaults and n not in CONTEXT_KEYS]
    if missing and complete and "**" not in kwargs:
        raise AirflowError("TypeError", f"missing a required argument: '{missing[0]}'")


def _flag(name: str) -> ClassMember:
    def read(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return getattr(args[0].native, name)

    def write(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        setattr(args[0].native, name, args[1] is True)
        return None

    return ClassMember("property", Native(name, read), Native(name, write))


@method("_TaskDecorator.__getattr__")
def _getattr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Attributes of the function (`functools.wraps`)."""
    return interp.getattr(args[0].native.function, args[1], site)


TASK_DECORATOR = make_class(
    "TaskDecoratorCollection",
    "airflow.decorators.TaskDecoratorCollection",
    namespace=namespace_of([_task_call, _task_getattr]),
)
CONDITION = make_class(
    "_Condition", "airflow.decorators.condition", namespace={"__call__": method("condition")(_condition)}
)
TASK_FACTORY = make_class(
    "_TaskDecorator",
    "airflow.decorators.base._TaskDecorator",
    namespace=namespace_of([_call, _expand, _expand_kwargs, _partial, _override, _getattr])
    | {
        "function": property_of("function", lambda interp, v: v.native.function),
        "__wrapped__": property_of("__wrapped__", lambda interp, v: v.native.function),
        "__name__": property_of("__name__", lambda interp, v: function_name(interp, v.native.function)),
        "__doc__": property_of("__doc__", lambda interp, v: interp.getattr(v.native.function, "__doc__", None, None)),
        "kwargs": property_of("kwargs", lambda interp, v: v.native.options),
        "is_setup": _flag("is_setup"),
        "is_teardown": _flag("is_teardown"),
    },
)
TASK = _decorator("task")
