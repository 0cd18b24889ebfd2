"""Plain functions of modelled modules: Python's own, applied to plain data only.

`pure("json.dumps", json.dumps)` makes a Native that runs the real function when every argument is known, gives an
`Unknown` with its cause when one is not, and turns what the function raises into an error that user code can catch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.budget import LARGEST_EXPONENT
from parsers.airflow.evaluator.classes import PLAIN, PYTHON_TYPES, register_plain
from parsers.airflow.evaluator.errors import Raised, convert
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    DagObject,
    Function,
    GroupObject,
    Instance,
    MappedArgument,
    ModuleValue,
    Native,
    Partial,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.overlays.registry import make_class, register_methods

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

MODELLED = (
    Unknown, Symbolic, Function, BoundMethod, Native, Partial, ClassMember, ClassValue, Instance, ModuleValue,
    GroupObject, TaskObject, DagObject, XComArg, MappedArgument,
)  # fmt: skip
NOT_KNOWN = (Unknown, Symbolic)
CONTAINERS = (list, tuple, set, frozenset, dict)


def lower(value: Value, done: dict[int, Value] | None = None) -> Value:
    """`value` with instances of users' subclasses of plain classes (text enumerations, named tuples, `dict` subclasses)
    replaced by the plain data in them. Containers without such are given back as they are."""
    if type(value) is Instance:
        return lower(value.native, done) if type(value.native) in PLAIN else value
    kind = type(value)
    if kind not in CONTAINERS:
        return value
    done = {} if done is None else done
    if id(value) in done:
        return done[id(value)]
    done[id(value)] = value
    if kind is dict:
        new: Value = {lower(k, done): lower(v, done) for k, v in value.items()}
        same = all(a is b and new[a] is value[a] for a, b in zip(new, value, strict=False))
    else:
        items = [lower(v, done) for v in value]
        same = all(a is b for a, b in zip(items, value, strict=True))
        new = kind(items)
    if not same:
        done[id(value)] = new
        return new
    return value


def first_modelled(value: Value) -> Value:
    """The first part of `value` that is not plain data, MISSING when all of it is."""
    return _first_part(value, MODELLED, set())


def first_unknown(value: Value) -> Value:
    """The first part that is not known (Unknown or Symbolic), MISSING when there is none."""
    return _first_part(value, NOT_KNOWN, set())


def _first_part(value: Value, kinds: tuple[type, ...], seen: set[int]) -> Value:
    """The first part of one of these kinds. Shared parts are visited once."""
    if isinstance(value, kinds):
        return value
    if not isinstance(value, CONTAINERS) or id(value) in seen:
        return MISSING
    seen.add(id(value))
    parts: Iterable[Value] = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    for part in parts:
        if isinstance(part, kinds):
            return part
        if isinstance(part, CONTAINERS):
            found = _first_part(part, kinds, seen)
            if found is not MISSING:
                return found
    return MISSING


def blocker(args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The first part of a call's arguments that is not plain data, MISSING when there is none."""
    for value in (*args, *kwargs.values()):
        found = first_modelled(value)
        if found is not MISSING:
            return found
    return MISSING


def unknown_because(interp: Interpreter, name: str, part: Value, site: Any) -> Unknown:
    """The Unknown that a function called with `part` among its arguments gives."""
    if isinstance(part, NOT_KNOWN):
        return interp.unknown(f"`{name}` was given a value that is not known", site, part)
    kind = part.cls.name if isinstance(part, Instance) else type(part).__name__.lower()
    return interp.unknown(f"`{name}` was given an object ({kind}) that it is not modelled for", site)


ERRORS: dict[type[BaseException], ClassValue] = {}
"""Exception classes of modelled modules, by the Python class they stand for."""


def error_class(kind: type[BaseException], path: str, base: ClassValue) -> ClassValue:
    """The class that user code catches when a plain function raises `kind`."""
    if kind not in ERRORS:
        ERRORS[kind] = make_class(path.rpartition(".")[2], path, (base,), {}, {"exception"})
    return ERRORS[kind]


def run_plain(interp: Interpreter, function: Callable[..., Any], args: Iterable[Any], kwargs: dict[str, Any]) -> Any:
    """Calls a Python function that knows nothing of the interpreter. What it raises becomes an error of user code."""
    try:
        return function(*args, **kwargs)
    except Raised:
        raise
    except (MemoryError, RecursionError) as error:
        raise interp.error("ValueError", f"{type(error).__name__} while evaluating") from None
    except Exception as error:
        for kind in type(error).__mro__:
            if kind in ERRORS:
                raise interp.raised(ERRORS[kind], str(error)) from None
        raise convert(error) from None


def pure(name: str, function: Callable[..., Any], after: Callable[[Any], Value] | None = None) -> Native:
    """A Native around a Python function. `after` turns its result into a value of the evaluator."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        args = [lower(a) for a in args]
        kwargs = {k: lower(v) for k, v in kwargs.items()}
        part = blocker(args, kwargs)
        if part is not MISSING:
            return unknown_because(interp, name, part, site)
        check_sizes(interp, args, kwargs, name)
        result = run_plain(interp, function, args, kwargs)
        if after is not None:
            result = after(result)
        check_result(interp, result, name)
        return result

    return Native(name, call)


def pures(module: ModuleType, names: str, prefix: str | None = None) -> dict[str, Native]:
    """`pure` for several functions of a Python module; names that this Python lacks are left out."""
    label = prefix or module.__name__
    return {n: pure(f"{label}.{n}", getattr(module, n)) for n in names.split() if hasattr(module, n)}


def constants(module: ModuleType, names: str) -> dict[str, Any]:
    """Plain attributes of a Python module."""
    return {n: getattr(module, n) for n in names.split() if hasattr(module, n)}


LARGE_NUMBER = 1_000_000


def check_sizes(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], name: str) -> None:
    """Refuses arguments whose mere size makes a function slow: very large integers and texts."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, int) and value.bit_length() > 4096:
            interp.meter.check_text(value.bit_length() * 64, name)
        elif isinstance(value, str | bytes):
            interp.meter.check_text(len(value), name)


def check_result(interp: Interpreter, result: Value, name: str) -> None:
    """Keeps a result within the budget."""
    if isinstance(result, str | bytes):
        interp.meter.check_text(len(result), name)
    elif isinstance(result, Decimal) and result.is_finite() and abs(result.adjusted()) > LARGEST_EXPONENT:
        interp.meter.check_text(interp.meter.budgets.text + 1, name)
    elif isinstance(result, CONTAINERS):
        interp.meter.check_items(len(result), name)


def opaque_call(name: str, why: str) -> Native:
    """A function whose result conversion cannot know."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        part = blocker(args, kwargs)
        return interp.unknown(f"`{name}` {why}", site, part if isinstance(part, NOT_KNOWN) else None)

    return Native(name, call)


def inert(name: str, result: Value = None) -> Native:
    """A function without an effect that matters here; always gives `result`."""
    return Native(name, lambda interp, args, kwargs, site: result)


def first_argument(name: str) -> Native:
    """A function that gives its first argument back (`typing.cast` gives its second: see there)."""
    return Native(name, lambda interp, args, kwargs, site: args[0] if args else next(iter(kwargs.values()), None))


class Arguments:
    """Named access to a call's arguments: `bound = Arguments(interp, "f", args, kwargs, "a b=1")`."""

    def __init__(self, interp: Interpreter, name: str, args: list[Value], kwargs: dict[str, Value], names: str) -> None:
        known = names.split()
        if len(args) > len(known):
            raise interp.error("TypeError", f"{name}() takes {len(known)} arguments but {len(args)} were given")
        self._values = dict(zip(known, args, strict=False))
        for key, value in kwargs.items():
            if key in self._values:
                raise interp.error("TypeError", f"{name}() got multiple values for argument '{key}'")
            self._values[key] = value
        self._interp = interp
        self._name = name

    def get(self, name: str, default: Value = None) -> Value:
        """The argument, or `default`."""
        return self._values.get(name, default)

    def need(self, name: str) -> Value:
        """The argument; TypeError of user code when it was not given."""
        if name not in self._values:
            raise self._interp.error("TypeError", f"{self._name}() missing 1 required positional argument: '{name}'")
        return self._values[name]

    def rest(self) -> dict[str, Value]:
        """All arguments by name."""
        return self._values


def model_type(
    python_type: type,
    path: str,
    *,
    bases: tuple[ClassValue, ...] = (),
    methods: str = "",
    attributes: str = "",
    class_methods: str = "",
    namespace: dict[str, Value] | None = None,
    make: Callable[..., Any] | None = None,
) -> ClassValue:
    """The class of plain values of a Python type: `methods` and `class_methods` run natively on plain arguments,
    `attributes` are read. `make` is the constructor (the type itself if None)."""
    name = path.rpartition(".")[2]
    names: dict[str, Value] = {
        "__new__": _constructor(path, make or python_type),
        "__init__": inert(f"{name}.__init__"),
    }
    for method in methods.split():
        if hasattr(python_type, method):
            names[method] = pure(f"{name}.{method}", getattr(python_type, method))
    for method in class_methods.split():
        if hasattr(python_type, method):
            names[method] = ClassMember("staticmethod", pure(f"{name}.{method}", getattr(python_type, method)))
    for attribute in attributes.split():
        names[attribute] = ClassMember("property", pure(f"{name}.{attribute}", _reader(attribute)))
    names.update(namespace or {})
    cls = make_class(name, path, bases, names)
    register_plain(python_type, cls)
    register_methods(python_type, methods.split(), attributes.split())
    return cls


def _reader(attribute: str) -> Callable[[Any], Any]:
    return lambda value: getattr(value, attribute)


def _constructor(path: str, make: Callable[..., Any]) -> Native:
    inner = pure(path, make)

    def construct(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return inner.call(interp, args, kwargs, site)

    return constructor(path, construct)


def constructor(path: str, make: Callable[..., Value]) -> Native:
    """`__new__` of a plain class: `make(interp, args, kwargs, site)` gives the value; an instance of a user's subclass
    holds it."""

    def new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        value = make(interp, args[1:], kwargs, site)
        wanted = args[0]
        if wanted in PYTHON_TYPES or isinstance(value, NOT_KNOWN) or not isinstance(wanted, ClassValue):
            return value
        instance = interp.new_instance(wanted, site)
        instance.native = lower(value)
        return instance

    return Native(f"{path}.__new__", new)
