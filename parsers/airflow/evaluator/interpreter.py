"""The interpreter: evaluates a module's concrete syntax tree, safely, with values that may be unknown.

This class is what overlays see. Expressions, statements, calls, classes and operators are in the modules beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import libcst as cst

import parsers.airflow.evaluator.builtins
import parsers.airflow.evaluator.constructors
import parsers.airflow.overlays.listing  # noqa: F401  registers the modelled modules
from migrate.diagnostics.base import Diagnostic, Sink
from migrate.source import Span
from parsers.airflow.evaluator import (
    attributes,
    calls,
    expressions,
    imports,
    iteration,
    operations,
    places,
    sharing,
    statements,
    text,
    unknowns,
)
from parsers.airflow.evaluator.assignments import assign
from parsers.airflow.evaluator.budget import Meter
from parsers.airflow.evaluator.changes import Changes
from parsers.airflow.evaluator.classes import EXCEPTIONS, class_of, lookup, user_method
from parsers.airflow.evaluator.errors import Raised, make_exception
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import ClassValue, Function, Instance, ModuleValue, Native, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.trace import Trace
    from parsers.airflow.files import Files
    from parsers.airflow.inputs import AirflowInputs
    from parsers.airflow.modules import ModuleLoader, ParsedModule

__all__ = ["Frame", "Interpreter", "Raised"]


class Frame:
    """One running body: a module or a user's function. `statement` is what runs in it; `call` the call node that
    entered it; `turn` counts loops around the statement (0: none); `handlers` the `try` around it; `trying` their
    nodes."""

    __slots__ = ("call", "caller", "function", "handlers", "module", "scope", "statement", "trying", "turn")

    def __init__(self, module: ParsedModule, scope: Scope, caller: Frame | None, call: cst.CSTNode | None = None):
        self.module = module
        self.scope = scope
        self.caller = caller
        self.call = call
        self.statement: cst.CSTNode | None = None
        self.function: Value = None
        self.turn = 0
        self.handlers = 0
        self.trying: list[cst.CSTNode] = []


class Interpreter:
    """Evaluates files of one set of roots. One per process; `state` and `meter` are new for each DAG file."""

    def __init__(self, inputs: AirflowInputs, loader: ModuleLoader, files: Files) -> None:
        self.inputs = inputs
        self.loader = loader
        self.files = files
        self.sink = Sink()
        self.meter = Meter(inputs.budgets)
        self.state: dict[str, Any] = {}
        """State of overlays for the DAG file under evaluation (open DAGs, ...)."""
        self.frame: Frame = None  # type: ignore[assignment]
        self.main: ParsedModule = None  # type: ignore[assignment]
        """The DAG file under evaluation."""
        self.workflow: Callable[[], str | None] = lambda: None
        """Names the workflow that is being built, for findings; overlays may replace it."""
        self.trace: Trace | None = None
        self.handling: list[Raised] = []
        self.making: list[ClassValue] = []
        self.overlay_modules: dict[str, ModuleValue | None] = {}
        self.namespaces: dict[Any, ModuleValue] = {}
        self.known_classes: list[ClassValue] = []
        self.base: Frame = None  # type: ignore[assignment]
        self.stop: Span | None = None
        """Where a budget ended the evaluation."""
        self.sharing = sharing.Sharing()
        self.changes = Changes()
        iteration.Comparing(self).install()

    def begin(self, main: ParsedModule, sink: Sink) -> None:
        """Starts a DAG file: new budgets, state and findings."""
        self.main = main
        self.changes = main.changes = Changes(main)
        self.sink = sink
        self.meter = Meter(self.inputs.budgets)
        self.state = {}
        self.handling = []
        self.making = []
        self.known_classes = []
        self.loader.inserted.clear()
        self.workflow = lambda: None
        self.base = Frame(main, Scope("module", main, None), None)
        self.frame = self.base
        self.stop = None

    # --- evaluation ---------------------------------------------------------------------------------------------

    def evaluate(self, node: cst.BaseExpression, scope: Scope | None = None) -> Value:
        """The value of an expression in `scope` (the current one)."""
        return expressions.evaluate(self, node, scope if scope is not None else self.frame.scope)

    def call(
        self,
        function: Value,
        args: list[Value],
        kwargs: dict[str, Value] | None = None,
        site: cst.CSTNode | None = None,
    ) -> Value:
        """Calls any callable value. An unknown callable gives an Unknown whose cause it is."""
        return calls.call(self, function, args, {} if kwargs is None else kwargs, site)

    def getattr(self, value: Value, name: str, site: cst.CSTNode | None = None, default: Value = MISSING) -> Value:
        """`value.name`. Without `default` a missing attribute raises AttributeError (as `Raised`)."""
        if default is not MISSING:
            with self.catching():
                try:
                    found = attributes.get_attribute(self, value, name, site)
                except Raised as error:
                    if EXCEPTIONS["AttributeError"] not in error.value.cls.mro:
                        raise
                    return default
                return default if found is MISSING else found
        found = attributes.get_attribute(self, value, name, site)
        if found is MISSING:
            owner = f"module '{value.name}'" if isinstance(value, ModuleValue) else f"'{class_of(value).name}' object"
            if isinstance(value, ClassValue):
                owner = f"type object '{value.name}'"
            raise self.error("AttributeError", f"{owner} has no attribute '{name}'")
        return found

    def plain_getattr(self, value: Instance, name: str, site: cst.CSTNode | None = None) -> Value:
        """`object.__getattribute__(value, name)`: past the class' own `__getattribute__`."""
        found = attributes.instance_attribute(self, value, name, site)
        if found is MISSING:
            raise self.error("AttributeError", f"'{value.cls.name}' object has no attribute '{name}'")
        return found

    def setattr(self, value: Value, name: str, new: Value) -> None:
        """`value.name = new`."""
        attributes.set_attribute(self, value, name, new)

    def getitem(self, value: Value, key: Value, site: cst.CSTNode | None = None) -> Value:
        """`value[key]`."""
        return attributes.get_item(self, value, key, site)

    def setitem(self, value: Value, key: Value, new: Value) -> None:
        """`value[key] = new`."""
        attributes.set_item(self, value, key, new)

    def binary(self, operator: str, left: Value, right: Value, site: cst.CSTNode | None = None) -> Value:
        """`left <operator> right` for arithmetic, bit and shift operators ("+", ">>", ...)."""
        return operations.binary(self, operator, left, right, site)

    def compare(self, operator: str, left: Value, right: Value, site: cst.CSTNode | None = None) -> Value:
        """`left <operator> right` for "==", "<", "in", "is not" ...: a bool or Unknown."""
        return operations.compare(self, operator, left, right, site)

    def truth(self, value: Value, site: cst.CSTNode | None = None) -> bool:
        """The truth of a value that decides a branch. Unknown: what `assume` says, else False, with a finding."""
        answer = operations.truth_or_unknown(self, value)
        return answer if answer is True or answer is False else unknowns.decide(self, answer, site)

    def truth_or_unknown(self, value: Value) -> bool | Unknown:
        """The truth of a value, without deciding anything."""
        return operations.truth_or_unknown(self, value)

    def iterate(self, value: Value, site: cst.CSTNode | None = None) -> Iterator[Value]:
        """The items of any iterable; of an unknown one: one unknown item, with a finding."""
        return iteration.iterate(self, value, site)

    def items(self, value: Value, site: cst.CSTNode | None = None) -> list[Value]:
        """`list(iterate(value))` within the budget."""
        return iteration.items(self, value, site)

    def text(self, value: Value, conversion: str = "str", spec: str = "") -> Value:
        """`str(value)`, `repr(value)` or `format(value, spec)`: text, or Symbolic or Unknown."""
        return text.text(self, value, conversion, spec)

    def hash_ok(self, value: Value) -> bool:
        """Whether the value can be a dictionary key."""
        self.meter.weigh(value)
        return iteration.hash_ok(value)

    # --- classes ------------------------------------------------------------------------------------------------

    def class_of(self, value: Value) -> ClassValue:
        """`type(value)`."""
        return class_of(value)

    def isinstance(self, value: Value, cls: Value) -> bool | Unknown:
        """`isinstance(value, cls)`."""
        return iteration.is_instance(self, value, cls)

    def lookup(self, cls: ClassValue, name: str) -> Value:
        """The attribute of the first class in the MRO that has it, unbound; MISSING when none."""
        return lookup(cls, name)

    # --- unknowns, errors, findings -----------------------------------------------------------------------------

    def unknown(
        self,
        why: str,
        site: cst.CSTNode | None = None,
        cause: Value = None,
        name: str | None = None,
        path: str = "",
    ) -> Unknown:
        """A new Unknown that arose at `site` (the current statement); `cause` is the Unknown or Symbolic behind it."""
        source = unknowns.cause_of(cause) if cause is not None else None
        place = (self.frame.module, site or self.frame.statement or self.frame.module.tree, self.frame.statement)
        return Unknown(why, cause=source, name=name, path=path, site=place)

    def error(self, name: str, *args: Value) -> Raised:
        """A builtin exception that user code can catch: `raise interp.error("KeyError", key)`."""
        return Raised(make_exception(EXCEPTIONS[name], args))

    def raised(self, cls: ClassValue, *args: Value) -> Raised:
        """As `error`, of any exception class."""
        return Raised(make_exception(cls, args))

    def report(self, diagnostic: Diagnostic) -> None:
        """Adds a finding."""
        self.sink.add(diagnostic)

    def mark_stateful(self, makes: bool = False) -> None:
        """Says that what is evaluated now belongs to this DAG file alone: the modules that are being evaluated are then
        not shared with other DAG files. `makes`: a DAG, task or group was made."""
        self.sharing.mark_stateful(self.frame, self.main)
        if makes:
            self.changes.tasks()

    # --- places -------------------------------------------------------------------------------------------------

    def span(self, site: cst.CSTNode | None = None, frame: Frame | None = None) -> Span:
        """Where a node of the current (or given) frame's module stands; None: the current statement."""
        return places.span(frame or self.frame, site)

    def call_site(self, site: cst.CSTNode | None = None) -> tuple[Span, Span | None]:
        """(span of `site`, span of the statement or call in the DAG file's own body that led here through helpers, or
        the span itself when a loop made it; None when the two are the same and no loop is around)."""
        return places.call_site(self, self.frame, site)

    def made_at(self, instance: Instance) -> tuple[Span, Span | None]:
        """`call_site` of the call that made an instance, also when asked for inside its `__init__` chain."""
        return places.made_at(self, instance)

    # --- modules ------------------------------------------------------------------------------------------------

    def import_module(self, name: str, site: cst.CSTNode | None = None) -> ModuleValue | Unknown:
        """The module: an overlay's, the user's own (evaluated once), or an Unknown for a third party's."""
        return imports.import_module(self, name, site)

    def known_module(self, name: str) -> ModuleValue | None:
        """A module that was imported already."""
        return self.overlay_modules.get(name) or self.loader.evaluated(name)

    def run(self, module: ParsedModule, site: cst.CSTNode | None = None) -> ModuleValue:
        """Evaluates a module's body (once) and gives its module value."""
        return sharing.run(self, module, site)

    def stopped_at(self) -> Span:
        """The statement that was running when evaluation stopped, in the DAG file if possible."""
        return self.stop if self.stop is not None else self.span()

    def note_stop(self, frame: Frame, node: cst.CSTNode) -> None:
        """A budget was exceeded in `node`; the first statement noted is the innermost one."""
        if self.stop is None:
            self.stop = frame.module.span(node, node)

    # --- for the modules beside this one --------------------------------------------------------------------------

    def new_frame(self, module: ParsedModule, scope: Scope, site: cst.CSTNode | None, function: Value) -> Frame:
        """A frame called from the current one."""
        frame = Frame(module, scope, self.frame, site)
        frame.function = function
        return frame

    def push(self, module: ParsedModule, scope: Scope, site: cst.CSTNode | None, function: Value = None) -> None:
        """Enters a frame."""
        self.frame = self.new_frame(module, scope, site, function)

    @staticmethod
    def caught_outside(frame: Frame) -> bool:
        """Whether a `try` around the import of a module may catch its failure."""
        outer = frame.caller
        while outer is not None:
            if outer.handlers:
                return True
            outer = outer.caller
        return False

    def pop(self) -> None:
        """Leaves the current frame."""
        assert self.frame.caller is not None
        self.frame = self.frame.caller

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Inside, failures reach the caller as `Raised` instead of being reported and skipped."""
        frame = self.frame
        frame.handlers += 1
        try:
            yield
        finally:
            frame.handlers -= 1
            self.frame = frame

    def caught(self, error: Raised) -> bool:
        """Whether an error has to travel on: the user raised it, or some `try` may catch it."""
        if error.explicit:
            return True
        frame: Frame | None = self.frame
        while frame is not None:
            if frame.handlers:
                return True
            frame = frame.caller
        return False

    def execute(self, node: cst.CSTNode, scope: Scope) -> Any:
        """One statement."""
        return statements.execute(self, node, scope)

    def execute_small(self, node: cst.BaseSmallStatement, scope: Scope) -> Any:
        """One small statement."""
        return statements.execute_small(self, node, scope)

    def execute_body(self, body: cst.BaseSuite, scope: Scope) -> Any:
        """A body's statements; gives its signal."""
        return statements.execute_body(self, body, scope)

    @staticmethod
    def returned(signal: Any) -> Value:
        """The value of a body that ended with `signal`."""
        return signal.value if isinstance(signal, statements.Return) else None

    def raise_value(self, value: Value, site: cst.CSTNode | None) -> Raised:
        """The Raised for `raise value`."""
        return calls.raise_value(self, value, site)

    def assign(self, target: cst.CSTNode, value: Value, scope: Scope) -> None:
        """Binds a target."""
        assign(self, target, value, scope)

    def bind_name(self, scope: Scope, name: str, value: Value) -> None:
        """Binds a name."""
        self.rebinds(scope, name)
        scope.assign(name, value)

    def subscript(self, node: cst.Subscript, scope: Scope) -> Value:
        """The key of a subscript."""
        return expressions.subscript(self, node, scope)

    def annotation(self, node: cst.BaseExpression, scope: Scope) -> Value:
        """An annotation's value; unknown where it cannot be evaluated."""
        with self.catching():
            try:
                return self.evaluate(node, scope)
            except Raised:
                return self.unknown("the annotation is not evaluated", node)

    def annotations(self, function: Function) -> dict[str, Value]:
        """`__annotations__` of a function."""
        found = {}
        for param in calls.all_params(function.node.params):
            if param.annotation is not None:
                found[param.name.value] = self.annotation(param.annotation.annotation, function.scope)
        returns = getattr(function.node, "returns", None)
        if returns is not None:
            found["return"] = self.annotation(returns.annotation, function.scope)
        return found

    def delattr(self, value: Value, name: str) -> None:
        """`del value.name`."""
        attributes.del_attribute(self, value, name)

    def delitem(self, value: Value, key: Value) -> None:
        """`del value[key]`."""
        attributes.del_item(self, value, key)

    def key(self, value: Value) -> Value:
        """A value as a dictionary key or set item; raises TypeError when it cannot be one."""
        if not self.hash_ok(value):
            raise self.error("TypeError", f"unhashable type: '{class_of(value).name}'")
        return value

    def dictionary(
        self, args: list[Value], kwargs: dict[str, Value], site: cst.CSTNode | None = None
    ) -> dict[Value, Value]:
        """`dict(*args, **kwargs)`; an unknown part stands as an Unknown key."""
        return iteration.dictionary(self, args, kwargs, site)

    @staticmethod
    def unknown_rest(mapping: dict[Value, Value]) -> Unknown | None:
        """The Unknown that stands for further entries of a dictionary."""
        return next((k for k in mapping if type(k) is Unknown), None)

    def sort(self, values: list[Value], key: Value, reverse: Value, site: cst.CSTNode | None = None) -> Value:
        """The sorted list; an Unknown when the order depends on one."""
        return iteration.sort(self, values, key, reverse, site)

    def new_instance(self, cls: ClassValue, site: cst.CSTNode | None = None) -> Instance:
        """A bare instance, as `object.__new__` makes it."""
        instance = Instance(cls, site=self.place(site))
        if cls.has_trait("exception"):
            instance.attrs.update(make_exception(cls, ()).attrs)
        return instance

    def class_default(self, cls: ClassValue, receiver: Value, name: str, rest: tuple[ClassValue, ...]) -> Value:
        """What `super().name` is where only `object` or a plain-data class is left; MISSING for others."""
        return iteration.class_default(self, cls, receiver, name, rest)

    def subclasses(self, cls: ClassValue) -> list[ClassValue]:
        """`cls.__subclasses__()`: of the classes that the DAG file and the modules that it imports have made so far."""
        found: list[ClassValue] = []
        seen: set[int] = set()

        def visit(module: ParsedModule) -> None:
            if id(module) in seen:
                return
            seen.add(id(module))
            for other in module.import_order:
                visit(other)
            found.extend(module.classes)

        visit(self.main)
        return [c for c in [*found, *self.known_classes] if cls in c.bases]

    def note_class(self, cls: ClassValue) -> None:
        """Remembers a class for `__subclasses__`: with the module whose evaluation makes it, else with the DAG file."""
        frame: Frame | None = self.frame
        while frame is not None and frame.function is not None:
            frame = frame.caller
        home = frame.module if frame is not None else self.main
        (self.known_classes if home is self.main else home.classes).append(cls)

    def harmless_exit(self, manager: Value) -> bool:
        """Whether a context manager is modelled and swallows no exception."""
        cls = class_of(manager)
        return isinstance(user_method(cls, "__exit__"), Native) and not cls.has_trait("suppresses")

    def abandon(self, manager: Value) -> None:
        """Leaves a modelled context manager when evaluation stops inside it."""
        if isinstance(user_method(class_of(manager), "__exit__"), Native):
            statements.leave(self, manager, None)

    def mutates(self, value: Value, attribute: str = "") -> None:
        """Notes that a value changes (an attribute of it), for modules shared with other DAG files and for code that
        finds the changed value when a task runs."""
        self.sharing.mutates(value)
        self.changes.value(value, attribute)

    def rebinds(self, scope: Scope, name: str = "") -> None:
        """Notes that a module's name is bound from outside its own evaluation."""
        self.sharing.rebinds(scope)
        if scope.escapes is not None and name in scope.escapes:
            self.changes.name(scope, name)

    def place(self, site: cst.CSTNode | None) -> Any:
        """Where the current call stands, for `made_at`."""
        return (self.frame, site, self.frame.statement)
