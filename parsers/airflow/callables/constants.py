"""Which constant values an expression inside a function may have."""

from __future__ import annotations

import ast
from itertools import product

from parsers.airflow.callables.names import bound_names, changed_names, own_nodes
from parsers.airflow.callables.reach import CallSite, Piece, Reach, facts_of
from parsers.airflow.callables.signature import parameter_names
from parsers.airflow.callables.sources import lookup
from parsers.airflow.callables.syntax import syntax_of
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Function, Instance, TaskObject, Value, XComArg

_MOST = 200
_MOST_STEPS = 50_000


class Constants:
    """Possible values of expressions in one piece of code. Arguments of a function are those of the calls in reached
    code."""

    def __init__(self, piece: Piece, reach: Reach, depth: int = 0) -> None:
        self.piece = piece
        self.reach = reach
        self.node = piece.node
        self._locals: dict[str, list[ast.AST]] | None = None
        self._depth = depth

    def values(self, node: ast.expr) -> list[Value]:
        """All values that `node` may have. Raises ValueError when some of them is computed."""
        self._depth += 1
        self.reach.steps += 1
        try:
            if self._depth > 20 or self.reach.steps > _MOST_STEPS:
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
            return [_sum(left, right) for left, right in rows]
        if isinstance(node, ast.IfExp):
            return [*self.values(node.body), *self.values(node.orelse)]
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Subscript):
            return [_item(row[0], row[1]) for row in product(self.values(node.value), self.values(node.slice))]
        if isinstance(node, ast.Dict) and all(key is not None for key in node.keys):
            keys = [self._one(key) for key in node.keys if key is not None]
            return [dict(zip(keys, row, strict=True)) for row in product(*(self.values(v) for v in node.values))]
        raise ValueError("not constant")

    def _call(self, node: ast.Call) -> list[Value]:
        """`d.items()` and such of constants; an environment variable is taken to be unset."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and name in ("items", "keys", "values") and not node.args:
            found = self.values(node.func.value)
            if all(isinstance(value, dict) for value in found):
                return [[*getattr(value, name)()] for value in found]
        of_environment = name == "getenv" or (name == "get" and ast.unparse(node.func).endswith("environ.get"))
        if of_environment and len(node.args) == 2:
            return self.values(node.args[1])
        raise ValueError("not constant")

    def _one(self, node: ast.expr) -> Value:
        found = self.values(node)
        if len(found) != 1:
            raise ValueError("several values")
        return found[0]

    def _part(self, part: ast.expr) -> list[str]:
        if isinstance(part, ast.FormattedValue):
            if part.conversion != -1 or part.format_spec is not None:
                raise ValueError("not constant")
            return [_printed(value) for value in self.values(part.value)]
        return [str(value) for value in self.values(part)]

    def _name(self, name: str) -> list[Value]:
        bound = self._bindings().get(name)
        if bound is not None:
            if name in self._parameter_names() or name in self._changed():
                raise ValueError("it changes")
            return [value for node in bound for value in self._bound(node, name)]
        if self.piece.given is not None and name in self.piece.given:
            return [_plain(self.piece.given[name])]
        if name in self._parameter_names():
            return self._argument(name)
        inner = [c for c in facts_of(self.node).comprehensions if name in _targets(c.target)]
        if inner:
            return [value for comprehension in inner for value in self._bound(comprehension, name)]
        found = lookup(name, self.piece.module, self.piece.scope)
        if found is MISSING:
            return self._defined(ast.Name(name, ast.Load()))
        return [_plain(found)]

    def _argument(self, name: str) -> list[Value]:
        """What a parameter may be: the arguments of all calls, or its default."""
        if self.piece.given is not None:
            return self._default(name)
        sites = self.reach.sites(self.piece)
        if not sites or id(self.node) in self.reach.passed_on:
            raise ValueError("a parameter")
        found: list[Value] = []
        for site in sites:
            given = self._passed(site, name)
            values = self._default(name) if given is None else self._in(site.piece).values(given)
            found.extend(value for value in values if value not in found)
        return found

    def _passed(self, site: CallSite, name: str) -> ast.expr | None:
        """The argument of a call for a parameter; None when it gives none."""
        call = site.call
        if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            raise ValueError("an unpacked argument")
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        assert isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        args = self.node.args
        positional = [a.arg for a in (*args.posonlyargs, *args.args)][site.skipped :]
        number = positional.index(name) if name in positional else len(call.args)
        return call.args[number] if number < len(call.args) else None

    def _default(self, name: str) -> list[Value]:
        if name in self.piece.defaults:
            return [_plain(self.piece.defaults[name])]
        if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            args = self.node.args
            positional = [a.arg for a in (*args.posonlyargs, *args.args)]
            given = dict(zip(reversed(positional), reversed(args.defaults), strict=False))
            given.update({a.arg: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None})
            if name in given:
                return self._in(Piece(self.piece.module, given[name])).values(given[name])
        raise ValueError("a parameter")

    def _in(self, piece: Piece) -> Constants:
        return self if piece is self.piece else Constants(piece, self.reach, self._depth)

    def _defined(self, expression: ast.expr) -> list[Value]:
        """The value of a name of a module that was not evaluated: what its only statement assigns."""
        found = self.reach.definitions(self.piece, expression)
        if len(found) != 1:
            raise ValueError("not constant")
        module, statement = found[0]
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            return self._in(Piece(module, statement)).values(statement.value)
        raise ValueError("not constant")

    def _parameter_names(self) -> set[str]:
        if not isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return set()
        args = self.node.args
        stars = [a.arg for a in (args.vararg, args.kwarg) if a is not None]
        return {*parameter_names(self.node), *stars}

    def _bound(self, node: ast.AST, name: str) -> list[Value]:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            target = next(target for target in targets if name in _targets(target))
            return [_unpacked(target, value, name) for value in self.values(node.value)]
        if isinstance(node, ast.For | ast.comprehension):
            items = [item for row in self._iterated(node.iter) for item in row]
            return items if isinstance(node.target, ast.Name) else [_unpacked(node.target, i, name) for i in items]
        raise ValueError("not constant")

    def _iterated(self, node: ast.expr) -> list[list[Value]]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            numbers = [self.values(argument) for argument in node.args]
            return [list(range(*row)) for row in product(*numbers) if all(isinstance(n, int) for n in row)]
        rows = self.values(node)
        if not all(isinstance(row, list | tuple | dict) for row in rows):
            raise ValueError("not a list")
        return [list(row) for row in rows]

    def _attribute(self, node: ast.Attribute) -> list[Value]:
        if not isinstance(node.value, ast.Name) or node.value.id in self._local_names():
            try:
                return [_attribute_of(owner, node.attr) for owner in self.values(node.value)]
            except ValueError:
                return self._defined(node)
        owner = (self.piece.given or {}).get(node.value.id, MISSING)
        if owner is MISSING and self.piece.owner is not None and node.value.id in ("self", "cls"):
            return self._own_attribute(self.piece.owner, node.attr)
        if owner is MISSING:
            owner = lookup(node.value.id, self.piece.module, self.piece.scope)
        found = _member(owner, node.attr)
        return [_plain(found)] if found is not MISSING else self._defined(node)

    def _local_names(self) -> set[str]:
        """Names that assignments, loops and comprehensions bind."""
        inner = [name for c in facts_of(self.node).comprehensions for name in _targets(c.target)]
        return {*self._bindings(), *inner} - self._parameter_names()

    def _own_attribute(self, cls: ast.ClassDef, name: str) -> list[Value]:
        assigned = self.reach.attribute(cls, name)
        if not assigned:
            raise ValueError("not constant")
        found: list[Value] = []
        for piece, value in assigned:
            found.extend(item for item in self._in(piece).values(value) if item not in found)
        return found

    def _changed(self) -> set[str]:
        """Names whose values the code changes in place."""
        body = getattr(self.node, "body", None)
        statements = body if isinstance(body, list) else []
        return {name for statement in statements for name in changed_names(statement)}

    def _bindings(self) -> dict[str, list[ast.AST]]:
        """Assignments and loops that bind a local name; a name that is bound in another way maps to a node that has no
        value."""
        if self._locals is None:
            self._locals = {}
            body = getattr(self.node, "body", None)
            statements = body if isinstance(body, list) else []
            for node in own_nodes(statements):
                targets = node.targets if isinstance(node, ast.Assign) else []
                targets = [node.target] if isinstance(node, ast.For | ast.AugAssign | ast.AnnAssign) else targets
                for target in targets:
                    for name in _targets(target):
                        self._locals.setdefault(name, []).append(node)
            for name in bound_names(statements):
                self._locals.setdefault(name, [self.node])
        return self._locals


def _member(owner: Value, name: str) -> Value:
    """An attribute of a known object, class or module; MISSING when it has none of that name."""
    if isinstance(owner, XComArg) and name == "task_id":
        owner = owner.task
    native = owner.native if isinstance(owner, Instance) else owner
    if isinstance(native, TaskObject) and name == "task_id":
        return native.task_id
    names = getattr(owner, "attrs", None) or getattr(owner, "namespace", None) or {}
    found = names.get(name, MISSING)
    if found is MISSING and isinstance(owner, Instance):
        members = (c.namespace[name] for c in owner.cls.mro if name in c.namespace)
        found = next(members, MISSING)
    return found


def _printed(value: Value) -> str:
    """A value as an f-string shows it. Raises ValueError where only Python itself knows that."""
    if value is not None and not isinstance(value, str | int):
        raise ValueError("not constant")
    return str(value)


def _attribute_of(owner: Value, name: str) -> Value:
    """A field of a known object of the project. Raises ValueError where it is none."""
    found = owner.attrs.get(name, MISSING) if isinstance(owner, Instance) else MISSING
    if found is MISSING:
        raise ValueError("not constant")
    return _plain(found)


def _sum(left: Value, right: Value) -> Value:
    for kind in (str, list, tuple):
        if isinstance(left, kind) and isinstance(right, kind):
            return left + right  # type: ignore[operator]
    raise ValueError("not constant")


def _targets(target: ast.expr) -> list[str]:
    """Names that an assignment's target binds."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for part in target.elts for name in _targets(part)]
    return [target.id] if isinstance(target, ast.Name) else []


def _unpacked(target: ast.expr, value: Value, name: str) -> Value:
    """The part of a value that unpacking binds to `name`."""
    if isinstance(target, ast.Name):
        return value
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, list | tuple) and len(value) == len(target.elts):
        for part, item in zip(target.elts, value, strict=True):
            if name in _targets(part):
                return _unpacked(part, item, name)
    raise ValueError("not constant")


def _item(container: Value, key: Value) -> Value:
    try:
        return _plain(container[key])
    except (LookupError, TypeError):
        raise ValueError("not constant") from None


def _plain(value: Value) -> Value:
    if value is None or isinstance(value, str | int | list | tuple | dict | Instance):
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
