"""Arguments of an operator, DAG or group call: every read is noted, so that what nobody read can be reported."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from migrate.diagnostics.arguments import ArgumentInvalid, ArgumentNotRead, ArgumentUndetermined, ValueUnknown
from migrate.diagnostics.base import Diagnostic, Sink
from migrate.diagnostics.secrets import SecretLiteral
from migrate.ir import exprs
from migrate.ir.actions import CodeUnit
from migrate.ir.base import Json
from migrate.ir.exprs import Expr
from migrate.ir.workflow import Branch
from migrate.source import Span
from parsers.airflow.callables import code_unit
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import Argument, Symbolic, TaskObject, Unknown, Value
from parsers.airflow.generation import Generation
from parsers.airflow.secret_refs import item_names, protect
from parsers.airflow.to_expr import describe, opaque, to_expr
from parsers.airflow.to_json import NotConstantError, to_json

_ABSENT: Any = object()


@dataclass(slots=True)
class TaskFacts:
    """What an operator mapping tells the build besides the action. `None`/empty: nothing to say."""

    branch: Branch | None = None
    self_skip: builtins.bool = False
    timeout: float | None = None
    produces: builtins.list[str] = field(default_factory=builtins.list)
    pushes: builtins.list[str] = field(default_factory=builtins.list)
    pod: dict[str, Any] = field(default_factory=dict)
    """PodSpec fields (camelCase) for the task's pod; `containers[0]` holds fields of the main container."""


class Arguments:
    """The arguments of one call. Reading one (by any method) marks it as understood.

    `facts` may be filled by an operator mapping.
    """

    def __init__(
        self, values: dict[str, Argument], context: DagContext, task: TaskObject | None = None, span: Span | None = None
    ) -> None:
        self.values = values
        self.context = context
        self.task = task
        self.span = span or (task.span if task is not None else context.dag.span)
        self.facts = TaskFacts()
        self.lost: list[str] = []
        """Arguments that had to be constant and differ from instance to instance of a mapped task."""
        self._read: set[str] = set()

    # --- where we are ---------------------------------------------------------------------------------------------

    @property
    def sink(self) -> Sink:
        """Where findings go."""
        return self.context.sink

    @property
    def workflow(self) -> str:
        """The DAG's id."""
        return self.context.dag.dag_id

    @property
    def task_id(self) -> str | None:
        """The task's full id; None for a DAG's own arguments."""
        return self.task.task_id if self.task is not None else None

    @property
    def generation(self) -> Generation:
        """The Airflow version whose meaning counts."""
        return self.context.generation

    def span_of(self, name: str) -> Span:
        """Where the argument stands; the call when that is not known."""
        argument = self.values.get(name) or self.values.get(name.partition(".")[0])
        return argument.span if argument is not None and argument.span is not None else self.span

    def report(self, kind: type[Diagnostic], at: str | None = None, /, **fields: Any) -> None:
        """Files a finding at the argument `at` (or the call), for this workflow and task."""
        place = self.span_of(at) if at is not None else self.span
        self.sink.add(kind(span=place, workflow=self.workflow, task=self.task_id, **fields))

    # --- reading --------------------------------------------------------------------------------------------------

    def __contains__(self, name: str) -> builtins.bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def has(self, name: str) -> builtins.bool:
        """Whether the argument was given and is not None. Does not count as a read."""
        return name in self.values and self.values[name].value is not None

    def raw(self, name: str, default: Value = None) -> Value:
        """The evaluator's value."""
        self._read.add(name)
        argument = self.values.get(name)
        return argument.value if argument is not None else default

    def value(self, name: str, default: Json = None) -> Json:
        """A constant as JSON (tagged where JSON has no form). Not constant: OPS004 and `default`."""
        found = self.raw(name, _ABSENT)
        if found is _ABSENT:
            return default
        try:
            return to_json(found)
        except NotConstantError as error:
            self._undetermined(name, error.part)
            return default

    def text(self, name: str, default: str | None = None) -> str | None:
        """A constant text (numbers are not accepted). Jinja in it is left alone."""
        return self._typed(name, default, str, "a text")  # type: ignore[no-any-return]

    def bool(self, name: str, default: builtins.bool = False) -> builtins.bool:
        """A constant, taken by its truth as Python does."""
        found = self.raw(name, _ABSENT)
        if found is _ABSENT:
            return default
        if isinstance(found, Unknown | Symbolic):
            self._undetermined(name, found)
            return default
        return builtins.bool(found)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A constant whole number; text of digits is accepted as Airflow does for configuration values."""
        found = self.raw(name, _ABSENT)
        if isinstance(found, str) and found.strip().lstrip("+-").isdigit():
            return int(found)
        if isinstance(found, float) and found.is_integer():
            return int(found)
        return self._typed(name, default, int, "a whole number")  # type: ignore[no-any-return]

    def number(self, name: str, default: float | None = None) -> float | None:
        """A constant number."""
        found = self._typed(name, default, (int, float), "a number")
        return float(found) if found is not None else None

    def seconds(self, name: str, default: float | None = None) -> float | None:
        """A duration: a timedelta, or a number of seconds."""
        found = self.raw(name, _ABSENT)
        if isinstance(found, timedelta):
            return found.total_seconds()
        checked = self._typed(name, default, (int, float), "a duration")
        return float(checked) if checked is not None else None

    def strings(self, name: str) -> tuple[str, ...]:
        """A constant text, or list of texts, as a tuple; () when absent or None."""
        found = self.raw(name)
        if found is None:
            return ()
        if isinstance(found, str):
            return (found,)
        if isinstance(found, list | tuple | set | frozenset) and all(isinstance(item, str) for item in found):
            return tuple(found) if not isinstance(found, set | frozenset) else tuple(sorted(found))
        self._wrong(name, found, "a list of texts")
        return ()

    def expr(self, name: str, default: Expr | None = None, templated: builtins.bool = True) -> Expr | None:
        """The value as an Expr, Jinja parsed unless `templated` is false. Absent: `default`. A value that cannot be
        known is reported (OPS007) and comes back with `Opaque` parts."""
        found = self.raw(name, _ABSENT)
        if found is _ABSENT:
            return default
        return self.convert(found, name, templated)

    def convert(self, value: Value, name: str, templated: builtins.bool = True) -> Expr:
        """As `expr`, for a value in hand: an item of the argument `name` (`env_vars.PASSWORD`: dots go into it).
        Literal secrets are replaced by references (SEC002)."""
        plain = to_expr(value, self.context, self.task, templated)
        expr = protect(plain, name, self.workflow, self.task_id, self._secret)
        for part in exprs.walk(expr):
            if isinstance(part, exprs.Opaque):
                self.report(ValueUnknown, name, name=self._shown(name), why=part.why)
        return expr

    def _secret(self, name: str, reason: str, reference: exprs.SecretRef) -> None:
        self.report(SecretLiteral, name, name=name, reason=reason, secret=reference.name, key=reference.key)

    def mapping(self, name: str, templated: builtins.bool = True) -> tuple[tuple[str, Expr], ...]:
        """A dict with constant text keys as pairs; () when absent, None or (OPS004) not known."""
        found = self.raw(name)
        if found is None:
            return ()
        if not isinstance(found, dict):
            self._wrong(name, found, "a dictionary")
            return ()
        return tuple((str(key), self.convert(item, f"{name}.{key}", templated)) for key, item in found.items())

    def list(self, name: str, templated: builtins.bool = True) -> tuple[Expr, ...]:
        """A list or tuple as Exprs; a single other value counts as one item; () when absent or None."""
        found = self.raw(name)
        if found is None:
            return ()
        if isinstance(found, list | tuple | set | frozenset | range):
            return tuple(self.convert(item, label, templated) for label, item in item_names(name, found))
        return (self.convert(found, name, templated),)

    def callable(self, name: str) -> CodeUnit | None:
        """A Python callable as code; None when absent, or (reported) when its code cannot be taken along."""
        found = self.raw(name)
        return None if found is None else code_unit(found, self.context, self.task, name)

    def callables(self, name: str) -> tuple[CodeUnit, ...]:
        """A callable or a list of callables."""
        found = self.raw(name)
        items = found if isinstance(found, builtins.list | tuple) else [] if found is None else [found]
        units = [code_unit(item, self.context, self.task, name) for item in items]
        return tuple(unit for unit in units if unit is not None)

    def ignore(self, name: str, why: str = "") -> None:
        """Notes that the argument is understood and needs nothing (`why` is for readers of the code)."""
        self._read.add(name)

    def ignore_all(self, *names: str) -> None:
        """`ignore` for several names."""
        self._read.update(names)

    # --- what is left ---------------------------------------------------------------------------------------------

    def unread(self) -> builtins.list[tuple[str, Argument]]:
        """Arguments that were given and that nobody read, in the order of the call."""
        return [(name, argument) for name, argument in self.values.items() if name not in self._read]

    def was_read(self, name: str) -> builtins.bool:
        """Whether somebody read the argument."""
        return name in self._read

    def report_unread(self, owner: str) -> None:
        """OPS003 for each argument of the call itself that nobody read (default_args are the DAG's affair)."""
        for name, argument in self.unread():
            if argument.origin != "default_args":
                self.report(ArgumentNotRead, name, name=name, owner=owner)

    # --- helpers --------------------------------------------------------------------------------------------------

    def _typed(self, name: str, default: Any, kind: Any, expected: str) -> Any:
        found = self.raw(name, _ABSENT)
        if found is _ABSENT or found is None:
            return default
        if isinstance(found, kind) and not (isinstance(found, builtins.bool) and kind is not builtins.bool):
            return found
        self._wrong(name, found, expected)
        return default

    def _wrong(self, name: str, found: Value, expected: str) -> None:
        if isinstance(found, Unknown | Symbolic):
            self._undetermined(name, found)
        else:
            self.report(ArgumentInvalid, name, name=self._shown(name), found=describe(found), expected=expected)

    def _undetermined(self, name: str, part: Value) -> None:
        if isinstance(part, Symbolic) and any(isinstance(e, exprs.ItemRef) for e in exprs.walk(part.expr)):
            self.lost.append(name)
        self.report(ArgumentUndetermined, name, name=self._shown(name), why=opaque(part).why)

    def _shown(self, name: str) -> str:
        argument = self.values.get(name)
        return f"default_args.{name}" if argument is not None and argument.origin == "default_args" else name
