"""Names of Airflow's template context as expressions (`airflow/utils/context.py`)."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.ir.exprs import Expr, RunRef, TimeRef, TimeShift
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject
from parsers.airflow.jinja.errors import CannotSayError
from parsers.airflow.to_json import NotConstantError, to_json

_DAY = "%Y-%m-%d"
_BEFORE, _AFTER = TimeShift(days=-1), TimeShift(days=1)


def _time(of: str, layout: str | None = None, *shifts: TimeShift) -> TimeRef:
    return TimeRef.model_validate({"of": of, "layout": layout, "shifts": shifts})


TIMES: dict[str, Expr] = {
    "ds": _time("logical", _DAY),
    "ds_nodash": _time("logical", "%Y%m%d"),
    "ts": _time("logical", "iso"),
    "ts_nodash": _time("logical", "%Y%m%dT%H%M%S"),
    "ts_nodash_with_tz": _time("logical", "%Y%m%dT%H%M%S%z"),
    "logical_date": _time("logical"),
    "execution_date": _time("logical"),
    "data_interval_start": _time("interval_start"),
    "data_interval_end": _time("interval_end"),
    "yesterday_ds": _time("logical", _DAY, _BEFORE),
    "yesterday_ds_nodash": _time("logical", "%Y%m%d", _BEFORE),
    "tomorrow_ds": _time("logical", _DAY, _AFTER),
    "tomorrow_ds_nodash": _time("logical", "%Y%m%d", _AFTER),
    "prev_ds": _time("previous_logical", _DAY),
    "prev_ds_nodash": _time("previous_logical", "%Y%m%d"),
    "next_ds": _time("next_logical", _DAY),
    "next_ds_nodash": _time("next_logical", "%Y%m%d"),
    "prev_execution_date": _time("previous_logical"),
    "next_execution_date": _time("next_logical"),
    "run_id": RunRef(field="run_id"),
    "task_instance_key_str": RunRef(field="task_key"),
    "latest_date": _time("logical", _DAY),
    "END_DATE": _time("logical", _DAY),
    "end_date": _time("logical", _DAY),
}
HISTORY = frozenset(
    {"prev_data_interval_start_success", "prev_data_interval_end_success", "prev_start_date_success"}
    | {"prev_execution_date_success", "prev_end_date_success"}
)
"""Facts about earlier runs: None, as in a first run."""
ROOTS = frozenset(
    {"dag", "task", "ti", "task_instance", "dag_run", "params", "var", "conn", "macros", "outlets", "inlets"}
    | {"expanded_ti_count", "triggering_dataset_events", "triggering_asset_events", "outlet_events", "inlet_events"}
    | {"templates_dict", "test_mode", "map_index_template", "exception", "try_number", "start_date", "conf"}
    | {"task_reschedule_count"}
)
"""Names that mean something only with what follows them."""
JINJA_GLOBALS = frozenset(
    {"range", "dict", "lipsum", "cycler", "joiner", "namespace", "loop", "self", "super", "caller"}
)

_RUN_TIMES = {
    "logical_date": "logical",
    "execution_date": "logical",
    "data_interval_start": "interval_start",
    "data_interval_end": "interval_end",
}


def known(name: str, context: DagContext) -> bool:
    """Whether runs have this name."""
    return name in TIMES or name in ROOTS or name in HISTORY or name in context.macros or name in JINJA_GLOBALS


def bare(name: str, context: DagContext, task: TaskObject | None) -> Any:
    """The value of a whole name. Raises CannotSayError."""
    if name in context.macros:
        return constant_macro(context.macros[name])
    if name in TIMES:
        return TIMES[name]
    if name in HISTORY:
        return exprs.Literal(value=None)
    if name == "dag":
        return exprs.Literal(value=f"<DAG: {context.dag.dag_id}>")
    raise CannotSayError(name)


def constant_macro(value: Any) -> Expr:
    """A user's macro that is plain data."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return exprs.Literal(value=plain_value(value))
    raise CannotSayError("macro")


def plain_value(value: Any) -> Any:
    """A value that JSON can say. Raises CannotSayError for another, and where a part of it is not known: attributes and
    texts of those are the pod's affair."""
    try:
        found = to_json(value)
    except NotConstantError as error:
        raise CannotSayError(str(error)) from None
    if found != value or type(found) is not type(value):
        raise CannotSayError("a value that is no JSON")
    return found


def run_attribute(name: str, context: DagContext) -> Expr:
    """`dag_run.<name>`."""
    if name in _RUN_TIMES:
        return _time(_RUN_TIMES[name])
    if name == "run_id":
        return RunRef(field="run_id")
    if name == "run_type":
        return RunRef(field="run_type")
    if name == "dag_id":
        return exprs.Literal(value=context.dag.dag_id)
    if name == "conf":
        return exprs.RunConfRef()
    raise CannotSayError(name)


def instance_attribute(name: str, context: DagContext, task: TaskObject | None) -> Expr:
    """`ti.<name>`."""
    if name == "task_id" and task is not None:
        return exprs.Literal(value=task.task_id)
    if name == "dag_id":
        return exprs.Literal(value=context.dag.dag_id)
    if name == "run_id":
        return RunRef(field="run_id")
    if name == "try_number":
        return RunRef(field="try_number")
    if name == "map_index":
        return RunRef(field="item_index") if task is None or _mapped(task) else exprs.Literal(value=-1)
    if name in ("execution_date", "logical_date"):
        return _time("logical")
    raise CannotSayError(name)


def _mapped(task: TaskObject) -> bool:
    """Whether a task has several instances: it or a group around it is expanded."""
    group = task.group
    while group is not None and group.mapping is None:
        if group.parent is None:
            return task.mapping is not None
        group = group.parent
    return True


def task_attribute(name: str, task: TaskObject | None) -> Expr:
    """`task.<name>`."""
    if name == "task_id" and task is not None:
        return exprs.Literal(value=task.task_id)
    raise CannotSayError(name)


def dag_attribute(name: str, context: DagContext) -> Expr:
    """`dag.<name>`."""
    if name == "dag_id":
        return exprs.Literal(value=context.dag.dag_id)
    raise CannotSayError(name)
