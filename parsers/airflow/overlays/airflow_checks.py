"""What Airflow refuses in the arguments of operators and DAGs when it loads a file (`airflow/models/baseoperator.py`,
`airflow/sensors/base.py`, `airflow/models/dag.py`). Values that are not known pass."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from parsers.airflow.evaluator.values import Argument, ClassValue, Value
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_signatures import facts
from parsers.airflow.overlays.plain import lower

_TAG_LENGTH = 100
_NO_CALLABLE = (str, bytes, int, float, list, tuple, dict, set)
_SINGLE = {
    "ExternalTaskSensor": (("external_task_id", "external_task_ids"), ("execution_delta", "execution_date_fn")),
}


def check_operator(operator: ClassValue, arguments: dict[str, Argument]) -> None:
    """Raises what Airflow raises for the arguments that reached a known operator's constructor."""
    values = {name: lower(argument.value) for name, argument in arguments.items()}
    _check_common(values)
    if operator.derives_from("BaseSensorOperator"):
        _check_sensor(values)
    if not operator.path.startswith("airflow."):
        return
    missing = sorted(facts(operator.name).required - values.keys())
    if missing and "**" not in values:
        raise AirflowError("AirflowException", f"missing keyword argument '{missing[0]}'")
    if isinstance(values.get("python_callable"), _NO_CALLABLE):
        raise AirflowError("AirflowException", "`python_callable` param must be callable")
    for names in _SINGLE.get(operator.name, ()):
        if sum(values.get(name) is not None for name in names) > 1:
            raise AirflowError("ValueError", f"Only one of {' or '.join(names)} may be provided to {operator.name}")


def _check_common(values: dict[str, Value]) -> None:
    limit = values.get("execution_timeout")
    if isinstance(limit, str | int | float):
        kind = type(limit).__name__
        raise AirflowError("ValueError", f"execution_timeout must be timedelta object but passed as type: {kind}")
    slots = values.get("pool_slots")
    if isinstance(slots, int) and slots < 1:
        raise AirflowError("ValueError", "pool slots cannot be less than 1")
    rule = values.get("weight_rule")
    if isinstance(rule, str) and "." not in rule and rule not in ("downstream", "upstream", "absolute"):
        raise AirflowError("AirflowException", f"Unknown priority strategy {rule}")


def _check_sensor(values: dict[str, Value]) -> None:
    mode = values.get("mode")
    if isinstance(mode, str) and mode not in ("poke", "reschedule"):
        raise AirflowError("AirflowException", f"The mode must be one of ['poke', 'reschedule']; received '{mode}'.")
    for name in ("poke_interval", "timeout"):
        value = values.get(name)
        wrong = isinstance(value, str) or (isinstance(value, int | float) and value < 0)
        if wrong or (isinstance(value, timedelta) and value < timedelta(0)):
            raise AirflowError(
                "AirflowException", f"Operator arg `{name}` must be timedelta object or a non-negative number"
            )


def check_dag(given: dict[str, Value], major: int) -> None:
    """Raises what Airflow raises for the arguments of `DAG(...)`."""
    values: dict[str, Any] = {name: lower(value) for name, value in given.items()}
    if isinstance(values.get("default_args"), str | int | list | tuple | set):
        raise AirflowError("TypeError", "default_args must be a dict")
    schedules = [values.get(name) for name in ("schedule_interval", "timetable", "schedule")]
    if sum(value is not None and value != "" and value is not False for value in schedules) > 1:
        raise AirflowError(
            "ValueError", "At most one allowed for args 'schedule_interval', 'timetable', and 'schedule'."
        )
    tags = values.get("tags")
    if isinstance(tags, str) and major == 2:
        raise AirflowError("TypeError", "'tags' has an invalid type <class 'str'>")
    for tag in tags if isinstance(tags, list | tuple | set) else ():
        if isinstance(tag, str) and len(tag) > _TAG_LENGTH:
            raise AirflowError("AirflowException", f"tag cannot be longer than {_TAG_LENGTH} characters")


def check_partial(names: Iterable[str], parameters: Iterable[str] | None) -> None:
    """`.partial()` of a decorated function takes its parameters only."""
    unknown = [] if parameters is None else [n for n in names if n not in set(parameters) and n != "**"]
    if unknown:
        raise AirflowError("TypeError", f"partial() got an unexpected keyword argument '{unknown[0]}'")
