"""Date layouts: pendulum's tokens, and what Python methods do to texts of a known layout."""

from __future__ import annotations

import re

_TOKENS = {
    "YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m", "DDDD": "%j", "DD": "%d",
    "D": "%-d", "dddd": "%A", "ddd": "%a", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M",
    "ss": "%S", "s": "%-S", "A": "%p", "SSSSSS": "%f", "ZZ": "%z",
}  # fmt: skip
_FORMAT = re.compile(
    r"\[(?P<text>[^\]]*)\]|(?P<token>YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|DD|Do|D|dddd|ddd|dd|d|HH|H|hh|h|mm|m|"
    r"ss|s|S+|A|a|ZZ|zz|Z|z|X|x|Q|E|W|L+|[a-zA-Z])"
)
_WIDTHS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2, "%y": 2, "%j": 3, "%f": 6}


def from_pendulum(pattern: str) -> str | None:
    """The strftime layout of a pendulum format; None when a token has no equivalent."""
    out: list[str] = []
    at = 0
    for match in _FORMAT.finditer(pattern):
        out.append(pattern[at : match.start()].replace("%", "%%"))
        at = match.end()
        if match.group("text") is not None:
            out.append(match.group("text").replace("%", "%%"))
            continue
        token = _TOKENS.get(match.group("token"))
        if token is None:
            return None
        out.append(token)
    out.append(pattern[at:].replace("%", "%%"))
    return "".join(out)


def pieces(layout: str) -> list[str] | None:
    """One entry per printed character: the directive it comes from, with its offset (`%Y:0`), or the character. None
    when a directive has no fixed width."""
    found: list[str] = []
    for part in re.findall(r"%-?.|[^%]", layout, re.S):
        if part.startswith("%"):
            width = _WIDTHS.get(part)
            if width is None:
                return None
            found.extend(f"{part}:{number}" for number in range(width))
        else:
            found.append(part)
    return found


def sliced(layout: str, start: int | None, stop: int | None, step: int | None = None) -> str | None:
    """The layout of `text[start:stop]`; None when a directive would be cut."""
    parts = pieces(layout)
    if parts is None or step not in (None, 1):
        return None
    return _joined(parts[start:stop])


def _joined(parts: list[str]) -> str | None:
    out: list[str] = []
    number = 0
    while number < len(parts):
        directive, _, offset = parts[number].rpartition(":") if parts[number].startswith("%") else ("", "", "")
        if not directive:
            out.append(parts[number])
            number += 1
            continue
        width = _WIDTHS[directive]
        wanted = [f"{directive}:{index}" for index in range(width)]
        if offset != "0" or parts[number : number + width] != wanted:
            return None
        out.append(directive)
        number += width
    return "".join(out)


def replaced(layout: str, old: str, new: str) -> str | None:
    """The layout of `text.replace(old, new)` for an `old` that no directive can print; None otherwise."""
    if not old or any(c.isalnum() or c == "%" for c in old) or "%" in new or pieces(layout) is None:
        return None
    return layout.replace(old, new)
