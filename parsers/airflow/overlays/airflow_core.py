"""What the Airflow overlays share: state of the file under evaluation, natives, arguments with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.source import Span
from parsers.airflow.evaluator.classes import EXCEPTIONS as BUILTIN
from parsers.airflow.evaluator.values import (
    Argument,
    ClassMember,
    ClassValue,
    DagObject,
    Function,
    GroupObject,
    Instance,
    Native,
    TaskObject,
    Value,
    XComArg,
)
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.airflow_setup import SetupContext
from parsers.airflow.overlays.airflow_tree import Contexts
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter
    from parsers.airflow.overlays.registry import Call


@dataclass(slots=True, eq=False)
class AirflowState:
    """What one DAG file's evaluation has made so far."""

    contexts: Contexts = field(default_factory=Contexts)
    setup: SetupContext = field(default_factory=SetupContext)
    dags: list[DagObject] = field(default_factory=list)
    """Every DAG object, in order of creation."""
    registered: list[DagObject] = field(default_factory=list)
    """DAGs that a `with` (or `@dag`) of this file's evaluation has closed."""
    orphans: list[TaskObject] = field(default_factory=list)
    """Tasks that were made without a DAG."""
    building: list[Instance] = field(default_factory=list)
    """Operators whose own `__init__` runs, outermost first."""


def state(interp: Interpreter) -> AirflowState:
    """The state of the DAG file under evaluation."""
    found = interp.state.get("airflow")
    if found is None:
        found = made = interp.state["airflow"] = AirflowState()
        interp.workflow = lambda: dag.dag_id if (dag := made.contexts.dag()) is not None else None
    return found


def generation(interp: Interpreter) -> int:
    """The major version of Airflow that the file runs on: what the user said, else what its imports prove."""
    version = interp.inputs.airflow_version
    if version:
        return 3 if version.startswith("3") else 2
    return 3 if "airflow.sdk" in interp.main.text or "airflow.providers.standard" in interp.main.text else 2


EXCEPTIONS: dict[str, ClassValue] = {}


def exception_class(name: str) -> ClassValue:
    """A class of `airflow.exceptions`; all derive from AirflowException."""
    if name not in EXCEPTIONS:
        base = BUILTIN["Exception"] if name == "AirflowException" else exception_class("AirflowException")
        EXCEPTIONS[name] = make_class(name, f"airflow.exceptions.{name}", (base,), traits={"exception"})
    return EXCEPTIONS[name]


def as_raised(interp: Interpreter, error: AirflowError) -> Exception:
    """The exception that evaluated code sees for an error of the model."""
    if error.name in BUILTIN:
        return interp.error(error.name, error.message)
    return interp.raised(exception_class(error.name), error.message)


def method(name: str) -> Callable[[Call], Native]:
    """A native whose AirflowErrors become exceptions of the evaluated program. Its first argument is the receiver."""

    def make(function: Call) -> Native:
        def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
            try:
                return function(interp, args, kwargs, site)
            except AirflowError as error:
                raise as_raised(interp, error) from None

        return Native(name, call)

    return make


def property_of(name: str, read: Callable[[Interpreter, Any], Value]) -> ClassMember:
    """A read-only property whose getter gets the receiver."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        try:
            return read(interp, args[0])
        except AirflowError as error:
            raise as_raised(interp, error) from None

    return ClassMember("property", Native(name, call))


# --- arguments ------------------------------------------------------------------------------------------------------


def place(interp: Interpreter, node: cst.CSTNode | None) -> Callable[[], Span | None]:
    """Where `node` of the running module stands, computed when asked for."""
    frame = interp.frame
    module, statement = frame.module, frame.statement
    target = node if node is not None else statement
    if target is None:
        return lambda: None
    return lambda: module.span(target, statement)


def arguments(
    interp: Interpreter, kwargs: dict[str, Value], site: cst.CSTNode | None, origin: str = "call"
) -> dict[str, Argument]:
    """Keyword arguments of the call `site` with their places; what `**x` gave stands at `**x`."""
    for value in kwargs.values():
        interp.meter.weigh(value)
    named: dict[str, cst.CSTNode] = {}
    stars: list[cst.CSTNode] = []
    if isinstance(site, cst.Call):
        for arg in site.args:
            if arg.keyword is not None:
                named[arg.keyword.value] = arg
            elif arg.star == "**":
                stars.append(arg)
    rest = stars[0] if len(stars) == 1 else site
    return {name: Argument(value, place(interp, named.get(name, rest)), origin) for name, value in kwargs.items()}


def bind(names: Iterable[str], args: list[Value], kwargs: dict[str, Value], what: str) -> dict[str, Value]:
    """Positional arguments by name, then the keywords. Raises AirflowError (TypeError) as Python would."""
    order = list(names)
    if len(args) > len(order):
        raise AirflowError("TypeError", f"{what} takes {len(order)} positional arguments but {len(args)} were given")
    bound = dict(zip(order, args, strict=False))
    twice = bound.keys() & kwargs.keys()
    if twice:
        raise AirflowError("TypeError", f"{what} got multiple values for argument '{sorted(twice)[0]}'")
    return {**bound, **kwargs}


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters of a user's function."""

    names: tuple[str, ...]
    keyword_only: tuple[str, ...] = ()
    star: bool = False
    star_star: bool = False
    defaults: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple[str, ...]:
        """Every named parameter."""
        return self.names + self.keyword_only


def signature(function: Function) -> Signature:
    """The parameters of a function, in order."""
    params = function.node.params
    return Signature(
        names=tuple(p.name.value for p in (*params.posonly_params, *params.params)),
        keyword_only=tuple(p.name.value for p in params.kwonly_params),
        star=isinstance(params.star_arg, cst.Param),
        star_star=params.star_kwarg is not None,
        defaults=frozenset(function.defaults),
    )


def unwrapped(function: Value) -> Value:
    """The function behind decorators that used `functools.wraps`, as `inspect.signature` sees it."""
    seen: list[Value] = []
    while isinstance(function, Function) and "__wrapped__" in function.attrs and function not in seen:
        seen.append(function)
        function = function.attrs["__wrapped__"]
    return function


def parameter_names(function: Value) -> tuple[str, ...] | None:
    """The named parameters of a decorated function; None when it takes any."""
    function = unwrapped(function)
    if not isinstance(function, Function) or "__unknown_decorators__" in function.attrs:
        return None
    found = signature(function)
    return None if found.star_star else found.all


# --- receivers ------------------------------------------------------------------------------------------------------


def task_of(value: Value) -> TaskObject | None:
    """The task behind a value: an operator instance or an XComArg of one task."""
    if isinstance(value, Instance):
        value = value.native
    if isinstance(value, XComArg):
        value = value.task
    return value if isinstance(value, TaskObject) else None


def dag_of(value: Value) -> DagObject | None:
    """The DAG behind a value."""
    native = value.native if isinstance(value, Instance) else value
    return native if isinstance(native, DagObject) else None


def group_of(value: Value) -> GroupObject | None:
    """The group behind a value."""
    native = value.native if isinstance(value, Instance) else value
    return native if isinstance(native, GroupObject) else None
