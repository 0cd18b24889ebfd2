"""Positions of nodes, computed only when asked for (LibCST's own provider costs twice the parse).

Python's own parser gives exact positions quickly. Its tree and LibCST's are walked in lockstep: statements once, the
expressions of a statement when one of them is asked for. Where the two do not match (parts of f-strings), LibCST's own
provider answers.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import Any

import libcst as cst

Place = tuple[int, int, int, int]


class Positions:
    """Line, column, end line and end column of the nodes of one tree."""

    def __init__(self, tree: cst.Module, text: str) -> None:
        self.tree = tree
        self.text = text
        self._lines: list[str] | None = None
        self._statements: dict[cst.CSTNode, ast.AST] = {}
        self._places: dict[cst.CSTNode, Place] = {}
        self._expressions: dict[cst.CSTNode, ast.AST] = {}
        self._done: set[cst.CSTNode] = set()
        self._paired = False
        self._python: ast.Module | None = None
        self._full: Any = None

    def of(self, node: cst.CSTNode, statement: cst.CSTNode | None = None) -> Place | None:
        """Where `node` stands; None when it is not of this tree. `statement` contains it."""
        place = self._places.get(node)
        if place is not None:
            return place
        if not self._paired:
            self._pair_all()
        if node not in self._statements and node not in self._expressions and statement is not None:
            self._pair_statement(statement)
        tree = self._expressions.get(node) or self._statements.get(node)
        if tree is None:
            return self._provider(node)
        self._places[node] = self._place(tree)
        return self._places[node]

    def module_syntax(self) -> ast.Module | None:
        """The file in Python's own syntax tree; None when this Python cannot parse it."""
        if not self._paired:
            self._pair_all()
        return self._python

    def syntax(self, statement: cst.CSTNode) -> ast.AST | None:
        """The same statement in Python's own tree, if the two trees could be matched."""
        if not self._paired:
            self._pair_all()
        return self._statements.get(statement)

    # --- lockstep ---------------------------------------------------------------------------------------------------

    def _pair_all(self) -> None:
        self._paired = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        self._python = tree
        self._pair_bodies(self.tree.body, tree.body)

    def _pair_bodies(self, left: Any, right: list[ast.stmt]) -> None:
        waiting: list[tuple[Any, list[ast.stmt]]] = [(left, right)]
        while waiting:
            nodes, trees = waiting.pop()
            flat = list(_small(nodes))
            if len(flat) != len(trees):
                continue
            for (line, node), tree in zip(flat, trees, strict=True):
                self._statements[node] = tree
                if line is not None:
                    self._statements.setdefault(line, tree)
                for inner, body in _bodies(node, tree):
                    waiting.append((inner, body))

    def _pair_statement(self, statement: cst.CSTNode) -> None:
        if statement in self._done:
            return
        self._done.add(statement)
        parts = statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,)
        for part in parts:
            tree = self._statements.get(part)
            if tree is not None:
                self._pair_expressions(_cst_parts(part), _ast_parts(tree))

    def _pair_expressions(self, left: list[Any], right: list[Any]) -> None:
        pairs = self._expressions
        waiting = [(left, right)]
        while waiting:
            nodes, trees = waiting.pop()
            if len(nodes) != len(trees):
                continue
            for node, tree in zip(nodes, trees, strict=True):
                kind = type(tree)
                if not isinstance(tree, _EXPECTED.get(type(node), ast.AST)):
                    continue
                pairs[node] = tree
                if type(node) is cst.Arg:
                    inner = tree.value if kind is ast.keyword or kind is ast.Starred else tree
                    waiting.append(([node.value], [inner]))
                elif kind is not ast.Constant and kind is not ast.Name:
                    waiting.append((_cst_parts(node), _ast_parts(tree)))

    def _place(self, tree: Any) -> Place:
        line, end = tree.lineno, tree.end_lineno
        return line, self._column(line, tree.col_offset), end, self._column(end, tree.end_col_offset)

    def _column(self, line: int, offset: int) -> int:
        """Python counts UTF-8 bytes, people count characters."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        text = self._lines[line - 1]
        return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))

    # --- fallback ---------------------------------------------------------------------------------------------------

    def _provider(self, node: cst.CSTNode) -> Place | None:
        if self._full is None:
            try:
                from libcst.metadata import MetadataWrapper, PositionProvider

                wrapper = MetadataWrapper(self.tree, unsafe_skip_copy=True)
                self._full = wrapper.resolve(PositionProvider)
            except RecursionError:
                self._full = {}
        found = self._full.get(node)
        if found is None:
            return None
        return found.start.line, found.start.column, found.end.line, found.end.column


def _small(nodes: Any) -> Iterator[tuple[Any, Any]]:
    """(line, small statement) or (None, compound statement)."""
    for node in nodes:
        if isinstance(node, cst.SimpleStatementLine):
            for small in node.body:
                yield node, small
        else:
            yield None, node


def _suite(body: Any) -> Any:
    return body.body


def _handlers(node: Any, tree: Any) -> list[tuple[Any, Any]]:
    return [(h.body, t) for h, t in zip(node.handlers, tree.handlers, strict=False)]


def _bodies(node: Any, tree: Any) -> list[tuple[Any, Any]]:
    """The pairs of bodies of a compound statement."""
    out: list[tuple[Any, Any]] = []
    if isinstance(node, cst.FunctionDef | cst.ClassDef | cst.With):
        return [(_suite(node.body), tree.body)]
    if isinstance(node, cst.If):
        out.append((_suite(node.body), tree.body))
        if isinstance(node.orelse, cst.If):
            out.append(([node.orelse], tree.orelse))
        elif node.orelse is not None:
            out.append((_suite(node.orelse.body), tree.orelse))
    elif isinstance(node, cst.For | cst.While):
        out.append((_suite(node.body), tree.body))
        if node.orelse is not None:
            out.append((_suite(node.orelse.body), tree.orelse))
    elif isinstance(node, cst.Try | cst.TryStar):
        out.append((_suite(node.body), tree.body))
        out.extend((_suite(h), t.body) for h, t in _handlers(node, tree))
        if node.orelse is not None:
            out.append((_suite(node.orelse.body), tree.orelse))
        if node.finalbody is not None:
            out.append((_suite(node.finalbody.body), tree.finalbody))
    elif isinstance(node, cst.Match):
        out.extend((_suite(c.body), t.body) for c, t in zip(node.cases, tree.cases, strict=False))
    return out


_STRINGS = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)


_EXPECTED: dict[type, Any] = {
    cst.Call: ast.Call,
    cst.Name: (ast.Name, ast.Constant),
    cst.Attribute: ast.Attribute,
    **dict.fromkeys(_STRINGS, (ast.Constant, ast.JoinedStr)),
    cst.BooleanOperation: ast.BoolOp,
    cst.BinaryOperation: ast.BinOp,
    cst.Subscript: ast.Subscript,
    cst.Lambda: ast.Lambda,
    cst.Comparison: ast.Compare,
}
"""The kinds of node that an expression must pair with; others are taken on trust."""


def _cst_parts(node: Any) -> list[Any]:
    """The direct sub-expressions of a node in source order."""
    kind = type(node)
    if kind is cst.Call:
        return [node.func, *node.args]
    if kind is cst.Attribute or kind is cst.Await or kind is cst.Expr:
        return [node.value]
    if kind is cst.Subscript:
        return [node.value, *(p for e in node.slice for p in _slice_parts(e.slice))]
    if kind in (cst.List, cst.Tuple, cst.Set):
        return [e.value for e in node.elements]
    if kind is cst.Dict:
        return [p for e in node.elements for p in ((e.key, e.value) if isinstance(e, cst.DictElement) else (e.value,))]
    if kind is cst.BinaryOperation:
        return [node.left, node.right]
    if kind is cst.BooleanOperation:
        return _boolean_parts(node)
    if kind is cst.UnaryOperation:
        return [node.expression]
    if kind is cst.Comparison:
        return [node.left, *(c.comparator for c in node.comparisons)]
    if kind is cst.IfExp:
        return [node.body, node.test, node.orelse]
    if kind is cst.NamedExpr:
        return [node.target, node.value]
    if kind in (cst.ListComp, cst.SetComp, cst.GeneratorExp):
        return [node.elt, *_loop_parts(node.for_in)]
    if kind is cst.DictComp:
        return [node.key, node.value, *_loop_parts(node.for_in)]
    if kind is cst.Lambda:
        return [*_defaults(node.params), node.body]
    return _cst_statement_parts(node)


def _slice_parts(node: Any) -> list[Any]:
    if isinstance(node, cst.Index):
        return [node.value]
    return [p for p in (node.lower, node.upper, node.step) if p is not None]


def _boolean_parts(node: cst.BooleanOperation) -> list[Any]:
    parts: list[Any] = [node.right]
    left = node.left
    while isinstance(left, cst.BooleanOperation) and type(left.operator) is type(node.operator) and not left.lpar:
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]


def _loop_parts(node: Any) -> list[Any]:
    parts = [node.target, node.iter, *(i.test for i in node.ifs)]
    return parts + (_loop_parts(node.inner_for_in) if node.inner_for_in is not None else [])


def _defaults(params: cst.Parameters) -> list[Any]:
    groups = (*params.posonly_params, *params.params, *params.kwonly_params)
    return [p.default for p in groups if p.default is not None]


def _cst_statement_parts(node: Any) -> list[Any]:
    kind = type(node)
    if kind is cst.Assign:
        return [*(t.target for t in node.targets), node.value]
    if kind is cst.AugAssign:
        return [node.target, node.value]
    if kind is cst.AnnAssign:
        return [node.target, node.annotation.annotation, *([node.value] if node.value is not None else [])]
    if kind is cst.Return:
        return [node.value] if node.value is not None else []
    if kind is cst.If or kind is cst.While:
        return [node.test]
    if kind is cst.For:
        return [node.target, node.iter]
    if kind is cst.With:
        return [p for i in node.items for p in ((i.item, i.asname.name) if i.asname else (i.item,))]
    if kind is cst.Assert:
        return [node.test, *([node.msg] if node.msg is not None else [])]
    if kind is cst.Raise:
        cause = node.cause.item if node.cause is not None else None
        return [p for p in (node.exc, cause) if p is not None]
    if kind is cst.FunctionDef:
        return [*(d.decorator for d in node.decorators), *_defaults(node.params)]
    if kind is cst.ClassDef:
        return [*(d.decorator for d in node.decorators), *(a.value for a in (*node.bases, *node.keywords))]
    if kind is cst.Try or kind is cst.TryStar:
        return [h.type for h in node.handlers if h.type is not None]
    if kind is cst.Match:
        return [node.subject]
    if kind is cst.Yield:
        value = node.value.item if isinstance(node.value, cst.From) else node.value
        return [value] if value is not None else []
    return []


def _ordered(*parts: Any) -> list[Any]:
    return sorted((p for p in parts if p is not None), key=lambda p: (p.lineno, p.col_offset))


def _ast_parts(tree: Any) -> list[Any]:
    """The same of Python's own tree."""
    kind = type(tree)
    if kind is ast.Call:
        return [tree.func, *_ordered(*tree.args, *tree.keywords)]
    if kind in (ast.Attribute, ast.Await, ast.Expr):
        return [tree.value]
    if kind is ast.Subscript:
        index = tree.slice
        items = index.elts if isinstance(index, ast.Tuple) and _bare_tuple(index, tree) else [index]
        return [tree.value, *(p for i in items for p in _ast_slice(i))]
    if kind in (ast.List, ast.Tuple, ast.Set):
        return [e.value if isinstance(e, ast.Starred) else e for e in tree.elts]
    if kind is ast.Dict:
        return [p for k, v in zip(tree.keys, tree.values, strict=True) for p in ((k, v) if k is not None else (v,))]
    if kind is ast.BinOp:
        return [tree.left, tree.right]
    if kind is ast.BoolOp:
        return list(tree.values)
    if kind is ast.UnaryOp:
        return [tree.operand]
    if kind is ast.Compare:
        return [tree.left, *tree.comparators]
    if kind is ast.IfExp:
        return [tree.body, tree.test, tree.orelse]
    if kind is ast.NamedExpr:
        return [tree.target, tree.value]
    if kind in (ast.ListComp, ast.SetComp, ast.GeneratorExp):
        return [tree.elt, *_ast_loops(tree.generators)]
    if kind is ast.DictComp:
        return [tree.key, tree.value, *_ast_loops(tree.generators)]
    if kind is ast.Lambda:
        return [*_ast_defaults(tree.args), tree.body]
    return _ast_statement_parts(tree)


def _bare_tuple(index: ast.Tuple, tree: ast.Subscript) -> bool:
    """`x[a, b]` rather than `x[(a, b)]`."""
    return not index.elts or (index.lineno, index.col_offset) == (index.elts[0].lineno, index.elts[0].col_offset)


def _ast_slice(tree: Any) -> list[Any]:
    if isinstance(tree, ast.Slice):
        return [p for p in (tree.lower, tree.upper, tree.step) if p is not None]
    return [tree]


def _ast_loops(generators: list[ast.comprehension]) -> list[Any]:
    return [p for g in generators for p in (g.target, g.iter, *g.ifs)]


def _ast_defaults(args: ast.arguments) -> list[Any]:
    return _ordered(*args.defaults, *(d for d in args.kw_defaults if d is not None))


def _ast_statement_parts(tree: Any) -> list[Any]:
    kind = type(tree)
    if kind is ast.Assign:
        return [*tree.targets, tree.value]
    if kind is ast.AugAssign:
        return [tree.target, tree.value]
    if kind is ast.AnnAssign:
        return [p for p in (tree.target, tree.annotation, tree.value) if p is not None]
    if kind is ast.Return or kind in (ast.Yield, ast.YieldFrom):
        return [tree.value] if tree.value is not None else []
    if kind is ast.If or kind is ast.While:
        return [tree.test]
    if kind is ast.For or kind is ast.AsyncFor:
        return [tree.target, tree.iter]
    if kind is ast.With or kind is ast.AsyncWith:
        return [p for i in tree.items for p in (i.context_expr, i.optional_vars) if p is not None]
    if kind is ast.Assert:
        return [p for p in (tree.test, tree.msg) if p is not None]
    if kind is ast.Raise:
        return [p for p in (tree.exc, tree.cause) if p is not None]
    if kind is ast.FunctionDef or kind is ast.AsyncFunctionDef:
        return [*tree.decorator_list, *_ast_defaults(tree.args)]
    if kind is ast.ClassDef:
        bases = [b.value if isinstance(b, ast.Starred) else b for b in tree.bases]
        return [*tree.decorator_list, *_ordered(*bases, *(k.value for k in tree.keywords))]
    if kind is ast.Try or kind.__name__ == "TryStar":
        return [h.type for h in tree.handlers if h.type is not None]
    if kind is ast.Match:
        return [tree.subject]
    return []
