"""Numbers, and values with numbers in them, as Java prints them."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any


def double_text(value: float) -> str:
    """A number as `Double.toString` has it: 1.5, 1000.0, 1.0E20."""
    if not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return f"{value:.1f}" if value == int(value) else repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    figures = "".join(map(str, digits))
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{len(figures) - 1 + int(exponent)}"


def java_text(value: Any) -> str:
    """A parameter as text: a text as it is, anything else as Jackson writes JSON."""
    return value if isinstance(value, str) else java_json(value)


def java_json(value: Any) -> str:
    """JSON as Jackson writes it."""
    if isinstance(value, dict):
        return (
            "{" + ",".join(f"{json.dumps(str(k), ensure_ascii=False)}:{java_json(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(java_json, value)) + "]"
    if isinstance(value, float):
        return double_text(value) if math.isfinite(value) else f'"{double_text(value)}"'
    return json.dumps(value, ensure_ascii=False, default=str)


def scalar_text(key: str, value: Any) -> str:
    """A parameter that must be one text, number or boolean. Raises ValueError as Digdag words it."""
    if value is None:
        raise ValueError(f"Parameter '{key}' is required but null")
    if isinstance(value, list | dict):
        kind = "array" if isinstance(value, list) else "object"
        raise ValueError(f"Expected string type for key '{key}' but got {java_json(value)} ({kind})")
    return java_text(value)
