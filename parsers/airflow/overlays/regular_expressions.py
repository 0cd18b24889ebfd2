"""re: Python's own, with bounded texts; patterns that may need exponential time are not run."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Native, Value
from parsers.airflow.overlays.pattern_cost import too_slow
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    blocker,
    check_result,
    error_class,
    lower,
    model_type,
    pure,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.registry import overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


class TooSlowError(BaseException):
    """A pattern may take too long."""


def guarded(pattern: re.Pattern[Any], size: int, function: Callable[..., Any], *args: Any) -> Any:
    """Calls `function`, which matches `pattern` against a text of `size`. Raises TooSlowError."""
    if too_slow(pattern, size):
        raise TooSlowError
    return function(*args)


def compiled(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
    """A compiled pattern. Raises re.error, ValueError."""
    if isinstance(pattern, re.Pattern):
        return pattern
    if not isinstance(pattern, str | bytes) or len(pattern) > 20_000:
        raise TypeError("first argument must be a pattern of at most 20000 characters")
    return re.compile(pattern, int(flags) & ~int(re.DEBUG))


_ARGUMENTS = {
    "match": ("string", "flags"), "fullmatch": ("string", "flags"), "search": ("string", "flags"),
    "findall": ("string", "flags"), "finditer": ("string", "flags"), "split": ("string", "maxsplit", "flags"),
    "sub": ("repl", "string", "count", "flags"), "subn": ("repl", "string", "count", "flags"),
}  # fmt: skip


def _bound(name: str, args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
    return {**dict(zip(_ARGUMENTS[name], args, strict=False)), **kwargs}


def _run(interp: Interpreter, name: str, pattern: Any, given: dict[str, Value], site: Any) -> Value:
    replacement = given.get("repl")
    values = {k: lower(v) for k, v in given.items() if k != "repl" or not _is_function(replacement)}
    part = blocker([pattern, *values.values()], {})
    if part is not MISSING:
        return unknown_because(interp, f"re.{name}", part, site)
    flags = values.pop("flags", 0)
    text = values.get("string", "")
    if not isinstance(text, str | bytes):
        raise interp.error("TypeError", "expected string or bytes-like object")
    interp.meter.check_text(len(text))
    regex = run_plain(interp, compiled, (pattern, flags), {})
    if _is_function(replacement):
        values["repl"] = lambda match: _replaced(interp, replacement, match)
    order = [n for n in _ARGUMENTS[name] if n in values]
    try:
        options = {n: values[n] for n in order if n in ("count", "maxsplit")}
        positional = [values[n] for n in order if n not in options]
        match = functools.partial(getattr(regex, name), **options)
        result = run_plain(interp, guarded, (regex, len(text), match, *positional), {})
    except TooSlowError:
        return interp.unknown(f"the pattern of `re.{name}` may take too long on this text", site)
    except _UnknownReplacement as error:
        return unknown_because(interp, f"re.{name}", error.value, site)
    if name == "finditer":
        return Stream(iter(list(result)))
    check_result(interp, result, f"re.{name}")
    return result


def _is_function(value: Value) -> bool:
    return not isinstance(lower(value), str | bytes | None) and not isinstance(value, NOT_KNOWN)


class _UnknownReplacement(BaseException):
    def __init__(self, value: Value) -> None:
        self.value = value


def _replaced(interp: Interpreter, function: Value, match: re.Match[Any]) -> Any:
    text = lower(interp.call(function, [match]))
    if isinstance(text, (Instance, *NOT_KNOWN)):
        raise _UnknownReplacement(text)
    return text


def _function(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        given = dict(kwargs)
        pattern = args[0] if args else given.pop("pattern", None)
        return _run(interp, name, lower(pattern), _bound(name, args[1:], given), site)

    return Native(f"re.{name}", call)


def _method(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        count = len(_ARGUMENTS[name]) - 1
        if len(args) - 1 > count or "pos" in kwargs:
            return pure(f"re.Pattern.{name}", getattr(re.Pattern, name)).call(interp, args, kwargs, site)
        return _run(interp, name, args[0], _bound(name, args[1:], kwargs), site)

    return Native(f"re.Pattern.{name}", call)


def _compile(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return pure("re.compile", compiled).call(interp, args, kwargs, site)


PATTERN = model_type(
    re.Pattern,
    "re.Pattern",
    attributes="pattern flags groups groupindex",
    namespace={n: _method(n) for n in _ARGUMENTS},
)
MATCH = model_type(
    re.Match,
    "re.Match",
    methods="group groups groupdict start end span expand __getitem__",
    attributes="string re pos endpos lastindex lastgroup",
)
_FLAGS = "IGNORECASE I MULTILINE M DOTALL S VERBOSE X ASCII A UNICODE U LOCALE L NOFLAG"


@overlay("re", "regex")
def re_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """re."""
    return {
        **{n: _function(n) for n in _ARGUMENTS},
        **{n: int(getattr(re, n)) for n in _FLAGS.split() if hasattr(re, n)},
        "compile": Native("re.compile", _compile),
        "escape": pure("re.escape", re.escape),
        "error": error_class(re.error, "re.error", EXCEPTIONS["Exception"]),
        "PatternError": error_class(re.error, "re.error", EXCEPTIONS["Exception"]),
        "Pattern": PATTERN,
        "Match": MATCH,
        "purge": Native("re.purge", lambda i, a, k, s: None),
    }
