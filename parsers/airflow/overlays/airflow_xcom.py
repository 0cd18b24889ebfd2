"""Results of tasks (`XComArg`): `task.output`, `result["key"]`, `.map`, `.zip`, as text in f-strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import MappedArgument, Value, XComArg
from parsers.airflow.overlays.airflow_core import method, property_of, task_of
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_nodes import EDGE_METHODS, GROUP_ENDS
from parsers.airflow.overlays.airflow_operators import BASE_OPERATOR
from parsers.airflow.overlays.airflow_tree import dag_of_task
from parsers.airflow.overlays.registry import make_class, namespace_of, register_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


@method("XComArg.__new__")
def _new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    task = task_of(args[1] if len(args) > 1 else kwargs.get("operator"))
    if task is None:
        raise AirflowError("TypeError", "XComArg needs an operator")
    return XComArg(task, key=args[2] if len(args) > 2 else kwargs.get("key", "return_value"))


@method("XComArg.__getitem__")
def _getitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    self, key = args
    if isinstance(key, int) and not isinstance(key, bool):
        raise AirflowError("ValueError", "XComArg only supports str lookup, received int")
    return XComArg(self.task, key=key) if self.op == "pull" else XComArg(None, key=key, op="map", of=self)


@method("XComArg.__iter__")
def _iter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    raise AirflowError("TypeError", "'XComArg' object is not iterable")


@method("XComArg.map")
def _map(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return XComArg(None, op="map", of=args[0], function=args[1] if len(args) > 1 else kwargs.get("f"))


@method("XComArg.filter")
def _filter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return XComArg(None, op="filter", of=args[0], function=args[1] if len(args) > 1 else kwargs.get("f"))


@method("XComArg.zip")
def _zip(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return XComArg(None, op="zip", others=tuple(args), fill=kwargs.get("fillvalue"))


@method("XComArg.concat")
def _concat(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return XComArg(None, op="concat", others=tuple(args))


@method("XComArg.__str__")
def _str(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """As a template that pulls the value when the task runs (`PlainXComArg.__str__`)."""
    return pull_template(args[0])


@method("XComArg.__format__")
def _format(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return pull_template(args[0])


def pull_template(value: XComArg) -> str:
    """The Jinja text that stands for a result inside other text."""
    if value.task is None:
        raise AirflowError("AirflowException", "only the plain result of a task can be put into text")
    dag = dag_of_task(value.task)
    dag_id = dag.dag_id if dag is not None else ""
    pull = f"task_ids='{value.task.task_id}', dag_id='{dag_id}', key={value.key!r}"
    return f"{{{{ task_instance.xcom_pull({pull}) }}}}"


@method("XComArg.__eq__")
def _eq(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    self, other = args
    return isinstance(other, XComArg) and (
        self is other or (self.op == other.op == "pull" and self.task is other.task and self.key == other.key)
    )


@method("XComArg.__bool__")
def _bool(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return True


def _operator(interp: Interpreter, value: Value) -> Value:
    task = task_of(value)
    return task.instance if task is not None else None


@method("XComArg.__getattr__")
def _getattr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    raise AirflowError("AttributeError", f"'PlainXComArg' object has no attribute '{args[1]}'")


_SHARED = ("as_setup", "as_teardown", "__enter__", "__exit__", "is_setup", "is_teardown")

XCOM_ARG = make_class(
    "XComArg",
    "airflow.models.xcom_arg.XComArg",
    namespace=EDGE_METHODS
    | GROUP_ENDS
    | namespace_of([_new, _getitem, _iter, _map, _filter, _zip, _concat, _str, _format, _eq, _bool])
    | {name: BASE_OPERATOR.namespace[name] for name in _SHARED}
    | {
        "operator": property_of("operator", _operator),
        "key": property_of("key", lambda interp, v: v.key),
        "node_id": property_of("node_id", lambda interp, v: getattr(task_of(v), "task_id", None)),
    },
)
register_class(XComArg, XCOM_ARG)

MAPPED_ARGUMENT = make_class("MappedArgument", "airflow.models.expandinput.MappedArgument")
register_class(MappedArgument, MAPPED_ARGUMENT)
