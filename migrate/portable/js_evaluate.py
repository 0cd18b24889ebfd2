"""Evaluates a parsed expression with JavaScript's rules on JSON values.

Values: None (null), UNDEFINED, bool, int/float, str, list, dict, Native (a function). Unknown names raise
ReferenceFault; faults that JavaScript itself would raise are JsFault.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

try:
    from .js_parse import Unsupported, number, parse
except ImportError:  # in a pod the files stand side by side
    from js_parse import Unsupported, number, parse  # type: ignore[import-not-found, no-redef]

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


class HostObject:
    """An object of a library (moment): `member(name)` gives a value or a Native."""

    def member(self, name: str) -> Any:
        """A member by name; UNDEFINED if there is none."""
        raise NotImplementedError

    def text(self) -> str:
        """What string conversion gives."""
        raise Unsupported("string conversion of this object")


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
    return math.nan


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
        return loose_equal(to_text(a), b)
    if not isinstance(b, simple):
        return loose_equal(a, to_text(b))
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
    if indent:
        return json.dumps(plain(value), ensure_ascii=False, indent=int(indent))
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value as JSON data: numbers that are no numbers become null, undefined members vanish."""
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else number(value)
    if isinstance(value, list):
        return [None if v is UNDEFINED or isinstance(v, Native) else plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v is not UNDEFINED and not isinstance(v, Native)}
    if isinstance(value, HostObject):
        raise Unsupported("JSON of a library object")
    return value


class Evaluator:
    """Evaluates trees over `names` (a mapping, read lazily) and the standard objects."""

    def __init__(self, names: Mapping[str, Any], library: Mapping[str, Any] | None = None) -> None:
        self.names = names
        self.library = library or {}

    def run(self, node: Any) -> Any:
        """The value of a tree."""
        return getattr(self, "_" + node[0])(*node[1:])

    def _literal(self, value: Any) -> Any:
        return value

    def _name(self, name: str) -> Any:
        if name in self.names:
            return self.names[name]
        if name == "undefined":
            return UNDEFINED
        if name in self.library:
            return self.library[name]
        if name in STANDARD:
            return STANDARD[name]
        raise ReferenceFault(f"ReferenceError: {name} is not defined")

    def _array(self, items: Any) -> Any:
        return [self.run(item) for item in items]

    def _object(self, items: Any) -> Any:
        return {key: self.run(item) for key, item in items}

    def _if(self, test: Any, yes: Any, no: Any) -> Any:
        return self.run(yes) if truth(self.run(test)) else self.run(no)

    def _unary(self, operator: str, operand: Any) -> Any:
        if operator == "typeof":
            if operand[0] == "name":
                try:
                    return type_of(self.run(operand))
                except ReferenceFault:
                    return "undefined"
            return type_of(self.run(operand))
        value = self.run(operand)
        if operator == "!":
            return not truth(value)
        numeric = to_number(value)
        if operator == "-":
            return number(-numeric) if numeric != 0 else 0
        return numeric if operator == "+" else ~to_int32(numeric)

    def _binary(self, operator: str, left: Any, right: Any) -> Any:
        first = self.run(left)
        if operator == "&&":
            return self.run(right) if truth(first) else first
        if operator == "||":
            return first if truth(first) else self.run(right)
        return binary(operator, first, self.run(right))

    def _member(self, of: Any, key: Any) -> Any:
        return member(self.run(of), self.run(key))

    def _call(self, function: Any, arguments: Any) -> Any:
        target = self.run(function)
        if not isinstance(target, Native):
            raise JsFault("TypeError: it is not a function")
        return target.call(*[self.run(a) for a in arguments])


def to_int32(value: Any) -> int:
    """ToInt32."""
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return 0
    wrapped = int(value) & 0xFFFFFFFF
    return wrapped - (1 << 32) if wrapped >= 1 << 31 else wrapped


def add(a: Any, b: Any) -> Any:
    """a + b: text if one side is text or an object."""
    if isinstance(a, str | list | dict | HostObject) or isinstance(b, str | list | dict | HostObject):
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
    if not (isinstance(a, str) and isinstance(b, str)):
        a, b = to_number(a), to_number(b)
    tests: dict[str, Callable[[], Any]] = {
        "<": lambda: a < b, ">": lambda: a > b, "<=": lambda: a <= b, ">=": lambda: a >= b,
    }  # fmt: skip
    return bool(tests[operator]())


def binary(operator: str, a: Any, b: Any) -> Any:
    """A binary operator on two values."""
    if operator == "+":
        return add(a, b)
    if operator in ("==", "!="):
        return loose_equal(a, b) == (operator == "==")
    if operator in ("===", "!=="):
        return strict_equal(a, b) == (operator == "===")
    if operator in ("<", ">", "<=", ">="):
        return compare(operator, a, b)
    if operator == "in":
        return to_text(a) in b if isinstance(b, dict) else member(b, a) is not UNDEFINED
    x, y = to_number(a), to_number(b)
    if operator in ("-", "*"):
        return number(x - y if operator == "-" else x * y)
    if operator in ("/", "%"):
        return divide(x, y) if operator == "/" else remainder(x, y)
    if operator in ("&", "|", "^", "<<", ">>"):
        i, j = to_int32(x), to_int32(y)
        table = {"&": i & j, "|": i | j, "^": i ^ j, "<<": to_int32(i << (j & 31)), ">>": i >> (j & 31)}
        return table[operator]
    raise Unsupported(f"operator {operator}")


def member(value: Any, key: Any) -> Any:
    """value[key]."""
    if value is None or value is UNDEFINED:
        raise JsFault(f"TypeError: Cannot read property '{to_text(key)}' of {to_text(value)}")
    name = to_text(key)
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if isinstance(value, HostObject):
        return value.member(name)
    if isinstance(value, Native):
        return value.members.get(name, UNDEFINED)
    if isinstance(value, str | list):
        if name == "length":
            return len(value)
        if re.fullmatch(r"\d+", name):
            return value[int(name)] if int(name) < len(value) else UNDEFINED
        table = TEXT if isinstance(value, str) else ARRAY
    else:
        table = NUMBER
    if name not in table:
        if name in UNCOVERED:
            raise Unsupported(f"method {name}")
        return UNDEFINED
    function = table[name]
    return Native(lambda *arguments: function(value, *arguments))


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
    else:
        word = to_text(separator)
        parts = list(text) if word == "" else text.split(word)
    return parts if limit is UNDEFINED else parts[: int(to_number(limit))]


def _replace(text: str, old: Any, new: Any) -> str:
    if not isinstance(old, str) or not isinstance(new, str) or "$" in new:
        raise Unsupported("replace with a pattern")
    return text.replace(old, new, 1)


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
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


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


def _parse_int(text: Any = UNDEFINED, base: Any = 10) -> Any:
    match = re.match(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)", to_text(text))
    radix = int(to_number(base)) or 10
    if match is None:
        return math.nan
    word = match.group(2)
    if word[:2].lower() == "0x":
        return int(word, 16) * (-1 if match.group(1) == "-" else 1)
    kept = re.match(f"[0-{min(radix - 1, 9)}]*", word).group() if radix <= 10 else word  # type: ignore[union-attr]
    return int(kept, radix) * (-1 if match.group(1) == "-" else 1) if kept else math.nan


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
    "match", "search", "map", "filter", "forEach", "reduce", "sort", "push", "pop", "shift", "splice", "some", "every",
    "hasOwnProperty", "toPrecision", "localeCompare", "toLocaleString", "padStart", "padEnd", "repeat", "unshift",
    "replaceAll", "find", "keys", "flat", "toExponential",
}  # fmt: skip
STANDARD: dict[str, Any] = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "JSON": {"stringify": Native(lambda v=UNDEFINED, r=None, i=None: stringify(v, i)), "parse": Native(_parse_json)},
    "Object": Native(
        lambda *a: _unsupported("Object()"),
        {
            "keys": Native(lambda o: list(o) if isinstance(o, dict) else [str(i) for i in range(len(o))]),
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
    "Math": {
        "floor": _whole(math.floor),
        "ceil": _whole(math.ceil),
        "abs": _whole(abs),
        "round": Native(_round),
        "max": _extreme(max, -math.inf),
        "min": _extreme(min, math.inf),
        "pow": Native(lambda a, b: number(float(to_number(a)) ** float(to_number(b)))),
        "sqrt": _whole(math.sqrt),
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


def evaluate(text: str, names: Mapping[str, Any], library: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression. Raises Unsupported, JsFault, ReferenceFault."""
    try:
        return Evaluator(names, library).run(parse(text))
    except (RecursionError, OverflowError, TypeError, ValueError, IndexError) as error:
        raise Unsupported(f"{type(error).__name__}: {error}") from None
