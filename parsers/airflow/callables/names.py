"""Names of Python source: which ones a piece of code needs, and which statements of a module bind them."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from parsers.airflow.callables.syntax import module_syntax, positions
from parsers.airflow.modules import ParsedModule
from parsers.airflow.positions import Positions

BUILTINS = frozenset(dir(builtins)) | {"__name__", "__doc__", "__annotations__", "__builtins__"}
_FUTURE = "from __future__ import annotations\n"
_WORD = re.compile(r"[^\W\d]\w*")


def needed_names(source: str) -> list[str]:
    """Names that module-level code needs from outside, sorted. Annotations do not count (they are never evaluated)."""
    code = source if source.lstrip().startswith("from __future__") else _FUTURE + source
    try:
        table = symtable.symtable(code, "source", "exec")
    except SyntaxError:
        return sorted(set(_WORD.findall(source)) - BUILTINS)
    found: set[str] = set()
    _collect(table, True, found)
    return sorted(found - set(_bound(table)) - BUILTINS)


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            yield symbol.get_name()


def _collect(table: symtable.SymbolTable, top: bool, found: set[str]) -> None:
    for symbol in table.get_symbols():
        if top:
            if symbol.is_referenced() and not symbol.is_assigned():
                found.add(symbol.get_name())
        elif symbol.is_global() and (symbol.is_referenced() or symbol.is_declared_global()):
            found.add(symbol.get_name())
    for child in table.get_children():
        _collect(child, False, found)


@dataclass(slots=True)
class ModuleIndex:
    """Module-level statements by the names they bind or change; `statements` in order."""

    statements: list[ast.stmt] = field(default_factory=list)
    binds: dict[str, list[int]] = field(default_factory=dict)
    changes: dict[str, list[int]] = field(default_factory=dict)


_INDEXES: WeakKeyDictionary[Positions, ModuleIndex] = WeakKeyDictionary()


def index_of(module: ParsedModule) -> ModuleIndex:
    """The index of a parsed module; it is kept as long as the module's tree."""
    found = _INDEXES.get(positions(module))
    if found is not None:
        return found
    made = ModuleIndex(statements=list(module_syntax(module).body))
    for number, statement in enumerate(made.statements):
        for name in bound_names([statement]):
            made.binds.setdefault(name, []).append(number)
        for name in changed_names(statement):
            made.changes.setdefault(name, []).append(number)
    _INDEXES[positions(module)] = made
    return made


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def own_nodes(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of statements without the bodies of functions, classes, lambdas and comprehensions in them."""
    waiting: list[ast.AST] = list(reversed(statements))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES + _COMPREHENSIONS):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def bound_names(statements: list[ast.stmt]) -> list[str]:
    """Names that statements bind at their own level, in order."""
    names: dict[str, None] = {}
    for node in own_nodes(statements):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, ast.alias):
            names[node.asname or node.name.split(".")[0]] = None
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names[node.name] = None
    return list(names)


def changed_names(statement: ast.stmt) -> list[str]:
    """Names whose value a statement changes in place: `X[...] = `, `X.a = `, `X += `, `X.append(...)`, `del X`."""
    names: dict[str, None] = {}
    for node in own_nodes([statement]):
        if isinstance(node, ast.AugAssign):
            names[_base(node.target)] = None
        elif isinstance(node, ast.Assign | ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Subscript | ast.Attribute) or isinstance(node, ast.Delete):
                    names[_base(target)] = None
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            names[_base(node.value.func) if isinstance(node.value.func, ast.Attribute) else ""] = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            called = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
            names.update({_base(d): None for d in called if isinstance(d, ast.Attribute)})
    names.pop("", None)
    return list(names)


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
