"""Values of the evaluator.

Plain data are themselves: None, bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, slice,
`datetime`/`date`/`time`/`timedelta` (aware ones with `zoneinfo`), `re.Pattern`, `re.Match`, `pathlib.PurePosixPath`,
`decimal.Decimal`, `uuid.UUID`. Everything else is one of the classes here. Identity matters (the same list can be
shared and mutated), so values are never copied.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import libcst as cst

from migrate.ir import exprs
from migrate.source import Span

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter
    from parsers.airflow.evaluator.scope import Scope
    from parsers.airflow.modules import ParsedModule

Value: TypeAlias = Any
_SERIAL = itertools.count()


class Unknown:
    """A value that conversion cannot determine. `why` is a phrase ("`requests.get` needs the network"); `origin` is
    where it arose; `text` the source expression; `cause` the unknown it was computed from. `name` is set when a user
    could supply or assume it (`variable:x`, `env:X`, `connection:c`). `path` is the import path of a third-party
    module, class or function, as far as known (`pandas.DataFrame`). `guess` is the likelier truth as a condition."""

    __slots__ = ("_origin", "_site", "_text", "cause", "guess", "name", "path", "why")

    def __init__(
        self,
        why: str,
        origin: Span | None = None,
        text: str = "",
        cause: Unknown | None = None,
        name: str | None = None,
        path: str = "",
        site: tuple[ParsedModule, cst.CSTNode, cst.CSTNode | None] | None = None,
        guess: bool | None = None,
    ) -> None:
        self.why = why
        self.cause = cause
        self.name = name
        self.path = path
        self.guess = guess
        self._origin = origin
        self._text = text
        self._site = site

    def __repr__(self) -> str:
        return f"Unknown({self.why!r})"

    @property
    def origin(self) -> Span | None:
        """Where it arose."""
        if self._origin is None and self._site is not None:
            module, node, statement = self._site
            self._origin = module.span(node, statement)
        return self._origin

    @property
    def text(self) -> str:
        """Its source expression, on one line."""
        if not self._text and self._site is not None:
            module, node, _ = self._site
            self._text = " ".join(module.code(node).split())
        return self._text

    @property
    def site(self) -> tuple[ParsedModule, cst.CSTNode, cst.CSTNode | None] | None:
        """The module and node where it arose."""
        return self._site

    def root(self) -> Unknown:
        """The first unknown of the chain."""
        node = self
        while node.cause is not None:
            node = node.cause
        return node

    def names(self) -> list[str]:
        """The names of the chain that a user could supply."""
        node: Unknown | None = self
        found: list[str] = []
        while node is not None:
            if node.name and node.name not in found:
                found.append(node.name)
            node = node.cause
        return found


@dataclass(slots=True, eq=False)
class Symbolic:
    """A value that is only there when the run is, but that can be carried into the output: a Variable, an environment
    value, a date of the run, text made of such. `unknown` is used where structure depends on it."""

    expr: exprs.Expr
    unknown: Unknown
    type: type | None = None


@dataclass(slots=True, eq=False, repr=False)
class Function:
    """A Python function or lambda of the user. `defaults` by parameter name."""

    name: str
    node: cst.FunctionDef | cst.Lambda
    module: ParsedModule
    scope: Scope
    defaults: dict[str, Value]
    qualname: str = ""
    owner: ClassValue | None = None
    attrs: dict[str, Value] = field(default_factory=dict)
    is_generator: bool = False
    serial: int = field(default_factory=_SERIAL.__next__)

    def __repr__(self) -> str:
        return f"<function {self.qualname or self.name}>"


@dataclass(slots=True, eq=False)
class BoundMethod:
    """A function or native taken from an instance or class; `receiver` is its first argument."""

    function: Function | Native
    receiver: Value


@dataclass(slots=True, eq=False)
class Native:
    """A function modelled by us. `call(interpreter, args, kwargs, site)`; `site` is the CST call node or None."""

    name: str
    call: Callable[[Interpreter, list[Value], dict[str, Value], cst.CSTNode | None], Value]


@dataclass(slots=True, eq=False)
class Partial:
    """functools.partial."""

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


@dataclass(slots=True, eq=False)
class ClassMember:
    """staticmethod, classmethod or property around `function` (`kind` says which)."""

    kind: str
    function: Value
    setter: Value = None
    deleter: Value = None


@dataclass(slots=True, eq=False, repr=False)
class ClassValue:
    """A class: the user's (node is set), or modelled by us. `path` is its import path
    (`airflow.operators.bash.BashOperator`, for a user's class `<module>.<qualname>`). `opaque`: third-party, unknown
    behaviour (it may still be subclassed)."""

    name: str
    path: str
    bases: tuple[ClassValue, ...] = ()
    namespace: dict[str, Value] = field(default_factory=dict)
    node: cst.ClassDef | None = None
    module: ParsedModule | None = None
    opaque: bool = False
    mro: tuple[ClassValue, ...] = ()
    metaclass: Value = None
    traits: set[str] = field(default_factory=set)
    """Marks for modelled behaviour: operator, sensor, dag, task_group, dataclass, enum, namedtuple, exception ..."""

    def derives_from(self, path: str) -> bool:
        """Whether a class with import path or bare name `path` is in the MRO."""
        return any(c.path == path or c.name == path for c in self.mro)

    def has_trait(self, trait: str) -> bool:
        """Whether this class or an ancestor carries `trait`."""
        return any(trait in c.traits for c in self.mro)

    def __repr__(self) -> str:
        return f"<class {self.path}>"


@dataclass(slots=True, eq=False, repr=False)
class Instance:
    """An object of a class. `native` is state for modelled behaviour (a TaskObject, a DagObject, ...)."""

    cls: ClassValue
    attrs: dict[str, Value] = field(default_factory=dict)
    native: Any = None
    site: Any = None
    """Where it was made (the interpreter's own; ask `interp.made_at`)."""
    serial: int = field(default_factory=_SERIAL.__next__)
    """Grows with each object made: orders those of a set that look the same."""

    def __eq__(self, other: object) -> bool:
        return self is other or (EQUALITY is not None and EQUALITY.equal(self, other))

    def __hash__(self) -> int:
        return EQUALITY.hash(self) if EQUALITY is not None else id(self)

    def __lt__(self, other: object) -> bool:
        if EQUALITY is None:
            return NotImplemented
        return EQUALITY.less(self, other)

    def __repr__(self) -> str:
        return f"<{self.cls.path} object>"


class Equality(Protocol):
    """How instances with `__eq__`, `__hash__` or `__lt__` of their class compare inside Python containers."""

    def equal(self, left: Instance, right: object) -> bool: ...

    def hash(self, value: Instance) -> int: ...

    def less(self, left: Instance, right: object) -> bool: ...


EQUALITY: Equality | None = None


@dataclass(slots=True, eq=False, repr=False)
class ModuleValue:
    """An imported module: a user's (its scope's names), or modelled (`attrs`, then `fallback(name)`)."""

    name: str
    attrs: dict[str, Value]
    fallback: Callable[[str], Value] | None = None
    parsed: ParsedModule | None = None

    def __repr__(self) -> str:
        return f"<module {self.name}>"


# --- Airflow objects: what the overlays make, and what `build.py` reads -------------------------------------------


class Argument:
    """One argument of an operator, DAG or group call: its value, where it stands, and where it came from:
    `call`, `default_args` (DAG's or group's), `class` (set by a user's class), `partial`, `attribute` (set afterwards).

    The place may be given as a function; it is then computed when somebody asks."""

    __slots__ = ("_place", "origin", "value")

    def __init__(
        self, value: Value, span: Span | Callable[[], Span | None] | None = None, origin: str = "call"
    ) -> None:
        self.value = value
        self._place = span
        self.origin = origin

    @property
    def span(self) -> Span | None:
        """Where it stands; None when that is not known."""
        if callable(self._place):
            self._place = self._place()
        return self._place

    def moved(self, value: Value, origin: str) -> Argument:
        """The same place with another value and origin."""
        return Argument(value, self._place, origin)


@dataclass(slots=True, eq=False)
class Mapping:
    """`.expand(...)` / `.expand_kwargs(...)` of a task or group. kind: product, kwargs."""

    kind: str
    arguments: dict[str, Argument]
    span: Span | None = None


@dataclass(slots=True, eq=False, repr=False)
class GroupObject:
    """A TaskGroup. `id` is the full id with parents' prefixes (None for the DAG's root group)."""

    id: str | None
    parent: GroupObject | None
    dag: DagObject
    arguments: dict[str, Argument] = field(default_factory=dict)
    children: list[TaskObject | GroupObject] = field(default_factory=list)
    default_args: dict[str, Argument] = field(default_factory=dict)
    prefix: bool = True
    mapping: Mapping | None = None
    mapped_parameters: dict[str, MappedArgument] = field(default_factory=dict)
    returned: Value = None
    span: Span | None = None
    call_site: Span | None = None
    upstream_ids: set[str] = field(default_factory=set)
    downstream_ids: set[str] = field(default_factory=set)
    instance: Instance | None = None

    def __repr__(self) -> str:
        return f"<group {self.id}>"


@dataclass(slots=True, eq=False, repr=False)
class TaskObject:
    """A task. `operator` is the most derived *known* (modelled) class; `cls` the class that was called (a user's
    subclass, maybe). `arguments` are those that reached the known operator's constructor, merged with default_args.
    `call_arguments` are those that the outermost class (`cls`) was called with, defaults filled in.
    `decorator`: `task`, `task.branch`, ... for TaskFlow; then `function` is the callable and `op_args`/`op_kwargs`
    (in `call_args`, `call_kwargs`) what it was called with. Edges are full task ids. While a file is evaluated a task
    may have no `dag` and `group` yet (None); tasks of a collected DAG always have both."""

    task_id: str
    cls: ClassValue
    operator: ClassValue
    dag: DagObject
    group: GroupObject
    arguments: dict[str, Argument]
    span: Span
    call_site: Span | None = None
    decorator: str | None = None
    function: Value = None
    call_args: list[Value] = field(default_factory=list)
    call_kwargs: dict[str, Value] = field(default_factory=dict)
    mapping: Mapping | None = None
    upstream: dict[str, str] = field(default_factory=dict)
    """Upstream task id -> origin (explicit, data, setup)."""
    labels: dict[str, str] = field(default_factory=dict)
    downstream: dict[str, str] = field(default_factory=dict)
    is_setup: bool = False
    is_teardown: bool = False
    on_failure_fail_dagrun: bool = False
    instance: Instance | None = None
    call_arguments: dict[str, Argument] = field(default_factory=dict)
    template_fields: tuple[str, ...] | None = None
    """None: not known; then every argument may hold templates."""
    node: cst.CSTNode | None = None
    module: ParsedModule | None = None

    def __repr__(self) -> str:
        return f"<task {self.task_id}>"


@dataclass(slots=True, eq=False, repr=False)
class DagObject:
    """A DAG with what its constructor was given. `params` merged; `order` of tasks is that of their creation."""

    dag_id: str
    arguments: dict[str, Argument]
    span: Span
    root: GroupObject | None = None
    call_site: Span | None = None
    default_args: dict[str, Argument] = field(default_factory=dict)
    tasks: dict[str, TaskObject] = field(default_factory=dict)
    groups: dict[str, GroupObject] = field(default_factory=dict)
    instance: Instance | None = None
    module: ParsedModule | None = None
    function: Value = None
    """The decorated function of `@dag`."""
    is_subdag: bool = False
    major: int = 2
    """Major version of Airflow whose rules for edges were applied."""

    def __repr__(self) -> str:
        return f"<DAG {self.dag_id}>"


@dataclass(slots=True, eq=False)
class XComArg:
    """The result of a task: `task.output`, a TaskFlow call's value, `xcom[key]`, `.map`, `.zip`, `.concat`.

    op: `pull` (task, key), `map`/`filter` (of, function), `zip`/`concat` (others)."""

    task: TaskObject | None
    key: Value = "return_value"
    op: str = "pull"
    of: XComArg | None = None
    function: Value = None
    others: tuple[Value, ...] = ()
    fill: Value = None
    index: int | None = None

    def tasks(self) -> list[TaskObject]:
        """All tasks whose results it needs, in order."""
        own = [self.task] if self.task is not None else []
        rest = [self.of, *self.others] if self.of is not None else list(self.others)
        return own + [t for part in rest if isinstance(part, XComArg) for t in part.tasks()]


@dataclass(slots=True, eq=False)
class MappedArgument:
    """Inside a mapped group's body: the parameter that takes one item per instance."""

    group: GroupObject
    name: str
