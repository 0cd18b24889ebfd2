"""Texts in Python code with the names that they stand under; nothing is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator


def parse(source: str) -> ast.Module | None:
    """The tree of a text; None for a syntax error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def named_texts(node: ast.AST) -> Iterator[tuple[str | None, object]]:
    """Constants with the name that they stand under."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        for inner in _own_constants(node.value):
            yield (_name_of(target), inner.value)
    elif isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
        yield (node.arg, node.value.value)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                yield (str(key.value), value.value)
    elif isinstance(node, ast.arguments):
        last = [*node.posonlyargs, *node.args][-len(node.defaults) :] if node.defaults else []
        for argument, default in [
            *zip(last, node.defaults, strict=True),
            *zip(node.kwonlyargs, node.kw_defaults, strict=True),
        ]:
            if isinstance(default, ast.Constant):
                yield (argument.arg, default.value)
    elif isinstance(node, ast.Constant):
        yield (None, node.value)


def _own_constants(node: ast.expr | None) -> Iterator[ast.Constant]:
    """Constants that a value is made of, not those inside of calls and dictionaries in it."""
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for item in node.elts:
            yield from _own_constants(item)
    elif isinstance(node, ast.BinOp):
        yield from _own_constants(node.left)
        yield from _own_constants(node.right)
    elif isinstance(node, ast.BoolOp):
        for item in node.values:
            yield from _own_constants(item)
    elif isinstance(node, ast.IfExp):
        yield from _own_constants(node.body)
        yield from _own_constants(node.orelse)


def _name_of(target: ast.expr) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return None
