"""Names of Python source: which ones a piece of code needs, and which statements of a module bind them."""

from __future__ import annotations

import builtins
import re
import symtable
import textwrap
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import libcst as cst

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
    bound = set(_bound(table))
    found: set[str] = set()
    _collect(table, True, found)
    return sorted(found - bound - BUILTINS)


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


def dedented(source: str) -> str:
    """Source of a nested definition, moved to the left margin (texts in it that span lines keep their content)."""
    lines = source.strip("\n").split("\n")
    if not lines or not lines[0].startswith((" ", "\t")):
        return "\n".join(lines)
    wrapped = "if True:\n" + "\n".join(lines)
    moved = textwrap.dedent("\n".join(lines))
    try:
        before = cst.parse_module(wrapped)
        after = cst.parse_module(moved)
    except cst.ParserSyntaxError:
        return moved
    return moved if _texts(before) == _texts(after) else _indent_kept(before, moved)


def _texts(module: cst.Module) -> list[str]:
    finder = _Texts()
    module.visit(finder)
    return finder.found


def _indent_kept(before: cst.Module, moved: str) -> str:
    block = before.body[0]
    if isinstance(block, cst.If) and isinstance(block.body, cst.IndentedBlock):
        return cst.Module(body=list(block.body.body)).code.strip("\n")
    return moved


class _Texts(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        self.found.append(node.value)

    def visit_FormattedStringText(self, node: cst.FormattedStringText) -> None:
        self.found.append(node.value)


@dataclass(slots=True)
class ModuleIndex:
    """Module-level statements by the names they bind or change; `statements` in order."""

    statements: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = field(default_factory=list)
    binds: dict[str, list[int]] = field(default_factory=dict)
    changes: dict[str, list[int]] = field(default_factory=dict)


_INDEXES: OrderedDict[int, tuple[cst.Module, ModuleIndex]] = OrderedDict()
_KEPT = 64


def index_of(tree: cst.Module) -> ModuleIndex:
    """The index of a parsed module; the last ones made are kept (with their trees, so that ids stay unique)."""
    found = _INDEXES.get(id(tree))
    if found is not None:
        return found[1]
    made = ModuleIndex()
    for number, statement in enumerate(tree.body):
        made.statements.append(cast("cst.SimpleStatementLine | cst.BaseCompoundStatement", statement))
        for name in bound_names(statement):
            made.binds.setdefault(name, []).append(number)
        for name in _changed_names(statement):
            made.changes.setdefault(name, []).append(number)
    _INDEXES[id(tree)] = (tree, made)
    while len(_INDEXES) > _KEPT:
        _INDEXES.popitem(last=False)
    return made


def bound_names(node: cst.CSTNode) -> list[str]:
    """Names that a statement binds at its own level (bodies of functions and classes do not count)."""
    binder = _Binder()
    node.visit(binder)
    return list(dict.fromkeys(binder.names))


class _Binder(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.names.append(node.name.value)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.names.append(node.name.value)
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_GeneratorExp(self, node: cst.GeneratorExp) -> bool:
        return False

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp  # type: ignore[assignment]

    def visit_ImportAlias(self, node: cst.ImportAlias) -> bool:
        if node.asname is not None and isinstance(node.asname.name, cst.Name):
            self.names.append(node.asname.name.value)
        else:
            self.names.append(_first(node.name))
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        self.names.extend(_targets(node.target))
        return True

    def visit_AnnAssign(self, node: cst.AnnAssign) -> bool:
        if node.value is not None:
            self.names.extend(_targets(node.target))
        return True

    def visit_NamedExpr(self, node: cst.NamedExpr) -> bool:
        self.names.extend(_targets(node.target))
        return True

    def visit_For(self, node: cst.For) -> bool:
        self.names.extend(_targets(node.target))
        return True

    def visit_AsName(self, node: cst.AsName) -> bool:
        self.names.extend(_targets(node.name))
        return True


def _first(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""


def _targets(node: cst.BaseExpression) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, cst.Tuple | cst.List):
        for element in node.elements:
            yield from _targets(element.value)


def _changed_names(statement: cst.CSTNode) -> list[str]:
    """Names whose value a statement changes in place: `X[...] = `, `X.a = `, `X += `, `X.append(...)`, `del X`."""
    finder = _Changes()
    statement.visit(finder)
    return list(dict.fromkeys(finder.names))


class _Changes(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.names.append(_base(node.target))

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        if isinstance(node.target, cst.Subscript | cst.Attribute):
            self.names.append(_base(node.target))

    def visit_Expr(self, node: cst.Expr) -> None:
        call = node.value
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
            self.names.append(_base(call.func))

    def visit_Del(self, node: cst.Del) -> None:
        self.names.append(_base(node.target))


def _base(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute | cst.Subscript | cst.Call):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else ""
