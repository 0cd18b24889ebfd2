"""Functions and small classes of `airflow.utils`, `airflow.macros` and friends that DAG files call while they load."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from migrate.ir import exprs
from parsers.airflow.evaluator.values import ClassMember, Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.overlays.airflow_core import bind, dag_of, method, property_of, state
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.plain import lower, pure
from parsers.airflow.overlays.registry import make_class
from parsers.airflow.overlays.symbolic_time import clock

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


@method("days_ago")
def days_ago(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`days_ago(n, hour=0, ...)`: midnight UTC, n days back."""
    given = bind(("n", "hour", "minute", "second", "microsecond"), args, kwargs, "days_ago")
    days = lower(given.pop("n", 0))
    now = clock(interp, "days_ago", site, dt.timezone.utc, "day")
    if not isinstance(now, Symbolic) or not isinstance(days, int) or any(given.values()):
        return interp.unknown("`days_ago` is the clock when the file is read", site)
    assert isinstance(now.expr, exprs.TimeRef)
    return Symbolic(now.expr.model_copy(update={"shifts": (exprs.TimeShift(days=-days),)}), now.unknown, now.type)


@method("timezone.utcnow")
def utcnow(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`timezone.utcnow()`."""
    return clock(interp, "timezone.utcnow()", site, dt.timezone.utc)


def _utc_datetime(*args: Any, **kwargs: Any) -> dt.datetime:
    kwargs.setdefault("tzinfo", dt.timezone.utc)
    return dt.datetime(*args, **kwargs)  # noqa: DTZ001


def _parse(text: str, timezone: Any = None) -> dt.datetime:
    made = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return made if made.tzinfo is not None else made.replace(tzinfo=timezone or dt.timezone.utc)


def _make_aware(value: dt.datetime | None, timezone: Any = None) -> dt.datetime | None:
    return value.replace(tzinfo=timezone or dt.timezone.utc) if value is not None else None


def _to_utc(value: dt.datetime | None) -> dt.datetime | None:
    if value is None or value.tzinfo is None:
        return _make_aware(value)
    return value.astimezone(dt.timezone.utc)


TIMEZONE: dict[str, Value] = {
    "datetime": pure("timezone.datetime", _utc_datetime),
    "parse": pure("timezone.parse", _parse),
    "make_aware": pure("timezone.make_aware", _make_aware),
    "convert_to_utc": pure("timezone.convert_to_utc", _to_utc),
    "is_naive": pure("timezone.is_naive", lambda value: value.tzinfo is None),
    "is_localized": pure("timezone.is_localized", lambda value: value.tzinfo is not None),
    "utcnow": utcnow,
    "utc": dt.timezone.utc,
}


def _ds_add(ds: str, days: int) -> str:
    return (dt.date.fromisoformat(ds) + dt.timedelta(days=days)).isoformat()


def _ds_format(ds: str, input_format: str, output_format: str) -> str:
    return dt.datetime.strptime(ds, input_format).strftime(output_format)  # noqa: DTZ007


MACROS: dict[str, Value] = {
    "ds_add": pure("macros.ds_add", _ds_add),
    "ds_format": pure("macros.ds_format", _ds_format),
}


def identity(name: str) -> Native:
    """A decorator that changes nothing here, with or without arguments."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return args[0] if args else Native(name, lambda i, a, k, s: a[0])

    return Native(name, call)


def nothing(name: str) -> Native:
    """A function with effects only (logging, metrics, mail), which do not matter while a file is read."""
    return Native(name, lambda interp, args, kwargs, site: None)


def always_true(name: str) -> Native:
    """A question about the installation that a working deployment answers with yes."""
    return Native(name, lambda interp, args, kwargs, site: True)


@method("literal")
def literal(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`literal(value)`: a value whose text is no template."""
    return Instance(LITERAL, {"value": args[0] if args else kwargs.get("value")})


@method("get_current_context")
def get_current_context(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Outside of a running task there is none."""
    raise AirflowError("AirflowException", "Current context was requested but no context was found!")


@method("get_parsing_context")
def get_parsing_context(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """As the DAG processor sees it: no DAG and no task in particular."""
    return Instance(PARSING_CONTEXT, {"dag_id": None, "task_id": None})


@method("DagContext.get_current_dag")
def current_dag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """The DAG of the innermost `with`."""
    dag = state(interp).contexts.dag()
    return dag.instance if dag is not None else None


@method("TaskGroupContext.get_current_task_group")
def current_group(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """The group of the innermost `with`, else the root group."""
    group = state(interp).contexts.group(dag_of(args[0]) if args else None)
    return group.instance if group is not None else None


@method("DagContext.push_context_managed_dag")
def push_dag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Opens a DAG without `with`."""
    state(interp).contexts.dags.append(dag_of(args[0]))
    return None


@method("DagContext.pop_context_managed_dag")
def pop_dag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Closes it again."""
    dags = state(interp).contexts.dags
    dag = dags.pop() if dags else None
    return dag.instance if dag is not None else None


def _log(interp: Interpreter, value: Value) -> Value:
    return Instance(LOGGER)


def _quiet(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return nothing(f"log.{args[1]}")


LITERAL = make_class("literal", "airflow.utils.template.literal")
PARSING_CONTEXT = make_class("AirflowParsingContext", "airflow.utils.dag_parsing_context.AirflowParsingContext")
LOGGER = make_class("Logger", "logging.Logger", namespace={"__getattr__": Native("Logger.__getattr__", _quiet)})
LOGGING_MIXIN = make_class(
    "LoggingMixin", "airflow.utils.log.logging_mixin.LoggingMixin", namespace={"log": property_of("log", _log)}
)
SKIP_MIXIN = make_class("SkipMixin", "airflow.models.skipmixin.SkipMixin", (LOGGING_MIXIN,))
OPERATOR_LINK = make_class("BaseOperatorLink", "airflow.models.baseoperatorlink.BaseOperatorLink")
PLUGIN = make_class("AirflowPlugin", "airflow.plugins_manager.AirflowPlugin", namespace={"name": None, "operators": []})
TIMETABLE = make_class("Timetable", "airflow.timetables.base.Timetable", traits={"partial"})
STATS = Instance(make_class("Stats", "airflow.stats.Stats", namespace={"__getattr__": Native("Stats", _quiet)}))
DAG_CONTEXT = make_class(
    "DagContext",
    "airflow.models.dag.DagContext",
    namespace={
        "get_current_dag": ClassMember("staticmethod", current_dag),
        "get_current": ClassMember("staticmethod", current_dag),
        "push_context_managed_dag": ClassMember("staticmethod", push_dag),
        "pop_context_managed_dag": ClassMember("staticmethod", pop_dag),
    },
)
GROUP_CONTEXT = make_class(
    "TaskGroupContext",
    "airflow.utils.task_group.TaskGroupContext",
    namespace={
        "get_current_task_group": ClassMember("staticmethod", current_group),
        "get_current": ClassMember("staticmethod", current_group),
    },
)
NOTSET = Instance(make_class("ArgNotSet", "airflow.utils.types.ArgNotSet"))


# --- rows of the metadata database --------------------------------------------------------------------------------

ORM_NAMES = {"XCom": "BaseXCom", "ImportError": "ParseImportError", "TaskFail": "TaskFail", "DagModel": "DagModel"}
"""Database classes whose name or columns DAG files (clean-up jobs) look at: the name that the class itself has."""

_GONE = {"TaskFail": ("execution_date",), "DagModel": ("last_scheduler_run",)}
"""Columns of old releases that are no more there."""


def _gone(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    raise interp.error("AttributeError", f"type object '{args[2].name}' has no attribute '{args[0].native}'")


_GONE_COLUMN = make_class("GoneColumn", "airflow.models.GoneColumn", namespace={"__get__": Native("__get__", _gone)})
_ORM: dict[str, Value] = {}


def orm_class(name: str) -> Value:
    """A class of `airflow.models` for rows of the database; its columns are unknown values."""
    if name not in _ORM:
        real = ORM_NAMES[name]
        columns: dict[str, Value] = {c: Instance(_GONE_COLUMN, native=c) for c in _GONE.get(name, ())}
        _ORM[name] = make_class(real, f"airflow.models.{real}", (), columns, opaque=True)
    return _ORM[name]


@method("DagBag.__init__")
def _no_dag_bag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs.update({"dags": {}, "import_errors": {}, "dag_ids": []})
    return None


def unknown_dag_bag(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Unknown:
    """`DagBag.get_dag(...)` reads other files."""
    return interp.unknown("other DAG files are not read at conversion", site)


DAG_BAG = make_class(
    "DagBag",
    "airflow.models.dagbag.DagBag",
    namespace={"__init__": _no_dag_bag, "get_dag": Native("DagBag.get_dag", unknown_dag_bag)},
)
