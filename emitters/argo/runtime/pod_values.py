"""JSON with types: what tasks hand to each other.

Values that JSON has no form for are objects with one key that starts with `$` (`{"$tuple": [...]}`, `{"$datetime":
iso}` ...); a real mapping of that look is wrapped as `{"$dict": {...}}`. `{"$absent": true}` stands for
an instance of a fanned-out task that produced no value.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import json
import pathlib
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pod_errors
from pod_time import DateTime

ABSENT = {"$absent": True}
NOTHING = ("", "null", json.dumps(ABSENT))
"""Texts of an output that nothing was written to. A null that a task has produced has a space before it."""


class Late:
    """An exception in place of a value: whoever reads the value gets it raised."""

    def __init__(self, end, text):
        self.end = end
        self.text = text

    @classmethod
    def of(cls, error):
        end = "skip" if pod_errors.is_skip(error) else "fail" if pod_errors.is_final(error) else "error"
        return cls(end, f"{type(error).__name__}: {error}")

    def throw(self):
        raise {"skip": pod_errors.Skipped, "fail": pod_errors.Failed}.get(self.end, RuntimeError)(self.text)


def checked(value):
    """The value itself; raises what stands in its place."""
    if isinstance(value, Late):
        value.throw()
    return value


class CannotSerialize(TypeError):
    """A value that the source system could not keep either."""


def pack(value, depth=0):
    """A value as tagged JSON data. Raises CannotSerialize for what has no JSON form."""
    if depth > 30:
        raise RecursionError("maximum recursion depth reached for serialization")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, LazySequence):
        return [pack(item, depth + 1) for item in value]
    if isinstance(value, list):
        return [pack(item, depth + 1) for item in value]
    if isinstance(value, dict):
        plain = {str(key): pack(item, depth + 1) for key, item in value.items()}
        return {"$dict": plain} if len(plain) == 1 and next(iter(plain)).startswith("$") else plain
    for test in (_pack_late, _pack_collection, _pack_time, _pack_object):
        packed = test(value, depth)
        if packed is not None:
            return packed
    raise CannotSerialize(f"cannot serialize object of type {type(value)}")


def _pack_collection(value, depth):
    if isinstance(value, tuple):
        return {"$tuple": [pack(item, depth + 1) for item in value]}
    if isinstance(value, frozenset):
        return _pack_set(value, depth)  # as in Airflow, whose XComs give a list back
    if isinstance(value, set):
        return {"$set": _pack_set(value, depth)}
    return None


def _pack_set(value, depth):
    try:
        items = sorted(value)
    except TypeError:
        items = sorted(value, key=repr)
    return [pack(item, depth + 1) for item in items]


def _pack_time(value, depth):
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$timedelta": value.total_seconds()}
    if hasattr(value, "key") and hasattr(value, "utcoffset"):
        return {"$timezone": value.key}
    return None


def _pack_late(value, _depth):
    return {"$late": [value.end, value.text]} if isinstance(value, Late) else None


def _pack_object(value, depth):
    """What the source system's serialisers know besides the built-in types: numbers of numpy, Decimal, data frames,
    data classes. They reach the consumer as the plain data they are made of."""
    cls = type(value)
    module = cls.__module__.split(".")[0]
    if cls.__name__ == "Decimal" and module in ("decimal", "_decimal", "_pydecimal"):
        return {"$decimal": str(value)}
    if module == "numpy" and hasattr(value, "tolist"):
        return pack(value.tolist(), depth + 1)
    if module == "pandas" and hasattr(value, "to_dict"):
        frame = value.to_dict(orient="list") if hasattr(value, "columns") else value.to_dict()
        return {"$dataframe": pack(frame, depth + 1)}
    if hasattr(value, "model_dump") and hasattr(cls, "model_fields"):
        return {"$object": pack(value.model_dump(), depth + 1), "class": _path(cls)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"$object": pack(dataclasses.asdict(value), depth + 1), "class": _path(cls)}
    if hasattr(cls, "__attrs_attrs__"):
        fields = {a.name: getattr(value, a.name) for a in cls.__attrs_attrs__ if a.init}
        return {"$object": pack(fields, depth + 1), "class": _path(cls)}
    return None


def _path(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def unpack(data):
    """Tagged JSON data as a value. The inverse of `pack`."""
    if isinstance(data, list):
        return [unpack(item) for item in data]
    if not isinstance(data, dict):
        return data
    if "$object" in data:
        return _unpack_object(data)
    if len(data) == 1:
        tag, inner = next(iter(data.items()))
        if tag in _UNPACK:
            return _UNPACK[tag](inner)
    return {key: unpack(item) for key, item in data.items()}


def _unpack_object(data):
    fields = unpack(data["$object"])
    path = data.get("class", "")
    module, _, name = path.rpartition(".")
    cls = None
    if module:
        import importlib

        try:
            cls = getattr(importlib.import_module(module), name, None)
        except ImportError:
            cls = None
    return cls(**fields) if cls is not None else fields


def _unpack_decimal(text):
    import decimal

    return decimal.Decimal(text)


def _unpack_timezone(key):
    import zoneinfo

    return zoneinfo.ZoneInfo(key)


def _unpack_frame(data):
    import pandas

    return pandas.DataFrame(unpack(data))


_UNPACK = {
    "$absent": lambda _mark: None,
    "$late": lambda parts: Late(*parts).throw(),
    "$tuple": lambda items: tuple(unpack(item) for item in items),
    "$set": lambda items: {unpack(item) for item in items},
    "$frozenset": lambda items: frozenset(unpack(item) for item in items),
    "$uuid": uuid.UUID,
    "$range": lambda bounds: range(*bounds),
    "$datetime": lambda text: DateTime.of(datetime.fromisoformat(text.replace("Z", "+00:00"))),
    "$python_datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$timedelta": lambda seconds: timedelta(seconds=seconds),
    "$clock": time.fromisoformat,
    "$bytes": base64.b64decode,
    "$float": float,
    "$path": pathlib.Path,
    "$pairs": lambda items: {unpack(key): unpack(item) for key, item in items},
    "$decimal": _unpack_decimal,
    "$timezone": _unpack_timezone,
    "$dataframe": _unpack_frame,
    "$dict": lambda items: {key: unpack(item) for key, item in items.items()},
    "$json": lambda text: loads(text),
}


def dumps(value) -> str:
    """A value as the text of an output parameter. Dollar signs and double braces are written as JSON escapes: on its
    way the text goes through an environment variable, where Kubernetes reads `$$` and `$(NAME)`, and through
    manifests, where Argo reads `{{`."""
    return json.dumps(pack(value), ensure_ascii=False).replace("$", "\\u0024").replace("{{", "{\\u007b")


def dumps_instance(value) -> str:
    """As `dumps`, for one instance of many: Argo reads the lists and objects of all instances and writes them anew as
    one list, so what it would change is kept as JSON text in JSON, `{"$json": text}`."""
    text = dumps(value)
    return json.dumps({"$json": text}) if text[0] in "[{" and changed_by_argo(text, json.loads(text)) else text


def changed_by_argo(text: str, packed) -> bool:
    """Whether JSON is another one after Argo has read and written it: escapes are undone once, and numbers become
    floats of 64 bits, of which 1.0 is written as 1. `packed` is the data in `text`."""
    return "\\u0024" in text or "\\u007b" in text or _other_number(packed)


def _other_number(value) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_other_number, value.values() if isinstance(value, dict) else value))
    return value.is_integer() if isinstance(value, float) else isinstance(value, int) and abs(value) > 2**53


def loads(text: str):
    """The value in the text of an input parameter; text that is no JSON is taken as it stands."""
    return unpack(loads_plain(text))


def loads_plain(text: str):
    """JSON data of an input's text, not unpacked."""
    if text == "":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def loads_instances(text: str) -> list:
    """The values that the instances of a fanned-out task produced, in order, without those that produced none.

    Argo's aggregate is a list whose elements are texts, unless every element is an object or a list: then these stand
    in it as they are.
    """
    return list(numbered_instances(text).values())


def numbered_instances(text: str) -> dict:
    """As `loads_instances`, by the number of the instance."""
    data = loads_plain(text)
    if not isinstance(data, list):
        return {} if data is None else {0: unpack(data)}
    items = [_opened(loads_plain(item) if isinstance(item, str) else item) for item in data]
    return {number: unpack(item) for number, item in enumerate(items) if item != ABSENT}


def _opened(item):
    """JSON data of which Argo saw the text only."""
    while isinstance(item, dict) and len(item) == 1 and "$json" in item:
        item = loads_plain(item["$json"])
    return item


class LazySequence(Sequence):
    """What a consumer of a fanned-out task is given: like a list, but no list (as in the source system)."""

    def __init__(self, items, title="LazySelectSequence", numbers=None):
        self._items = list(items)
        self._title = title
        self._numbers = list(range(len(self._items))) if numbers is None else list(numbers)

    def of_instance(self, number):
        """The value of the instance with that number; None when it gave none."""
        return self._items[self._numbers.index(number)] if number in self._numbers else None

    def __getitem__(self, index):
        return self._items[index]

    def __len__(self):
        return len(self._items)

    def __eq__(self, other):
        if not isinstance(other, (list, LazySequence)):
            return NotImplemented
        return self._items == list(other)

    __hash__ = None

    def __repr__(self):
        count = len(self._items)
        return "%s([%d %s])" % (self._title, count, "item" if count == 1 else "items")
