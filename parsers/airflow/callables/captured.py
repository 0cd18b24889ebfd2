"""Variables that functions inside of functions take from around them."""

from __future__ import annotations

import re

from parsers.airflow.callables.names import needed_names
from parsers.airflow.callables.sources import definition_source
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import Function, Value

_NONLOCAL = re.compile(r"^\s*nonlocal +([^#\n]+)", re.M)


def captured_names(text: str, value: Function) -> dict[str, Value]:
    """Names of a function's text that the functions around it bind, with their values."""
    found = {}
    again = [name.strip() for names in _NONLOCAL.findall(text) for name in names.split(",")]
    for name in dict.fromkeys([*needed_names(_NONLOCAL.sub(_as_pass, text)), *again]):
        item = _around(name, value.scope)
        if item is not MISSING:
            found[name] = item
    return found


def _as_pass(match: re.Match[str]) -> str:
    return match[0].replace("nonlocal", "global", 1)


def _around(name: str, scope: Scope | None) -> Value:
    while scope is not None and scope.kind not in ("module", "builtins"):
        if scope.kind == "function" and name in scope.names:
            return scope.names[name]
        scope = scope.parent
    return MISSING


def together(text: str, value: Function) -> tuple[dict[Function, str], dict[str, Value]]:
    """The functions that share variables with `value` (itself last), with their texts, and the variables."""
    texts: dict[Function, str] = {}
    captured: dict[str, Value] = {}
    waiting = [(value, text)]
    while waiting:
        function, source = waiting.pop()
        texts[function] = source
        for name, item in captured_names(source, function).items():
            same = isinstance(item, Function) and item.scope is value.scope and item.name == name
            if not same:
                captured[name] = item
            elif item not in texts:
                waiting.append((item, definition_source(item, item.scope)))
    names = {function.name for function in texts}
    ordered = dict(reversed(texts.items()))
    return ordered, {name: item for name, item in captured.items() if name not in names}
