"""Values in words, for people: `eu.example/{parameter tag}`."""

from __future__ import annotations

from migrate.ir import exprs as e


def in_words(expr: e.Expr) -> str:
    """A text for reports: constants as they are, references in braces by what they refer to."""
    if isinstance(expr, e.Literal):
        return str(expr.value)
    if isinstance(expr, e.Concat):
        return "".join(in_words(part) for part in expr.parts)
    if isinstance(expr, e.Template):
        return expr.text
    if isinstance(expr, e.Opaque):
        return f"{{{expr.text or 'unknown'}}}"
    return f"{{{_reference(expr)}}}"


def _reference(expr: e.Expr) -> str:
    words = _NAMED.get(expr.kind)
    if words is not None:
        return f"{words} {expr.name}"  # type: ignore[union-attr]
    if isinstance(expr, e.RunConfRef):
        return f"run configuration {expr.name}" if expr.name else "run configuration"
    if isinstance(expr, e.OutputRef):
        return f"{expr.key} of {expr.task}"
    if isinstance(expr, e.TimeRef):
        return f"{expr.of.replace('_', ' ')} time"
    if isinstance(expr, e.ItemRef):
        return ".".join(["item", *map(str, expr.path)])
    return expr.field.replace("_", " ") if isinstance(expr, e.RunRef) else "value of the run"


_NAMED = {
    "param": "parameter",
    "variable": "variable",
    "connection": "connection",
    "secret": "secret",
    "env": "environment",
}
