"""State that a DAG file sets up when it is loaded, beside the names that it binds: what code of a task finds changed.

Airflow's worker runs the whole file before a task. A pod runs the pieces that the task needs; here the pieces are found
that change these, and those that change settings of the process.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from parsers.airflow.callables.imports import Import, absolute, imports_in, module_imports
from parsers.airflow.callables.literals import NoLiteralError
from parsers.airflow.callables.names import index_of, needed_names
from parsers.airflow.callables.sources import belongs_to_framework, dirty, lookup
from parsers.airflow.callables.syntax import dedented
from parsers.airflow.evaluator.changes import Change, Changes, Noted
from parsers.airflow.evaluator.values import ClassValue, Function, Instance, ModuleValue, Partial, Value
from parsers.airflow.modules import ParsedModule

if TYPE_CHECKING:
    from parsers.airflow.callables.closure import Closure

_MOST_PARTS = 5000
_TOGETHER = {"urllib3": ("requests", "botocore", "boto3"), "botocore": ("boto3",), "matplotlib": ("pandas", "seaborn")}
"""Packages that are used through others."""
_READERS = {
    "os": ("environ", "getenv", "subprocess", "system(", "popen", "getcwd", "makedirs", "open(", "Path(", "os."),
    "socket": ("socket", "urllib", "http", "smtp", "ftp", "imap", "poplib", "xmlrpc"),
    "decimal": ("decimal", "Decimal", "statistics", "fractions"),
    "locale": ("locale", "time", "calendar", "format", ":n}"),
    "logging": ("log",),
    "random": ("random", "uuid", "tempfile"),
    "string": ("string",),
    "json": ("json",),
}
"""Packages of the standard library -> words of code that may notice a change of their state."""


class FileState:
    """What the DAG file behind a closure changes, and what of it the closure's code finds changed."""

    def __init__(self, closure: Closure, main: ParsedModule | None) -> None:
        self.closure = closure
        self.main = main
        self.changes: Changes = main.changes if main is not None and main.changes is not None else Changes()
        self.lost: list[tuple[str, str]] = []
        """Statements that set up what the code may rely on and that no pod can repeat: (text, why)."""
        self._done: set[object] = set()

    # --- what is changed ----------------------------------------------------------------------------------------

    def later(self, name: str, value: Value, module: ParsedModule, numbers: Iterable[int]) -> set[Change]:
        """Changes of a module-level name, or of what it holds, by other statements than those that bind it."""
        found = set(self.changes.names.get((module.name, name), ()))
        found |= self._deep(value)
        if module is self.main:
            return {c for c in found if c.number not in numbers}
        return {c for c in found if c.module != module.name}

    def _deep(self, value: Value) -> set[Change]:
        """All changes of a value and of what it is made of."""
        found: set[Change] = set()
        waiting: list[Value] = [value]
        seen: set[int] = set()
        while waiting and len(seen) < _MOST_PARTS:
            part = waiting.pop()
            if id(part) in seen:
                continue
            seen.add(id(part))
            noted = self._noted(part)
            if noted is not None and not isinstance(part, Function | ClassValue):
                found |= noted.changes
            waiting.extend(_parts(part))
        return found

    def _noted(self, value: Value) -> Noted | None:
        noted = self.changes.values.get(id(value))
        return noted if noted is not None and noted.value is value else None

    # --- statements that are repeated ---------------------------------------------------------------------------

    def repeat(self, numbers: Iterable[int]) -> str:
        """Takes statements of the DAG file along as they are written. The reason, when that cannot be: then none is
        taken."""
        assert self.main is not None
        index = index_of(self.main)
        wanted = sorted({n for n in numbers if 0 <= n < len(index.statements)})
        for number in wanted:
            why = self._why_not(number, index.statements[number])
            if why:
                return why
        for number in wanted:
            self._take(number, index.statements[number])
        return ""

    def _why_not(self, number: int, statement: ast.stmt) -> str:
        assert self.main is not None
        if number in self.changes.makers:
            return "the statement also makes tasks or workflows"
        decorators = getattr(statement, "decorator_list", [])
        for decorator in decorators:
            names = [n.id for n in ast.walk(decorator) if isinstance(n, ast.Name)]
            if any(belongs_to_framework(lookup(name, self.main, None)) for name in names):
                return "the function belongs to a task"
        if not decorators and dirty(statement, self.main, None):
            return "the statement depends on the place of the file, or belongs to a workflow"
        return ""

    def _take(self, number: int, statement: ast.stmt) -> None:
        assert self.main is not None
        closure, main = self.closure, self.main
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for item in imports_in(statement):
                whole = absolute(item, main.package)
                closure.imports.setdefault(whole.source(), whole)
                closure.bundle.add(whole, main)
            return
        if ("repeated", number) in self._done:
            return
        self._done.add(("repeated", number))
        text = closure.inner_imports(_whole_text(main, statement), statement, main)
        closure.module_pieces[(main.name, number)] = text
        closure.statements.append((main, statement))
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            closure.mark(statement.name, main)
            value = lookup(statement.name, main, None)
            if isinstance(value, Function | ClassValue):
                closure.known(value)
        closure.needs(text, main)

    # --- attributes of functions and classes --------------------------------------------------------------------

    def attributes(self, shown: str, value: Function | ClassValue) -> None:
        """Takes along what was set on a function or class after its definition. `shown`: its expression."""
        key = ("attributes", id(value))
        if key in self._done:
            return
        self._done.add(key)
        noted = self._noted(value)
        held = value.namespace if isinstance(value, ClassValue) else value.attrs
        for name, item in list(held.items()):
            if name.startswith("__"):
                continue
            if noted is not None and name in noted.attributes:
                self._set(f"{shown}.{name}", name, item, noted.changes, False)
            elif isinstance(item, list | dict | set) and isinstance(value, ClassValue):
                changes = self._deep(item)
                if changes:
                    self._set(f"{shown}.{name}", name, item, changes, True)

    def _set(self, target: str, hint: str, value: Value, changes: set[Change], in_place: bool) -> None:
        """Sets `target` to what it is when the file has been read, after all other pieces."""
        try:
            self.closure.late_pieces.append(assignment(target, self.closure.text_of(value, hint), value, in_place))
        except NoLiteralError as error:
            if any(c.number < 0 for c in changes) or self.repeat(c.number for c in changes):
                self.closure.lack(target, error)

    # --- modules that travel with the code ----------------------------------------------------------------------

    def settle(self) -> None:
        """Takes along what changes modules of the project from outside, and settings of the process."""
        if self.main is None:
            return
        before = -1
        while before != (before := len(self.closure.bundle.modules) + len(self.closure.module_pieces)):
            for name in list(self.closure.bundle.modules):
                if name in self.changes.modules:
                    self._module(self.changes.modules[name])
            self._effects()

    def _module(self, module: ParsedModule) -> None:
        if module.value is None or module is self.main:
            return
        outside = self._outside(module)
        for name, value, changes in outside:
            if (module.name, name) in self._done:
                continue
            self._done.add((module.name, name))
            numbers = [c.number for c in changes if c.number >= 0]
            for other in {c.module for c in changes if c.number < 0} - {module.name}:
                self._import(other)
            if numbers and self.repeat(numbers):
                item = Import(module.name, None, None)
                self.closure.imports.setdefault(item.source(), item)
                self._set_member(f"{module.name}.{name}", name, value)

    def _set_member(self, target: str, name: str, value: Value) -> None:
        if isinstance(value, Function | ClassValue):
            self.attributes(target, value)
            return
        try:
            text = self.closure.text_of(value, name)
            self.closure.late_pieces.append(assignment(target, text, value, isinstance(value, list | dict | set)))
        except NoLiteralError as error:
            self.closure.lack(target, error)

    def _outside(self, module: ParsedModule) -> list[tuple[str, Value, set[Change]]]:
        """Names of a module that others change, with their values and the changes."""
        assert module.value is not None
        found = []
        index = index_of(module)
        whole = [n for n in self.changes.values.values() if _is_module(n.value, module)]
        for name, value in module.value.attrs.items():
            if name.startswith("__"):
                continue
            changes = set(self.changes.names.get((module.name, name), ()))
            changes |= {c for n in whole if name in n.attributes for c in n.changes}
            own = any(
                not isinstance(index.statements[k], ast.Import | ast.ImportFrom) for k in index.binds.get(name, ())
            )
            if own and isinstance(value, Function | ClassValue):
                noted = self._noted(value)
                changes |= noted.changes if noted is not None else set()
                held = value.namespace if isinstance(value, ClassValue) else value.attrs
                changes |= {c for v in held.values() if isinstance(v, list | dict | set) for c in self._deep(v)}
            elif own:
                changes |= self._deep(value)
            changes = {c for c in changes if c.module != module.name}
            if changes:
                found.append((name, value, changes))
        return found

    def _import(self, name: str) -> None:
        """A module of the project that is only imported for what it does."""
        assert self.main is not None
        item = Import(name, None, None)
        if item.source() not in self.closure.imports:
            self.closure.imports[item.source()] = item
            self.closure.bundle.add(item, self.main)

    # --- settings of the process --------------------------------------------------------------------------------

    def _effects(self) -> None:
        for number, packages in sorted(self.changes.effects.items()):
            wanted = [package for package in packages if self._concerned(package)]
            if not wanted or ("effect", number) in self._done:
                continue
            self._done.add(("effect", number))
            assert self.main is not None
            why = self.repeat([number])
            if why:
                statement = index_of(self.main).statements[number]
                self.lost.append((_first_line(self.main, statement), why))
        for module in self._imported():
            if module.name not in self.closure.bundle.modules and any(map(self._concerned, module.effects)):
                self._import(module.name)

    def _imported(self) -> list[ParsedModule]:
        """Modules of the project that the DAG file imports, directly or not."""
        loader = self.closure.bundle.loader
        if self.main is None or loader is None:
            return []
        by_id = {id(m): m for m in (*loader.modules.values(), *self.changes.modules.values())}
        found: dict[int, ParsedModule] = {}
        waiting = list(self.main.imports)
        while waiting:
            key = waiting.pop()
            module = by_id.get(key)
            if module is not None and key not in found:
                found[key] = module
                waiting.extend(module.imports)
        return sorted((m for m in found.values() if m.name not in self.changes.making), key=lambda m: m.name)

    def from_outside(self, names: list[str]) -> list[str]:
        """Environment variables of those named that the repeated statements do not set."""
        return names if self.lost else [name for name in names if self.changes.environment.get(name) is None]

    def _concerned(self, package: str) -> bool:
        """Whether the code can notice a change of a package: of the standard library, or one that it uses."""
        if package in sys.stdlib_module_names:
            return self._read(package)
        used = self._packages()
        return package in used or any(other in used for other in _TOGETHER.get(package, ()))

    def _packages(self) -> set[str]:
        bundle = self.closure.bundle
        items = [*self.closure.imports.values(), *(i for m in bundle.modules.values() for i in module_imports(m))]
        items += [i for f in self.closure.functions for i in imports_in(_tree(f))]
        return {item.module.split(".")[0] for item in items}

    def _read(self, package: str) -> bool:
        """Whether the code may read what a package holds: it names the package, or runs code of others that may."""
        if package not in _READERS:
            return True
        words = _READERS[package]
        texts = [*self.closure.module_pieces.values(), *self.closure.local_pieces, *self.closure.bundle.files.values()]
        imports = "\n".join(item.source() for item in self.closure.imports.values())
        return bool(self.closure.bundle.requirements) or any(w in t for w in words for t in (*texts, imports))


def _tree(function: Function) -> ast.AST:
    from parsers.airflow.callables.syntax import syntax_of

    return syntax_of(function) or ast.Pass()


def _parts(value: Value) -> list[Value]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | set | tuple | frozenset):
        return list(value)
    if isinstance(value, Instance) and (value.cls.node is not None or value.native is None or _plain(value.native)):
        return [*value.attrs.values(), *([value.native] if _plain(value.native) else [])]
    if isinstance(value, Partial):
        return [*value.args, *value.kwargs.values()]
    return []


def _plain(native: Value) -> bool:
    return isinstance(native, list | dict | set)


def _is_module(value: Value, module: ParsedModule) -> bool:
    return isinstance(value, ModuleValue) and (value.parsed is module or value is module.value)


def assignment(target: str, text: str, value: Value, in_place: bool) -> str:
    """The statement that gives `target` its value; `in_place`: other names of the same object see it too."""
    if in_place and type(value) is list:
        return f"{target}[:] = {text}"
    if in_place and isinstance(value, dict | set):
        return f"{target}.clear()\n{target}.update({text})"
    return f"{target} = {text}"


def _whole_text(module: ParsedModule, statement: ast.stmt) -> str:
    """A statement's lines with its decorators, at the left margin."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(d.lineno for d in decorators)])
    lines = module.text.split("\n")[first - 1 : statement.end_lineno]
    if not decorators and (statement.col_offset or _shares_line(module, statement)):
        return ast.unparse(statement)
    return dedented("\n".join(lines))


def _shares_line(module: ParsedModule, statement: ast.stmt) -> bool:
    """Whether another statement stands on its line (`a = 1; b()`)."""
    around = [s for s in index_of(module).statements if s is not statement]
    return any(s.lineno == statement.lineno or s.end_lineno == statement.end_lineno for s in around)


def _first_line(module: ParsedModule, statement: ast.stmt) -> str:
    return " ".join(module.text.split("\n")[statement.lineno - 1].split())


def unsettled(text: str, module: ParsedModule, state: FileState) -> bool:
    """Whether a statement uses a name that is bound again, or changed, by others: repeated alone, it may give another
    value than it gave in the file."""
    index = index_of(module)
    for name in needed_names(text):
        numbers = index.binds.get(name, [])
        imported = all(isinstance(index.statements[n], ast.Import | ast.ImportFrom) for n in numbers)
        if not numbers or imported:
            continue
        if len(numbers) > 1 or index.changes.get(name):
            return True
        value = lookup(name, module, None)
        if state.later(name, value, module, numbers):
            return True
    return False
