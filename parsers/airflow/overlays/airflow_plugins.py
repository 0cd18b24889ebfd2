"""Plugins of the repository: `AirflowPlugin` classes, whose operators 1.10 offered as `airflow.operators.<plugin>`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from parsers.airflow.evaluator.imports import _load as load_found
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Value
from parsers.airflow.modules import Found
from parsers.airflow.overlays.airflow_helpers import PLUGIN

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

MAX_FILES = 500


def plugins(interp: Interpreter) -> list[ClassValue]:
    """The `AirflowPlugin` classes of the plugin folders."""
    known = interp.state.get("airflow plugins")
    if known is None:
        interp.state["airflow plugins"] = []
        known = interp.state["airflow plugins"] = list(_find(interp))
    return known


def _find(interp: Interpreter) -> Iterator[ClassValue]:
    for folder in _folders(interp):
        for path in sorted(folder.rglob("*.py"))[:MAX_FILES]:
            if not _names_plugin(path):
                continue
            inner = path.relative_to(folder).with_suffix("")
            name = ".".join(p for p in inner.parts if p != "__init__")
            module = interp.import_module(name) if name else load_found(interp, Found(folder.name, path), None)
            if not isinstance(module, ModuleValue):
                continue
            for value in list(module.attrs.values()):
                if isinstance(value, ClassValue) and value is not PLUGIN and PLUGIN in value.mro:
                    yield value


def _folders(interp: Interpreter) -> list[Path]:
    near = interp.main.file.path
    found = [Path(p) for p in interp.inputs.plugins or ()]
    found += [p for p in interp.loader.search(near) if p.name == "plugins"]
    return [p for p in dict.fromkeys(found) if p.is_dir()]


def _names_plugin(path: Path) -> bool:
    try:
        return path.stat().st_size < 1_000_000 and b"AirflowPlugin" in path.read_bytes()
    except OSError:
        return False


def _members(cls: ClassValue) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for section in ("operators", "sensors", "hooks", "macros"):
        listed = cls.namespace.get(section)
        for value in listed if isinstance(listed, list | tuple) else ():
            name = value.name if hasattr(value, "name") else value.cls.name if isinstance(value, Instance) else ""
            if isinstance(name, str) and name:
                found[name] = value
    return found


def plugin_module(interp: Interpreter, section: str, name: str) -> dict[str, Value] | None:
    """`airflow.<section>.<plugin name>` as 1.10 made it; None when no plugin has that name."""
    for cls in plugins(interp):
        if cls.namespace.get("name") == name:
            return _members(cls)
    return None


def plugin_member(interp: Interpreter, name: str) -> Value:
    """An operator, sensor or hook of any plugin, by its class name; None when there is none."""
    for cls in plugins(interp):
        found = _members(cls).get(name)
        if found is not None:
            return found
    return None
