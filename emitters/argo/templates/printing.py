"""Whether Argo prints a value as the source's template language does."""

from __future__ import annotations

from migrate.ir import exprs as e
from migrate.ir.workflow import Param, Workflow

SIMPLE = {"string", "integer", "number"}


def prints_alike(expr: e.Expr, workflow: Workflow) -> bool:
    """True when the value's text needs no Python: constants, times, credentials, parameters that are text or numbers.

    Values of other tasks, of items and of the run's configuration can be of any type, and None, booleans, lists and
    mappings print differently (docs/semantics.md, templates).
    """
    if isinstance(expr, e.Literal):
        return isinstance(expr.value, str) or type(expr.value) is int
    if isinstance(expr, e.Concat):
        return all(prints_alike(part, workflow) for part in expr.parts)
    if isinstance(expr, e.TimeRef):
        return expr.layout is not None
    if isinstance(expr, e.VariableRef):
        return expr.json_path is None and (expr.default is None or prints_alike(expr.default, workflow))
    if isinstance(expr, e.ConnectionRef | e.SecretRef | e.EnvRef):
        return getattr(expr, "default", None) is None
    if isinstance(expr, e.ParamRef):
        return not expr.path and any(_is_simple(p) for p in workflow.params if p.name == expr.name)
    return isinstance(expr, e.RunRef) and expr.field not in ("item_index", "run_type")


def cannot_be_misread(expr: e.Expr, workflow: Workflow) -> bool:
    """False when a run may give the value a text in which Argo or a shell could read something of their own: `{{`, `$`.

    Matters where a value is put into a script or a field of a template. In environment values and arguments every text
    is safe (`TemplateContext.text`).
    """
    named = {part.name for part in e.walk(expr) if isinstance(part, e.ParamRef)}
    return all(_is_number(p) or _is_choice_of_words(p) for p in workflow.params if p.name in named)


def _is_number(param: Param) -> bool:
    return param.schema_.get("type") in ("integer", "number")


def _is_choice_of_words(param: Param) -> bool:
    choices = param.schema_.get("enum")
    return isinstance(choices, list) and not any(mark in str(choice) for choice in choices for mark in "{$")


def _is_simple(param: Param) -> bool:
    kinds = param.schema_.get("type")
    if kinds is None:
        return isinstance(param.value, str) or (
            isinstance(param.value, int | float) and not isinstance(param.value, bool)
        )
    return set([kinds] if isinstance(kinds, str) else kinds) <= SIMPLE
