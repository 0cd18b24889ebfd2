"""`ti.map_index` in the items of a mapped task: each instance renders its own item, and the items are made before."""

from __future__ import annotations

import re

from parsers.airflow.evaluator.values import Value

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_INDEX = re.compile(r"\b(?:ti|task_instance)\.map_index\b")


def names_index(value: Value) -> bool:
    """Whether a template in a value names the index of its instance."""
    if isinstance(value, str):
        return any(_INDEX.search(tag) for tag in _TAG.findall(value))
    if isinstance(value, list | tuple | set | frozenset):
        return any(names_index(item) for item in value)
    return isinstance(value, dict) and any(names_index(item) for item in value.values())


def with_index(value: Value, number: int) -> Value:
    """The value with `ti.map_index` replaced by the number in its templates."""
    if isinstance(value, str):
        return _TAG.sub(lambda tag: _INDEX.sub(str(number), tag.group()), value)
    if isinstance(value, list | tuple):
        return type(value)(with_index(item, number) for item in value)
    if isinstance(value, dict):
        return {key: with_index(item, number) for key, item in value.items()}
    return value
