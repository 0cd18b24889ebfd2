"""What the evaluated timetable, data set and duration objects say."""

from __future__ import annotations

from datetime import timedelta

from parsers.airflow.evaluator.values import Instance, Value

DATA_CLASSES = frozenset(
    {"Dataset", "Asset", "DatasetAlias", "AssetAlias", "DatasetAll", "DatasetAny", "AssetAll", "AssetAny", "AssetRef"}
    | {"Model", "AssetNameRef", "AssetUriRef", "AssetDefinition", "MultiAssetDefinition"}
)
_JOINS = {"DatasetAll": "&", "AssetAll": "&", "DatasetAny": "|", "AssetAny": "|"}


def field(instance: Instance, *names: str) -> Value:
    """The first attribute of these names that an object has."""
    for name in names:
        if name in instance.attrs:
            return instance.attrs[name]
    return None


def is_data(value: Value) -> bool:
    """Whether a value is a data set, an asset, or an expression of such."""
    return isinstance(value, Instance) and any(c.name in DATA_CLASSES for c in (value.cls, *value.cls.mro))


def data_names(value: Value) -> tuple[list[str], str]:
    """Names of data sets in order, and the condition as text (`a & (b | c)`)."""
    if isinstance(value, list | tuple | set | frozenset):
        parts = [data_names(item) for item in value]
        return ([name for names, _ in parts for name in names], " & ".join(text for _, text in parts))
    if isinstance(value, str):
        return ([value], value)
    if not isinstance(value, Instance):
        return ([], "?")
    join = next((_JOINS[c.name] for c in (value.cls, *value.cls.mro) if c.name in _JOINS), None)
    if join is not None:
        members = field(value, "objects", "items", "args") or ()
        parts = [data_names(item) for item in members]
        texts = [f"({text})" if " " in text else text for _, text in parts]
        return ([name for names, _ in parts for name in names], f" {join} ".join(texts))
    name = field(value, "uri", "name", "dataset_id")
    text = name if isinstance(name, str) else "?"
    return ([text], text)


def duration(value: Value) -> tuple[float, int] | None:
    """(seconds, months) of a timedelta or relativedelta; None for anything else."""
    if isinstance(value, timedelta):
        return (value.total_seconds(), 0)
    if type(value).__name__ == "relativedelta":
        amounts = {name: getattr(value, name) for name in (*_UNITS, "years", "months", *_ABSOLUTE)}
        amounts["weeks"] = 0
        return _length(amounts)
    if isinstance(value, Instance) and value.cls.derives_from("relativedelta"):
        amounts = {name: field(value, name) for name in (*_UNITS, "years", "months", *_ABSOLUTE)}
        if amounts["weeks"] and (amounts["days"] or 0) >= 7 * amounts["weeks"]:
            amounts["weeks"] = 0
        return _length(amounts)
    return None


def _length(amounts: dict[str, Value]) -> tuple[float, int] | None:
    """Fixed and calendar part of a relativedelta; None when it sets a unit instead of adding to it."""
    if any(amounts[name] is not None for name in _ABSOLUTE):
        return None
    known = {name: amounts[name] or 0 for name in (*_UNITS, "years", "months")}
    if not all(isinstance(amount, int | float) for amount in known.values()):
        return None
    seconds = sum(float(known[name]) * size for name, size in _UNITS.items())
    return (seconds, int(known["years"]) * 12 + int(known["months"]))


_UNITS = {"days": 86400.0, "weeks": 604800.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "microseconds": 1e-6}
_ABSOLUTE = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond")
