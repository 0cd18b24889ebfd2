"""Evaluation of modules once per process, and which of them may serve further DAG files.

Airflow loads each DAG file in a fresh process, so a module that one file changed must not show that to the next. A
module is shared as long as nothing that it holds is changed after its own evaluation, and it makes no tasks or DAGs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from migrate.diagnostics.base import Sink
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.scope import Scope
from parsers.airflow.evaluator.statements import absorb, execute
from parsers.airflow.evaluator.values import ClassValue, Function, Instance, ModuleValue, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Frame, Interpreter
    from parsers.airflow.modules import ParsedModule

_MUTABLE = (list, dict, set, Instance, ClassValue, Function)
_LIMIT = 50_000


class Sharing:
    """Keeps track of which values belong to modules that are shared."""

    def __init__(self) -> None:
        self.owners: dict[int, ParsedModule] = {}

    def mark_stateful(self, frame: Frame | None, main: ParsedModule) -> None:
        """The modules under evaluation belong to this DAG file."""
        while frame is not None:
            if frame.function is None and frame.module is not main:
                frame.module.stateful = True
            frame = frame.caller

    def mutates(self, value: Value) -> None:
        """A value changes."""
        owner = self.owners.get(id(value))
        if owner is not None:
            owner.stateful = True

    def rebinds(self, scope: Scope) -> None:
        """A name is bound in a scope."""
        if scope.kind == "module" or scope.escapes:
            module = scope.module
            if module is not None and not module.running:
                module.stateful = True

    def settle(self, interp: Interpreter) -> None:
        """After a DAG file: modules that belong to it alone are forgotten."""
        gone = interp.loader.forget_stateful()
        if gone:
            self.owners = {key: module for key, module in self.owners.items() if id(module) not in gone}

    def note(self, module: ParsedModule) -> None:
        """Remembers the changeable values that a module holds after its evaluation."""
        assert module.value is not None
        waiting: list[Value] = [module.value.attrs]
        while waiting and len(self.owners) < _LIMIT:
            value = waiting.pop()
            if not isinstance(value, _MUTABLE) or id(value) in self.owners:
                continue
            if isinstance(value, Function | ClassValue) and value.module is not module:
                continue
            self.owners[id(value)] = module
            waiting.extend(_parts(value))


def _parts(value: Value) -> list[Value]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | set):
        return list(value)
    if isinstance(value, ClassValue):
        return list(value.namespace.values())
    if isinstance(value, Function):
        return [*value.defaults.values(), value.attrs]
    return [*value.attrs.values(), value.attrs, value.native]


def run(interp: Interpreter, module: ParsedModule, site: cst.CSTNode | None = None) -> ModuleValue:
    """Evaluates a module's body once. What was found in it is told to every DAG file that imports it."""
    if module.value is not None:
        interp.sink.extend(module.findings)
        return module.value
    interp.meter.file()
    outer, interp.sink = interp.sink, Sink()
    scope = Scope("module", module, None)
    scope.names.update(_module_names(interp, module))
    module.value = ModuleValue(module.name, scope.names, None, module)
    module.running = True
    interp.push(module, scope, site)
    interp.changes.enter(module)
    frame = interp.frame
    meter = interp.meter
    depth = meter.depth
    try:
        for statement in module.tree.body:
            interp.changes.statement(module, statement)
            try:
                execute(interp, statement, scope)
            except Raised as error:
                interp.frame = frame
                if error.value.cls.name == "SystemExit":
                    break
                if module is not interp.main and interp.caught_outside(frame):
                    module.stateful = True
                    raise
                error.span = error.span or interp.span()
                absorb(interp, statement, scope, error)
    finally:
        interp.frame = frame
        interp.pop()
        interp.changes.leave()
        meter.depth = depth
        module.running = False
        module.findings, interp.sink = interp.sink.all(), outer
        outer.extend(module.findings)
        if module is not interp.main:
            interp.sharing.note(module)
    return module.value


def _module_names(interp: Interpreter, module: ParsedModule) -> dict[str, Value]:
    names: dict[str, Value] = {
        "__name__": module.name,
        "__file__": interp.files.virtual(module.file.path),
        "__package__": module.package,
        "__doc__": module.tree.get_docstring(),
    }
    if module.is_package:
        names["__path__"] = [interp.files.virtual(module.file.path.parent)]
    return names
