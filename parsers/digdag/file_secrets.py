"""Secrets in the texts of a project. Code is read as code: names that hold a secret are none."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from migrate.python_texts import named_texts, parse
from migrate.secrets import BY_NAME, GUESSED, secret_parts, secret_reason

DATA = (".csv", ".tsv", ".json", ".jsonl", ".lock", ".txt", ".html", ".svg", ".ipynb")
"""Files full of values that look random."""
CODE = (".rb", ".js", ".java")
Secret = tuple[str, str, int]
"""(text, reason, line)."""


def file_secrets(path: str, text: str) -> Iterator[Secret]:
    """The secrets in a text file of the project."""
    found = _in_python(text) if path.endswith(".py") else _in_text(text, quoted=path.endswith(CODE))
    return (s for s in dict.fromkeys(found) if s[1] != GUESSED or not path.endswith(DATA))


def plain_parts(text: str, *, quoted: bool = False) -> list[tuple[int, int, str]]:
    """(start, end, reason) of the secrets inside a text, without what `${...}` brings. quoted: `name=value` counts only
    with quotes."""
    codes = [m.span() for m in re.finditer(r"\$\{[^}]*\}?", text)]
    found = []
    for part in secret_parts(text):
        bare = part.reason == BY_NAME and text[part.start - 1 : part.start] not in ("'", '"', "`")
        if not (quoted and bare) and not any(a < part.end and part.start < b for a, b in codes):
            found.append((part.start, part.end, part.reason))
    return found


def _in_text(text: str, *, quoted: bool) -> Iterator[Secret]:
    for start, end, reason in plain_parts(text, quoted=quoted):
        yield text[start:end], reason, text.count("\n", 0, start) + 1


def _in_python(text: str) -> Iterator[Secret]:
    tree = parse(text)
    if tree is None:
        yield from _in_text(text, quoted=True)
        return
    remarks = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        for name, value in named_texts(node):
            if not isinstance(value, str) or not value:
                continue
            line = getattr(node, "lineno", 1)
            reason = secret_reason(name, value)
            parts = [(0, len(value), reason)] if reason else plain_parts(value, quoted=id(node) in remarks)
            for start, end, why in parts:
                yield value[start:end], why, line
    yield from _in_comments(text)


def _in_comments(text: str) -> Iterator[Secret]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                for start, end, reason in plain_parts(token.string, quoted=True):
                    yield token.string[start:end], reason, token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return
