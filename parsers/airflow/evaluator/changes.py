"""What the statements of a DAG file do besides binding names: values they change, settings of the process, DAGs.

Airflow's worker runs the whole file before each task, so code of a task relies on all of it. The notes are made while
the file is evaluated, through whatever calls a statement makes.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Native, Symbolic, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.modules import ParsedModule

_MOST = 300_000
_LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "fatal"})
_LOGGERS = frozenset({"logging", "loguru", "structlog"})
_QUIET = frozenset({"airflow", "warnings", "builtins", "typing", "pprint", "time", "gc"})
"""Packages whose calls leave nothing behind that a task sees: Airflow undoes `warnings` after it has loaded a file."""
_ACCESSOR = re.compile(r"(?:^|\.)(?:get|current|default|root)\w*\(")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a value: `module` ran at its own level when it was made (its name), `number` is the statement (of
    Python's tree, from 0) if that was the DAG file, else -1."""

    module: str
    number: int


@dataclass(slots=True)
class Noted:
    """A value that was changed, by which statements, and which of its attributes were set (empty: others too)."""

    value: Value
    changes: set[Change] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)


class Changes:
    """The notes about one DAG file. `effects`: statement of the DAG file -> packages whose state it changes."""

    def __init__(self, main: ParsedModule | None = None) -> None:
        self.main = main
        self.values: dict[int, Noted] = {}
        self.names: dict[tuple[str, str], set[Change]] = {}
        self.effects: dict[int, list[str]] = {}
        self.makers: set[int] = set()
        """Statements that make DAGs, tasks or groups."""
        self.making: set[str] = set()
        """Modules whose own body makes such."""
        self.modules: dict[str, ParsedModule] = {}
        """The modules whose bodies ran for this file."""
        self.environment: dict[str, Value] = {}
        """Environment variables that the file sets."""
        self.number = -1
        self._running: list[ParsedModule] = []
        self._next = 0

    # --- what runs ----------------------------------------------------------------------------------------------

    def enter(self, module: ParsedModule) -> None:
        """A module's own body starts."""
        self._running.append(module)
        self.modules[module.name] = module

    def leave(self) -> None:
        """A module's own body has ended."""
        self._running.pop()

    def statement(self, module: ParsedModule, node: cst.CSTNode) -> None:
        """A statement of a module's own body starts."""
        if module is self.main:
            self.number = self._next
            self._next += len(node.body) if isinstance(node, cst.SimpleStatementLine) else 1

    def _now(self) -> Change | None:
        if not self._running:
            return None
        module = self._running[-1]
        return Change(module.name, self.number if module is self.main else -1)

    # --- notes --------------------------------------------------------------------------------------------------

    def value(self, value: Value, attribute: str = "") -> None:
        """A value changes."""
        now = self._now()
        if now is None or len(self.values) >= _MOST:
            return
        noted = self.values.get(id(value))
        if noted is None:
            noted = self.values[id(value)] = Noted(value)
        noted.changes.add(now)
        if attribute:
            noted.attributes.add(attribute)

    def name(self, scope: Scope, name: str) -> None:
        """A function binds a name of its module (`global`)."""
        now = self._now()
        target = scope.escapes.get(name) if scope.escapes is not None else None
        if now is not None and target is not None and target.kind == "module" and target.module is not None:
            self.names.setdefault((target.module.name, name), set()).add(now)

    def tasks(self) -> None:
        """A DAG, task or group is made."""
        if self._running:
            self.makers.add(self.number)
            self.making.update(module.name for module in self._running if module is not self.main)

    def called(self, node: cst.BaseExpression, scope: Scope) -> None:
        """A call whose result nobody takes."""
        if not isinstance(node, cst.Call) or not self._running:
            return
        if isinstance(node.func, cst.Attribute):
            owner = _value_of(node.func.value, scope)
            package = package_of(owner)
            if package in _LOGGERS and node.func.attr.value in _LOGGING:
                return
            if isinstance(owner, Unknown):
                self.value(owner)
            self._effect(package, node.func.attr.value)
        elif isinstance(node.func, cst.Name):
            found = scope.lookup(node.func.value)
            self._effect(package_of(found), node.func.value)
            for argument in node.args if isinstance(found, Unknown) else ():
                value = _value_of(argument.value, scope)
                if isinstance(value, list | dict | set | Instance | ClassValue):
                    self.value(value)

    def stored(self, target: cst.CSTNode, scope: Scope) -> None:
        """An attribute or item is set or deleted."""
        if isinstance(target, cst.Attribute | cst.Subscript) and self._running:
            owner = _value_of(target.value, scope)
            if isinstance(owner, Unknown):
                self.value(owner)
            self._effect(package_of(owner), "")

    def _effect(self, package: str, name: str) -> None:
        if (
            not package
            or package in _QUIET
            or package == "sys.path"
            or (package == "logging" and name == "basicConfig")
        ):
            return
        running = self._running[-1]
        if running is self.main:
            found = self.effects.setdefault(self.number, [])
            if package not in found:
                found.append(package)
        elif package not in running.effects:
            running.effects.append(package)


def _value_of(node: cst.BaseExpression, scope: Scope) -> Value:
    """The value of a name or of attributes of one, as far as it is there without evaluating anything."""
    if isinstance(node, cst.Name):
        return scope.lookup(node.value)
    if isinstance(node, cst.Attribute):
        base = _value_of(node.value, scope)
        if isinstance(base, Instance | ModuleValue) and node.attr.value in base.attrs:
            return base.attrs[node.attr.value]
        return base
    if isinstance(node, cst.Call):
        found = _value_of(node.func, scope)
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "getLogger":
            return ModuleValue("logging", {})
        name = node.func.attr.value if isinstance(node.func, cst.Attribute) else getattr(node.func, "value", "")
        return found if _ACCESSOR.search(f"{name}(") else MISSING
    if isinstance(node, cst.Subscript):
        return _value_of(node.value, scope)
    return MISSING


def package_of(value: Value) -> str:
    """The package whose state a value belongs to: a module that is not the user's, or an object that all of a process
    share (a logger, the environment). Empty for anything else."""
    if isinstance(value, ModuleValue):
        return "" if value.parsed is not None else value.name.split(".")[0]
    if isinstance(value, Unknown):
        path = value.path
        return path.split(".")[0].split("(")[0] if path and ("(" not in path or _ACCESSOR.search(path)) else ""
    if isinstance(value, Native):
        return value.name.split(".")[0] if "." in value.name and value.name.split(".")[0] in _KNOWN else ""
    if isinstance(value, Instance) and value.cls.node is None:
        if value.cls.path == "sys.path":
            return "sys.path"
        shared = value.cls.path in ("logging.Logger", "os._Environ", "sys.modules")
        return value.cls.path.split(".")[0] if shared else ""
    if isinstance(value, ClassValue) and value.node is None:
        return value.path.split(".")[0] if "." in value.path else ""
    if isinstance(value, Symbolic):
        return ""
    return ""


_KNOWN = sys.stdlib_module_names | {"dotenv"}
