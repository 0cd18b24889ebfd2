"""Reads YAML by PyYAML's fast parser into plain data, without the trees of nodes that its own loader makes.

What the parser says is taken as it is; a plain scalar is given a type by PyYAML's own tables. Anchors, tags and merge
keys, which our files do not have, are left to the library as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TABLES: dict[str | None, list[tuple[str, Any]]] = yaml.SafeLoader.yaml_implicit_resolvers
_OPEN = object()
"""Stands where the key of the next pair has not been read."""


class _LeftToTheLibraryError(Exception):
    """The text has something that is not read here."""


def read_yaml(text: str) -> list[Any]:
    """All documents of a text. Raises yaml.YAMLError."""
    try:
        return list(_documents(text))
    except _LeftToTheLibraryError:
        return list(yaml.load_all(text, Loader=LOADER))


def _documents(text: str) -> Iterator[Any]:
    loader = LOADER(text)
    try:
        event = loader.get_event()
        while type(event) is not StreamEndEvent:
            if type(event) is DocumentStartEvent:
                yield _document(loader.get_event)
            event = loader.get_event()
    finally:
        loader.dispose()


def _document(following: Any) -> Any:
    """The value that the next events make, up to the end of the document."""
    stack: list[tuple[Any, Any]] = []
    holder: Any = []
    key: Any = _OPEN
    while True:
        event = following()
        kind = type(event)
        if kind is ScalarEvent:
            value: Any = _scalar(event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if event.tag is not None or event.anchor is not None:
                raise _LeftToTheLibraryError
            stack.append((holder, key))
            holder, key = ({} if kind is MappingStartEvent else []), _OPEN
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value = holder
            holder, key = stack.pop()
        elif kind is DocumentEndEvent:
            return holder[0]
        else:
            assert kind is AliasEvent, event
            raise _LeftToTheLibraryError
        if type(holder) is list:
            holder.append(value)
        elif key is _OPEN:
            key = _hashable(value)
        else:
            holder[key] = value
            key = _OPEN


def _hashable(key: Any) -> Any:
    if type(key) is dict or type(key) is list:
        raise _LeftToTheLibraryError
    return key


def _scalar(event: ScalarEvent) -> Any:
    if event.tag is not None or event.anchor is not None:
        raise _LeftToTheLibraryError
    value = event.value
    if not event.implicit[0]:
        return value
    tables = _TABLES.get(value[:1])
    return value if tables is None else _typed(value)


@lru_cache(maxsize=1_000)
def _typed(value: str) -> Any:
    """The value of a plain scalar. The first table that matches says what it is."""
    for tag, pattern in _TABLES[value[:1]]:
        if pattern.match(value):
            if tag in ("tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"):
                raise _LeftToTheLibraryError
            return yaml.load(value, Loader=LOADER) if value else None  # noqa: S506  a safe loader
    return value
