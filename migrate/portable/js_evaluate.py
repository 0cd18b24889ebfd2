"""Evaluates a parsed expression with JavaScript's rules on JSON values.

Values: None (null), UNDEFINED, bool, int/float, str, list, dict, Native (a function). Unknown names raise
ReferenceFault; faults that JavaScript itself would raise are JsFault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

try:
    from . import js_values as js
    from .js_library import ARRAY, NUMBER, STANDARD, TEXT, UNCOVERED, UNCOVERED_NAMES
    from .js_parse import Unsupported, number, parse
    from .js_pattern import Pattern
except ImportError:  # in a pod the files stand side by side
    import js_values as js  # type: ignore[import-not-found, no-redef]
    from js_library import (  # type: ignore[import-not-found, no-redef]
        ARRAY,
        NUMBER,
        STANDARD,
        TEXT,
        UNCOVERED,
        UNCOVERED_NAMES,
    )
    from js_parse import Unsupported, number, parse  # type: ignore[import-not-found, no-redef]
    from js_pattern import Pattern  # type: ignore[import-not-found, no-redef]


WHOLE_TEXT = {"toUpperCase", "toLowerCase", "trim", "toString", "valueOf", "concat", "replace", "includes"}
"""Methods of texts that do not count in UTF-16 units."""


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
            return js.UNDEFINED
        if name in self.library:
            return self.library[name]
        if name in STANDARD:
            return STANDARD[name]
        if name in UNCOVERED_NAMES:
            raise Unsupported(name)
        raise js.ReferenceFault(f"ReferenceError: {name} is not defined")

    def _array(self, items: Any) -> Any:
        return [self.run(item) for item in items]

    def _regex(self, source: str, flags: str) -> Any:
        return Pattern(source, flags)

    def _sequence(self, items: Any) -> Any:
        return [self.run(item) for item in items][-1]

    def _object(self, items: Any) -> Any:
        return {key: self.run(item) for key, item in items}

    def _if(self, test: Any, yes: Any, no: Any) -> Any:
        return self.run(yes) if js.truth(self.run(test)) else self.run(no)

    def _unary(self, operator: str, operand: Any) -> Any:
        if operator == "typeof":
            if operand[0] == "name":
                try:
                    return js.type_of(self.run(operand))
                except js.ReferenceFault:
                    return "undefined"
            return js.type_of(self.run(operand))
        value = self.run(operand)
        if operator == "!":
            return not js.truth(value)
        numeric = js.to_number(value)
        if operator == "-":
            return number(-numeric) if numeric != 0 else 0
        return numeric if operator == "+" else ~js.to_int32(numeric)

    def _binary(self, operator: str, left: Any, right: Any) -> Any:
        first = self.run(left)
        if operator == "&&":
            return self.run(right) if js.truth(first) else first
        if operator == "||":
            return first if js.truth(first) else self.run(right)
        return binary(operator, first, self.run(right))

    def _member(self, of: Any, key: Any) -> Any:
        return member(self.run(of), self.run(key))

    def _call(self, function: Any, arguments: Any) -> Any:
        target = self.run(function)
        if not isinstance(target, js.Native):
            if function[0] == "member" and function[2] in [("literal", name) for name in UNCOVERED]:
                raise Unsupported(f"{function[2][1]}()")
            raise js.JsFault("TypeError: it is not a function")
        return target.call(*[self.run(a) for a in arguments])


def binary(operator: str, a: Any, b: Any) -> Any:
    """A binary operator on two values."""
    if operator == "+":
        return js.add(a, b)
    if operator in ("==", "!="):
        return js.loose_equal(a, b) == (operator == "==")
    if operator in ("===", "!=="):
        return js.strict_equal(a, b) == (operator == "===")
    if operator in ("<", ">", "<=", ">="):
        return js.compare(operator, a, b)
    if operator == "in":
        return js.to_text(a) in b if isinstance(b, dict) else member(b, a) is not js.UNDEFINED
    x, y = js.to_number(a), js.to_number(b)
    if operator in ("-", "*"):
        return number(x - y if operator == "-" else x * y)
    if operator in ("/", "%"):
        return js.divide(x, y) if operator == "/" else js.remainder(x, y)
    if operator == ">>>":
        return (js.to_int32(x) & 0xFFFFFFFF) >> (js.to_int32(y) & 31)
    if operator in ("&", "|", "^", "<<", ">>"):
        i, j = js.to_int32(x), js.to_int32(y)
        table = {"&": i & j, "|": i | j, "^": i ^ j, "<<": js.to_int32(i << (j & 31)), ">>": i >> (j & 31)}
        return table[operator]
    raise Unsupported(f"operator {operator}")


def member(value: Any, key: Any) -> Any:
    """value[key]."""
    if value is None or value is js.UNDEFINED:
        raise js.JsFault(f"TypeError: Cannot read property '{js.to_text(key)}' of {js.to_text(value)}")
    name = js.to_text(key)
    if isinstance(value, dict):
        return value.get(name, js.UNDEFINED)
    if isinstance(value, js.HostObject):
        return value.member(name)
    if isinstance(value, js.Native):
        return value.members.get(name, js.UNDEFINED)
    if isinstance(value, str) and name not in WHOLE_TEXT and any(char > "\uffff" for char in value):
        raise Unsupported("places in a text with characters beyond the basic plane")
    if isinstance(value, str | list):
        if name == "length":
            return len(value)
        if re.fullmatch(r"\d+", name):
            return value[int(name)] if int(name) < len(value) else js.UNDEFINED
        table = TEXT if isinstance(value, str) else ARRAY
    else:
        table = NUMBER
    if name not in table:
        if name in UNCOVERED:
            raise Unsupported(f"method {name}")
        return js.UNDEFINED
    function = table[name]
    return js.Native(lambda *arguments: function(value, *arguments))


def evaluate(text: str, names: Mapping[str, Any], library: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression. Raises Unsupported, JsFault, ReferenceFault."""
    try:
        return Evaluator(names, library).run(parse(text))
    except (RecursionError, ArithmeticError, TypeError, ValueError, IndexError) as error:
        raise Unsupported(f"{type(error).__name__}: {error}") from None
