"""Patterns of `match`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from parsers.airflow.evaluator.classes import PLAIN, lookup, plain
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of, derived
from parsers.airflow.evaluator.values import ClassValue, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Answer = Any
_SELF = tuple(PLAIN)


def matches(
    interp: Interpreter, pattern: cst.MatchPattern, subject: Value, scope: Scope, names: dict[str, Value]
) -> Answer:
    """Whether a pattern matches; binds into `names`. Unknown when that depends on an unknown value."""
    if isinstance(pattern, cst.MatchAs):
        answer: Answer = True
        if pattern.pattern is not None:
            answer = matches(interp, pattern.pattern, subject, scope, names)
        if pattern.name is not None and answer is not False:
            names[pattern.name.value] = subject
        return answer
    if isinstance(pattern, cst.MatchOr):
        return _any(interp, [e.pattern for e in pattern.patterns], subject, scope, names)
    if isinstance(pattern, cst.MatchValue):
        answer = interp.compare("==", subject, interp.evaluate(pattern.value, scope), pattern.value)
        return answer if isinstance(answer, Unknown) else bool(answer)
    if isinstance(pattern, cst.MatchSingleton):
        return interp.compare("is", subject, interp.evaluate(pattern.value, scope), pattern.value)
    if cause_of(subject) is not None:
        return derived(interp, subject)
    if isinstance(pattern, cst.MatchSequence):
        return _sequence(interp, pattern, plain(subject), scope, names)
    if isinstance(pattern, cst.MatchMapping):
        return _mapping(interp, pattern, plain(subject), scope, names)
    if isinstance(pattern, cst.MatchClass):
        return _class(interp, pattern, subject, scope, names)
    return False


def _any(interp: Interpreter, patterns: list[Any], subject: Value, scope: Scope, names: dict[str, Value]) -> Answer:
    unknown: Unknown | None = None
    for pattern in patterns:
        answer = matches(interp, pattern, subject, scope, names)
        if answer is True:
            return True
        unknown = answer if isinstance(answer, Unknown) else unknown
    return unknown if unknown is not None else False


def _all(interp: Interpreter, pairs: list[tuple[Any, Value]], scope: Scope, names: dict[str, Value]) -> Answer:
    unknown: Unknown | None = None
    for pattern, value in pairs:
        answer = matches(interp, pattern, value, scope, names)
        if answer is False:
            return False
        unknown = answer if isinstance(answer, Unknown) else unknown
    return unknown if unknown is not None else True


def _sequence(interp: Interpreter, pattern: Any, subject: Value, scope: Scope, names: dict[str, Value]) -> Answer:
    if not isinstance(subject, list | tuple | range):
        return False
    elements = pattern.patterns
    items = list(subject)
    star = next((i for i, e in enumerate(elements) if isinstance(e, cst.MatchStar)), None)
    if star is None:
        if len(items) != len(elements):
            return False
        return _all(interp, [(e.value, v) for e, v in zip(elements, items, strict=True)], scope, names)
    after = len(elements) - star - 1
    if len(items) < star + after:
        return False
    name = elements[star].name
    if name is not None:
        names[name.value] = items[star : len(items) - after]
    pairs = [(e.value, v) for e, v in zip(elements[:star], items, strict=False)]
    tail = items[len(items) - after :] if after else []
    pairs += [(e.value, v) for e, v in zip(elements[star + 1 :], tail, strict=True)]
    return _all(interp, pairs, scope, names)


def _mapping(interp: Interpreter, pattern: Any, subject: Value, scope: Scope, names: dict[str, Value]) -> Answer:
    if not isinstance(subject, dict):
        return False
    pairs: list[tuple[Any, Value]] = []
    used: list[Value] = []
    for element in pattern.elements:
        key = interp.evaluate(element.key, scope)
        if key not in subject:
            return False
        used.append(key)
        pairs.append((element.pattern, subject[key]))
    if pattern.rest is not None:
        names[pattern.rest.value] = {k: v for k, v in subject.items() if k not in used}
    return _all(interp, pairs, scope, names)


def _class(interp: Interpreter, pattern: Any, subject: Value, scope: Scope, names: dict[str, Value]) -> Answer:
    cls = interp.evaluate(pattern.cls, scope)
    fits = interp.isinstance(subject, cls)
    if fits is not True:
        return fits
    pairs: list[tuple[Any, Value]] = []
    if pattern.patterns:
        attributes = lookup(cls, "__match_args__") if isinstance(cls, ClassValue) else MISSING
        if attributes is MISSING and isinstance(plain(subject), _SELF):
            pairs.append((pattern.patterns[0].value, subject))
        else:
            fields = [] if attributes is MISSING else list(attributes)
            if len(fields) < len(pattern.patterns):
                raise interp.error("TypeError", f"{cls.name}() accepts {len(fields)} positional sub-patterns")
            pairs += [(e.value, interp.getattr(subject, n)) for e, n in zip(pattern.patterns, fields, strict=False)]
    for element in pattern.kwds:
        value = interp.getattr(subject, element.key.value, default=MISSING_ATTRIBUTE)
        if value is MISSING_ATTRIBUTE:
            return False
        pairs.append((element.pattern, value))
    return _all(interp, pairs, scope, names)


MISSING_ATTRIBUTE: Any = object()
