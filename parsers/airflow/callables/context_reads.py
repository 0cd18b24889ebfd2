"""Variables and connections that code takes from the run's context: `context["var"]["value"]["x"]`, `conn.x.host`."""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import dataclass

_CONTEXTS = frozenset({"context", "kwargs", "ctx", "ti_context"})


@dataclass(frozen=True, slots=True)
class ContextRead:
    """One read: of which item (`var` or `conn`), the expression of the name, and whether a default is given."""

    item: str
    name: ast.expr
    has_default: bool


def context_read(node: ast.expr, function: ast.AST, taken: Container[str]) -> ContextRead | None:
    """What an expression in `function` reads from the context's `var` or `conn`; None when it is no such read.

    `taken`: which of `var` and `conn` are parameters that the run's context fills.
    """
    part = _part(node)
    if part is None:
        return None
    base, name, has_default = part
    if _is_item("conn", base, function, taken):
        return ContextRead("conn", name, has_default)
    inner = _part(base)
    if inner is not None and _is_item("var", inner[0], function, taken) and _text(inner[1]) in ("value", "json"):
        return ContextRead("var", name, has_default)
    return None


def _is_item(item: str, node: ast.expr, function: ast.AST, taken: Container[str]) -> bool:
    if isinstance(node, ast.Name) and node.id not in taken:
        return False
    return item_name(node, function) == item


def _part(node: ast.expr) -> tuple[ast.expr, ast.expr, bool] | None:
    """`base.name`, `base[name]` or `base.get(name, default)` as (base, name, whether there is a default)."""
    if isinstance(node, ast.Subscript):
        return node.value, node.slice, False
    if isinstance(node, ast.Attribute):
        return node.value, ast.Constant(node.attr), False
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        return node.func.value, node.args[0], len(node.args) > 1 or bool(node.keywords)
    return None


def item_name(node: ast.expr, function: ast.AST) -> str:
    """The name of the context's item that an expression is (`ti`, `context["ti"]`); empty when it is none."""
    args = getattr(function, "args", None)
    if not isinstance(args, ast.arguments):
        return ""
    if isinstance(node, ast.Name):
        names = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
        return node.id if node.id in names else ""
    part = _part(node) if isinstance(node, ast.Subscript | ast.Call) else None
    if part is None or not isinstance(part[0], ast.Name):
        return ""
    whole = {args.kwarg.arg} if args.kwarg is not None else set()
    return _text(part[1]) if part[0].id in whole | _CONTEXTS else ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
