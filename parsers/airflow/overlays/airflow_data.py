"""Classes of Airflow that only carry data: data sets, timetables, params, hooks, notifiers.

An instance keeps its constructor's arguments as attributes, positional ones under their published names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import ClassValue, Instance, Native, Value
from parsers.airflow.overlays.airflow_core import arguments, method
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

PARAMETERS: dict[str, tuple[str, ...]] = {
    "Dataset": ("uri", "extra"),
    "DatasetAlias": ("name",),
    "AssetAlias": ("name", "group"),
    "AssetRef": ("name",),
    "Param": ("default", "description"),
    "CronDataIntervalTimetable": ("cron", "timezone"),
    "CronTriggerTimetable": ("cron",),
    "MultipleCronTriggerTimetable": (),
    "DeltaDataIntervalTimetable": ("delta",),
    "DeltaTriggerTimetable": ("delta",),
    "EventsTimetable": ("event_dates",),
    "DatasetOrTimeSchedule": (),
    "AssetOrTimeSchedule": (),
    "AssetTriggeredTimetable": ("assets",),
    "Secret": ("deploy_type", "deploy_target", "secret", "key"),
    "Volume": ("name", "configs"),
    "VolumeMount": ("name", "mount_path", "sub_path", "read_only"),
    "SlackWebhookNotifier": (),
}
"""Names of positional parameters, in order."""


@method("data.__init__")
def record(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Keeps the arguments as attributes; what has no name stands in `args`."""
    self = args[0]
    known = next((c for c in self.cls.mro if c.name in PARAMETERS), None)
    names = PARAMETERS[known.name] if known is not None else ()
    values = args[1:]
    self.attrs.update(dict(zip(names, values, strict=False)))
    if len(values) > len(names):
        self.attrs["args"] = tuple(values[len(names) :])
    self.attrs.update(kwargs)
    self.attrs["__arguments__"] = arguments(interp, kwargs, site)
    _complete(self)
    return None


def _complete(self: Instance) -> None:
    """What the constructors derive from their arguments."""
    attrs = self.attrs
    name = self.cls.name
    if any(c.name == "MultipleCronTriggerTimetable" for c in self.cls.mro):
        attrs["crons"] = list(attrs.get("args", ()))
    if name == "Asset":
        values = list(attrs.pop("args", ()))
        if values:
            attrs.setdefault("name", values[0])
        if len(values) > 1:
            attrs.setdefault("uri", values[1])
        attrs.setdefault("uri", attrs.get("name"))
        attrs.setdefault("name", attrs.get("uri"))
    if name == "Dataset":
        attrs.setdefault("name", attrs.get("uri"))
    if name == "Param":
        attrs["__required__"] = "default" not in attrs
        attrs.setdefault("default", None)
        attrs["value"] = attrs["default"]


def _join(kind: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        old = "Dataset" in args[0].cls.name
        cls = data_class(f"{'Dataset' if old else 'Asset'}{kind}", "")
        parts: list[Value] = []
        for value in args[:2]:
            same = isinstance(value, Instance) and value.cls is cls
            parts.extend(value.attrs["objects"] if same else [value])
        return Instance(cls, {"objects": tuple(parts)})

    return Native(f"data.{kind}", call)


@method("AssetAll.__init__")
def _all_of(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["objects"] = tuple(args[1:])
    return None


_CLASSES: dict[str, ClassValue] = {}
_DATA_SETS = ("Dataset", "Asset", "DatasetAlias", "AssetAlias", "DatasetAll", "DatasetAny", "AssetAll", "AssetAny")
_BASES = {"SubclassedTimetable": "Timetable"}


def data_class(name: str, path: str) -> ClassValue:
    """A class that keeps its arguments. Those that Airflow's own documentation names are one class for all paths."""
    key = name if name in PARAMETERS or name in _DATA_SETS else path or name
    if key not in _CLASSES:
        namespace: dict[str, Value] = {"__init__": record}
        bases: tuple[ClassValue, ...] = ()
        if name in _DATA_SETS:
            namespace.update({"__and__": _join("All"), "__or__": _join("Any")})
            if name.endswith(("All", "Any")):
                namespace["__init__"] = _all_of
        elif name.endswith("Timetable") and name != "Timetable":
            bases = (data_class("Timetable", "airflow.timetables.base.Timetable"),)
        _CLASSES[key] = make_class(name, path or f"airflow.{name}", bases, namespace, {"partial"})
    return _CLASSES[key]


def opaque_class(name: str, path: str) -> ClassValue:
    """A class whose behaviour is not modelled: it keeps its arguments, its methods give unknown values."""
    key = f"?{path}"
    if key not in _CLASSES:
        cls = make_class(name, path, (), {"__init__": record}, opaque=True)
        _CLASSES[key] = cls
    return _CLASSES[key]
