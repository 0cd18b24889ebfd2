"""Which names of the run's context a callable takes."""

from __future__ import annotations

import ast

from parsers.airflow.callables.syntax import syntax_of
from parsers.airflow.evaluator.values import BoundMethod, Function, Instance, Partial, Value

CONTEXT_KEYS = frozenset(
    {
        "conf", "dag", "dag_run", "data_interval_end", "data_interval_start", "ds", "ds_nodash", "exception",
        "execution_date", "expanded_ti_count", "inlets", "inlet_events", "logical_date", "macros",
        "map_index_template", "next_ds", "next_ds_nodash", "next_execution_date", "outlets", "outlet_events",
        "params", "prev_data_interval_start_success", "prev_data_interval_end_success", "prev_ds",
        "prev_ds_nodash", "prev_execution_date", "prev_execution_date_success", "prev_start_date_success",
        "prev_end_date_success", "run_id", "start_date", "task", "task_instance", "task_instance_key_str",
        "task_reschedule_count", "test_mode", "templates_dict", "ti", "tomorrow_ds", "tomorrow_ds_nodash",
        "triggering_dataset_events", "triggering_asset_events", "try_number", "ts", "ts_nodash",
        "ts_nodash_with_tz", "var", "conn", "yesterday_ds", "yesterday_ds_nodash",
    }
)  # fmt: skip


def context_names(value: Value) -> tuple[str, ...] | None:
    """Context names that the callable takes as parameters or reads from its `**context`; None when it uses the whole
    context (passes it on), so that nothing can be said."""
    function = _function(value)
    if function is None:
        return None
    node = syntax_of(function)
    if node is None or isinstance(node, ast.ClassDef):
        return None
    names = parameter_names(node)
    found = [name for name in names if name in CONTEXT_KEYS]
    if node.args.kwarg is None:
        return None if _uses_current_context(node) else tuple(found)
    keys = _keys_of(node.args.kwarg.arg, node)
    return None if keys is None else tuple(dict.fromkeys([*found, *keys]))


def parameter_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[str]:
    """Names of the parameters that take one value, in order."""
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


def positional_names(value: Value) -> list[str]:
    """Names under which the positional arguments of a call can be given too; [] when some of them have none."""
    function = _function(value)
    node = syntax_of(function) if function is not None else None
    if (
        node is None
        or isinstance(node, ast.ClassDef)
        or node.args.posonlyargs
        or not isinstance(value, Function | BoundMethod)
    ):
        return []
    names = [a.arg for a in node.args.args]
    return names[1:] if isinstance(value, BoundMethod) else names


def _function(value: Value) -> Function | None:
    while isinstance(value, Partial):
        value = value.function
    if isinstance(value, BoundMethod):
        value = value.function
    if isinstance(value, Instance):
        value = next((c.namespace["__call__"] for c in value.cls.mro if "__call__" in c.namespace), None)
    return value if isinstance(value, Function) else None


def _uses_current_context(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "get_current_context" for n in ast.walk(node))


def _keys_of(name: str, node: ast.AST) -> list[str] | None:
    """Constant keys under which the mapping `name` is read; None when it is used in any other way."""
    keys: list[str] = []
    expected: set[int] = set()
    for inner in ast.walk(node):
        base, key = _read_of(inner)
        if not (isinstance(base, ast.Name) and base.id == name):
            continue
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            expected.add(id(base))
            keys.append(key.value)
    whole = any(isinstance(n, ast.Name) and n.id == name and id(n) not in expected for n in ast.walk(node))
    return None if whole else list(dict.fromkeys(keys))


def _read_of(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """(mapping, key) of `m[k]`, `m.get(k)`, `m.pop(k)`."""
    if isinstance(node, ast.Subscript):
        return (node.value, node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        return (node.func.value, node.args[0]) if node.func.attr in ("get", "pop") else (None, None)
    return (None, None)
