"""Text enumerations of Airflow: trigger rules, states, weight rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Value
from parsers.airflow.overlays.airflow_core import method
from parsers.airflow.overlays.enum_module import ENUM_META
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

TRIGGER_RULES = (
    *("all_success", "all_failed", "all_done", "all_done_setup_success", "all_done_min_one_success", "one_success"),
    *("one_failed", "one_done", "none_failed", "none_skipped", "none_failed_or_skipped", "none_failed_min_one_success"),
    *("always", "dummy", "all_skipped"),
)
STATES = (
    *(
        "success",
        "failed",
        "running",
        "queued",
        "scheduled",
        "restarting",
        "up_for_retry",
        "up_for_reschedule",
        "removed",
    ),
    *("upstream_failed", "skipped", "deferred", "shutdown"),
)
_NAMES: dict[str, tuple[str, ...]] = {
    "TriggerRule": TRIGGER_RULES,
    "TaskInstanceState": STATES,
    "DagRunState": ("queued", "running", "success", "failed"),
    "WeightRule": ("downstream", "upstream", "absolute"),
    "DagRunType": ("backfill", "scheduled", "manual", "asset_triggered"),
    "WeekDay": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
_SPECIAL = {("DagRunType", "backfill"): "BACKFILL_JOB"}


@method("Enum.__str__")
def _str(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return str(args[0].attrs["value"])


def _enum(name: str, values: tuple[str, ...]) -> ClassValue:
    cls = text_enum(name, f"airflow.utils.{name}", values)
    every = Native("all", lambda interp, args, kwargs, site: set(values))
    cls.namespace["all_triggers"] = ClassMember("staticmethod", every)
    return cls


def text_enum(name: str, path: str, values: tuple[str, ...]) -> ClassValue:
    """An enumeration of texts of a library; members are the values in capitals."""
    cls = make_class(name, path, (PLAIN[str],), traits={"enum"})
    members: dict[str, Value] = {}
    for number, value in enumerate(values, 1):
        key = _SPECIAL.get((name, value), value.upper())
        plain = number if name == "WeekDay" else value
        members[key] = Instance(cls, {"value": plain, "name": key, "_value_": plain, "_name_": key}, native=plain)
    cls.namespace.update(members)
    cls.namespace.update({"__str__": _str, "__enum_members__": members})
    cls.metaclass = ENUM_META
    return cls


ENUMS: dict[str, Value] = {name: _enum(name, values) for name, values in _NAMES.items()}
STATE = make_class("State", "airflow.utils.state.State")
STATE.namespace.update({**{value.upper(): value for value in STATES}, "NONE": None})
ENUMS["State"] = STATE
