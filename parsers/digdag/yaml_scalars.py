"""Scalars of Digdag's YAML dialect: what SnakeYAML's constructors make of texts, and how Java prints keys."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import datetime, timezone
from typing import Any

from migrate.portable.java_numbers import double_text

BOOLEANS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?"
    r"(?:[ \t]*(?:Z|([-+]\d\d?)(?::?(\d\d))?))?)?"
)


def tagged(kind: str, text: str) -> Any:
    """The value of a scalar with a standard tag, written or resolved. Raises ValueError for what SnakeYAML refuses."""
    if kind == "null":
        return None
    if kind == "bool":
        return BOOLEANS.get(text.lower())
    if kind == "int":
        return integer(text)
    if kind == "float":
        return float_value(text)
    if kind == "timestamp":
        return timestamp(text)
    if kind == "binary":
        return binary(text)
    if kind == "str":
        return text
    raise ValueError(f"could not determine a constructor for the tag tag:yaml.org,2002:{kind}")


def timestamp(text: str) -> int:
    """Milliseconds of an explicit `!!timestamp`."""
    match = TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError(f"Unexpected timestamp: {text}")
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    late = int(match.group(8) or 0) * 60
    late += int(match.group(9) or 0) * (-1 if late < 0 else 1)
    millis = int(((match.group(7) or "") + "000")[:3])
    return (int(moment.timestamp()) - late * 60) * 1000 + millis


def binary(text: str) -> str:
    """The text that JSON has for `!!binary`."""
    try:
        return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode("ascii")
    except binascii.Error as error:
        raise ValueError(f"Illegal Base64 data: {error}") from None


def integer(text: str) -> int:
    """A YAML 1.1 integer without sexagesimals: 0b, 0 (octal), 0x, `_`."""
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").replace("_", "")
    if not text:
        raise ValueError("String index out of range: 0")
    for mark, base in (("0b", 2), ("0x", 16)):
        if digits.startswith(mark):
            return sign * int(digits[2:], base)
    if len(digits) > 1 and digits.startswith("0"):
        return sign * int(digits, 8)
    return sign * int(digits or "0")


def float_value(text: str) -> float | str:
    """A YAML 1.1 float; sexagesimal floats are summed as SnakeYAML does. Infinite ones are texts in JSON."""
    value = _float(text)
    return value if math.isfinite(value) else double_text(value)


def _float(text: str) -> float:
    plain = text.replace("_", "").lower()
    sign = -1.0 if plain.startswith("-") else 1.0
    plain = plain.lstrip("+-")
    if plain in (".inf", ".nan"):
        return sign * float(plain[1:])
    if ":" in plain:
        total = 0.0
        for part in plain.split(":"):
            total = total * 60 + float(part)
        return sign * total
    return sign * float(plain)


def java_text(value: Any) -> str:
    """A value as Java prints it: keys that are no text are turned into text by Jackson in this way. Raises ValueError
    for null."""
    if value is None:
        raise ValueError("Null key for a Map not allowed in JSON (use a converting NullKeySerializer?)")
    return _java(value)


def _java(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={_java(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_java(v) for v in value) + "]"
    return str(value)
