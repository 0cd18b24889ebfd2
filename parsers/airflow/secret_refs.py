"""Secrets that stand as literals in arguments: replaced by references, so that no value reaches an output."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from migrate.ir import exprs
from migrate.ir.base import Json
from migrate.ir.exprs import Expr
from migrate.names import secret_object
from migrate.secrets import redact, secret_parts, secret_reason

Found = Callable[[str, str, exprs.SecretRef], None]
"""Called for each secret: shown name, reason, the reference that replaces it."""


def protect(expr: Expr, name: str, workflow: str, task: str | None, found: Found) -> Expr:
    """`expr` without literal secrets. `name` is the argument (dots go into dictionaries); its last part says by its
    words whether a value is a secret. Whole texts become a `SecretRef`, parts of texts a `Concat` with one."""
    guard = _Guard(workflow, task, found)
    return guard.expr(expr, name)


class _Guard:
    def __init__(self, workflow: str, task: str | None, found: Found) -> None:
        self.workflow = workflow
        self.task = task
        self.found = found

    def expr(self, expr: Expr, name: str) -> Expr:
        """One expression, and what is in it."""
        if isinstance(expr, exprs.Literal):
            return self._literal(expr, name)
        if isinstance(expr, exprs.DictExpr):
            return expr.model_copy(update={"items": tuple((k, self.expr(v, f"{name}.{k}")) for k, v in expr.items)})
        if isinstance(expr, exprs.ListExpr):
            return expr.model_copy(update={"items": self._items(expr.items, name)})
        if isinstance(expr, exprs.Concat):
            parts = [self.expr(p, "") if isinstance(p, exprs.Literal) else p for p in expr.parts]
            flat = [q for p in parts for q in (p.parts if isinstance(p, exprs.Concat) else (p,))]
            return expr.model_copy(update={"parts": tuple(flat)})
        if isinstance(expr, exprs.Template) and secret_parts(expr.text):
            self.found(name, secret_parts(expr.text)[0].reason, self._reference(name, "in a template"))
            return expr.model_copy(update={"text": redact(expr.text)})
        return expr

    def _literal(self, expr: exprs.Literal, name: str) -> Expr:
        value = expr.value
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, dict) and not _tagged(value):
            items = tuple((k, self.expr(exprs.Literal(value=v), f"{name}.{k}")) for k, v in value.items())
            return expr if all(isinstance(v, exprs.Literal) for _, v in items) else exprs.DictExpr(items=items)
        if isinstance(value, list):
            parts = self._items(tuple(exprs.Literal(value=v) for v in value), name)
            return expr if all(isinstance(v, exprs.Literal) for v in parts) else exprs.ListExpr(items=parts)
        return expr

    def _items(self, items: tuple[Expr, ...], name: str) -> tuple[Expr, ...]:
        """Items of a list; one that follows an option such as `--password` is known by that name."""
        plain = [item.value if isinstance(item, exprs.Literal) else None for item in items]
        labels = [label for label, _ in item_names(name, plain)]
        return tuple(self.expr(item, label) for label, item in zip(labels, items, strict=True))

    def _text(self, value: str, name: str) -> Expr:
        reason = secret_reason(name.rpartition(".")[2] or None, value)
        if reason is not None:
            reference = self._reference(name, reason)
            self.found(name, reason, reference)
            return reference
        parts = secret_parts(value)
        if not parts:
            return exprs.Literal(value=value)
        out: list[Expr] = []
        at = 0
        for number, part in enumerate(parts, 1):
            if part.start > at:
                out.append(exprs.Literal(value=value[at : part.start]))
            key = name if len(parts) == 1 else f"{name}-{number}"
            out.append(self._reference(key, part.reason))
            self.found(name, part.reason, self._reference(key, part.reason))
            at = part.end
        if at < len(value):
            out.append(exprs.Literal(value=value[at:]))
        return exprs.Concat(parts=tuple(out))

    def _reference(self, name: str, reason: str) -> exprs.SecretRef:
        owner = f"{self.task}." if self.task else ""
        key = re.sub(r"[^-._a-zA-Z0-9]+", "-", f"{owner}{name}").strip("-") or "value"
        return exprs.SecretRef(name=secret_object(self.workflow), key=key, reason=reason)


def item_names(name: str, items: Iterable[Any]) -> list[tuple[str, Any]]:
    """Names for the items of a list: `name.<number>`, or `name.<option>` after an option such as `--password`."""
    out: list[tuple[str, Any]] = []
    before: Any = None
    for number, item in enumerate(items):
        option = before if isinstance(before, str) and re.fullmatch(r"--?[A-Za-z][\w-]*", before) else None
        out.append((f"{name}.{option.lstrip('-') if option else number}", item))
        before = item
    return out


def _tagged(value: dict[str, Json]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith("$")
