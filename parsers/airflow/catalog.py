"""The catalogue of operator mappings: each maps the arguments of one operator to an action.

A mapping is a function in a module of `parsers.airflow.operators`, found by itself:

    @operator("airflow.operators.bash.BashOperator", "airflow.providers.standard.operators.bash.BashOperator")
    def bash(args: Arguments) -> Shell:
        \"\"\"What people should know about the conversion.\"\"\"

The class's final name decides; the import paths are documentation, and tell apart classes of the same name. The
return annotation says which kinds of action it makes, and the arguments it reads are found in its code (`migrate
operators`).
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from typing import TypeAlias, TypeVar

from migrate.ir.actions import Action
from parsers.airflow.arguments import Arguments
from parsers.airflow.callables.syntax import syntax_of
from parsers.airflow.called_methods import called_methods
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Function, TaskObject

Mapping: TypeAlias = Callable[[Arguments], Action]
F = TypeVar("F", bound=Mapping)


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping. `paths`: import paths of the operator; `decorators`: names after `@`."""

    function: Mapping
    paths: tuple[str, ...]
    decorators: tuple[str, ...] = ()
    user: bool = False
    kinds: tuple[str, ...] = ()
    """Kinds of action, where the function's annotation does not say them."""
    reads: tuple[str, ...] = ()
    notes: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Final class names, without repetition."""
        return tuple(dict.fromkeys(path.rpartition(".")[2] for path in self.paths))

    @property
    def family(self) -> str:
        """The module it stands in (`bash`), or `user`."""
        return "user" if self.user else self.function.__module__.rpartition(".")[2]


@dataclass(slots=True)
class Catalog:
    """Entries by class name and by decorator name."""

    by_name: dict[str, list[Entry]] = field(default_factory=dict)
    by_decorator: dict[str, Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Adds an entry. Raises ValueError when the same path or decorator is mapped twice."""
        for path in entry.paths:
            others = self.by_name.setdefault(path.rpartition(".")[2], [])
            if any(path in other.paths and other.user == entry.user for other in others if other is not entry):
                raise ValueError(f"{path} is mapped twice")
            if entry not in others:
                others.insert(0, entry) if entry.user else others.append(entry)
        for name in entry.decorators:
            if name in self.by_decorator:
                raise ValueError(f"@{name} is mapped twice")
            self.by_decorator[name] = entry

    def of_class(self, cls: ClassValue) -> Entry | None:
        """The entry of a class by its final name: the user's before ours; its import path decides between several."""
        found = sorted(self.by_name.get(cls.name, []), key=lambda e: (not e.user, cls.path not in e.paths))
        return found[0] if found else None

    def of_decorator(self, name: str) -> Entry | None:
        """The entry of a TaskFlow decorator (`task`, `task.branch`)."""
        return self.by_decorator.get(name) or self.by_decorator.get(name.removeprefix("airflow."))

    def entries(self) -> list[Entry]:
        """All entries, once each, by family and name."""
        found = {id(e): e for entries in self.by_name.values() for e in entries}
        found |= {id(e): e for e in self.by_decorator.values()}
        return sorted(found.values(), key=lambda e: (e.family, e.names or e.decorators))


_CATALOG = Catalog()


def operator(*paths: str, decorators: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Registers the decorated function as the mapping of the operator with these import paths and decorators."""

    def register(function: F) -> F:
        _CATALOG.add(Entry(function, paths, decorators))
        return function

    return register


@cache
def catalog() -> Catalog:
    """The built-in mappings: imports every module of `parsers.airflow.operators`."""
    from parsers.airflow import operators

    for info in pkgutil.iter_modules(operators.__path__):
        importlib.import_module(f"{operators.__name__}.{info.name}")  # noqa: TID251  our own package
    return _CATALOG


_NEVER_RUN = ("dry_run", "get_openlineage_facets_on_start", "get_openlineage_facets_on_complete", "get_extra_links")


def own_code(task: TaskObject) -> ClassValue | None:
    """The user's class below the known operator that replaces what the operator does; None when there is none."""
    replaceable = called_methods(task.operator.name)
    return next((cls for cls in _own_classes(task) if not replaceable.isdisjoint(cls.namespace)), None)


def own_methods(task: TaskObject) -> ClassValue | None:
    """The user's class below the operator that has a method which may replace one of the operator's; None when there
    is none. For operators whose methods are not known: what only the classes' own `__init__` calls is left out."""
    classes = _own_classes(task)
    called = {name for cls in classes for name in _read_by_init(cls)} | set(_NEVER_RUN)
    replaceable = called_methods(task.operator.name)
    for cls in classes:
        methods = (n for n, v in cls.namespace.items() if isinstance(v, Function | ClassMember) and n not in called)
        if any(not name.startswith("__") or name in replaceable for name in methods):
            return cls
    return None


def _own_classes(task: TaskObject) -> list[ClassValue]:
    before = takewhile(lambda cls: cls is not task.operator, task.cls.mro)
    return [cls for cls in before if cls.node is not None]


def _read_by_init(cls: ClassValue) -> set[str]:
    """Names of attributes that `__init__` reads of its `self`."""
    node = syntax_of(cls)
    starts = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n.name == "__init__"] if node else []
    found = [n for start in starts for n in ast.walk(start) if isinstance(n, ast.Attribute)]
    return {n.attr for n in found if isinstance(n.value, ast.Name) and n.value.id == "self"}


def find(task: TaskObject, known: Catalog) -> Entry | None:
    """The mapping of a task: by its decorator, else by the nearest class that is not the user's own.

    A user's own class that is named in a user mapping counts as well.
    """
    if task.decorator is not None:
        return known.of_decorator(task.decorator)
    for cls in task.cls.mro:
        entry = known.of_class(cls)
        if entry is not None and entry.user:
            return entry
    if own_code(task) is not None:
        return None
    for cls in task.cls.mro:
        if cls.node is None:
            entry = known.of_class(cls)
            if entry is not None:
                return entry
            if cls is task.operator and cls.name not in ("BaseOperator", "BaseSensorOperator"):
                return None
    return None


@dataclass(frozen=True, slots=True)
class OperatorInfo:
    """One row of `migrate operators`. `actions`: kinds of action it makes; `how`: native, hosted, or both;
    `arguments`: those it reads; `notes`: one sentence or two for people."""

    names: tuple[str, ...]
    decorators: tuple[str, ...]
    paths: tuple[str, ...]
    family: str
    actions: tuple[str, ...]
    how: str
    arguments: tuple[str, ...]
    notes: str


def describe(known: Catalog | None = None) -> list[OperatorInfo]:
    """All mappings, by family and name, with what their code says about them."""
    return [_info(entry) for entry in (known or catalog()).entries()]


def _info(entry: Entry) -> OperatorInfo:
    from parsers.airflow.reads import arguments_read, kinds_made

    kinds = entry.kinds or kinds_made(entry.function)
    native = [kind for kind in kinds if kind != "hosted"]
    return OperatorInfo(
        names=entry.names,
        decorators=entry.decorators,
        paths=entry.paths,
        family=entry.family,
        actions=kinds,
        how="hosted" if not native else "native, else hosted" if "hosted" in kinds else "native",
        arguments=entry.reads or arguments_read(entry.function),
        notes=" ".join((entry.notes or entry.function.__doc__ or "").split()),
    )


def convert_operator(task: TaskObject, args: Arguments, known: Catalog | None = None) -> Action:
    """The action of a task: its native mapping, else what the `unmapped` policy says (hosted, fail, tasks-test)."""
    from parsers.airflow.operators.hosted import unmapped
    from parsers.airflow.user_mappings import known_to

    entry = find(task, known or known_to(args))
    return entry.function(args) if entry is not None else unmapped(args)
