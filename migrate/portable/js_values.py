"""JavaScript's values and its operators on them.

Values: None (null), UNDEFINED, bool, int/float, str, list, dict, Native (a function), HostObject (of a library).
"""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

try:
    from .js_parse import Unsupported, number
except ImportError:  # in a pod the files stand side by side
    from js_parse import Unsupported, number  # type: ignore[import-not-found, no-redef]


MAX_TEXT = 1_000_000


class JsFault(Exception):  # noqa: N818
    """An exception that JavaScript raises: the task that evaluates the expression fails."""


class ReferenceFault(JsFault):
    """A name that is not defined."""


class Undefined:
    """JavaScript's undefined."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()


class Native:
    """A function of the language or of a library."""

    def __init__(self, call: Callable[..., Any], members: Mapping[str, Any] | None = None) -> None:
        self.call = call
        self.members = members or {}


class HostObject(ABC):
    """An object of a library (moment): `member(name)` gives a value or a Native."""

    @abstractmethod
    def member(self, name: str) -> Any:
        """A member by name; UNDEFINED if there is none."""

    def text(self) -> str:
        """What string conversion gives."""
        raise Unsupported("string conversion of this object")

    def primitive(self) -> Any:
        """What `valueOf` gives: operators see it."""
        raise Unsupported("the value of this object")


def truth(value: Any) -> bool:
    """ToBoolean."""
    if value is None or value is UNDEFINED:
        return False
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value) if isinstance(value, bool | int | float | str) else True


def to_number(value: Any) -> Any:
    """ToNumber."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if value is None:
        return 0
    if isinstance(value, str):
        return text_number(value)
    if isinstance(value, list):
        return text_number(to_text(value))
    return to_number(value.primitive()) if isinstance(value, HostObject) else math.nan


def to_primitive(value: Any) -> Any:
    """ToPrimitive: objects as operators see them."""
    if isinstance(value, HostObject):
        return value.primitive()
    return to_text(value) if isinstance(value, list | dict) else value


def text_number(text: str) -> Any:
    """Number(text)."""
    text = text.strip()
    if not text:
        return 0
    if re.fullmatch(r"0[xX][0-9a-fA-F]+", text):
        return int(text, 16)
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text):
        return number(float(text))
    if text in ("Infinity", "+Infinity", "-Infinity"):
        return float(text.replace("Infinity", "inf"))
    return math.nan


def number_text(value: Any) -> str:
    """Number::toString."""
    if isinstance(value, int):
        if abs(value) <= 2**53:
            return str(value)
        digits, _, exponent = repr(float(value)).partition("e")
        if abs(value) >= 10**21 or not exponent:
            return number_text(float(value)) if exponent else digits.removesuffix(".0")
        mantissa = digits.replace(".", "").lstrip("-")
        padded = mantissa + "0" * (int(exponent) + 1 - len(mantissa))
        return ("-" if value < 0 else "") + padded
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    text = repr(value)
    if "e" not in text:
        return text[:-2] if text.endswith(".0") else text
    digits, _, exponent = text.partition("e")
    power = int(exponent)
    if -7 < power < 21:
        plain = format(value, ".20f").rstrip("0").rstrip(".") if power < 0 else str(int(value))
        mantissa = digits.lstrip("-").replace(".", "")
        if power < 0:
            plain = ("-" if value < 0 else "") + "0." + "0" * (-power - 1) + mantissa.rstrip("0")
        return plain
    return f"{digits.removesuffix('.0')}e{'+' if power > 0 else '-'}{abs(power)}"


def to_text(value: Any) -> str:
    """ToString."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        return ",".join("" if v is None or v is UNDEFINED else to_text(v) for v in value)
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, HostObject):
        return value.text()
    raise Unsupported("string conversion of a function")


def loose_equal(a: Any, b: Any) -> bool:
    """a == b."""
    if a is None or a is UNDEFINED or b is None or b is UNDEFINED:
        return (a is None or a is UNDEFINED) and (b is None or b is UNDEFINED)
    simple = bool | int | float | str
    if not isinstance(a, simple) and not isinstance(b, simple):
        return a is b
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    if not isinstance(a, simple):
        return loose_equal(to_primitive(a) if isinstance(a, HostObject) else to_text(a), b)
    if not isinstance(b, simple):
        return loose_equal(a, to_primitive(b) if isinstance(b, HostObject) else to_text(b))
    return bool(to_number(a) == to_number(b))


def strict_equal(a: Any, b: Any) -> bool:
    """a === b."""
    kind_a, kind_b = type_of(a), type_of(b)
    if kind_a != kind_b:
        return False
    if isinstance(a, list | dict | HostObject | Native) or isinstance(b, list | dict | HostObject | Native):
        return a is b
    return (a is None and b is None) or a is b or bool(a == b)


def type_of(value: Any) -> str:
    """typeof."""
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "function" if isinstance(value, Native) else "object"


def stringify(value: Any, indent: Any = None) -> Any:
    """JSON.stringify."""
    if value is UNDEFINED or isinstance(value, Native):
        return UNDEFINED
    if isinstance(indent, str):
        raise Unsupported("JSON.stringify with a text as indent")
    return json_text(plain(value), min(10, int(indent or 0)), "\n")


def json_text(value: Any, indent: int, line: str) -> str:
    """JSON of plain data with JavaScript's numbers. `line`: a line's beginning where the value stands."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    if not isinstance(value, list | dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = line + " " * indent if indent else ""
    colon = ": " if indent else ":"
    if isinstance(value, list):
        texts = [json_text(v, indent, inner) for v in value]
    else:
        texts = [json.dumps(k, ensure_ascii=False) + colon + json_text(v, indent, inner) for k, v in value.items()]
    first, last = ("[", "]") if isinstance(value, list) else ("{", "}")
    return first + inner + f",{inner}".join(texts) + (line if indent else "") + last


def plain(value: Any) -> Any:
    """A value as JSON data: numbers that are no numbers become null, undefined members vanish."""
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else number(value)
    if isinstance(value, list):
        return [None if v is UNDEFINED or isinstance(v, Native) else plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v is not UNDEFINED and not isinstance(v, Native)}
    if isinstance(value, HostObject):
        return value.member("toISOString").call()
    return value


def to_int32(value: Any) -> int:
    """ToInt32."""
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return 0
    wrapped = int(value) & 0xFFFFFFFF
    return wrapped - (1 << 32) if wrapped >= 1 << 31 else wrapped


def add(a: Any, b: Any) -> Any:
    """a + b: text if one side is text or an object."""
    a, b = to_primitive(a), to_primitive(b)
    if isinstance(a, str) or isinstance(b, str):
        joined = to_text(a) + to_text(b)
        if len(joined) > MAX_TEXT:
            raise Unsupported("a text is too long")
        return joined
    return number(to_number(a) + to_number(b))


def divide(a: Any, b: Any) -> Any:
    """a / b."""
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return number(a / b)


def remainder(a: Any, b: Any) -> Any:
    """a % b: the sign is that of a."""
    if b == 0 or math.isinf(a) or math.isnan(a) or math.isnan(b):
        return math.nan
    return number(math.fmod(a, b))


def compare(operator: str, a: Any, b: Any) -> bool:
    """< > <= >=."""
    a, b = to_primitive(a), to_primitive(b)
    if not (isinstance(a, str) and isinstance(b, str)):
        a, b = to_number(a), to_number(b)
    tests: dict[str, Callable[[], Any]] = {
        "<": lambda: a < b, ">": lambda: a > b, "<=": lambda: a <= b, ">=": lambda: a >= b,
    }  # fmt: skip
    return bool(tests[operator]())
