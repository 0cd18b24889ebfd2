"""Values that are only there when the run is, as Python source for the pod."""

from __future__ import annotations

from migrate.ir import exprs
from parsers.airflow.callables.imports import Import

_VARIABLE = Import("airflow.models", "Variable", None)
_OS = Import("os", None, None)
_JSON = Import("json", None, None)


def symbolic_source(expr: exprs.Expr) -> tuple[str, list[Import]] | None:
    """(expression, imports) for a variable, an environment value, or text made of such; None when there is none."""
    if isinstance(expr, exprs.Literal):
        return (repr(expr.value), [])
    if isinstance(expr, exprs.VariableRef):
        arguments = [repr(expr.name)]
        if expr.default is not None:
            inner = symbolic_source(expr.default)
            if inner is None:
                return None
            arguments.append(f"default_var={inner[0]}")
        if expr.json_path is not None:
            arguments.append("deserialize_json=True")
        steps = "".join(f"[{step!r}]" for step in expr.json_path or ())
        return (f"Variable.get({', '.join(arguments)}){steps}", [_VARIABLE])
    if isinstance(expr, exprs.EnvRef):
        if expr.default is None:
            return (f"os.environ.get({expr.name!r})", [_OS])
        inner = symbolic_source(expr.default)
        return (f"os.environ.get({expr.name!r}, {inner[0]})", [_OS, *inner[1]]) if inner else None
    if isinstance(expr, exprs.Written):
        inner = symbolic_source(expr.value)
        if inner is None or expr.form == "repr":
            return inner and (f"repr({inner[0]})", inner[1])
        option = "" if expr.form == "json-ascii" else ", ensure_ascii=False"
        return (f"json.dumps({inner[0]}{option})", [_JSON, *inner[1]])
    if isinstance(expr, exprs.Concat):
        parts = [symbolic_source(part) for part in expr.parts]
        if any(part is None for part in parts):
            return None
        imports = [item for part in parts if part is not None for item in part[1]]
        return (" + ".join(f"str({p[0]})" for p in parts if p is not None), imports)
    return None
