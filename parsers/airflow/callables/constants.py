"""Which constant values an expression inside a function may have."""

from __future__ import annotations

import ast
from itertools import product

from parsers.airflow.callables.names import bound_names, own_nodes
from parsers.airflow.callables.signature import parameter_names
from parsers.airflow.callables.sources import lookup
from parsers.airflow.callables.syntax import syntax_of
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Function, Instance, TaskObject, Value, XComArg

_MOST = 200


class Constants:
    """Possible values of expressions in one function. `parameters`: arguments that it is known to be called with."""

    def __init__(self, function: Function, node: ast.AST, parameters: dict[str, Value]) -> None:
        self.function = function
        self.node = node
        self.parameters = parameters
        self._locals: dict[str, list[ast.AST]] | None = None
        self._depth = 0

    def values(self, node: ast.expr) -> list[Value]:
        """All values that `node` may have. Raises ValueError when some of them is computed."""
        self._depth += 1
        try:
            if self._depth > 20:
                raise ValueError("too deep")
            found = self._values(node)
        finally:
            self._depth -= 1
        if len(found) > _MOST:
            raise ValueError("too many")
        return found

    def _values(self, node: ast.expr) -> list[Value]:
        if isinstance(node, ast.Constant):
            return [_plain(node.value)]
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            columns = [self.values(element) for element in node.elts]
            return [list(row) for row in product(*columns)]
        if isinstance(node, ast.JoinedStr):
            columns = [self._part(part) for part in node.values]
            return ["".join(row) for row in product(*columns)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            rows = product(self.values(node.left), self.values(node.right))
            return [left + right for left, right in rows if isinstance(left, str) and isinstance(right, str)]
        if isinstance(node, ast.IfExp):
            return [*self.values(node.body), *self.values(node.orelse)]
        if isinstance(node, ast.Attribute):
            return [self._attribute(node)]
        raise ValueError("not constant")

    def _part(self, part: ast.expr) -> list[str]:
        if isinstance(part, ast.FormattedValue):
            if part.conversion != -1 or part.format_spec is not None:
                raise ValueError("not constant")
            return [str(value) for value in self.values(part.value)]
        return [str(value) for value in self.values(part)]

    def _name(self, name: str) -> list[Value]:
        bound = self._bindings().get(name)
        if bound is not None:
            return [value for node in bound for value in self._bound(node)]
        if name in self.parameters:
            return [_plain(self.parameters[name])]
        if name in self._parameter_names():
            if name in self.function.defaults and self.parameters:
                return [_plain(self.function.defaults[name])]
            raise ValueError("a parameter")
        return [_plain(lookup(name, self.function.module, self.function.scope))]

    def _parameter_names(self) -> set[str]:
        if not isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return set()
        args = self.node.args
        stars = [a.arg for a in (args.vararg, args.kwarg) if a is not None]
        return {*parameter_names(self.node), *stars}

    def _bound(self, node: ast.AST) -> list[Value]:
        if isinstance(node, ast.Assign):
            return self.values(node.value)
        if isinstance(node, ast.For):
            return [item for row in self._iterated(node.iter) for item in row]
        raise ValueError("not constant")

    def _iterated(self, node: ast.expr) -> list[list[Value]]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            numbers = [self.values(argument) for argument in node.args]
            return [list(range(*row)) for row in product(*numbers) if all(isinstance(n, int) for n in row)]
        rows = self.values(node)
        if not all(isinstance(row, list | tuple) for row in rows):
            raise ValueError("not a list")
        return [list(row) for row in rows]

    def _attribute(self, node: ast.Attribute) -> Value:
        if not isinstance(node.value, ast.Name) or node.value.id in self._bindings():
            raise ValueError("not constant")
        owner = self.parameters.get(node.value.id, MISSING)
        if owner is MISSING:
            owner = lookup(node.value.id, self.function.module, self.function.scope)
        if isinstance(owner, XComArg) and node.attr == "task_id":
            owner = owner.task
        native = owner.native if isinstance(owner, Instance) else owner
        if isinstance(native, TaskObject) and node.attr == "task_id":
            return native.task_id
        names = getattr(owner, "attrs", None) or getattr(owner, "namespace", None) or {}
        found = names.get(node.attr, MISSING)
        if found is MISSING and isinstance(owner, Instance):
            members = (c.namespace[node.attr] for c in owner.cls.mro if node.attr in c.namespace)
            found = next(members, MISSING)
        return _plain(found)

    def _bindings(self) -> dict[str, list[ast.AST]]:
        """Assignments and loops that bind a local name; a name that is bound in another way maps to a node that has no
        value."""
        if self._locals is None:
            self._locals = {}
            body = getattr(self.node, "body", None)
            statements = body if isinstance(body, list) else []
            for node in own_nodes(statements):
                targets = node.targets if isinstance(node, ast.Assign) else []
                targets = [node.target] if isinstance(node, ast.For | ast.AugAssign) else targets
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._locals.setdefault(target.id, []).append(node)
            for name in bound_names(statements):
                self._locals.setdefault(name, [self.node])
        return self._locals


def _plain(value: Value) -> Value:
    if value is None or isinstance(value, str | int | list | tuple):
        return value
    raise ValueError("no plain data")


def known_parameters(function: Function, args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
    """What the parameters of a function are bound to by a call, as far as the values are plain."""
    node = syntax_of(function)
    if node is None or isinstance(node, ast.ClassDef):
        return {}
    positional = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    found = dict(zip(positional, args, strict=False))
    found.update({name: value for name, value in kwargs.items() if isinstance(name, str)})
    return found
