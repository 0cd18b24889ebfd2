"""What code reads of its run: results of other tasks, context names, variables, connections, environment values."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from parsers.airflow.callables.constants import Constants
from parsers.airflow.callables.syntax import syntax_of
from parsers.airflow.evaluator.values import Function, Value


@dataclass(slots=True)
class Pull:
    """One `xcom_pull` call: the tasks and keys that it may name. `tasks` None: it names none. What is computed when
    the task runs is listed in `computed`."""

    tasks: tuple[str, ...] | None
    keys: tuple[str, ...]
    other_run: bool
    computed: list[str]
    call: ast.Call


@dataclass(slots=True)
class Reads:
    """Everything that a piece of code reads. Names in order of the text."""

    pulls: list[Pull] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    computed_pushes: list[ast.Call] = field(default_factory=list)
    variables: dict[str, bool] = field(default_factory=dict)
    """Name -> whether a default is given."""
    set_variables: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    environment: list[str] = field(default_factory=list)


def scan(functions: list[Function], parameters: dict[int, dict[str, Value]] | None = None) -> Reads:
    """Scans user functions. `parameters`: known arguments of functions, by the id of their node."""
    reads = Reads()
    done: set[int] = set()
    for function in functions:
        node = syntax_of(function)
        if node is None or id(function.node) in done:
            continue
        done.add(id(function.node))
        known = (parameters or {}).get(id(function.node), {})
        _Scanner(reads, Constants(function, node, known)).visit(node)
    return reads


class _Scanner(ast.NodeVisitor):
    def __init__(self, reads: Reads, constants: Constants) -> None:
        self.reads = reads
        self.constants = constants

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if isinstance(node.func, ast.Name) and node.func.id == "getenv":
            name = "getenv"
        if name == "xcom_pull":
            self._pull(node)
        elif name == "xcom_push":
            self._push(node)
        elif name in ("get_connection", "get_connection_from_secrets", "get_hook"):
            self._named(node, "conn_id", self.reads.connections)
        elif name in ("get", "set", "setdefault") and _is(node.func, "Variable"):
            self._variable(node, name)
        elif name == "getenv" or (name == "get" and _is(node.func, "environ")):
            self._named(node, "key", self.reads.environment)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        base = node.value
        if (isinstance(base, ast.Attribute) and base.attr == "environ") or (
            isinstance(base, ast.Name) and base.id == "environ"
        ):
            self._add(node.slice, self.reads.environment)
        self.generic_visit(node)

    def _values(self, node: ast.expr) -> list[Value] | None:
        """All values that an expression may have; None when it is computed."""
        try:
            return self.constants.values(node)
        except ValueError:
            return None

    def _texts(self, node: ast.expr | None) -> list[str] | None:
        values = self._values(node) if node is not None else None
        if values is None or not all(isinstance(value, str) for value in values):
            return None
        return values

    @staticmethod
    def _arguments(node: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
        found: dict[str, ast.expr] = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            found[keyword.arg or "*"] = keyword.value
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            found["*"] = node.args[0]
        return found

    def _pull(self, node: ast.Call) -> None:
        given = self._arguments(node, ("task_ids", "dag_id", "key"))
        computed = ["its arguments"] if "*" in given else []
        tasks = self._pulled_tasks(given["task_ids"], computed) if "task_ids" in given else None
        keys: list[str] = ["return_value"]
        if "key" in given:
            values = self._values(given["key"])
            if values is None or not all(value is None or isinstance(value, str) for value in values):
                computed.append("the key of a result it reads")
                keys = []
            else:
                keys = [value for value in values if isinstance(value, str)]
        other = "dag_id" in given and self._values(given["dag_id"]) != [None]
        if "include_prior_dates" in given and self._values(given["include_prior_dates"]) == [True]:
            other = True
        self.reads.pulls.append(Pull(tasks, tuple(keys), other, computed, node))

    def _pulled_tasks(self, node: ast.expr, computed: list[str]) -> tuple[str, ...] | None:
        values = self._values(node)
        if values == [None]:
            return None
        flat: list[Value] = []
        for value in values if values is not None else [0]:
            flat.extend(value if isinstance(value, list | tuple) else [value])
        if all(isinstance(item, str) for item in flat):
            return tuple(dict.fromkeys(flat))
        computed.append("the task whose result it reads")
        return ()

    def _push(self, node: ast.Call) -> None:
        """`ti.xcom_push(key, value)`; `self.xcom_push(context, key, value)` puts the context first."""
        given = self._arguments(node, ("key", "value"))
        keys = self._texts(given.get("key"))
        if keys is None and len(node.args) > 2:
            keys = self._texts(self._arguments(node, ("context", "key", "value")).get("key"))
        if keys is None:
            self.reads.computed_pushes.append(node)
        else:
            self.reads.pushes.extend(key for key in dict.fromkeys(keys) if key not in self.reads.pushes)

    def _variable(self, node: ast.Call, method: str) -> None:
        given = self._arguments(node, ("key", "default_var") if method == "get" else ("key", "value"))
        names = self._texts(given.get("key"))
        if method in ("set", "setdefault"):
            self.reads.set_variables.extend(names or ["?"])
            return
        default = any(name in given for name in ("default_var", "default"))
        for name in names or ():
            self.reads.variables[name] = self.reads.variables.get(name, True) and default

    def _named(self, node: ast.Call, keyword: str, into: list[str]) -> None:
        given = self._arguments(node, (keyword,))
        if keyword in given:
            self._add(given[keyword], into)

    def _add(self, node: ast.expr, into: list[str]) -> None:
        into.extend(value for value in self._texts(node) or () if value not in into)


def _is(func: ast.expr, name: str) -> bool:
    """Whether a method is taken from something called `name` (`Variable.get`, `os.environ.get`)."""
    base = func.value if isinstance(func, ast.Attribute) else func
    return (isinstance(base, ast.Attribute) and base.attr == name) or (isinstance(base, ast.Name) and base.id == name)
