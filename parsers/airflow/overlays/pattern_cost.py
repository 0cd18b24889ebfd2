"""How long a regular expression may take, estimated from its shape. Python's matcher cannot be interrupted, so patterns
that may need exponential time, or a high power of the text's length, are not run."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

SAFE_TEXT = 20
"""Up to this length even an exponential pattern ends at once."""
STEPS = 10_000_000_000
_CHARACTERS = [chr(i) for i in range(128)] + ["\u00e9", "\u4e2d"]
_ALL = frozenset(_CHARACTERS)
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CLASSES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip


def parse(pattern: re.Pattern[Any]) -> Any:
    """The parsed form of a pattern, as Python's own parser gives it."""
    try:
        from re import _parser as parser  # type: ignore[attr-defined]
    except ImportError:  # Python 3.10
        import sre_parse as parser
    return parser.parse(pattern.pattern, pattern.flags & ~int(re.DEBUG))


def too_slow(pattern: re.Pattern[Any], size: int) -> bool:
    """Whether matching against a text of `size` characters may take too long."""
    if size <= SAFE_TEXT:
        return False
    shape = shape_of(pattern)
    return shape is None or float(size) ** (shape + 1) > STEPS


@lru_cache(maxsize=2_000)
def shape_of(pattern: re.Pattern[Any]) -> int | None:
    """The greatest number of open repetitions that can compete on the way through a pattern; None when one repetition
    holds another that can take the same characters (exponential)."""
    try:
        return _count(parse(pattern), False)
    except _ExponentialError:
        return None
    except (re.error, RecursionError, ValueError, TypeError):
        return None


class _ExponentialError(Exception):
    pass


def _count(parsed: Any, inside: bool) -> int:
    """Repetitions compete while nothing between them keeps them apart: a required character (or a repetition that needs
    one) that those before cannot take ends the run."""
    best = run = 0
    taken: frozenset[str] = frozenset()
    for op, argument in _flat(list(parsed)):
        name = str(op)
        count = _count_item(name, argument, inside)
        repeats = name in _REPEATS and _open(argument[0], argument[1])
        if repeats or name in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            own = _characters(list(argument[2])) if repeats else _item_characters(name, argument)
            apart = bool(own) and not own & taken
            if apart and (not repeats or int(argument[0]) > 0):
                run, taken = 0, frozenset()
            run += 0 if apart and run else count
            taken = taken | own if repeats else taken
        elif count:
            run, taken = run + count, _ALL
        best = max(best, run)
    return best


def _count_item(name: str, argument: Any, inside: bool) -> int:
    if name in _REPEATS:
        low, high, body = argument
        if not _open(low, high):
            return _count(body, inside)
        if _ambiguous(list(body)):
            raise _ExponentialError
        return 1 + _count(body, True)
    if name == "BRANCH":
        return max((_count(branch, inside) for branch in argument[1]), default=0)
    if name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
        return _count(argument[-1], inside)
    if name == "ATOMIC_GROUP":
        return _count(argument, inside)
    if name == "GROUPREF_EXISTS":
        return max((_count(b, inside) for b in argument[1:] if b is not None), default=0)
    return 0


def _open(low: Any, high: Any) -> bool:
    return str(high) == "MAXREPEAT" or int(high) - int(low) > 8


def _flat(items: list[Any]) -> list[Any]:
    """The items of a body, groups opened."""
    out: list[Any] = []
    for op, argument in items:
        if str(op) == "SUBPATTERN":
            out.extend(_flat(list(argument[-1])))
        elif str(op) == "ATOMIC_GROUP":
            out.extend(_flat(list(argument)))
        else:
            out.append((op, argument))
    return out


def _ambiguous(body: list[Any]) -> bool:
    """Whether a repeated body can take the same text in several ways: it holds an open repetition (or alternatives that
    begin alike) and no required character that the repetitions cannot take."""
    items = _flat(body)
    repeats = [(op, a) for op, a in items if str(op) in _REPEATS and (_open(a[0], a[1]) or int(a[0]) == 0)]
    branches = [a for op, a in items if str(op) == "BRANCH"]
    if any(_overlap(a[1]) for a in branches):
        return True
    if not repeats:
        return False
    taken: frozenset[str] = frozenset().union(*(_characters(list(a[2])) for _, a in repeats))
    for op, argument in items:
        if str(op) in ("LITERAL", "NOT_LITERAL", "IN", "ANY") and not _item_characters(str(op), argument) & taken:
            return False
    return True


def _overlap(alternatives: list[Any]) -> bool:
    """Whether two alternatives can begin with the same character."""
    seen: set[str] = set()
    for branch in alternatives:
        items = _flat(list(branch))
        if not items:
            return True
        op, argument = items[0]
        first = _item_characters(str(op), argument)
        if first & seen:
            return True
        seen |= first
    return False


def _characters(items: list[Any]) -> frozenset[str]:
    """All characters that a body can take."""
    found: frozenset[str] = frozenset()
    for op, argument in _flat(items):
        found |= _item_characters(str(op), argument)
    return found


def _item_characters(name: str, argument: Any) -> frozenset[str]:
    if name == "LITERAL":
        return frozenset((chr(argument), chr(argument).lower(), chr(argument).upper()))
    if name == "NOT_LITERAL":
        return _ALL - {chr(argument)}
    if name == "IN":
        return _set_characters(argument)
    if name in _REPEATS:
        return _characters(list(argument[2]))
    if name == "BRANCH":
        return frozenset().union(*(_characters(list(branch)) for branch in argument[1]))
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return frozenset()
    return _ALL


def _set_characters(items: Any) -> frozenset[str]:
    found: set[str] = set()
    negated = False
    for op, argument in items:
        name = str(op)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found.update((chr(argument), chr(argument).lower(), chr(argument).upper()))
        elif name == "RANGE":
            low, high = argument
            found.update(c for c in _CHARACTERS if low <= ord(c) <= high)
        elif name == "CATEGORY":
            test = re.compile(_CLASSES.get(str(argument), "."), re.S)
            found.update(c for c in _CHARACTERS if test.match(c))
    return _ALL - found if negated else frozenset(found)
