"""Constants as text: JSON, and as Python prints them."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import uuid
from pathlib import PurePosixPath
from typing import Any
from typing import Literal as Lit

from migrate.ir.workflow import Param

Encoding = Lit["text", "json", "text-or-null"]


def param_encoding(param: Param) -> Encoding:
    """How a run parameter's value is written as an Argo parameter: `text` as it is, `json` as JSON text,
    `text-or-null`: as it is, and `null` for None."""
    kind = param.schema_.get("type")
    kinds = set(kind) if isinstance(kind, list) else {kind} if kind else set()
    if isinstance(param.value, str) and kinds <= {"string"}:
        return "text"
    if kinds == {"string"}:
        return "text"
    if kinds == {"string", "null"}:
        return "text-or-null"
    return "text" if param.required and not kinds else "json"


def param_text(param: Param) -> str:
    """The default of a run parameter as an Argo parameter value."""
    if isinstance(param.value, str) and param_encoding(param) != "json":
        return param.value
    return dumps(param.value)


def dumps(value: Any) -> str:
    """Compact JSON, keys in the order given, non-ASCII kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def print_text(value: Any) -> str:
    """A tagged JSON value as Python's `str` prints it."""
    return value if isinstance(value, str) else str(untagged(value))


def untagged(value: Any) -> Any:
    """The Python value behind tagged JSON (migrate/ir/base.py); unknown tags stay as they are."""
    if isinstance(value, list):
        return [untagged(v) for v in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        tag, inner = next(iter(value.items()))
        if tag in _UNTAG:
            return _UNTAG[tag](inner)
    return {k: untagged(v) for k, v in value.items()}


_UNTAG: dict[str, Any] = {
    "$tuple": lambda v: tuple(untagged(i) for i in v),
    "$set": lambda v: {untagged(i) for i in v},
    "$uuid": uuid.UUID,
    "$range": lambda v: range(*v),
    "$datetime": lambda v: dt.datetime.fromisoformat(v.replace("Z", "+00:00")),
    "$python_datetime": dt.datetime.fromisoformat,
    "$date": dt.date.fromisoformat,
    "$timedelta": lambda v: dt.timedelta(seconds=v),
    "$bytes": base64.b64decode,
    "$frozenset": lambda v: frozenset(untagged(i) for i in v),
    "$pairs": lambda v: {untagged(key): untagged(i) for key, i in v},
    "$float": float,
    "$decimal": decimal.Decimal,
    "$path": PurePosixPath,
    "$clock": dt.time.fromisoformat,
    "$dict": lambda v: {k: untagged(i) for k, i in v.items()},
}
