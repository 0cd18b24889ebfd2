"""Import statements of user code: whose module is it, and what must travel with it."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from migrate.distributions import distribution
from migrate.ir.actions import BundledFile
from parsers.airflow.callables.shim import inert, offered
from parsers.airflow.callables.syntax import module_syntax, positions
from parsers.airflow.distributions import provider_distribution
from parsers.airflow.modules import Found, ModuleLoader, ParsedModule
from parsers.airflow.positions import Positions


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `import module as alias` (name None) or `from module import name as alias`."""

    module: str
    name: str | None
    alias: str | None
    level: int = 0
    guarded: bool = False

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module.split(".")[0]

    def source(self) -> str:
        """The statement."""
        tail = f" as {self.alias}" if self.alias else ""
        if self.name is None:
            return f"import {self.module}{tail}"
        return f"from {self.module} import {self.name}{tail}"


def absolute(item: Import, package: str) -> Import:
    """A relative import with its module's full name."""
    if not item.level:
        return item
    parts = package.split(".") if package else []
    base = parts[: len(parts) - (item.level - 1)] if item.level > 1 else parts
    module = ".".join([*base, item.module] if item.module else base)
    return Import(module, item.name, item.alias, 0, item.guarded)


def imports_in(node: ast.AST) -> list[Import]:
    """All imports in a piece of code, in order; those inside `try` are marked guarded, those for type checkers left
    out."""
    found: list[Import] = []
    _collect(node, False, found)
    return found


_IMPORTS: WeakKeyDictionary[Positions, list[Import]] = WeakKeyDictionary()


def module_imports(module: ParsedModule) -> list[Import]:
    """All imports of a module; kept as long as its tree, because many tasks take the same modules along."""
    found = _IMPORTS.get(positions(module))
    if found is None:
        found = _IMPORTS[positions(module)] = imports_in(module_syntax(module))
    return found


def _collect(node: ast.AST, guarded: bool, found: list[Import]) -> None:
    if isinstance(node, ast.Import):
        found.extend(Import(alias.name, None, alias.asname, guarded=guarded) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            found.append(Import(node.module or "", alias.name, alias.asname, node.level, guarded))
    elif isinstance(node, ast.If) and _type_checking(node.test):
        for child in node.orelse:
            _collect(child, guarded, found)
    elif not isinstance(node, ast.expr):
        inside = guarded or isinstance(node, ast.Try)
        for inner in ast.iter_child_nodes(node):
            _collect(inner, inside, found)


def _type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


class Bundle:
    """What imported code needs beside its own text: repository files, distributions, the source framework."""

    def __init__(self, loader: ModuleLoader | None) -> None:
        self.loader = loader
        self.files: dict[str, str] = {}
        self.requirements: set[str] = set()
        self.framework: list[str] = []
        self.modules: dict[str, ParsedModule] = {}

    def add(self, item: Import, near: ParsedModule, bundled: bool = False) -> None:
        """Takes along what an (absolute) import of the module `near` needs. `bundled`: it stands in a module that is
        taken along as a whole, so that not all of its imports are used."""
        top = item.module.split(".")[0]
        if top in sys.stdlib_module_names or not top:
            return
        if self.loader is not None and self._add_user_module(item, near):
            return
        if top == "airflow":
            known = offered(item.module, item.name) or (item.name and offered(f"{item.module}.{item.name}", None))
            if not known and not item.guarded and not (bundled and inert(item.module, item.name)):
                self.framework.append(item.source())
                provider = provider_distribution(f"{item.module}.{item.name}" if item.name else item.module)
                self.requirements.update([provider] if provider else [])
            return
        if not item.guarded:
            self.requirements.add(distribution(item.module, item.name))

    def _add_user_module(self, item: Import, near: ParsedModule) -> bool:
        assert self.loader is not None
        found = self.loader.find(item.module, near.file.path)
        if found is None:
            return False
        self._take(found, near)
        if item.name is not None:
            inner = self.loader.find(f"{item.module}.{item.name}", near.file.path)
            if inner is not None:
                self._take(inner, near)
        return True

    def _take(self, found: Found, near: ParsedModule) -> None:
        assert self.loader is not None
        parts = found.name.split(".")
        for length in range(1, len(parts)):
            parent = self.loader.find(".".join(parts[:length]), near.file.path)
            if parent is not None and parent.path is not None and parent.name not in self.modules:
                self._take_file(parent)
        if found.path is not None:
            self._take_file(found)

    def _take_file(self, found: Found) -> None:
        assert self.loader is not None
        if found.name in self.modules:
            return
        module = self.loader.load(found)
        if not isinstance(module, ParsedModule):
            return
        self.modules[found.name] = module
        path = found.name.replace(".", "/")
        self.files[f"{path}/__init__.py" if found.is_package else f"{path}.py"] = module.text
        for item in module_imports(module):
            self.add(absolute(item, module.package), module, bundled=True)

    def bundled(self) -> tuple[BundledFile, ...]:
        """The files, sorted by path."""
        return tuple(BundledFile(path=path, text=text) for path, text in sorted(self.files.items()))
