"""What the libraries that make DAGs from configuration share: objects by import path, places in files, failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from migrate.diagnostics.generators import EntryFailed
from migrate.source import Span
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.imports import _load as load_found
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    DagObject,
    GroupObject,
    Instance,
    ModuleValue,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.modules import Found
from parsers.airflow.overlays.plain import NOT_KNOWN
from parsers.airflow.overlays.readable import resolve

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Place = tuple[Path, int]
"""A file and a line."""


def import_object(interp: Interpreter, path: str, site: Any = None) -> Value:
    """The object behind `package.module.name`; an Unknown with that path when nothing answers."""
    module_name, _, name = path.rpartition(".")
    if not module_name:
        builtin = interp.frame.scope.lookup(path)
        return builtin if builtin is not MISSING else interp.unknown(f"`{path}` is not known", site, path=path)
    module = interp.import_module(module_name, site)
    found = interp.getattr(module, name, site, MISSING_OBJECT)
    if found is MISSING_OBJECT:
        outer = import_object(interp, module_name, site) if "." in module_name else module
        found = interp.getattr(outer, name, site, MISSING_OBJECT)
    return interp.unknown(f"`{path}` was not found", site, path=path) if found is MISSING_OBJECT else found


MISSING_OBJECT: Any = object()


def object_in_file(interp: Interpreter, file: str, name: str, site: Any = None) -> Value:
    """A function or class of a Python file of the user."""
    path = resolve(interp, "import", file, site)
    if not isinstance(path, Path):
        return path if isinstance(path, Unknown) else interp.unknown(f"`{file}` was not found", site)
    module = load_found(interp, Found(path.stem, path), site)
    if not isinstance(module, ModuleValue):
        return module
    return interp.getattr(module, name, site)


def relative(interp: Interpreter, path: Path) -> str:
    """How findings name a file."""
    return interp.loader.source_file(path).relative


def place(interp: Interpreter, value: Value, where: Place | None) -> None:
    """Lets a task or group stand in its configuration file; the code that read it becomes its call site."""
    node = value.native if isinstance(value, Instance) else value
    if isinstance(node, XComArg):
        node = node.task
    if where is None or not isinstance(node, TaskObject | GroupObject | DagObject):
        return
    if node.call_site is None:
        node.call_site = node.span
    node.span = Span(relative(interp, where[0]), where[1])


def attempt(
    interp: Interpreter, library: str, entry: str, where: Place | None, action: Callable[[], Value], site: Any = None
) -> Value:
    """Runs one step of a library; its failure is a finding, and the rest goes on. None when it failed."""
    with interp.catching():
        try:
            return action()
        except Raised as error:
            span = Span(relative(interp, where[0]), where[1]) if where is not None else interp.span(site)
            finding = EntryFailed(
                span=span, workflow=interp.workflow(), library=library, entry=entry, why=error.describe()
            )
            interp.report(finding)
            return None


def key_lines(text: str) -> dict[tuple[Any, ...], int]:
    """The line of each key and item of a YAML text, by its path. Empty when the text cannot be parsed."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[tuple[Any, ...], int] = {}
    try:
        root = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return found
    pending: list[tuple[tuple[Any, ...], Any]] = [((), root)]
    while pending and len(found) < 50_000:
        path, node = pending.pop()
        if len(path) > 6:
            continue
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, key.value)
                found.setdefault(inner, key.start_mark.line + 1)
                pending.append((inner, value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                inner = (*path, index)
                found.setdefault(inner, value.start_mark.line + 1)
                pending.append((inner, value))
    return found


def is_known(value: Value) -> bool:
    """Whether a value is neither unknown nor symbolic."""
    return not isinstance(value, NOT_KNOWN)
