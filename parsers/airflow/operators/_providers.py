"""Facts about provider classes: where they are now, what their distribution is called, their connections."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from parsers.airflow.distributions import provider_distribution
from parsers.airflow.evaluator.values import ClassValue
from parsers.airflow.generation import Generation

_DATA = Path(__file__).with_name("providers.json")


@cache
def _index() -> dict[str, Any]:
    """Class name -> {"module", "fields", "connections"}; made by `tests/tools/provider_facts.py` from the packages."""
    found: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return found


def _facts(cls: ClassValue) -> dict[str, Any]:
    for parent in cls.mro or (cls,):
        if parent.node is None and parent.name in _index():
            found: dict[str, Any] = _index()[parent.name]
            return found
    return {}


def distributions(paths: Iterable[str]) -> list[str]:
    """The distributions that hold these classes; third-party classes give their top module."""
    found: set[str] = set()
    for path in paths:
        name = provider_distribution(path)
        top = path.partition(".")[0]
        if name is not None:
            found.add(name)
        elif top not in ("airflow", "builtins", "abc", "typing", "collections", "enum", "logging", "dataclasses"):
            found.add(top.replace("_", "-"))
    return sorted(found)


def class_path(cls: ClassValue, generation: Generation) -> str:
    """The import path under which today's packages have a class that the source imports from an old place."""
    old = cls.path
    module = _index().get(cls.name, {}).get("module")
    if module is None or (
        old.startswith("airflow.providers.") and provider_distribution(old) != provider_distribution(module)
    ):
        return old
    core = old.startswith(("airflow.operators.", "airflow.sensors.", "airflow.models."))
    if core and generation.major < 3 and module.startswith("airflow.providers.standard"):
        return old
    return f"{module}.{cls.name}"


def template_fields(cls: ClassValue) -> tuple[str, ...] | None:
    """The class's template fields; None when they are not known."""
    found = _facts(cls).get("fields")
    return None if found is None else tuple(found)


def connection_defaults(cls: ClassValue) -> dict[str, str]:
    """Connection arguments of the class and the ids they have when not given."""
    return dict(_facts(cls).get("connections", {}))
