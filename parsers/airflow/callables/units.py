"""Callable values -> CodeUnit."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from migrate.diagnostics.python_code import (
    CodeNotFound,
    ComputedKey,
    ContextNotOffered,
    FilesBesideModule,
    NameComputed,
    NameNotResolved,
    OtherRunsResult,
    StateNotSet,
    TooMuchCode,
    VariableWritten,
)
from migrate.diagnostics.secrets import SecretLiteral
from migrate.ir import exprs
from migrate.ir.actions import CodeUnit
from migrate.ir.exprs import Expr, SecretRef
from migrate.source import Span
from parsers.airflow.callables.assembled import why_missing
from parsers.airflow.callables.beside import files_beside
from parsers.airflow.callables.closure import Closure
from parsers.airflow.callables.constants import known_parameters
from parsers.airflow.callables.context_missing import missing_reads
from parsers.airflow.callables.imports import Bundle, Import
from parsers.airflow.callables.literals import NoLiteralError
from parsers.airflow.callables.pulls import pulled_outputs
from parsers.airflow.callables.reach import Reach
from parsers.airflow.callables.scan import Reads, scan
from parsers.airflow.callables.secret_text import SecretKeys, without_secrets
from parsers.airflow.callables.signature import context_names
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    Partial,
    TaskObject,
    Unknown,
    Value,
)


class CodeBuilder:
    """Makes code units; one per DAG, it remembers what it made."""

    def __init__(self, context: DagContext) -> None:
        self.context = context

    def unit(self, value: Value, task: TaskObject | None = None, name: str = "python_callable") -> CodeUnit | None:
        """The code of a callable value; None (with a finding) when it has no source that can be taken along."""
        closure = Closure(Bundle(self.context.loader))
        imported = self._imported(value)
        try:
            if imported is not None:
                entry = self._import_entry(imported, closure)
            else:
                entry = closure.expression(value, name if name.isidentifier() else "function")
        except NoLiteralError as error:
            self.context.report(CodeNotFound, self._span(task), task, name=name, why=_why_no_code(error.part))
            return None
        closure.state.settle()
        shown = _shown(value)
        for text, why in closure.state.lost:
            self.context.report(StateNotSet, self._span(task), task, function=shown, statement=text, why=why)
        for missing in closure.missing:
            self.context.report(
                NameNotResolved, self._span(task), task, name=missing.name, function=shown, why=missing.why
            )
        reach = _reach(closure, self._functions_of(value), _call_parameters(value, task))
        reads = scan(reach)
        reads.environment = closure.state.from_outside(reads.environment)
        self._report_reads(reads, task, shown)
        places = ", ".join(f"`{module}` (`{text}`)" for module, text in files_beside(reach))
        if places:
            self.context.report(FilesBesideModule, self._span(task), task, function=shown, places=places)
        if reach.cut:
            self.context.report(TooMuchCode, self._span(task), task, function=shown)
        for what in missing_reads(reach):
            self.context.report(ContextNotOffered, self._span(task), task, function=shown, what=what)
        source, secrets = self.safe(closure.text(), task)
        modules = []
        for file in closure.bundle.bundled():
            text, more = self.safe(file.text, task)
            modules.append(file.model_copy(update={"text": text}))
            secrets = (*secrets, *(item for item in more if item not in secrets))
        return CodeUnit(
            source=source,
            entry=entry,
            modules=tuple(modules),
            requirements=tuple(sorted(closure.bundle.requirements)),
            needs_source_framework=bool(closure.bundle.framework),
            uses=(*self.uses(reads, task), *dict.fromkeys(_read_as_text(closure.values)), *secrets),
            pushes=tuple(reads.pushes),
            context=None if reads.whole_context else context_names(value),
        )

    def safe(self, source: str, task: TaskObject | None) -> tuple[str, tuple[SecretRef, ...]]:
        """Code without literal secrets (each is reported, SEC002), and the references that it reads instead."""
        context = self.context
        if context.secret_keys is None:
            context.secret_keys = SecretKeys(context.dag.dag_id)

        def report(name: str, reason: str, reference: SecretRef) -> None:
            context.report(
                SecretLiteral,
                self._span(task),
                task,
                name=name,
                reason=reason,
                secret=reference.name,
                key=reference.key,
            )

        return without_secrets(source, context.secret_keys, report)

    def _span(self, task: TaskObject | None) -> Span:
        return task.span if task is not None else self.context.dag.span

    # --- functions of repository modules ------------------------------------------------------------------------

    def _imported(self, value: Value) -> Function | None:
        """A function of another module of the project, when that module can be bundled as it is."""
        main = self.context.dag.module
        if not isinstance(value, Function) or not isinstance(value.node, cst.FunctionDef):
            return None
        if main is None or self.context.loader is None or value.module.file.path == main.file.path:
            return None
        if value.owner is not None or value.scope.kind != "module" or value.module.stateful:
            return None
        if id(value.scope.names.get(value.name)) != id(value):
            return None
        trial = Bundle(self.context.loader)
        trial.add(Import(value.module.name, value.name, None), value.module)
        if any(module.stateful for module in trial.modules.values()) or not trial.files:
            return None
        return value

    def _import_entry(self, value: Function, closure: Closure) -> str:
        item = Import(value.module.name, value.name, None)
        closure.imports[item.source()] = item
        closure.bundle.add(item, value.module)
        return value.name

    @staticmethod
    def _functions_of(value: Value) -> list[Function]:
        while isinstance(value, Partial):
            value = value.function
        if isinstance(value, BoundMethod):
            value = value.function
        return [value] if isinstance(value, Function) else []

    # --- what it reads -------------------------------------------------------------------------------------------

    def uses(self, reads: Reads, task: TaskObject | None) -> list[Expr]:
        """What scanned code reads, as references."""
        uses: list[Expr] = list(pulled_outputs(reads.pulls, self.context, task))
        for name, has_default in reads.variables.items():
            default = exprs.Literal(value=None) if has_default else None
            uses.append(exprs.VariableRef(name=name, default=default))
        uses.extend(exprs.ConnectionRef(name=name) for name in reads.connections)
        uses.extend(exprs.EnvRef(name=name) for name in reads.environment)
        return uses

    def _report_reads(self, reads: Reads, task: TaskObject | None, shown: str) -> None:
        for pull in reads.pulls:
            text = _code(pull.call)
            if pull.other_run:
                self.context.report(OtherRunsResult, self._span(task), task, where=f"`{shown}`", text_of_call=text)
            for what in pull.computed:
                self.context.report(ComputedKey, self._span(task), task, function=shown, what=what, text_of_call=text)
        for call in reads.computed_pushes:
            what = "the key of a result it pushes"
            self.context.report(
                ComputedKey, self._span(task), task, function=shown, what=what, text_of_call=_code(call)
            )
        for what, node in reads.computed:
            text = _code(node)
            self.context.report(NameComputed, self._span(task), task, function=shown, what=what, text_of_call=text)
        for name in reads.set_variables:
            self.context.report(VariableWritten, self._span(task), task, function=shown, name=name)


def _read_as_text(values: Iterable[Expr]) -> Iterator[Expr]:
    """References to values that code reads by name, whatever part of them it takes."""
    for value in values:
        default = exprs.Literal(value=None) if getattr(value, "default", None) is not None else None
        if isinstance(value, exprs.VariableRef):
            yield exprs.VariableRef(name=value.name, default=default)
        elif isinstance(value, exprs.EnvRef):
            yield exprs.EnvRef(name=value.name)


def _reach(closure: Closure, functions: list[Function], given: dict[int, dict[str, Value]]) -> Reach:
    """All code that the pieces of a closure may run."""
    reach = Reach(closure.bundle)
    reach.start([*closure.functions, *functions], given)
    reach.statements(closure.statements)
    reach.modules()
    return reach


@dataclass(frozen=True, slots=True)
class FunctionTable:
    """Several functions in one source. `entries`: expression that yields each, by the name asked for."""

    source: str
    entries: dict[str, str]
    uses: tuple[Expr, ...]


def function_table(values: dict[str, Value], context: DagContext, task: TaskObject | None) -> FunctionTable:
    """The code of several callables (macros and filters of templates). One that has no code is reported (PY009)."""
    if not values:
        return FunctionTable("", {}, ())
    builder = CodeBuilder(context)
    closure = Closure(Bundle(context.loader))
    entries = {}
    for name, value in values.items():
        try:
            entries[name] = closure.expression(value, name.rpartition(" ")[2])
        except NoLiteralError as error:
            place = task.span if task is not None else context.dag.span
            context.report(CodeNotFound, place, task, name=name, why=_why_no_code(error.part))
    closure.state.settle()
    for text, why in closure.state.lost:
        context.report(StateNotSet, task.span if task else context.dag.span, task, function="", statement=text, why=why)
    for missing in closure.missing:
        place = task.span if task is not None else context.dag.span
        context.report(NameNotResolved, place, task, name=missing.name, function=missing.name, why=missing.why)
    reads = scan(_reach(closure, [], {}))
    source, secrets = builder.safe(closure.text(), task)
    return FunctionTable(source, entries, (*builder.uses(reads, task), *secrets))


def _call_parameters(value: Value, task: TaskObject | None) -> dict[int, dict[str, Value]]:
    """What is known of the arguments of the functions that `value` calls, by the id of their node."""
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    if task is not None and task.decorator is not None:
        args, kwargs = list(task.call_args), dict(task.call_kwargs)
    elif task is not None:
        given = {name: argument.value for name, argument in task.arguments.items()}
        op_args, op_kwargs = given.get("op_args"), given.get("op_kwargs")
        args = list(op_args) if isinstance(op_args, list | tuple) else []
        kwargs = dict(op_kwargs) if isinstance(op_kwargs, dict) else {}
    while isinstance(value, Partial):
        args, kwargs, value = [*value.args, *args], {**value.kwargs, **kwargs}, value.function
    if isinstance(value, BoundMethod):
        args, value = [value.receiver, *args], value.function
    if isinstance(value, Function):
        return {id(value.node): known_parameters(value, args, kwargs)}
    if isinstance(value, ClassValue) and task is not None and task.instance is not None:
        methods = [f for cls in value.mro for f in cls.namespace.values() if isinstance(f, Function)]
        return {id(f.node): known_parameters(f, [task.instance], {}) for f in methods}
    return {}


def _code(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _shown(value: Value) -> str:
    while isinstance(value, Partial):
        value = value.function
    if isinstance(value, BoundMethod):
        value = value.function
    if isinstance(value, Instance):
        return value.cls.name
    return str(getattr(value, "name", None) or "the callable")


def _why_no_code(part: Value) -> str:
    if isinstance(part, Unknown) and part.path:
        return f"`{part.path}` is not part of the project"
    return why_missing(part)


def code_unit(
    value: Value, context: DagContext, task: TaskObject | None = None, name: str = "python_callable"
) -> CodeUnit | None:
    """As `CodeBuilder.unit`, with the context's builder."""
    if context.code is None:
        context.code = CodeBuilder(context)
    return context.code.unit(value, task, name)
