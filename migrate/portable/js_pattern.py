"""Regular expression literals: the plain part of JavaScript's patterns, as Python's `re` has it.

What would differ, or what could take long on a hostile text (a repeated group that repeats something itself), raises
Unsupported.
"""

from __future__ import annotations

import re
from typing import Any

try:
    from .js_parse import Unsupported
    from .js_values import UNDEFINED, HostObject, Native, to_text
except ImportError:  # in a pod the files stand side by side
    from js_parse import Unsupported  # type: ignore[import-not-found, no-redef]
    from js_values import UNDEFINED, HostObject, Native, to_text  # type: ignore[import-not-found, no-redef]

SPACES = r"\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
ESCAPES = {
    "d": "0-9", "w": "A-Za-z0-9_", "s": SPACES, "n": r"\n", "t": r"\t", "r": r"\r", "f": r"\f", "v": r"\v",
}  # fmt: skip
NEGATED = {"D": "0-9", "W": "A-Za-z0-9_", "S": SPACES}
QUANTIFIER = re.compile(r"(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??")
PART = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|\(\?:|[\s\S]")
MAX_OPEN = 3
STEPS = 1e8
"""Bound of the steps that a search may take: the length of the text to the power of open repetitions and one."""


class Pattern(HostObject):
    """A compiled literal. `every`: flag g."""

    def __init__(self, source: str, flags: str) -> None:
        if set(flags) - {"g", "i"} or len(set(flags)) != len(flags):
            raise Unsupported(f"flags {flags} of a pattern")
        self.every = "g" in flags
        self.plain = "i" in flags
        if self.plain and not source.isascii():
            raise Unsupported("flag i beyond ASCII")
        try:
            text, opened = translated(source)
            self.longest = round(min(100_000.0, STEPS ** (1 / (opened + 1))))
            self.compiled = re.compile(text, re.ASCII | (re.IGNORECASE if self.plain else 0))
        except (re.error, OverflowError) as error:
            raise Unsupported(f"a pattern: {error}") from None
        self.source = f"/{source}/{flags}"

    def subject(self, value: Any) -> str:
        """The text that is searched. Raises Unsupported where it would count in other units."""
        text = to_text(value)
        if len(text) > self.longest or any(char > "\uffff" for char in text) or (self.plain and not text.isascii()):
            raise Unsupported("a pattern on such a text")
        return text

    def member(self, name: str) -> Any:
        if name == "test":
            return Native(lambda text=UNDEFINED: self.compiled.search(self.subject(text)) is not None)
        raise Unsupported(f"a pattern's {name}")

    def text(self) -> str:
        return self.source

    def primitive(self) -> Any:
        return self.source

    def replace(self, value: str, new: str) -> str:
        """`replace` of a text."""
        return self.compiled.sub(lambda match: expanded(match, new), self.subject(value), count=0 if self.every else 1)

    def search(self, value: str) -> int:
        """`search` of a text."""
        found = self.compiled.search(self.subject(value))
        return found.start() if found else -1

    def match(self, value: str) -> list[Any] | None:
        """`match` of a text: all matches with flag g, else the first with its groups."""
        text = self.subject(value)
        if self.every:
            return [m.group() for m in self.compiled.finditer(text)] or None
        found = self.compiled.search(text)
        return [found.group(), *(UNDEFINED if g is None else g for g in found.groups())] if found else None

    def split(self, value: str) -> list[Any]:
        """`split` of a text."""
        text = self.subject(value)
        if self.compiled.groups or self.compiled.match(""):
            raise Unsupported("split by such a pattern")
        return self.compiled.split(text)


def expanded(match: re.Match[str], new: str) -> str:
    """A replacement with `$1`, `$&`, `$$`."""

    def one(mark: re.Match[str]) -> str:
        word = mark.group(1)
        if word in ("$", "&"):
            return "$" if word == "$" else match.group()
        number = int(word)
        if not 1 <= number <= match.re.groups:
            raise Unsupported("a replacement that names no group")
        return match.group(number) or ""

    if re.search(r"\$[`'<]|\$\d\d", new):
        raise Unsupported("such a replacement")
    return re.sub(r"\$([$&\d])", one, new)


def translated(source: str) -> tuple[str, int]:
    """A pattern in Python's words, and how many open repetitions it has. Raises Unsupported."""
    out: list[str] = []
    groups: list[int] = []
    closed = opened = 0
    at = 0
    while at < len(source):
        match = PART.match(source, at)
        assert match is not None
        part, at = match.group(), match.end()
        if part in ("(", "(?:"):
            if source.startswith("?", at):
                raise Unsupported("a group of that kind")
            groups.append(opened)
        closed = -1
        if part == ")":
            if not groups:
                raise Unsupported("a parenthesis that nothing opens")
            closed = groups.pop()
        out.append(unit(part))
        repeat = QUANTIFIER.match(source, at)
        if repeat is None:
            continue
        if part in ("(", "(?:", "|", "^", "$", r"\b", r"\B") or (part == ")" and closed != opened):
            raise Unsupported("such a repetition")
        if not re.fullmatch(r"\?\??|\{\d+\}", repeat.group()):
            opened += 1
        if opened > MAX_OPEN:
            raise Unsupported("a pattern with many repetitions")
        out.append(repeat.group())
        at = repeat.end()
    return "".join(out), opened


def unit(part: str) -> str:
    """One unit of a pattern."""
    if part in ("(", "(?:", ")", "|"):
        return part
    if part in ("^", "$", "."):
        return {"^": r"\A", "$": r"\Z", ".": r"[^\n\r\u2028\u2029]"}[part]
    if part in (r"\b", r"\B"):
        return part
    if part in ("*", "+", "?", "{", "}", "[", "\\"):
        raise Unsupported(f"`{part}` in a pattern")
    if part.startswith("["):
        return character_class(part)
    if part.startswith("\\"):
        kind = part[1]
        return f"[^{NEGATED[kind]}]" if kind in NEGATED else f"[{escaped(kind)}]" if kind.isalnum() else re.escape(kind)
    return re.escape(part)


def escaped(kind: str) -> str:
    """An escape, as part of a class."""
    if kind in ESCAPES:
        return ESCAPES[kind]
    if kind.isalnum() or not kind.isascii():
        raise Unsupported(f"`\\{kind}` in a pattern")
    return re.escape(kind)


def character_class(part: str) -> str:
    """`[...]`."""
    inner = part[1:-1]
    negated = inner.startswith("^")
    inner = inner[1:] if negated else inner
    if not inner:
        raise Unsupported("an empty class")
    out, at = [], 0
    while at < len(inner):
        if inner[at] == "\\":
            out.append(escaped(inner[at + 1]))
            at += 2
            continue
        ranged = inner[at] == "-" and 0 < at < len(inner) - 1
        out.append("-" if ranged else re.escape(inner[at]))
        at += 1
    if re.search(r"\\[dws]-|-\\[dws]", inner):
        raise Unsupported("a range of a class")
    return f"[{'^' if negated else ''}{''.join(out)}]"
