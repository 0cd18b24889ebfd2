"""Secrets that stand as plain text in a project: masked in all that is written, put back in the pod.

A mask stands for a text wherever it occurs (exports, settings, commands), so that what the pod evaluates is what
the source says, letter for letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.secrets import SecretLiteral
from migrate.ir.actions import Masked
from migrate.names import secret_object
from migrate.secrets import secret_reason
from migrate.source import Span
from parsers.digdag.dig_yaml import DigList, DigMap
from parsers.digdag.file_secrets import file_secrets, plain_parts

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.tree import DigTask

NAMES = ("_secrets", "password_override")
"""Keys that name secrets and hold none."""
SHORT = 8
"""A shorter secret is masked only where it is a whole text: it may be part of any word."""


@dataclass
class Literals:
    """The secrets of one workflow: text -> mask. `noted`: files and tasks whose secrets are known."""

    secret: str
    masks: dict[str, Masked] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)

    def add(self, text: str, key: str) -> Masked:
        """The mask of a secret; one text has one mask."""
        if text not in self.masks:
            base = re.sub(r"[^-._a-zA-Z0-9]+", "-", key).strip("-.") or "value"
            taken = {m.key for m in self.masks.values()}
            name, number = base, 2
            while name in taken:
                name, number = f"{base}-{number}", number + 1
            self.masks[text] = Masked(mask=f"<<secret:{name}>>", secret=self.secret, key=name)
        return self.masks[text]

    def hide(self, value: Any, used: set[Masked]) -> Any:
        """A value without secrets. used: gets the masks that stand in it."""
        if isinstance(value, str):
            return self._text(value, used)
        if isinstance(value, Mapping):
            return {self._text(k, used): self.hide(v, used) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.hide(v, used) for v in value]
        return value

    def _text(self, text: str, used: set[Masked]) -> str:
        for secret in sorted(self.masks, key=len, reverse=True):
            if text == secret or (len(secret) >= SHORT and secret in text):
                used.add(self.masks[secret])
                text = text.replace(secret, self.masks[secret].mask)
        return text


def literals_of(builder: Builder) -> Literals:
    """The secrets in a workflow's own text, each reported where it stands."""
    return Literals(secret_object(builder.project.identity(builder.workflow.name)))


def note_tasks(builder: Builder, root: DigTask) -> None:
    """Finds the secrets in the keys of a task and of all below it."""
    for task in root.walk():
        if task.full_name in builder.literals.noted:
            continue
        builder.literals.noted.add(task.full_name)
        for place in _texts(task.config, "", task.config.span):
            if task.operator == "param_get" and not place.key.startswith("_"):
                continue  # a name of a parameter
            _note(builder, task, place)


def note_file(builder: Builder, task: DigTask, path: str, text: str) -> None:
    """Finds the secrets in a file whose content becomes part of a task."""
    if path in builder.literals.noted:
        return
    builder.literals.noted.add(path)
    for secret, reason, line in file_secrets(path, text):
        found = builder.literals.add(secret, path)
        where = Span(path, line)
        builder.find(SecretLiteral, task, where, name=path, reason=reason, secret=found.secret, key=found.key)


@dataclass(frozen=True)
class _Place:
    key: str
    text: str
    span: Span


def _texts(value: Any, key: str, span: Span) -> Iterator[_Place]:
    if isinstance(value, str):
        yield _Place(key, value, span)
    elif isinstance(value, DigMap):
        for name, inner in value.items():
            if name not in NAMES:
                yield from _texts(inner, f"{key}.{name}".strip("."), value.where(name))
    elif isinstance(value, DigList):
        for number, inner in enumerate(value):
            where = value.spans[number] if number < len(value.spans) else span
            yield from _texts(inner, f"{key}.{number}", where)


def _note(builder: Builder, task: DigTask, place: _Place) -> None:
    own = re.sub(r"^(?:_export|_env)\.", "", place.key)
    label = own if task.parent is None else f"{task.name.lstrip('+^')}.{own.replace('>', '')}"
    reason = None if "${" in place.text else secret_reason(place.key.rpartition(".")[2], place.text)
    parts = [(place.text[start:end], why) for start, end, why in plain_parts(place.text)]
    found = [(place.text, reason)] if reason else parts
    for text, why in found:
        mask = builder.literals.add(text, label)
        builder.find(SecretLiteral, task, place.span, name=label, reason=why, secret=mask.secret, key=mask.key)
