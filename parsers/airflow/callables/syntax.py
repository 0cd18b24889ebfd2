"""Python's own syntax tree of user code, and pieces of its text: LibCST's visitors are too slow to scan everything."""

from __future__ import annotations

import ast
import textwrap
from typing import Any

import libcst as cst

from migrate.python_texts import parse
from parsers.airflow.evaluator.values import ClassValue, Function
from parsers.airflow.modules import ParsedModule
from parsers.airflow.positions import Positions


def positions(module: ParsedModule) -> Positions:
    """The module's positions, made when first asked for."""
    if module.positions is None:
        module.positions = Positions(module.tree, module.text)
    return module.positions


def module_syntax(module: ParsedModule) -> ast.Module:
    """The module's tree; an empty one when this Python cannot parse the file (its syntax is newer)."""
    return positions(module).module_syntax() or ast.Module(body=[], type_ignores=[])


def syntax_of(
    value: Function | ClassValue,
) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | None:
    """The definition of a function, lambda or class; None when the trees do not match."""
    if value.module is None or value.node is None:
        return None
    if isinstance(value.node, cst.Lambda):
        tree = parse(f"f = (\n{value.module.code(value.node)}\n)")
        assigned = tree.body[0] if tree is not None else None
        return assigned.value if isinstance(assigned, ast.Assign) and isinstance(assigned.value, ast.Lambda) else None
    found = positions(value.module).syntax(value.node)
    if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return found
    again = parse(textwrap.dedent(value.module.code(value.node.with_changes(leading_lines=()))))
    first = again.body[0] if again is not None and again.body else None
    return first if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else None


def lines_of(module: ParsedModule, node: ast.stmt) -> str:
    """The whole lines that a statement stands on, at the left margin. Texts that span lines keep their content."""
    lines = module.text.split("\n")[node.lineno - 1 : node.end_lineno]
    return dedented("\n".join(lines))


def segment(module: ParsedModule, node: ast.expr) -> str:
    """The text of an expression."""
    return ast.get_source_segment(module.text, node) or ""


def dedented(text: str) -> str:
    """Text of nested code, moved to the left margin."""
    if not text.startswith((" ", "\t")):
        return text
    moved = textwrap.dedent(text)
    if '"""' not in text and "'''" not in text and "\\\n" not in text:
        return moved
    before, after = parse(f"if True:\n{text}"), parse(moved)
    if before is not None and after is not None and _texts(before) == _texts(after):
        return moved
    try:
        tree = cst.parse_module(f"if True:\n{text}\n")
    except cst.ParserSyntaxError:
        return moved
    block = tree.body[0]
    if isinstance(block, cst.If) and isinstance(block.body, cst.IndentedBlock):
        inner: list[Any] = list(block.body.body)
        return cst.Module(body=inner).code.strip("\n")
    return moved


def _texts(tree: ast.AST) -> list[object]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
