"""Which names of the run's context a callable takes."""

from __future__ import annotations

import libcst as cst

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
    parameters = function.node.params
    groups = (parameters.posonly_params, parameters.params, parameters.kwonly_params)
    names = [p.name.value for group in groups for p in group]
    found = [name for name in names if name in CONTEXT_KEYS]
    star = parameters.star_kwarg
    if star is None:
        if _calls_current_context(function):
            return None
        return tuple(found)
    keys = _keys_of(star.name.value, function)
    return None if keys is None else tuple(dict.fromkeys([*found, *keys]))


def _function(value: Value) -> Function | None:
    while isinstance(value, Partial):
        value = value.function
    if isinstance(value, BoundMethod):
        value = value.function
    if isinstance(value, Instance):
        value = next((c.namespace["__call__"] for c in value.cls.mro if "__call__" in c.namespace), None)
    return value if isinstance(value, Function) else None


def _calls_current_context(function: Function) -> bool:
    return "get_current_context" in function.module.code(function.node)


def _keys_of(name: str, function: Function) -> list[str] | None:
    finder = _Keys(name)
    function.node.visit(finder)
    return None if finder.whole else finder.keys


class _Keys(cst.CSTVisitor):
    """Uses of a mapping by constant keys; any other use of its name sets `whole`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keys: list[str] = []
        self.whole = False
        self.expected: set[int] = set()

    def visit_Subscript(self, node: cst.Subscript) -> None:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if isinstance(index, cst.Index):
            self._use(node.value, index.value)

    def visit_Call(self, node: cst.Call) -> None:
        func = node.func
        if isinstance(func, cst.Attribute) and func.attr.value in ("get", "pop") and node.args:
            self._use(func.value, node.args[0].value)

    def _use(self, base: cst.BaseExpression, key: cst.BaseExpression) -> None:
        if isinstance(base, cst.Name) and base.value == self.name and isinstance(key, cst.SimpleString):
            value = key.evaluated_value
            if isinstance(value, str):
                self.expected.add(id(base))
                self.keys.append(value)

    def visit_Name(self, node: cst.Name) -> None:
        if node.value == self.name and id(node) not in self.expected:
            self.whole = True

    def visit_Param(self, node: cst.Param) -> bool:
        return False

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None:
            self.expected.add(id(node.keyword))
