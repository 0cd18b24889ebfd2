"""Secrets that stand as literals in Python code: replaced by reads of environment variables that hold the Secret."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst

from migrate.ir.exprs import SecretRef
from migrate.names import secret_object
from migrate.python_texts import named_texts, parse
from migrate.secrets import redact, secret_parts, secret_reason

_HINT = re.compile(
    r"(?i)pass|pwd|secret|token|key|cred|webhook|bearer|auth|AKIA|ASIA|xox|://|BEGIN |IDENTIFIED|[A-Za-z0-9+/_=-]{32}"
)
Report = Callable[[str, str, SecretRef], None]
"""Called for each secret: the name it stands under, the reason, the reference."""


@dataclass(slots=True)
class SecretKeys:
    """Keys of a workflow's Secret: one per name and value."""

    workflow: str
    values: dict[str, str] = field(default_factory=dict)
    done: dict[str, tuple[str, list[tuple[str, str, SecretRef]]]] = field(default_factory=dict)
    """Texts that were rewritten before."""

    def reference(self, name: str, value: str, reason: str) -> SecretRef:
        """The reference for a value that stands under `name`."""
        base = re.sub(r"[^-._a-zA-Z0-9]+", "-", name).strip("-") or "value"
        key, number = f"code.{base}", 2
        while self.values.setdefault(key, value) != value:
            key, number = f"code.{base}-{number}", number + 1
        return SecretRef(name=secret_object(self.workflow), key=key, reason=reason)


def variable_of(reference: SecretRef) -> str:
    """The environment variable that the pod gets the secret in."""
    return "AF_SECRET_" + re.sub(r"[^A-Za-z0-9]+", "_", f"{reference.name}_{reference.key}").strip("_").upper()


def without_secrets(source: str, keys: SecretKeys, report: Report) -> tuple[str, tuple[SecretRef, ...]]:
    """(source without literal secrets, the references that it reads instead). Comments and documentation are masked."""
    known = keys.done.get(source)
    if known is None:
        if _clean(source):
            return source, ()
        known = keys.done[source] = _rewritten(source, keys)
    code, notes = known
    for note in notes:
        report(*note)
    return code, tuple(dict.fromkeys(reference for _, _, reference in notes))


_SEEN: dict[int, bool] = {}
"""Hash of a text -> whether it is free of secrets; the same modules are taken along by many tasks and workflows."""
_MOST = 50000


def _clean(source: str) -> bool:
    key = hash(source)
    known = _SEEN.get(key)
    if known is None:
        known = not (_HINT.search(source) and _holds_secrets(source))
        if len(_SEEN) < _MOST:
            _SEEN[key] = known
    return known


def _rewritten(source: str, keys: SecretKeys) -> tuple[str, list[tuple[str, str, SecretRef]]]:
    """Only the statements of the module that hold secrets are parsed and written anew: modules can be large."""
    pieces = _statements(source)
    if pieces is None:
        return redact(source), []
    notes: list[tuple[str, str, SecretRef]] = []
    transformer = _Transformer(keys, lambda name, reason, reference: notes.append((name, reason, reference)))
    out: list[str] = []
    for piece in pieces:
        if _clean(piece):
            out.append(piece)
            continue
        try:
            out.append(cst.parse_module(piece).visit(transformer).code)
        except cst.ParserSyntaxError:
            out.append(redact(piece))
    if notes:
        at = next((n for n, piece in enumerate(pieces) if not _is_head(piece)), len(pieces))
        out.insert(at, "import os\n")
    return "".join(out), notes


@lru_cache(maxsize=64)
def _statements(source: str) -> list[str] | None:
    """The text of each statement of a module with what stands before it; together they are the whole text."""
    tree = parse(source)
    if tree is None or "\f" in source or "\r" in source:
        return [source] if tree is not None else None
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)  # lines as Python's parser counts them
    starts: list[int] = []
    last = 0
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        if first > last:
            starts.append(last)
        last = max(last, node.end_lineno or node.lineno)
    bounds = [*dict.fromkeys(starts), len(lines)]
    return ["".join(lines[a:b]) for a, b in zip([0, *bounds[1:]], bounds[1:], strict=False)] if starts else [source]


def _holds_secrets(source: str) -> bool:
    """A quick look with Python's own parser, so that only code with secrets is rewritten."""
    if secret_parts(source):
        return True
    tree = parse(source)
    if tree is None:
        return True
    for node in ast.walk(tree):
        for name, value in named_texts(node):
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            if isinstance(text, str) and (secret_reason(name, text) is not None or secret_parts(text)):
                return True
    return False


def _leaves(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The single strings of an implicit concatenation, in order."""
    found: list[cst.BaseExpression] = []
    while isinstance(node, cst.ConcatenatedString):
        found.append(node.left)
        node = node.right
    return [*found, node]


class _Transformer(cst.CSTTransformer):
    """Keeps a stack of the names that strings stand under."""

    def __init__(self, keys: SecretKeys, report: Report) -> None:
        self.keys = keys
        self.report = report
        self.names: list[str] = []
        self.quotes: list[str] = []

    # --- names --------------------------------------------------------------------------------------------------

    def visit_Assign(self, node: cst.Assign) -> None:
        self.names.append(_target(node.targets[0].target))

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        self.names.pop()
        return updated_node

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self.names.append(_target(node.target))

    def leave_AnnAssign(self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign) -> cst.AnnAssign:
        self.names.pop()
        return updated_node

    def visit_Arg(self, node: cst.Arg) -> None:
        self.names.append(node.keyword.value if node.keyword is not None else "")

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        self.names.pop()
        return updated_node

    def visit_Param(self, node: cst.Param) -> None:
        self.names.append(node.name.value)

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        self.names.pop()
        return updated_node

    def visit_DictElement(self, node: cst.DictElement) -> None:
        key = node.key.evaluated_value if isinstance(node.key, cst.SimpleString) else ""
        self.names.append(key if isinstance(key, str) else "")

    def leave_DictElement(self, original_node: cst.DictElement, updated_node: cst.DictElement) -> cst.BaseDictElement:
        self.names.pop()
        return updated_node.with_changes(key=original_node.key)

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        return False

    # --- texts --------------------------------------------------------------------------------------------------

    def visit_Expr(self, node: cst.Expr) -> bool:
        return not isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr:
        if isinstance(original_node.value, cst.SimpleString):
            masked = redact(original_node.value.value)
            return updated_node.with_changes(value=original_node.value.with_changes(value=masked))
        return updated_node

    def leave_Comment(self, original_node: cst.Comment, updated_node: cst.Comment) -> cst.Comment:
        return updated_node.with_changes(value=redact(updated_node.value))

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        return self._whole(original_node.evaluated_value) or updated_node

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:
        return False

    def leave_ConcatenatedString(
        self, original_node: cst.ConcatenatedString, updated_node: cst.ConcatenatedString
    ) -> cst.BaseExpression:
        leaves = _leaves(original_node)
        if all(isinstance(leaf, cst.SimpleString) for leaf in leaves):
            return self._whole(original_node.evaluated_value) or updated_node
        made = [leaf.visit(self) for leaf in leaves]
        if all(isinstance(new, cst.CSTNode) and new.deep_equals(old) for new, old in zip(made, leaves, strict=True)):
            return updated_node
        code = " + ".join(cst.Module([]).code_for_node(new) for new in made if isinstance(new, cst.CSTNode))
        return cst.parse_expression(f"({code})")

    def _whole(self, value: str | bytes | None) -> cst.BaseExpression | None:
        """An expression that reads the secrets in a constant text; None when it holds none."""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
        pieces = self._pieces(text)
        if pieces is None:
            return None
        parts = [repr(p) if isinstance(p, str) else f'os.environ["{variable_of(p)}"]' for p in pieces]
        code = f"({' + '.join(parts)})" if len(parts) > 1 else parts[0]
        return cst.parse_expression(f"({code}).encode()" if isinstance(value, bytes) else code)

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        self.quotes.append(node.start)

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        self.quotes.pop()
        return updated_node

    def leave_FormattedStringText(
        self, original_node: cst.FormattedStringText, updated_node: cst.FormattedStringText
    ) -> cst.BaseFormattedStringContent | cst.FlattenSentinel[cst.BaseFormattedStringContent]:
        pieces = self._pieces(original_node.value, whole=False)
        if pieces is None:
            return updated_node
        parts: list[cst.BaseFormattedStringContent] = []
        for piece in pieces:
            if isinstance(piece, str):
                parts.append(cst.FormattedStringText(piece))
            else:
                quote = "'" if '"' in self.quotes[-1] else '"'
                read = cst.parse_expression(f"os.environ[{quote}{variable_of(piece)}{quote}]")
                parts.append(cst.FormattedStringExpression(expression=read))
        return cst.FlattenSentinel(parts)

    def _pieces(self, text: str, whole: bool = True) -> list[str | SecretRef] | None:
        """The text in pieces, secrets as references; None when it holds none."""
        name = self.names[-1] if self.names else ""
        reason = secret_reason(name or None, text) if whole else None
        if reason is not None:
            return [self._reference(name, text, reason)]
        parts = secret_parts(text)
        if not parts:
            return None
        out: list[str | SecretRef] = []
        at = 0
        for part in parts:
            if part.start > at:
                out.append(text[at : part.start])
            out.append(self._reference(name, text[part.start : part.end], part.reason))
            at = part.end
        if at < len(text):
            out.append(text[at:])
        return out

    def _reference(self, name: str, value: str, reason: str) -> SecretRef:
        reference = self.keys.reference(name or "text", value, reason)
        self.report(name or "a text", reason, reference)
        return reference


def _target(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if isinstance(node, cst.Subscript) and len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        inner = node.slice[0].slice.value
        value = inner.evaluated_value if isinstance(inner, cst.SimpleString) else ""
        return value if isinstance(value, str) else ""
    return ""


_HEAD = re.compile(r"""(?:\s*(?:#[^\n]*)?\n)*(?:[rRuU]?["']|from\s+__future__\s)""")


def _is_head(piece: str) -> bool:
    """A module's documentation, or `from __future__ import ...`: what must stay before every other statement."""
    return _HEAD.match(piece) is not None
