"""Evaluates expressions over given values."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from emitters.argo.language import gotime
from emitters.argo.language.parse import Tree, parse


class EvaluationError(ValueError):
    """Argo would end the node with an error, or wait for ever for a value that never comes."""


class _Missing:
    """A name that is not there."""


MISSING = _Missing()


def evaluate(text: str, values: Mapping[str, Any], now: dt.datetime | None = None) -> Any:
    """The value of an expression. `values`: names it may use. Raises ParseError, EvaluationError."""
    found = _Evaluator(values, now).value(parse(text.strip()))
    return None if found is MISSING else found


def evaluate_depends(text: str, states: Mapping[str, str], *, any_succeeded: Mapping[str, bool] | None = None) -> bool:
    """Whether `depends` holds for states (Succeeded, Failed, Error, Skipped, Omitted) by task name.

    Argo writes `-` of names as `_` and compiles the rest as an expression.
    """

    def known(match: re.Match[str]) -> str:
        name, word = match[1], match[2]
        if name not in states:
            raise EvaluationError(f"`{name}` is no task")
        words = {"Succeeded": "Succeeded", "Failed": "Failed", "Errored": "Error", "Skipped": "Skipped"}
        if word == "AnySucceeded":
            return "true" if (any_succeeded or {}).get(name) else "false"
        return "true" if states[name] == words.get(word, word) else "false"

    plain = re.sub(r"([a-z][-a-z0-9]*)\.(Succeeded|Failed|Errored|Skipped|Omitted|AnySucceeded|Daemoned)", known, text)
    return bool(evaluate(plain, {}))


class _Evaluator:
    def __init__(self, values: Mapping[str, Any], now: dt.datetime | None) -> None:
        self.values = values
        self.now = now
        self.items: list[tuple[Any, int]] = []

    def value(self, tree: Tree) -> Any:
        method: Callable[..., Any] = getattr(self, f"_{tree[0]}")
        return method(*tree[1:])

    def _value(self, constant: Any) -> Any:
        return constant

    def _name(self, name: str) -> Any:
        if name == "#":
            return self.items[-1][0]
        if name == "#index":
            return self.items[-1][1]
        if name not in self.values:
            raise EvaluationError(f"unknown name {name}")
        return self.values[name]

    def _list(self, items: tuple[Tree, ...]) -> list[Any]:
        return [self.value(i) for i in items]

    def _map(self, pairs: tuple[tuple[str, Tree], ...]) -> dict[str, Any]:
        return {k: self.value(v) for k, v in pairs}

    def _if(self, test: Tree, yes: Tree, no: Tree) -> Any:
        return self.value(yes) if self._true(self.value(test)) else self.value(no)

    def _unary(self, operator: str, operand: Tree) -> Any:
        found = self.value(operand)
        if operator == "!":
            return not self._true(found)
        return -found if operator == "-" else found

    def _true(self, found: Any) -> bool:
        if not isinstance(found, bool):
            raise EvaluationError(f"no truth value: {found!r}")
        return found

    def _binary(self, operator: str, left: Tree, right: Tree) -> Any:
        if operator in ("&&", "and"):
            return self._true(self.value(left)) and self._true(self.value(right))
        if operator in ("||", "or"):
            return self._true(self.value(left)) or self._true(self.value(right))
        if operator == "??":
            try:
                found = self.value(left)
            except EvaluationError:
                found = None
            return self.value(right) if found is None or found is MISSING else found
        try:
            return _OPERATORS[operator](self._there(left), self._there(right))
        except (TypeError, ZeroDivisionError) as problem:
            raise EvaluationError(str(problem)) from problem

    def _there(self, tree: Tree) -> Any:
        found = self.value(tree)
        return None if found is MISSING else found

    def _member(self, holder: Tree, name: str, optional: bool) -> Any:
        return self._get(self.value(holder), name, optional)

    def _index(self, holder: Tree, key: Tree, optional: bool) -> Any:
        if key[0] == "range":
            found, first, last = (self.value(part) for part in (holder, key[1], key[2]))
            if not isinstance(found, list | str):
                raise EvaluationError(f"no part of {found!r}")
            return found[first or 0 : len(found) if last is None else last]
        return self._get(self.value(holder), self.value(key), optional)

    def _get(self, found: Any, key: Any, optional: bool) -> Any:
        if found is None or found is MISSING:
            if optional:
                return MISSING
            raise EvaluationError(f"no {key} of nothing")
        if isinstance(found, Mapping):
            return found.get(key, MISSING)
        if isinstance(found, list) and isinstance(key, int):
            return found[key]
        raise EvaluationError(f"no {key} of {found!r}")

    def _method(self, holder: Tree, name: str, arguments: tuple[Tree, ...]) -> Any:
        found = self.value(holder)
        method = getattr(found, name, None) if isinstance(found, gotime.GoTime) else None
        if method is None:
            raise EvaluationError(f"no method {name}")
        return method(*(self.value(a) for a in arguments))

    def _call(self, name: str, arguments: tuple[Tree, ...]) -> Any:
        if name == "now":
            if self.now is None:
                raise EvaluationError("no present time")
            return gotime.GoTime(self.now)
        function = _FUNCTIONS.get(name)
        if function is None:
            raise EvaluationError(f"unknown function {name}")
        try:
            return function(*(self._there(a) for a in arguments))
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError) as problem:
            raise EvaluationError(f"{name}: {problem}") from problem

    def _closure(self, name: str, items: Tree, body: Tree) -> Any:
        found = self.value(items)
        if not isinstance(found, list):
            raise EvaluationError(f"{name} over {found!r}")
        results = []
        for index, item in enumerate(found):
            self.items.append((item, index))
            results.append(self.value(body))
            self.items.pop()
        if name == "map":
            return results
        if name == "filter":
            return [i for i, keep in zip(found, results, strict=True) if keep]
        return _SUMMARIES[name](results)


_SUMMARIES: dict[str, Callable[[list[Any]], Any]] = {
    "any": any,
    "all": all,
    "none": lambda results: not any(results),
    "count": sum,
    "one": lambda results: sum(results) == 1,
}


def _contains(found: Any, part: Any) -> bool:
    if found is None:
        return False
    return part in found


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) != isinstance(right, str):
        raise TypeError("text and number")
    return left + right


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b and (isinstance(a, bool) == isinstance(b, bool)),
    "!=": lambda a, b: not (a == b and (isinstance(a, bool) == isinstance(b, bool))),
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": lambda a, b: _contains(b, a),
    "not in": lambda a, b: not _contains(b, a),
    "contains": _contains,
    "startsWith": lambda a, b: a.startswith(b),
    "endsWith": lambda a, b: a.endswith(b),
    "matches": lambda a, b: re.search(b, a) is not None,
    "+": _add,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
}


def _kind(found: Any) -> str:
    if found is None:
        return "nil"
    for kind, name in ((bool, "bool"), (str, "string"), (int, "int"), (float, "float"), (list, "array"), (dict, "map")):
        if isinstance(found, kind):
            return name
    return "unknown"


def _text(found: Any) -> str:
    return found if isinstance(found, str) else f"{found:g}" if isinstance(found, float) else str(found)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "fromJSON": json.loads,
    "toJson": lambda v: json.dumps(v, separators=(",", ":"), sort_keys=True),
    "type": _kind,
    "int": int,
    "asInt": int,
    "asFloat": float,
    "string": _text,
    "len": len,
    "replace": lambda text, old, new: text.replace(old, new),
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "date": gotime.date,
    "duration": gotime.duration,
    "timezone": ZoneInfo,
}
