"""What code reads of its run: results of other tasks, context names, variables, connections, environment values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from parsers.airflow.callables.names import bound_names
from parsers.airflow.callables.sources import lookup
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Function, Value

_UNKNOWN: Any = object()


@dataclass(slots=True)
class Pull:
    """One `xcom_pull` call. `tasks` None: none named. A part that is computed is listed in `computed`."""

    tasks: tuple[str, ...] | None
    key: str | None
    other_run: bool
    computed: list[str]
    call: cst.Call


@dataclass(slots=True)
class Reads:
    """Everything that a piece of code reads. Names in order of the text."""

    pulls: list[Pull] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    computed_pushes: list[cst.Call] = field(default_factory=list)
    variables: dict[str, bool] = field(default_factory=dict)
    """Name -> whether a default is given."""
    set_variables: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    environment: list[str] = field(default_factory=list)


def scan(functions: list[Function], constant: Callable[[cst.BaseExpression, Function], Value]) -> Reads:
    """Scans user functions. `constant(node, function)` gives an expression's constant value, or raises ValueError."""
    reads = Reads()
    done: set[int] = set()
    for function in functions:
        if id(function.node) not in done:
            done.add(id(function.node))
            function.node.visit(_Scanner(reads, function, constant))
    return reads


class _Scanner(cst.CSTVisitor):
    def __init__(
        self, reads: Reads, function: Function, constant: Callable[[cst.BaseExpression, Function], Value]
    ) -> None:
        self.reads = reads
        self.function = function
        self.constant = constant

    def visit_Call(self, node: cst.Call) -> None:
        name = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
        if name == "xcom_pull":
            self._pull(node)
        elif name == "xcom_push":
            self._push(node)
        elif name in ("get_connection", "get_connection_from_secrets", "get_hook"):
            self._named(node, "conn_id", self.reads.connections)
        elif name in ("get", "set", "setdefault") and self._is(node.func, "Variable"):
            self._variable(node, name)
        elif name in ("getenv",) or (name == "get" and self._is(node.func, "environ")):
            self._named(node, "key", self.reads.environment)

    def visit_Subscript(self, node: cst.Subscript) -> None:
        base = node.value
        if isinstance(base, cst.Attribute) and base.attr.value == "environ" and len(node.slice) == 1:
            index = node.slice[0].slice
            if isinstance(index, cst.Index):
                self._add(index.value, self.reads.environment)

    @staticmethod
    def _is(func: cst.BaseExpression, name: str) -> bool:
        base = func.value if isinstance(func, cst.Attribute) else func
        if isinstance(base, cst.Attribute):
            return base.attr.value == name
        return isinstance(base, cst.Name) and base.value == name

    def _value(self, node: cst.BaseExpression) -> Value:
        try:
            return self.constant(node, self.function)
        except ValueError:
            return _UNKNOWN

    def _arguments(self, node: cst.Call, names: tuple[str, ...]) -> dict[str, cst.BaseExpression]:
        found: dict[str, cst.BaseExpression] = {}
        position = 0
        for argument in node.args:
            if argument.star:
                found["*"] = argument.value
            elif argument.keyword is not None:
                found[argument.keyword.value] = argument.value
            elif position < len(names):
                found[names[position]] = argument.value
                position += 1
        return found

    def _pull(self, node: cst.Call) -> None:
        given = self._arguments(node, ("task_ids", "dag_id", "key"))
        computed = ["its arguments"] if "*" in given else []
        tasks: tuple[str, ...] | None = None
        if "task_ids" in given:
            value = self._value(given["task_ids"])
            if isinstance(value, str):
                tasks = (value,)
            elif isinstance(value, list | tuple | set) and all(isinstance(item, str) for item in value):
                tasks = tuple(value)
            elif value is not None:
                computed.append("the task whose result it reads")
        key: str | None = "return_value"
        if "key" in given:
            value = self._value(given["key"])
            key = value if isinstance(value, str) else None
            if not isinstance(value, str) and value is not None:
                computed.append("the key of a result it reads")
        other = "dag_id" in given and self._value(given["dag_id"]) is not None
        if "include_prior_dates" in given and self._value(given["include_prior_dates"]) is True:
            other = True
        self.reads.pulls.append(Pull(tasks, key, other, computed, node))

    def _push(self, node: cst.Call) -> None:
        given = self._arguments(node, ("key", "value"))
        # `self.xcom_push(context, key=...)` and `task.xcom_push(context, "k", v)` put the context first
        value = self._value(given["key"]) if "key" in given else _UNKNOWN
        if value is _UNKNOWN and "key" in given and len(node.args) > 2:
            shifted = self._arguments(node, ("context", "key", "value"))
            value = self._value(shifted["key"]) if "key" in shifted else _UNKNOWN
        if isinstance(value, str):
            if value not in self.reads.pushes:
                self.reads.pushes.append(value)
        else:
            self.reads.computed_pushes.append(node)

    def _variable(self, node: cst.Call, method: str) -> None:
        given = self._arguments(node, ("key", "default_var") if method == "get" else ("key", "value"))
        value = self._value(given["key"]) if "key" in given else _UNKNOWN
        if method in ("set", "setdefault"):
            self.reads.set_variables.append(value if isinstance(value, str) else "?")
        elif isinstance(value, str):
            default = any(name in given for name in ("default_var", "default"))
            self.reads.variables[value] = self.reads.variables.get(value, True) and default

    def _named(self, node: cst.Call, keyword: str, into: list[str]) -> None:
        given = self._arguments(node, (keyword,))
        if keyword in given:
            self._add(given[keyword], into)

    def _add(self, node: cst.BaseExpression, into: list[str]) -> None:
        value = self._value(node)
        if isinstance(value, str) and value not in into:
            into.append(value)


def constant_value(node: cst.BaseExpression, function: Function) -> Value:
    """The value of a literal, a list of such, or a name that is bound outside of the function to plain data.
    Raises ValueError for anything else."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        if isinstance(value, str):
            return value
    if isinstance(node, cst.Name):
        if node.value in ("None", "True", "False"):
            return {"None": None, "True": True, "False": False}[node.value]
        if node.value not in _locals(function):
            found = lookup(node.value, function.module, function.scope)
            if found is None or isinstance(found, str | list | tuple):
                return found
    if isinstance(node, cst.List | cst.Tuple | cst.Set):
        return [constant_value(element.value, function) for element in node.elements]
    if isinstance(node, cst.FormattedString):
        return "".join(_formatted(part, function) for part in node.parts)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        left, right = constant_value(node.left, function), constant_value(node.right, function)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        owner = lookup(node.value.value, function.module, function.scope)
        attrs = getattr(owner, "attrs", None) or getattr(owner, "namespace", None) or {}
        found = attrs.get(node.attr.value, getattr(getattr(owner, "native", None), node.attr.value, MISSING))
        if isinstance(found, str):
            return found
    raise ValueError("not constant")


def _formatted(part: cst.BaseFormattedStringContent, function: Function) -> str:
    if isinstance(part, cst.FormattedStringText):
        return part.value
    if isinstance(part, cst.FormattedStringExpression) and part.format_spec is None and part.conversion is None:
        value = constant_value(part.expression, function)
        if isinstance(value, str):
            return value
    raise ValueError("not constant")


def _locals(function: Function) -> set[str]:
    parameters = function.node.params
    groups = (parameters.params, parameters.kwonly_params, parameters.posonly_params)
    names = {p.name.value for group in groups for p in group}
    if isinstance(function.node, cst.FunctionDef):
        names |= set(bound_names(function.node.body))
    return names
