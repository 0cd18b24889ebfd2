"""The user's own modules: found as Python's import system would, parsed once, never imported by Python."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst as cst

from migrate.diagnostics.base import Diagnostic
from migrate.source import SourceFile, Span
from parsers.airflow.evaluator.values import ModuleValue
from parsers.airflow.files import Files
from parsers.airflow.inputs import AirflowInputs
from parsers.airflow.positions import Positions
from parsers.airflow.reading import SourceProblem, parse_source, read_source

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


@dataclass(slots=True, eq=False)
class ParsedModule:
    """One parsed file. `name` is its import name, `package` the name that relative imports start from."""

    name: str
    file: SourceFile
    tree: cst.Module
    text: str
    is_package: bool = False
    home: str = ""
    """For a DAG file: the package of its folder, which its relative imports are taken to mean."""
    value: ModuleValue | None = None
    """The evaluated module; also set while it is being evaluated (import cycles)."""
    running: bool = False
    stateful: bool = False
    """Belongs to one DAG file: it is not shared with others."""
    imports: set[int] = field(default_factory=set)
    """Identities of the user's modules that its evaluation imported."""
    import_order: list[ParsedModule] = field(default_factory=list)
    """The same modules, in the order in which it imported them."""
    classes: list[Any] = field(default_factory=list)
    """The classes that its evaluation made, in order."""
    findings: list[Diagnostic] = field(default_factory=list)
    """What its evaluation reported, modules that it imports included."""
    effects: list[str] = field(default_factory=list)
    """Packages whose state its own body changes when it is imported."""
    changes: Any = None
    """For a DAG file: what its statements change (`evaluator.changes.Changes`)."""
    positions: Positions | None = None
    cache: dict[Any, Any] = field(default_factory=dict)
    """What the interpreter notes about nodes."""

    @property
    def package(self) -> str:
        """The package that `from . import x` means."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def unevaluated(self) -> ParsedModule:
        """The same tree, to be evaluated anew."""
        return ParsedModule(
            self.name, self.file, self.tree, self.text, self.is_package, positions=self.positions, cache=self.cache
        )

    def span(self, node: cst.CSTNode, statement: cst.CSTNode | None = None) -> Span:
        """Where a node stands; `statement` (which contains it) makes the answer cheap."""
        if self.positions is None:
            self.positions = Positions(self.tree, self.text)
        place = self.positions.of(node, statement)
        return Span(self.file.relative, *place) if place else Span(self.file.relative)

    def code(self, node: cst.CSTNode) -> str:
        """The source text of a node."""
        return self.tree.code_for_node(node)


@dataclass(slots=True)
class Found:
    """A module's place: a file, or (namespace package) a folder only."""

    name: str
    path: Path | None
    folder: Path | None = None
    is_package: bool = False


@dataclass(slots=True)
class _Search:
    """Folders that are searched in order, and what was found in them so far."""

    folders: tuple[Path, ...]
    found: dict[str, Found | None] = field(default_factory=dict)


class ModuleLoader:
    """Finds and parses modules. `search` are the folders of `sys.path` that hold the user's code, in order."""

    def __init__(self, inputs: AirflowInputs, files: Files) -> None:
        self.inputs = inputs
        self.files = files
        self.modules: dict[tuple[str, Path], ParsedModule] = {}
        self.main: ParsedModule | None = None
        """The DAG file under evaluation."""
        self.problems: dict[Path, SourceProblem] = {}
        self._parsed: dict[Path, ParsedModule] = {}
        self.inserted: list[Path] = []
        """Folders that `sys.path.insert/append` added while the current DAG file was evaluated."""
        self._searches: dict[tuple[str, tuple[Path, ...]], _Search] = {}
        """By the folder of the file that imports and `inserted`."""
        self._same_folders: dict[tuple[Path, ...], _Search] = {}
        self._base: list[Path] = self._search_base()
        self._aliases = self._find_aliases()
        self._homes = self._find_homes()
        self._names_of_homes: dict[tuple[str, Path], Path | None] = {}

    def _search_base(self) -> list[Path]:
        paths = [*self.files.roots, *self.files.extra, *(folder / "plugins" for folder in self.files.roots)]
        return [p for p in dict.fromkeys(paths) if p.is_dir()]

    def _find_aliases(self) -> dict[str, Path]:
        """Names under which the given folders themselves may be imported, because their parent is on `sys.path`:
        `dags` for a root named so, `a.dags` when it is a package inside the package `a`."""
        found: dict[str, Path] = {}
        for folder in (*self.files.roots, *self.files.extra):
            found.setdefault(folder.name, folder)
            name, parent = folder.name, folder.parent
            while (parent / "__init__.py").is_file() and parent != parent.parent:
                name = f"{parent.name}.{name}"
                found.setdefault(name, folder)
                parent = parent.parent
        return found

    def _find_homes(self) -> tuple[Path, ...]:
        """The outermost package around each root: its parent is on `sys.path` under a name that the checkout may not
        have here."""
        homes = []
        for folder in self.files.roots:
            home: Path | None = None
            while (folder / "__init__.py").is_file() and folder != folder.parent:
                home, folder = folder, folder.parent
            homes += [home] if home is not None else []
        return tuple(dict.fromkeys(homes))

    def _in_home(self, name: str, near: Path) -> Found | None:
        """A module of the package that the roots lie in, imported by a name that the package has elsewhere."""
        top, _, rest = name.partition(".")
        home = self._home(top, near)
        if home is None:
            return None
        base = home.joinpath(*rest.split(".")) if rest else home
        found = Found(name, None, base, True) if base.is_dir() else None
        if (base / "__init__.py").is_file():
            found = Found(name, base / "__init__.py", base, True)
        elif rest and base.with_name(base.name + ".py").is_file():
            found = Found(name, base.with_name(base.name + ".py"))
        return found

    def _home(self, top: str, near: Path) -> Path | None:
        if (top, near) not in self._names_of_homes:
            self._names_of_homes[top, near] = self._home_named(top, near)
        return self._names_of_homes[top, near]

    def _home_named(self, top: str, near: Path) -> Path | None:
        """The package around the roots that a file means by `top`: all that the file imports from it is there, and
        that is more than one module or a nested one."""
        if not self._homes or top in sys.stdlib_module_names or not _IDENTIFIER.fullmatch(top):
            return None
        try:
            text = near.read_bytes()[: self.inputs.budgets.file_bytes].decode("utf-8", "replace")
        except OSError:
            return None
        named = set(re.findall(rf"^[ \t]*(?:from|import)[ \t]+{top}\.([\w.]+)", text, re.M))
        if not named or (len(named) == 1 and not any("." in n for n in named)):
            return None
        for home in self._homes:
            places = [home.joinpath(*n.split(".")) for n in named]
            if all(p.is_dir() or p.with_name(p.name + ".py").is_file() for p in places):
                return home
        return None

    def search(self, near: Path | None) -> tuple[Path, ...]:
        """`sys.path` for a file: added folders, roots, import paths, plugins, then the folders around the file."""
        return self._search(near).folders

    def _search(self, near: Path | None) -> _Search:
        key = (str(near.parent) if near is not None else "", tuple(self.inserted))
        found = self._searches.get(key)
        if found is None:
            around = self._around(near.parent) if near is not None else ()
            folders = tuple(dict.fromkeys((*self.inserted, *self._base, *around)))
            found = self._searches[key] = self._same_folders.setdefault(folders, _Search(folders))
        return found

    def _around(self, folder: Path) -> Iterator[Path]:
        """A root may be a whole checkout: then a `dags` folder in it is on the path of its own files, as are the
        `plugins` and `include` folders beside it; last come all folders between the root and the file."""
        chain = []
        current = folder
        while any(current == r or r in current.parents for r in self.files.roots):
            chain.append(current)
            current = current.parent
        for place in reversed(chain):
            if place.name in ("dags", "dag"):
                yield place
        for place in reversed(chain):
            for name in ("dags", "plugins"):
                if (place / name).is_dir():
                    yield place / name
        yield from reversed(chain)

    def find(self, name: str, near: Path | None = None) -> Found | None:
        """Where module `name` is, seen from the file `near`; None when it is not the user's own."""
        search = self._search(near)
        if name not in search.found:
            search.found[name] = self._find(name, search.folders)
        found = search.found[name]
        if found is None and near is not None:
            found = self._in_home(name, near)
        if self._homes and found is not None and found.path is not None and near is not None and "." in name:
            top = name.partition(".")[0]
            home = self._home(top, near)
            if home is not None and home in found.path.parents:
                self._names_of_homes[top, found.path] = home  # what is in the package knows the package's name
        if found is not None and near is not None and found.path == near and not found.is_package and "." not in name:
            return None  # a file of a third party's name means the third party when it imports that name
        return found

    def is_own(self, top: str) -> bool:
        """Whether the user has a package or module of this name where Python would look first: a package with its
        `__init__.py`, or a module, in a root, import path or plugins folder."""
        if top in self._aliases:
            return True
        return any((f / top / "__init__.py").is_file() or (f / f"{top}.py").is_file() for f in self._base)

    def _find(self, name: str, search: tuple[Path, ...]) -> Found | None:
        parts = name.split(".")
        if not all(p.isidentifier() for p in parts):
            return None
        namespace: Found | None = None
        places = [folder.joinpath(*parts) for folder in search]
        for count in range(1, len(parts) + 1):
            alias = self._aliases.get(".".join(parts[:count]))
            if alias is not None:
                places.append(alias.joinpath(*parts[count:]))
        for base in places:
            for candidate, package in ((base / "__init__.py", True), (base.with_name(base.name + ".py"), False)):
                if namespace is not None and namespace.folder in candidate.parents:
                    continue  # only the file's own folder, which Python's path does not have, would find it
                if candidate.is_file() and self._inside(candidate):
                    return Found(name, candidate, base if package else None, package)
            if namespace is None and base.is_dir() and self._inside(base):
                namespace = Found(name, None, base, True)
        return namespace or self._below_root(name, parts)

    def _below_root(self, name: str, parts: list[str]) -> Found | None:
        """A module named through folders above a root (`checkout.dags.x` for root `.../dags`), which are not given."""
        for root in self.files.roots:
            for number, part in enumerate(parts[:-1]):
                base = root.joinpath(*parts[number + 1 :])
                if part != root.name or not self._inside(base.parent):
                    continue
                if base.with_name(base.name + ".py").is_file():
                    return Found(name, base.with_name(base.name + ".py"))
                if base.is_dir():
                    init = base / "__init__.py"
                    return Found(name, init if init.is_file() else None, base, True)
        return None

    def _inside(self, path: Path) -> bool:
        try:
            real = path.resolve()
        except (OSError, RuntimeError):
            return False
        allowed = (*self.files.roots, *self.files.extra, *self._base)
        return any(real == folder or folder in real.parents for folder in allowed)

    def load(self, found: Found) -> ParsedModule | SourceProblem:
        """The parsed module at `found` (with a path), from the cache if it was parsed before."""
        assert found.path is not None
        key = (found.name, found.path)
        known = self.modules.get(key)
        if known is not None:
            return known
        module = self.parse(self.source_file(found.path), found.name, found.is_package)
        if isinstance(module, ParsedModule):
            self.modules[key] = module
        return module

    def evaluated(self, name: str) -> ModuleValue | None:
        """The value of a module that was imported under a name."""
        for (known, _), module in self.modules.items():
            if known == name and module.value is not None:
                return module.value
        return None

    def note_import(self, importer: ParsedModule, module: object) -> None:
        """Notes that one of the user's modules imports another."""
        if isinstance(module, ParsedModule) and id(module) not in importer.imports:
            importer.imports.add(id(module))
            importer.import_order.append(module)

    def parse(
        self, file: SourceFile, name: str, is_package: bool = False, keep: bool = True
    ) -> ParsedModule | SourceProblem:
        """Parses a file; the tree is shared by all names under which the file is imported."""
        if file.path in self.problems:
            return self.problems[file.path]
        same = self._parsed.get(file.path)
        if same is not None:
            return ParsedModule(
                name, file, same.tree, same.text, is_package, positions=same.positions, cache=same.cache
            )
        text = read_source(file, self.inputs.budgets.file_bytes, self.inputs.budgets.file_lines)
        tree = parse_source(file, text, self.inputs.budgets.file_items) if isinstance(text, str) else text
        if isinstance(tree, SourceProblem):
            self.problems[file.path] = tree
            return tree
        assert isinstance(text, str)
        module = ParsedModule(name, file, tree, text, is_package)
        if keep:
            self._parsed[file.path] = module
        return module

    def source_file(self, path: Path) -> SourceFile:
        """The SourceFile of a path inside the roots or import paths."""
        path = path.resolve()
        for root in (*self.files.roots, *self.files.extra, *self._base, *self._homes):
            if path == root or root in path.parents:
                return SourceFile(root, path, path.relative_to(root).as_posix())
        return SourceFile(path.parent, path, path.name)

    def forget_stateful(self) -> set[int]:
        """Drops the evaluated state (not the trees) of modules that belong to one DAG file, and of all that imported
        them. Gives their identities."""
        gone = {id(m) for m in self.modules.values() if m.stateful}
        grown = bool(gone)
        while grown:
            grown = False
            for module in self.modules.values():
                if id(module) not in gone and module.imports & gone:
                    gone.add(id(module))
                    grown = True
        for key, module in list(self.modules.items()):
            if id(module) in gone:
                self.modules[key] = module.unevaluated()
        return gone

    def add_path(self, path: Path) -> None:
        """`sys.path.insert/append(path)`, when the folder is inside the roots."""
        if path.is_dir() and self._inside(path) and path not in self.inserted:
            self.inserted.append(Path(os.path.normpath(path)))
