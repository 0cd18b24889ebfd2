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


def _is_simple(param: Param) -> bool:
    kinds = param.schema_.get("type")
    if kinds is None:
        return isinstance(param.value, str) or (
            isinstance(param.value, int | float) and not isinstance(param.value, bool)
        )
    return set([kinds] if isinstance(kinds, str) else kinds) <= SIMPLE
