"""Dynamic mapping of classic operators: `Operator.partial(...).expand(...)` (`airflow/models/mappedoperator.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import (
    Argument,
    ClassMember,
    ClassValue,
    DagObject,
    GroupObject,
    Instance,
    Mapping,
    TaskObject,
    Value,
)
from parsers.airflow.overlays.airflow_core import arguments, method, place
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_mapping_checks import check_arguments, check_kwargs, check_results
from parsers.airflow.overlays.airflow_operators import BASE_OPERATOR, attach, current, known_class, make_task
from parsers.airflow.overlays.airflow_refs import depend_on_values
from parsers.airflow.overlays.registry import make_class, namespace_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


@dataclass(slots=True, eq=False)
class PartialOperator:
    """What `Operator.partial(...)` gave; the DAG and group are those of that moment."""

    cls: ClassValue
    given: dict[str, Value]
    found: dict[str, Argument]
    dag: DagObject | None
    group: GroupObject | None


@method("BaseOperator.partial")
def _partial(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = args[0]
    if not isinstance(cls, ClassValue):
        raise AirflowError("TypeError", "partial can only be called on Operator classes, not Tasks themselves")
    dag, group = current(interp, kwargs)
    return Instance(
        PARTIAL, native=PartialOperator(cls, kwargs, arguments(interp, kwargs, site, "partial"), dag, group)
    )


@method("OperatorPartial.expand")
def _expand(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    check_arguments(kwargs, args[0].native.given)
    check_results(kwargs)
    mapping = Mapping("product", arguments(interp, kwargs, site, "expand"), interp.span(site))
    return _mapped(interp, args[0].native, mapping, site)


@method("OperatorPartial.expand_kwargs")
def _expand_kwargs(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[1] if len(args) > 1 else kwargs.get("kwargs")
    check_kwargs(value)
    check_results(value)
    mapping = Mapping("kwargs", {"kwargs": Argument(value, place(interp, site), "expand")}, interp.span(site))
    return _mapped(interp, args[0].native, mapping, site)


def _mapped(interp: Interpreter, spec: PartialOperator, mapping: Mapping, site: Any) -> Value:
    given = dict(spec.given)
    if spec.dag is not None and spec.dag.instance is not None:
        given["dag"] = spec.dag.instance
    if spec.group is not None and spec.group.instance is not None:
        given["task_group"] = spec.group.instance
    task = make_task(interp, spec.cls, known_class(spec.cls), given, site, spec.found)
    task.call_arguments = dict(task.arguments)
    task.mapping = mapping
    instance = Instance(spec.cls)
    attach_mapped(interp, instance, task, site)
    return instance


def attach_mapped(interp: Interpreter, instance: Instance, task: TaskObject, site: Any) -> None:
    """Puts a mapped task into its DAG; its edges come from its partial arguments and from what it expands over."""
    attach(interp, instance, task)
    task.span, task.call_site = interp.call_site(site)
    depend_on_values(interp, task)


PARTIAL = make_class(
    "OperatorPartial",
    "airflow.models.mappedoperator.OperatorPartial",
    namespace=namespace_of([_expand, _expand_kwargs]),
)
BASE_OPERATOR.namespace["partial"] = ClassMember("classmethod", _partial)
