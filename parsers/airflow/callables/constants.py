"""Which constant values an expression inside a function may have."""

from __future__ import annotations

from itertools import product

import libcst as cst

from parsers.airflow.callables.names import bound_names
from parsers.airflow.callables.sources import lookup
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Function, Instance, TaskObject, Value, XComArg

_MOST = 200
_WORDS = {"None": None, "True": True, "False": False}


class Constants:
    """Possible values of expressions in one function. `parameters`: arguments that it is known to be called with."""

    def __init__(self, function: Function, parameters: dict[str, Value]) -> None:
        self.function = function
        self.parameters = parameters
        self._locals: dict[str, list[cst.CSTNode]] | None = None
        self._depth = 0

    def values(self, node: cst.BaseExpression) -> list[Value]:
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

    def _values(self, node: cst.BaseExpression) -> list[Value]:
        if isinstance(node, cst.SimpleString | cst.ConcatenatedString) and isinstance(node.evaluated_value, str):
            return [node.evaluated_value]
        if isinstance(node, cst.Integer):
            return [node.evaluated_value]
        if isinstance(node, cst.Name):
            return self._name(node.value)
        if isinstance(node, cst.List | cst.Tuple | cst.Set):
            columns = [self.values(element.value) for element in node.elements]
            return [list(row) for row in product(*columns)]
        if isinstance(node, cst.FormattedString):
            columns = [self._part(part) for part in node.parts]
            return ["".join(row) for row in product(*columns)]
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            rows = product(self.values(node.left), self.values(node.right))
            return [left + right for left, right in rows if isinstance(left, str) and isinstance(right, str)]
        if isinstance(node, cst.IfExp):
            return [*self.values(node.body), *self.values(node.orelse)]
        if isinstance(node, cst.Attribute):
            return [self._attribute(node)]
        raise ValueError("not constant")

    def _part(self, part: cst.BaseFormattedStringContent) -> list[str]:
        if isinstance(part, cst.FormattedStringText):
            return [part.value.replace("{{", "{").replace("}}", "}")]
        if isinstance(part, cst.FormattedStringExpression) and part.format_spec is None and part.conversion is None:
            return [str(value) for value in self.values(part.expression)]
        raise ValueError("not constant")

    def _name(self, name: str) -> list[Value]:
        if name in _WORDS:
            return [_WORDS[name]]
        bound = self._bindings().get(name)
        if bound is not None:
            return [value for node in bound for value in self._bound(node)]
        if name in self.parameters:
            return [_plain(self.parameters[name])]
        if name in _parameter_names(self.function):
            return [_plain(self.function.defaults[name])] if self._only_default(name) else self._fail()
        return [_plain(lookup(name, self.function.module, self.function.scope))]

    def _only_default(self, name: str) -> bool:
        """A parameter keeps its default when all arguments of the call are known and it is not among them."""
        return name in self.function.defaults and bool(self.parameters)

    @staticmethod
    def _fail() -> list[Value]:
        raise ValueError("a parameter")

    def _bound(self, node: cst.CSTNode) -> list[Value]:
        if isinstance(node, cst.Assign):
            return self.values(node.value)
        if isinstance(node, cst.For):
            return [item for row in self._iterated(node.iter) for item in row]
        raise ValueError("not constant")

    def _iterated(self, node: cst.BaseExpression) -> list[list[Value]]:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "range":
            numbers = [self.values(argument.value) for argument in node.args]
            return [list(range(*row)) for row in product(*numbers) if all(isinstance(n, int) for n in row)]
        rows = self.values(node)
        if not all(isinstance(row, list | tuple) for row in rows):
            raise ValueError("not a list")
        return [list(row) for row in rows]

    def _attribute(self, node: cst.Attribute) -> Value:
        if not isinstance(node.value, cst.Name) or node.value.value in self._bindings():
            raise ValueError("not constant")
        owner = self.parameters.get(node.value.value, MISSING)
        if owner is MISSING:
            owner = lookup(node.value.value, self.function.module, self.function.scope)
        if isinstance(owner, XComArg) and node.attr.value == "task_id":
            owner = owner.task
        native = owner.native if isinstance(owner, Instance) else owner
        if isinstance(native, TaskObject) and node.attr.value == "task_id":
            return native.task_id
        names = getattr(owner, "attrs", None) or getattr(owner, "namespace", None) or {}
        found = names.get(node.attr.value, MISSING)
        if found is MISSING and isinstance(owner, Instance):
            members = (c.namespace[node.attr.value] for c in owner.cls.mro if node.attr.value in c.namespace)
            found = next(members, MISSING)
        return _plain(found)

    def _bindings(self) -> dict[str, list[cst.CSTNode]]:
        """Assignments and loops that bind a local name; a name that is bound in another way maps to a node that has no
        value."""
        if self._locals is None:
            finder = _Bindings()
            if isinstance(self.function.node, cst.FunctionDef):
                self.function.node.body.visit(finder)
                for name in bound_names(self.function.node.body):
                    finder.found.setdefault(name, [self.function.node])
            self._locals = finder.found
        return self._locals


class _Bindings(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: dict[str, list[cst.CSTNode]] = {}

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                self.found.setdefault(target.target.value, []).append(node)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        if isinstance(node.target, cst.Name):
            self.found.setdefault(node.target.value, []).append(node)

    def visit_For(self, node: cst.For) -> None:
        if isinstance(node.target, cst.Name):
            self.found.setdefault(node.target.value, []).append(node)


def _parameter_names(function: Function) -> set[str]:
    parameters = function.node.params
    groups = (parameters.params, parameters.kwonly_params, parameters.posonly_params)
    names = {p.name.value for group in groups for p in group}
    for star in (parameters.star_arg, parameters.star_kwarg):
        if isinstance(star, cst.Param):
            names.add(star.name.value)
    return names


def _plain(value: Value) -> Value:
    if value is None or isinstance(value, str | int | list | tuple):
        return value
    raise ValueError("no plain data")


def known_parameters(function: Function, args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
    """What the parameters of a function are bound to by a call, as far as the values are plain."""
    parameters = function.node.params
    positional = [p.name.value for p in (*parameters.posonly_params, *parameters.params)]
    found = dict(zip(positional, args, strict=False))
    found.update({name: value for name, value in kwargs.items() if isinstance(name, str)})
    return found
