"""Evaluator values as JSON, with tags for what JSON has no form for (`migrate.ir.base.Json`)."""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from uuid import UUID

from migrate.ir.base import Json
from parsers.airflow.evaluator.values import Value
from parsers.airflow.overlays.pendulum_values import DateTime


class NotConstantError(ValueError):
    """The value, or a part of it, is not known at conversion; `part` is that part."""

    def __init__(self, part: Value) -> None:
        super().__init__(type(part).__name__)
        self.part = part


def to_json(value: Value) -> Json:
    """JSON for plain data. Raises `NotConstantError` when a part is symbolic, unknown, or an object."""
    if value is None or isinstance(value, bool | int | str):
        return int(value) if type(value) is not bool and isinstance(value, int) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, range):
        return {"$range": [value.start, value.stop, value.step]}
    if isinstance(value, tuple):
        return {"$tuple": [to_json(item) for item in value]}
    if isinstance(value, set | frozenset):
        kind = "$set" if isinstance(value, set) else "$frozenset"
        return {kind: sorted((to_json(item) for item in value), key=repr)}
    if isinstance(value, dict):
        return dict_json([(key, to_json(item)) for key, item in value.items()])
    return _scalar(value)


def dict_json(items: list[tuple[Value, Json]]) -> Json:
    """A mapping; one with keys that are no text becomes `{"$pairs": [[key, value], ...]}`."""
    if not all(isinstance(key, str) for key, _ in items):
        return {"$pairs": [[to_json(key), item] for key, item in items]}
    plain = dict(items)
    if len(plain) == 1 and next(iter(plain)).startswith("$"):
        return {"$dict": plain}
    return plain


def _scalar(value: Value) -> Json:
    if isinstance(value, datetime):
        return {"$datetime" if isinstance(value, DateTime) else "$python_datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, time):
        return {"$clock": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$timedelta": value.total_seconds()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, UUID):
        return {"$uuid": str(value)}
    if isinstance(value, PurePath):
        return {"$path": value.as_posix()}
    raise NotConstantError(value)
