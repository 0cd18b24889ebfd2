"""The interpreter: evaluates a module's concrete syntax tree, safely, with values that may be unknown.

This class is what overlays see. Expressions, statements, calls, classes and operators are in the modules beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.source import Span
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Unknown, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.budget import Meter
    from parsers.airflow.files import Files
    from parsers.airflow.inputs import AirflowInputs
    from parsers.airflow.modules import ModuleLoader, ParsedModule


class Raised(Exception):  # noqa: N818  it carries the user's exception
    """An exception of the evaluated program; `value` is its instance (class with trait `exception`)."""

    def __init__(self, value: Instance, span: Span | None = None) -> None:
        super().__init__(value.cls.name)
        self.value = value
        self.span = span


class Frame:
    """One running body: a module or a user's function. `statement` is what runs in it; `call` the call node that
    entered it; `turn` counts loops around the statement (0: none)."""

    __slots__ = ("call", "caller", "function", "module", "scope", "statement", "turn")

    def __init__(self, module: ParsedModule, scope: Scope, caller: Frame | None, call: cst.CSTNode | None = None):
        self.module = module
        self.scope = scope
        self.caller = caller
        self.call = call
        self.statement: cst.CSTNode | None = None
        self.function: Value = None
        self.turn = 0


class Interpreter:
    """Evaluates files of one set of roots. One per process; `state` and `meter` are new for each DAG file."""

    inputs: AirflowInputs
    sink: Sink
    loader: ModuleLoader
    files: Files
    meter: Meter
    state: dict[str, Any]
    """State of overlays for the DAG file under evaluation (open DAGs, ...)."""
    frame: Frame
    main: ParsedModule
    """The DAG file under evaluation."""
    workflow: Callable[[], str | None]
    """Names the workflow that is being built, for findings; overlays may replace it."""

    # --- evaluation ---------------------------------------------------------------------------------------------

    def evaluate(self, node: cst.BaseExpression, scope: Scope | None = None) -> Value:
        """The value of an expression in `scope` (the current one)."""
        raise NotImplementedError

    def call(
        self, function: Value, args: list[Value], kwargs: dict[str, Value] | None = None, site: cst.CSTNode | None = None
    ) -> Value:
        """Calls any callable value. An unknown callable gives an Unknown whose cause it is."""
        raise NotImplementedError

    def getattr(self, value: Value, name: str, site: cst.CSTNode | None = None, default: Value = MISSING) -> Value:
        """`value.name`. Without `default` a missing attribute raises AttributeError (as `Raised`)."""
        raise NotImplementedError

    def setattr(self, value: Value, name: str, new: Value) -> None:
        """`value.name = new`."""
        raise NotImplementedError

    def getitem(self, value: Value, key: Value, site: cst.CSTNode | None = None) -> Value:
        """`value[key]`."""
        raise NotImplementedError

    def setitem(self, value: Value, key: Value, new: Value) -> None:
        """`value[key] = new`."""
        raise NotImplementedError

    def binary(self, operator: str, left: Value, right: Value, site: cst.CSTNode | None = None) -> Value:
        """`left <operator> right` for arithmetic, bit and shift operators ("+", ">>", ...)."""
        raise NotImplementedError

    def compare(self, operator: str, left: Value, right: Value, site: cst.CSTNode | None = None) -> Value:
        """`left <operator> right` for "==", "<", "in", "is not" ...: a bool or Unknown."""
        raise NotImplementedError

    def truth(self, value: Value, site: cst.CSTNode | None = None) -> bool:
        """The truth of a value that decides a branch. Unknown: what `assume` says, else False, with a finding."""
        raise NotImplementedError

    def truth_or_unknown(self, value: Value) -> bool | Unknown:
        """The truth of a value, without deciding anything."""
        raise NotImplementedError

    def iterate(self, value: Value, site: cst.CSTNode | None = None) -> Iterator[Value]:
        """The items of any iterable; of an unknown one: one unknown item, with a finding."""
        raise NotImplementedError

    def items(self, value: Value, site: cst.CSTNode | None = None) -> list[Value]:
        """`list(iterate(value))` within the budget."""
        raise NotImplementedError

    def text(self, value: Value, conversion: str = "str", spec: str = "") -> Value:
        """`str(value)`, `repr(value)` or `format(value, spec)`: text, or Symbolic or Unknown."""
        raise NotImplementedError

    def hash_ok(self, value: Value) -> bool:
        """Whether the value can be a dictionary key."""
        raise NotImplementedError

    # --- classes ------------------------------------------------------------------------------------------------

    def class_of(self, value: Value) -> ClassValue:
        """`type(value)`."""
        raise NotImplementedError

    def isinstance(self, value: Value, cls: Value) -> bool | Unknown:
        """`isinstance(value, cls)`."""
        raise NotImplementedError

    def lookup(self, cls: ClassValue, name: str) -> Value:
        """The attribute of the first class in the MRO that has it, unbound; MISSING when none."""
        raise NotImplementedError

    # --- unknowns, errors, findings -----------------------------------------------------------------------------

    def unknown(
        self, why: str, site: cst.CSTNode | None = None, cause: Value = None, name: str | None = None
    ) -> Unknown:
        """A new Unknown that arose at `site` (the current statement); `cause` is the Unknown or Symbolic behind it."""
        raise NotImplementedError

    def error(self, name: str, *args: Value) -> Raised:
        """A builtin exception that user code can catch: `raise interp.error("KeyError", key)`."""
        raise NotImplementedError

    def raised(self, cls: ClassValue, *args: Value) -> Raised:
        """As `error`, of any exception class."""
        raise NotImplementedError

    def report(self, diagnostic: Diagnostic) -> None:
        """Adds a finding."""
        self.sink.add(diagnostic)

    def mark_stateful(self) -> None:
        """Says that what is evaluated now belongs to this DAG file alone (a DAG or task was made): the modules that
        are being evaluated are then not shared with other DAG files."""
        raise NotImplementedError

    # --- places -------------------------------------------------------------------------------------------------

    def span(self, site: cst.CSTNode | None = None, frame: Frame | None = None) -> Span:
        """Where a node of the current (or given) frame's module stands; None: the current statement."""
        raise NotImplementedError

    def call_site(self, site: cst.CSTNode | None = None) -> tuple[Span, Span | None]:
        """(span of `site`, span of the statement or call in the DAG file's own body that led here through helpers, or
        the span itself when a loop made it; None when the two are the same and no loop is around)."""
        raise NotImplementedError

    def made_at(self, instance: Instance) -> tuple[Span, Span | None]:
        """`call_site` of the call that made an instance, also when asked for inside its `__init__` chain."""
        raise NotImplementedError

    # --- modules ------------------------------------------------------------------------------------------------

    def import_module(self, name: str, site: cst.CSTNode | None = None) -> ModuleValue | Unknown:
        """The module: an overlay's, the user's own (evaluated once), or an Unknown for a third party's."""
        raise NotImplementedError

    def run(self, module: ParsedModule) -> ModuleValue:
        """Evaluates a module's body (once) and gives its module value."""
        raise NotImplementedError

    def pairs(self, value: Value) -> dict[str, Value] | None:
        """The names of a module or the attributes of an instance, as the live dictionary."""
        raise NotImplementedError
