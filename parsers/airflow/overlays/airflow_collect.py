"""Which DAGs of an evaluated file Airflow would see, made ready for the build (`models/dagbag.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from migrate.diagnostics.evaluation import Failure
from migrate.diagnostics.structure import DagIdTwice, DagNotRegistered, TasksMayBeMissing, TaskWithoutDag
from parsers.airflow.evaluator.values import Argument, DagObject, Instance, TaskObject, Unknown, Value
from parsers.airflow.overlays.airflow_core import AirflowState, dag_of, state
from parsers.airflow.overlays.airflow_dags import in_utc
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_operators import RENAMED_RULES, defaults_of
from parsers.airflow.overlays.airflow_refs import depend_on_values
from parsers.airflow.overlays.airflow_signatures import BASE, facts
from parsers.airflow.overlays.airflow_tree import dag_of_task
from parsers.airflow.overlays.plain import lower

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_WORD = re.compile(r"[^a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_ARGUMENTS = ("dag", "task_group", "task_id", "default_args")


def collect(interp: Interpreter, names: dict[str, Value]) -> list[DagObject]:
    """The DAGs of a file whose module has these names after its evaluation, in the order in which they were made.

    Those are DAGs bound to global names and DAGs that a `with` or `@dag` call closed (unless `auto_register=False`). Of
    two with the same id the last is kept. Everything that is left out is reported. DAGs inside a SubDagOperator are
    among them, marked `is_subdag`.
    """
    here = state(interp)
    found = _seen(here, names.values())
    subdags = {id(dag) for dag in here.dags if _is_subdag(dag, here)}
    kept: dict[str, DagObject] = {}
    for dag in here.dags:
        if id(dag) in subdags:
            dag.is_subdag = True
            kept[dag.dag_id] = dag
        elif id(dag) not in found:
            if dag.tasks:
                interp.report(DagNotRegistered(span=dag.span, dag_id=dag.dag_id))
        else:
            if dag.dag_id in kept:
                interp.report(DagIdTwice(span=kept[dag.dag_id].span, workflow=dag.dag_id, dag_id=dag.dag_id))
            kept[dag.dag_id] = dag
    _report_unknown(interp, names)
    for dag in here.dags:
        finish(interp, dag)
    for task in here.orphans:
        if dag_of_task(task) is None:
            interp.report(TaskWithoutDag(span=task.span, task=task.task_id, task_id=task.task_id))
    return list(kept.values())


def _report_unknown(interp: Interpreter, names: dict[str, Value]) -> None:
    """Global names that calls of functions that are not here gave, and that may be DAGs: the name or the function
    says so."""
    for name, value in names.items():
        if type(value) is not Unknown or not value.path.endswith("()"):
            continue
        function = value.path.removesuffix("()")
        words = {*_WORD.split(name.lower()), *_WORD.split(_CAMEL.sub("_", function.rpartition(".")[2]).lower())}
        if "dag" in words and value.origin is not None:
            interp.report(TasksMayBeMissing(span=value.origin, function=function))


def _seen(here: AirflowState, values: Iterable[Value]) -> set[int]:
    bound = {id(dag) for dag in map(dag_of, values) if dag is not None}
    return bound | {id(dag) for dag in here.registered}


def _is_subdag(dag: DagObject, here: AirflowState) -> bool:
    for other in here.dags:
        for task in other.tasks.values():
            argument = task.arguments.get("subdag")
            if argument is not None and dag_of(argument.value) is dag:
                return True
    return False


def finish(interp: Interpreter, dag: DagObject) -> None:
    """Brings arguments up to date with attributes that were set after the constructor ran, and adds the edges of
    results that were assigned to template fields later."""
    _finish_dag(dag)
    for task in dag.tasks.values():
        _finish_task(task)
        try:
            depend_on_values(interp, task)
        except AirflowError as error:
            text = f"{error.name}: {error.message}"
            interp.report(Failure(span=task.span, workflow=dag.dag_id, task=task.task_id, error=text))
    for group in dag.groups.values():
        place = group.arguments.get("default_args")
        group.default_args = {
            name: Argument(value, place.span if place is not None else group.span, "default_args")
            for name, value in defaults_of(group.instance).items()
        }


def _finish_dag(dag: DagObject) -> None:
    if dag.instance is None:
        return
    place = dag.arguments.get("default_args")
    span = place.span if place is not None else dag.span
    dag.default_args = {n: Argument(v, span, "default_args") for n, v in defaults_of(dag.instance).items()}
    for name, value in dag.instance.attrs.items():
        if name in ("default_args", "dag_id") or name.startswith("_"):
            continue
        old = dag.arguments.get(name)
        if name == "params":
            if value:
                dag.arguments[name] = (
                    old.moved(value, old.origin) if old is not None else Argument(value, dag.span, "class")
                )
        elif name == "tags":
            if value:
                dag.arguments[name] = old.moved(value, old.origin) if old is not None else Argument(value, dag.span)
        elif name in ("start_date", "end_date") and old is not None and _same_moment(old.value, value):
            continue  # its zone is that of the schedule
        elif old is None or old.value is not value:
            dag.arguments[name] = Argument(value, dag.span, "attribute")


def _same_moment(given: Value, now: Value) -> bool:
    return isinstance(given, datetime) and isinstance(now, datetime) and in_utc(given) == now


def _finish_task(task: TaskObject) -> None:
    attrs = task.instance.attrs if task.instance is not None else {}
    own = facts(task.operator.name).parameters or frozenset()
    for name, value in attrs.items():
        if name in _NOT_ARGUMENTS or name.startswith("_"):
            continue
        old = task.arguments.get(name)
        if old is not None:
            if old.value is not value:
                task.arguments[name] = old.moved(value, "attribute")
        elif name in BASE or name in own:
            task.arguments[name] = Argument(value, task.span, "attribute")
    rule = task.arguments.get("trigger_rule")
    if rule is not None:
        value = lower(rule.value)
        value = value.attrs.get("value") if isinstance(value, Instance) else value
        task.arguments["trigger_rule"] = rule.moved(
            RENAMED_RULES.get(value, value) if isinstance(value, str) else value, rule.origin
        )
