"""All findings by code. Modules of this package register themselves when they are imported."""

from __future__ import annotations

import pkgutil
from importlib import import_module  # noqa: TID251 our own package only

import migrate.diagnostics as package
from migrate.diagnostics.base import REGISTRY, Diagnostic


def all_findings() -> dict[str, type[Diagnostic]]:
    """Every finding class of migrate by its code, in order of codes."""
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        import_module(f"{package.__name__}.{module}")
    own = {code: found for code, found in REGISTRY.items() if found.__module__.startswith("migrate.diagnostics.")}
    return dict(sorted(own.items()))
