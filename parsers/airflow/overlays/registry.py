"""Registries that overlays fill: modules, builtins, classes of Python types, whitelisted methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from parsers.airflow.evaluator.values import ClassValue, ModuleValue, Native, Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Maker: TypeAlias = "Callable[[Interpreter, str], ModuleValue | dict[str, Value] | None]"
Call: TypeAlias = "Callable[[Interpreter, list[Value], dict[str, Value], Any], Value]"

MODULES: dict[str, Maker] = {}
PREFIXES: dict[str, Maker] = {}
BUILTINS: dict[str, Value] = {}
CLASSES: dict[type, ClassValue] = {}


@dataclass(slots=True)
class Members:
    """What may be used of a plain-data type: `methods` are called natively, `attributes` are read, `special` are
    modelled by a native that gets the value as first argument."""

    methods: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    special: dict[str, Native] = field(default_factory=dict)


MEMBERS: dict[type, Members] = {}


def overlay(*names: str, prefix: bool = False) -> Callable[[Maker], Maker]:
    """Registers the decorated function as the maker of the named modules."""

    def register(maker: Maker) -> Maker:
        for name in names:
            (PREFIXES if prefix else MODULES)[name] = maker
        return maker

    return register


def builtin(*names: str) -> Callable[[Call], Call]:
    """Registers a native as a builtin function."""

    def register(function: Call) -> Call:
        for name in names:
            BUILTINS[name] = Native(name, function)
        return function

    return register


def native(name: str) -> Callable[[Call], Native]:
    """Decorator that makes a `Native` of a function `(interp, args, kwargs, site)`."""
    return lambda function: Native(name, function)


def register_class(python_type: type, cls: ClassValue) -> ClassValue:
    """`interp.class_of(value)` gives `cls` for values whose Python type is `python_type`."""
    CLASSES[python_type] = cls
    return cls


def register_methods(
    python_type: type, methods: Iterable[str] = (), attributes: Iterable[str] = (), special: Iterable[Native] = ()
) -> None:
    """Adds to the whitelist of a plain-data type."""
    members = MEMBERS.setdefault(python_type, Members())
    members.methods.update(methods)
    members.attributes.update(attributes)
    members.special.update({n.name.rpartition(".")[2]: n for n in special})


def make_class(
    name: str,
    path: str,
    bases: tuple[ClassValue, ...] = (),
    namespace: dict[str, Value] | None = None,
    traits: Iterable[str] = (),
    opaque: bool = False,
) -> ClassValue:
    """A modelled class; without bases it derives from `object`."""
    from parsers.airflow.evaluator.classes import linearize, object_class

    cls = ClassValue(name, path, bases or (object_class(),), namespace or {}, opaque=opaque, traits=set(traits))
    cls.mro = linearize(cls)
    return cls


def find(name: str) -> Maker | None:
    """The maker that answers for a module name."""
    maker = MODULES.get(name)
    if maker is not None:
        return maker
    head = name
    while head:
        if head in PREFIXES:
            return PREFIXES[head]
        head = head.rpartition(".")[0]
    return None


def namespace_of(natives: Iterable[Native]) -> dict[str, Any]:
    """A class namespace from natives named `Class.method` or `method`."""
    return {n.name.rpartition(".")[2]: n for n in natives}


class Hooks:
    """Single functions that overlays may set."""

    classify_unknown: Callable[[Interpreter, Any, dict[str, Value] | None], ClassValue | None] | None = None
    """Given an Unknown with a `path` that is called (with these keyword arguments) or subclassed (None): the modelled
    class it should be taken for, e.g. an operator class of a third party; None leaves it unknown."""

    decorated_call: Callable[[Interpreter, Any, list[Any], list[Value]], Value] | None = None
    """Given a function that is called, its decorators that are not known and the call's arguments: what the call
    gives, or MISSING when the function itself is to be run."""

    unknown_with: Callable[[Interpreter, Any, Any], Callable[[], None]] | None = None
    """Given a context manager that is not known and its place: what is to be done when the `with` ends."""

    symbolic_member: Callable[[Interpreter, Any, str, Any], Value] | None = None
    """Given a Symbolic, a name and the call site: the attribute, or NotImplemented."""

    symbolic_text: Callable[[Any], Value] | None = None
    """`str(value)` of a Symbolic."""
