"""The text of a closure's pieces, and why a value has no text."""

from __future__ import annotations

import ast
import textwrap

from migrate.python_texts import parse
from parsers.airflow.evaluator.values import (
    Instance,
    Symbolic,
    Unknown,
    Value,
)


def joined(parts: list[str]) -> str:
    out = ""
    before = ""
    for part in filter(None, parts):
        if before:
            apart = part.startswith(_BLOCKS) or before.startswith(_BLOCKS)
            out += "\n\n\n" if apart else "\n\n" if before.startswith(("import ", "from ")) else "\n"
        out += part
        before = part
    return out


_BLOCKS = ("def ", "class ", "async def ", "@")


def indented(text: str) -> str:
    """Code one level deeper; texts that span lines keep their content."""
    tree = parse(text) if '"""' in text or "'''" in text or "\\\n" in text else None
    return textwrap.indent(text if tree is None else ast.unparse(tree), "    ")


def annotated(source: str) -> bool:
    """Whether a function's signature or a variable is annotated (then annotations must not be evaluated)."""
    tree = parse(source)
    if tree is None:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) or (isinstance(node, ast.arg) and node.annotation is not None):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            return True
    return False


def why_missing(part: Value) -> str:
    """Why a value has no source form, as a phrase."""
    if isinstance(part, Unknown):
        return part.root().why
    if isinstance(part, Symbolic):
        return part.unknown.root().why
    if isinstance(part, Instance):
        return f"it holds an object of class `{part.cls.name}`"
    return f"it holds a value of type {type(part).__name__}"
