"""`@asset` of Airflow 3: a DAG of one task that makes the asset (`airflow/sdk/definitions/asset/decorators.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import Argument, Function, Instance, Native, Value, XComArg
from parsers.airflow.overlays.airflow_core import arguments, method
from parsers.airflow.overlays.airflow_dags import DAG, close_dag, make_dag, open_dag
from parsers.airflow.overlays.airflow_data import data_class
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_groups import function_name
from parsers.airflow.overlays.airflow_operators import attach, make_task, operator_class
from parsers.airflow.overlays.airflow_taskflow import TASK_FACTORY
from parsers.airflow.overlays.registry import make_class, namespace_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_ASSET_ONLY = ("name", "uri", "group", "extra", "watchers", "outlets")


@dataclass(slots=True, eq=False)
class AssetSource:
    """The arguments of `@asset(...)` or `@asset.multi(...)`."""

    options: dict[str, Value]
    found: dict[str, Argument]
    multi: bool


@method("asset.__call__")
def _asset(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    multi = args[0].native == "multi"
    source = AssetSource(dict(kwargs), arguments(interp, kwargs, site), multi)
    return method("asset")(lambda i, a, k, s: _define(i, source, a[0], site))


def _asset_getattr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if args[1] == "multi":
        return Instance(ASSET_DECORATOR, native="multi")
    raise interp.error("AttributeError", args[1])


def _define(interp: Interpreter, source: AssetSource, function: Value, site: Any) -> Instance:
    name = source.options.get("name") or function_name(interp, function)
    outlets, made = _outlets(interp, source, name)
    options = {k: v for k, v in source.options.items() if k not in _ASSET_ONLY}
    options["catchup"] = False
    options["dag_id"] = options.get("dag_id") or (function_name(interp, function) if source.multi else name)
    instance = Instance(DAG)
    dag = make_dag(interp, instance, options, site)
    for key, argument in source.found.items():
        if key in options:
            dag.arguments[key] = argument
    dag.function = function
    open_dag(interp, dag)
    try:
        _task(interp, function, outlets, site)
    finally:
        close_dag(interp, dag)
    return made


def _outlets(interp: Interpreter, source: AssetSource, name: Value) -> tuple[list[Value], Instance]:
    if source.multi:
        listed = interp.items(source.options.get("outlets", []))
        if not listed:
            raise AirflowError("ValueError", "no outlets provided")
        return listed, Instance(data_class("AssetAll", ""), {"objects": tuple(listed), "name": name})
    attrs = {"name": name, "uri": source.options.get("uri") or name, "extra": source.options.get("extra", {})}
    asset = Instance(data_class("Asset", ""), attrs)
    return [asset], asset


def _task(interp: Interpreter, function: Value, outlets: list[Value], site: Any) -> None:
    if isinstance(function, Instance) and function.cls is TASK_FACTORY:
        function.native.options["outlets"] = outlets
        result = interp.call(function, [], {}, site)
        assert isinstance(result, XComArg)
        return
    cls = operator_class("PythonOperator")
    given: dict[str, Value] = {"task_id": function_name(interp, function), "outlets": outlets}
    task = make_task(interp, cls, cls, given, site, {})
    task.decorator, task.function = "asset", function
    attach(interp, Instance(cls), task)
    if isinstance(function, Function):
        task.span, task.call_site = function.module.span(function.node), None
    else:
        task.span, task.call_site = interp.call_site(site)


ASSET_DECORATOR = make_class(
    "asset",
    "airflow.sdk.asset",
    namespace=namespace_of([_asset]) | {"__getattr__": Native("asset.__getattr__", _asset_getattr)},
)
ASSET = Instance(ASSET_DECORATOR, native="asset")
