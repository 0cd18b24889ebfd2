"""Texts of dotenv files, as python-dotenv reads them. Nothing of this process' own environment gets in."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field

from dotenv.parser import parse_stream
from dotenv.variables import Variable, parse_variables


@dataclass
class Dotenv:
    """What a dotenv file says. values: by name, with references as far as they are known. open_references: name ->
    the first reference in its value that nobody knows (the value has it as it is written). wrong: numbers of lines
    that are no `NAME=VALUE`, from 1."""

    values: dict[str, str] = field(default_factory=dict)
    open_references: dict[str, str] = field(default_factory=dict)
    wrong: list[int] = field(default_factory=list)


def read_dotenv(text: str, known: Callable[[str], str | None] = lambda name: None) -> Dotenv:
    """Reads a text. A reference `${NAME}` is that of an earlier line, else what `known` gives, else its own default
    (`${NAME:-text}`)."""
    found = Dotenv()
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            blank = len(binding.original.string) - len(binding.original.string.lstrip())
            found.wrong.append(binding.original.line + binding.original.string[:blank].count("\n"))
        elif binding.key is not None and binding.value is not None:
            found.values[binding.key] = _resolved(binding.key, binding.value, found, known)
    return found


def _resolved(key: str, value: str, so_far: Dotenv, known: Callable[[str], str | None]) -> str:
    so_far.open_references.pop(key, None)
    parts = []
    for atom in parse_variables(value):
        if not isinstance(atom, Variable):
            parts.append(atom.resolve({}))
            continue
        given = so_far.values.get(atom.name, known(atom.name))
        if given is None and atom.default is None:
            so_far.open_references.setdefault(key, atom.name)
        elif atom.name in so_far.open_references:
            so_far.open_references.setdefault(key, so_far.open_references[atom.name])
        parts.append(given if given is not None else atom.default if atom.default is not None else f"${{{atom.name}}}")
    return "".join(parts)
