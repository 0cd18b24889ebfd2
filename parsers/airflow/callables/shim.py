"""What the pods' small stand-in for the source framework offers to user code; anything else needs the real package."""

from __future__ import annotations

_EXCEPTIONS = frozenset(
    {
        "AirflowException",
        "AirflowSkipException",
        "AirflowFailException",
        "AirflowSensorTimeout",
        "AirflowTaskTimeout",
        "AirflowBadRequest",
        "AirflowNotFoundException",
        "AirflowConfigException",
        "AirflowTaskTerminated",
        "AirflowRescheduleException",
        "AirflowOptionalProviderFeatureException",
        "ParamValidationError",
        "TaskDeferred",
        "DownstreamTasksSkipped",
        "TaskNotFound",
        "XComNotFound",
    }
)
_CONTEXT = frozenset({"get_current_context", "get_parsing_context"})
_DECORATORS = frozenset({"task", "dag", "task_group", "setup", "teardown", "asset"})
_EDGES = frozenset({"chain", "cross_downstream", "chain_linear", "literal"})
_STATES = frozenset({"State", "TaskInstanceState", "DagRunState", "TerminalTIState"})
_ZONES = frozenset(
    {"utc", "utcnow", "datetime", "parse", "make_aware", "make_naive", "is_localized", "is_naive", "convert_to_utc"}
    | {"coerce_datetime"}
)

OFFERED: dict[str, frozenset[str]] = {
    "airflow": frozenset({"AirflowException", "__version__"}),
    "airflow.exceptions": _EXCEPTIONS,
    "airflow.sdk.exceptions": _EXCEPTIONS,
    "airflow.models": frozenset({"Variable", "Connection", "Param"}),
    "airflow.models.variable": frozenset({"Variable"}),
    "airflow.models.connection": frozenset({"Connection"}),
    "airflow.models.param": frozenset({"Param"}),
    "airflow.models.baseoperator": _EDGES,
    "airflow.operators.python": _CONTEXT,
    "airflow.providers.standard.operators.python": _CONTEXT,
    "airflow.sdk": frozenset({"Variable", "Connection", "Param", "BaseHook", "Label", "TriggerRule", "PokeReturnValue"})
    | _EXCEPTIONS
    | _DECORATORS
    | _CONTEXT
    | _EDGES,
    "airflow.sdk.bases.sensor": frozenset({"PokeReturnValue"}),
    "airflow.sdk.bases.hook": frozenset({"BaseHook"}),
    "airflow.sdk.definitions.param": frozenset({"Param"}),
    "airflow.sdk.timezone": _ZONES,
    "airflow.sensors.base": frozenset({"PokeReturnValue"}),
    "airflow.hooks.base": frozenset({"BaseHook"}),
    "airflow.hooks.base_hook": frozenset({"BaseHook"}),
    "airflow.decorators": _DECORATORS,
    "airflow.macros": frozenset({"ds_add", "ds_format", "datetime_diff_for_humans", "datetime", "timedelta", "time"}),
    "airflow.utils.dates": frozenset({"days_ago"}),
    "airflow.utils.edgemodifier": frozenset({"Label"}),
    "airflow.utils.helpers": _EDGES,
    "airflow.utils.log.logging_mixin": frozenset({"LoggingMixin"}),
    "airflow.utils.state": _STATES,
    "airflow.utils.timezone": _ZONES,
    "airflow.utils.trigger_rule": frozenset({"TriggerRule"}),
    "airflow.utils.weekday": frozenset({"WeekDay"}),
    "airflow.task.trigger_rule": frozenset({"TriggerRule"}),
}
_INERT = frozenset(
    {"operators", "sensors", "models", "dag", "timetables", "datasets", "assets", "notifications", "utils"}
)


def offered(module: str, name: str | None) -> bool:
    """Whether `from module import name` (None: `import module`) gives what the code expects."""
    names = OFFERED.get(module)
    if name is None:
        return names is not None
    return names is not None and name in names


def inert(module: str, name: str | None) -> bool:
    """Whether an import at the head of a bundled module only serves what makes tasks there (operators, DAG, ...): the
    stand-in lets it be imported, and nothing in a task's own code uses it."""
    parts = module.split(".")
    return module in ("airflow", "airflow.sdk") or name in ("DAG", "BaseOperator") or bool(_INERT & set(parts))
