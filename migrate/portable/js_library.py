"""The methods of texts, lists and numbers, and the standard objects."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable
from typing import Any

try:
    from .js_parse import Unsupported, number
    from .js_pattern import Pattern
    from .js_values import (
        UNDEFINED,
        HostObject,
        JsFault,
        Native,
        strict_equal,
        stringify,
        to_int32,
        to_number,
        to_text,
        truth,
    )
except ImportError:  # in a pod the files stand side by side
    from js_parse import Unsupported, number  # type: ignore[import-not-found, no-redef]
    from js_pattern import Pattern  # type: ignore[import-not-found, no-redef]
    from js_values import (  # type: ignore[import-not-found, no-redef]
        UNDEFINED,
        HostObject,
        JsFault,
        Native,
        strict_equal,
        stringify,
        to_int32,
        to_number,
        to_text,
        truth,
    )


def _clamp(value: Any, size: int, default: int) -> int:
    if value is UNDEFINED:
        return default
    numeric = to_number(value)
    if isinstance(numeric, float) and math.isnan(numeric):
        return 0
    whole = int(max(min(numeric, 10**9), -(10**9)))
    return max(0, min(size, whole))


def _relative(value: Any, size: int, default: int) -> int:
    if value is UNDEFINED:
        return default
    whole = int(max(min(to_number(value), 10**9), -(10**9)))
    return max(0, size + whole) if whole < 0 else min(size, whole)


def _substring(text: str, start: Any = 0, end: Any = UNDEFINED) -> str:
    a, b = _clamp(start, len(text), 0), _clamp(end, len(text), len(text))
    return text[min(a, b) : max(a, b)]


def _substr(text: str, start: Any = 0, length: Any = UNDEFINED) -> str:
    begin = _relative(start, len(text), 0)
    return text[begin:] if length is UNDEFINED else text[begin : begin + max(0, int(to_number(length)))]


def _slice(value: Any, start: Any = 0, end: Any = UNDEFINED) -> Any:
    size = len(value)
    return value[_relative(start, size, 0) : _relative(end, size, size)]


def _split(text: str, separator: Any = UNDEFINED, limit: Any = UNDEFINED) -> list[Any]:
    if separator is UNDEFINED:
        parts = [text]
    elif isinstance(separator, Pattern):
        parts = separator.split(text)
    else:
        word = to_text(separator)
        parts = list(text) if word == "" else text.split(word)
    return parts if limit is UNDEFINED else parts[: int(to_number(limit))]


def _replace(text: str, old: Any, new: Any) -> str:
    if isinstance(new, Native):
        raise Unsupported("replace with a function")
    if isinstance(old, Pattern):
        return old.replace(text, to_text(new))
    old, new = to_text(old), to_text(new)
    if "$" in new:
        raise Unsupported("replace with a pattern")
    return text.replace(old, new, 1)


def _pattern(value: Any) -> Pattern:
    if not isinstance(value, Pattern):
        raise Unsupported("a pattern that is no literal")
    return value


def _index_of(value: Any, item: Any = UNDEFINED, start: Any = 0) -> int:
    if isinstance(value, str):
        return value.find(to_text(item), _clamp(start, len(value), 0))
    for i, known in enumerate(value):
        if i >= int(to_number(start)) and strict_equal(known, item):
            return i
    return -1


def _fixed(value: Any, digits: Any = 0) -> str:
    from decimal import ROUND_HALF_UP, Decimal

    places = int(to_number(digits))
    if not math.isfinite(value) or abs(value) >= 1e21:
        return to_text(value)
    if not 0 <= places <= 20:
        raise Unsupported("toFixed with such a number of digits")
    return str(Decimal(float(value or 0)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _base(value: Any, base: Any = 10) -> str:
    radix = int(to_number(base))
    if radix == 10:
        return to_text(value)
    if not isinstance(value, int) or not 2 <= radix <= 36:
        raise Unsupported("toString with a base")
    digits, rest = "", abs(value)
    while rest:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix] + digits
        rest //= radix
    return ("-" if value < 0 else "") + (digits or "0")


def _parse_int(text: Any = UNDEFINED, base: Any = 0) -> Any:
    radix = to_int32(to_number(base))
    prefix = r"0[xX][0-9a-fA-F]+|" if radix in (0, 16) else ""
    match = re.match(rf"\s*([-+]?)({prefix}[0-9a-zA-Z]+)", to_text(text))
    radix = radix or 10
    if not 2 <= radix <= 36:
        return math.nan
    if match is None:
        return math.nan
    word = match.group(2)
    if prefix and word[:2].lower() == "0x":
        return int(word, 16) * (-1 if match.group(1) == "-" else 1)
    kept = "".join(itertools.takewhile(lambda char: _digit(char) < radix, word))
    return int(kept, radix) * (-1 if match.group(1) == "-" else 1) if kept else math.nan


def _digit(char: str) -> int:
    return int(char, 36)


def _power(base: Any, exponent: Any) -> Any:
    a, b = float(to_number(base)), float(to_number(exponent))
    if math.isnan(b) or (abs(a) == 1 and math.isinf(b)):
        return math.nan
    try:
        return number(math.pow(a, b))
    except ValueError:
        return math.nan if a else math.inf if math.copysign(1, a) > 0 or b % 2 != 1 else -math.inf
    except OverflowError:
        return math.inf if a > 0 or b % 2 != 1 else -math.inf


def _keys(value: Any = UNDEFINED) -> list[Any]:
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, list):
        return [str(i) for i in range(len(value))]
    if isinstance(value, Native | HostObject):
        raise Unsupported("keys of such an object")
    raise JsFault("TypeError: Object.keys called on non-object")


def _parse_float(text: Any = UNDEFINED) -> Any:
    match = re.match(r"\s*([-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)", to_text(text))
    return number(float(match.group(1))) if match else math.nan


def _parse_json(text: Any = UNDEFINED) -> Any:
    try:
        return json.loads(to_text(text))
    except ValueError as error:
        raise JsFault(f"SyntaxError: {error}") from None


def _round(value: Any = UNDEFINED) -> Any:
    numeric = to_number(value)
    return numeric if isinstance(numeric, int) or math.isnan(numeric) else number(float(math.floor(numeric + 0.5)))


def _whole(function: Callable[[float], Any]) -> Native:
    def call(value: Any = UNDEFINED) -> Any:
        numeric = to_number(value)
        if isinstance(numeric, float) and (math.isnan(numeric) or math.isinf(numeric)):
            return numeric
        return number(float(function(numeric)))

    return Native(call)


def _extreme(function: Callable[..., Any], empty: float) -> Native:
    def call(*values: Any) -> Any:
        numbers = [to_number(v) for v in values]
        if any(isinstance(n, float) and math.isnan(n) for n in numbers):
            return math.nan
        return number(function(numbers)) if numbers else empty

    return Native(call)


TEXT: dict[str, Callable[..., Any]] = {
    "toUpperCase": lambda s: s.upper(),
    "toLowerCase": lambda s: s.lower(),
    "trim": lambda s: s.strip(),
    "toString": lambda s: s,
    "valueOf": lambda s: s,
    "charAt": lambda s, i=0: s[int(to_number(i))] if 0 <= int(to_number(i)) < len(s) else "",
    "charCodeAt": lambda s, i=0: ord(s[int(to_number(i))]) if 0 <= int(to_number(i)) < len(s) else math.nan,
    "concat": lambda s, *more: s + "".join(to_text(m) for m in more),
    "substring": _substring,
    "substr": _substr,
    "slice": _slice,
    "split": _split,
    "replace": _replace,
    "indexOf": _index_of,
    "lastIndexOf": lambda s, item: s.rfind(to_text(item)),
    "match": lambda s, p: _pattern(p).match(s),
    "search": lambda s, p: _pattern(p).search(s),
    "startsWith": lambda s, item: s.startswith(to_text(item)),
    "endsWith": lambda s, item: s.endswith(to_text(item)),
    "includes": lambda s, item: to_text(item) in s,
}
ARRAY: dict[str, Callable[..., Any]] = {
    "join": lambda a, sep=UNDEFINED: ("," if sep is UNDEFINED else to_text(sep)).join(
        "" if v is None or v is UNDEFINED else to_text(v) for v in a
    ),
    "indexOf": _index_of,
    "slice": _slice,
    "concat": lambda a, *more: a + [x for m in more for x in (m if isinstance(m, list) else [m])],
    "reverse": lambda a: a[::-1],
    "toString": to_text,
    "includes": lambda a, item: _index_of(a, item) >= 0,
}
NUMBER: dict[str, Callable[..., Any]] = {"toString": _base, "toFixed": _fixed, "valueOf": lambda v: v}
UNCOVERED = {
    "map", "filter", "forEach", "reduce", "sort", "push", "pop", "shift", "splice", "some", "every",
    "hasOwnProperty", "toPrecision", "localeCompare", "toLocaleString", "padStart", "padEnd", "repeat", "unshift",
    "replaceAll", "find", "keys", "flat", "toExponential",
}  # fmt: skip
UNCOVERED_NAMES = {
    "Date", "RegExp", "encodeURIComponent", "decodeURIComponent", "encodeURI", "decodeURI", "escape", "unescape",
    "Error", "TypeError", "Function", "Java", "Symbol", "Map", "Set", "eval", "this", "globalThis", "arguments",
}  # fmt: skip
"""Names of JavaScript itself that only a real engine has."""
STANDARD: dict[str, Any] = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "JSON": {"stringify": Native(lambda v=UNDEFINED, r=None, i=None: stringify(v, i)), "parse": Native(_parse_json)},
    "Object": Native(
        lambda *a: _unsupported("Object()"),
        {
            "keys": Native(_keys),
            "values": Native(lambda o: list(o.values()) if isinstance(o, dict) else list(o)),
        },
    ),
    "Array": Native(lambda *a: _unsupported("Array()"), {"isArray": Native(lambda v=UNDEFINED: isinstance(v, list))}),
    "String": Native(lambda v="": to_text(v)),
    "Number": Native(lambda v=0: to_number(v)),
    "Boolean": Native(lambda v=False: truth(v)),
    "parseInt": Native(_parse_int),
    "parseFloat": Native(_parse_float),
    "isNaN": Native(lambda v=UNDEFINED: isinstance(to_number(v), float) and math.isnan(to_number(v))),
    "isFinite": Native(lambda v=UNDEFINED: math.isfinite(to_number(v))),
    "Math": {
        "floor": _whole(math.floor),
        "ceil": _whole(math.ceil),
        "abs": _whole(abs),
        "round": Native(_round),
        "max": _extreme(max, -math.inf),
        "min": _extreme(min, math.inf),
        "pow": Native(_power),
        "sqrt": _whole(lambda v: math.sqrt(v) if v >= 0 else math.nan),
        "PI": math.pi,
    },
}
METHOD_NAMES = (
    frozenset(TEXT)
    | frozenset(ARRAY)
    | frozenset(NUMBER)
    | {
        name
        for known in STANDARD.values()
        for name in (known if isinstance(known, dict) else known.members if isinstance(known, Native) else ())
    }
)
"""Names of all methods that the evaluator has: of texts, lists, numbers and the standard objects."""


def _unsupported(what: str) -> Any:
    raise Unsupported(what)
