"""`strftime` formats to Go layouts."""

from __future__ import annotations

import re

GO: dict[str, str] = {
    "Y": "2006", "m": "01", "d": "02", "H": "15", "M": "04", "S": "05", "y": "06", "b": "Jan", "h": "Jan",
    "B": "January", "a": "Mon", "A": "Monday", "j": "002", "p": "PM", "I": "03", "z": "-0700", "Z": "MST",
    "F": "2006-01-02", "T": "15:04:05", "D": "01/02/06", "R": "15:04", "e": "_2",
    "-d": "2", "-m": "1", "-I": "3", "-M": "4", "-S": "5",
}  # fmt: skip
"""Directive -> Go layout. Those that are absent have no layout (`%U`, `%s`, `%-H`, `%-j` ...)."""

_DANGEROUS = re.compile(r"[0-9]|Jan|Mon|MST|PM|pm|Z|_$")


class NoLayout(ValueError):  # noqa: N818 - an outcome
    """A directive that Go has no layout for; the argument names it."""


def layouts(fmt: str) -> list[tuple[str, str]]:
    """The format as pieces, each `("layout", go layout)` or `("text", literal)`; literals that Go would not read as
    part of a layout are joined to their neighbours. Raises NoLayout."""
    pieces: list[tuple[str, str]] = []
    for match in re.finditer(r"%(-?[A-Za-z%])|([^%]+|%)", fmt):
        directive, literal = match.groups()
        if directive == "%":
            directive, literal = None, "%"
        if directive:
            if directive not in GO:
                raise NoLayout(f"%{directive}")
            _append(pieces, "layout", GO[directive])
        elif _DANGEROUS.search(literal):
            _append(pieces, "text", literal)
        else:
            _append(pieces, "layout", literal)
    return pieces


def _append(pieces: list[tuple[str, str]], kind: str, text: str) -> None:
    if pieces and pieces[-1][0] == kind:
        pieces[-1] = (kind, pieces[-1][1] + text)
    else:
        pieces.append((kind, text))
