"""What the evaluated timetable, data set and duration objects say."""

from __future__ import annotations

from datetime import timedelta

from parsers.airflow.evaluator.values import Instance, Symbolic, Unknown, Value

DATA_CLASSES = frozenset(
    {"Dataset", "Asset", "DatasetAlias", "AssetAlias", "DatasetAll", "DatasetAny", "AssetAll", "AssetAny", "AssetRef"}
    | {"Model", "AssetNameRef", "AssetUriRef", "AssetDefinition", "MultiAssetDefinition"}
)
PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
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
    if not isinstance(value, Instance) or not value.cls.derives_from("relativedelta"):
        return None
    units = {"days": 86400, "weeks": 604800, "hours": 3600, "minutes": 60, "seconds": 1, "microseconds": 1e-6}
    amounts = {name: field(value, name) or 0 for name in (*units, "years", "months")}
    if any(isinstance(amount, Unknown | Symbolic) for amount in amounts.values()):
        return None
    absolute = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond")
    if any(field(value, name) is not None for name in absolute):
        return None
    if field(value, "days") and field(value, "weeks") and amounts["days"] >= 7 * amounts["weeks"]:
        amounts["weeks"] = 0
    seconds = sum(float(amounts[name]) * size for name, size in units.items())
    return (seconds, int(amounts["years"]) * 12 + int(amounts["months"]))
