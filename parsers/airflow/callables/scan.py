"""What code reads of its run: results of other tasks, context names, variables, connections, environment values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from parsers.airflow.callables.constants import Constants
from parsers.airflow.callables.context_reads import context_read
from parsers.airflow.callables.hooks import opened
from parsers.airflow.callables.reach import Piece, Reach, facts_of
from parsers.airflow.evaluator.values import Value


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
    computed: list[tuple[str, ast.expr]] = field(default_factory=list)
    """What is read under a name that is computed when the task runs: the kind of thing, and the expression."""
    whole_context: bool = False
    """Some of the code asks for the run's context instead of taking it as parameters."""


def scan(reach: Reach) -> Reads:
    """What reached code reads, in the order in which it was reached."""
    reads = Reads()
    for piece in reach.pieces:
        candidates = _candidates(piece.node)
        if candidates:
            scanner = _Scanner(reads, piece, reach)
            for node in candidates:
                scanner.look(node)
        for expression in _passed_getters(piece, reach):
            _Scanner(reads, piece, reach).passed(expression)
    return reads


_CALLS = frozenset(
    {"xcom_pull", "xcom_push", "get_current_context", "get_connection", "get_connection_from_secrets", "get_hook"}
    | {"get", "set", "setdefault", "getenv", "pop"}
)
_CANDIDATES: WeakKeyDictionary[ast.AST, tuple[ast.expr, ...]] = WeakKeyDictionary()


def _candidates(node: ast.AST) -> tuple[ast.expr, ...]:
    """Expressions in a piece that may read something, in the order of the text; kept as long as its tree."""
    known = _CANDIDATES.get(node)
    if known is None:
        known = _CANDIDATES[node] = tuple(part for part in _preorder(node) if _may_read(part, node))
    return known


def _preorder(node: ast.AST) -> Iterator[ast.expr]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.expr):
            yield current
        waiting.extend(reversed(list(ast.iter_child_nodes(current))))


def _may_read(part: ast.expr, piece: ast.AST) -> bool:
    if isinstance(part, ast.Call):
        name = _called(part)
        return name in _CALLS or name[:1].isupper() or bool(opened(part, False))
    if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load):
        base = part.value
        name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        return name == "environ" or context_read(part, piece, ("var", "conn")) is not None
    return (
        isinstance(part, ast.Attribute)
        and part.attr != "get"
        and context_read(part, piece, ("var", "conn")) is not None
    )


def _kind_of(expression: ast.expr) -> tuple[str, str]:
    """What a getter reads: its kind in words, and the list of `Reads`."""
    text = ast.unparse(expression)
    if text.endswith("get_connection"):
        return "a connection", "connections"
    return ("an environment variable", "environment") if "env" in text else ("a Variable", "variables")


def _passed_getters(piece: Piece, reach: Reach) -> Iterator[ast.expr]:
    """`Variable.get` and its like where they are not called but handed on or bound to a name."""
    for expression, dotted, called in facts_of(piece.node).references:
        if called or len(dotted) < 2:
            continue
        owner, name = dotted[-2:]
        variable = name == "get" and (owner == "Variable" or owner in reach.variable_names(piece))
        environment = (owner, name) in (("os", "getenv"), ("environ", "get"))
        if variable or environment or (owner, name) == ("BaseHook", "get_connection"):
            yield expression


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _filled_by_the_run(piece: Piece) -> frozenset[str]:
    """`var` and `conn`, where they are parameters of what the pod starts and no argument is given for them."""
    args = getattr(piece.node, "args", None)
    if piece.given is None or not isinstance(args, ast.arguments):
        return frozenset()
    names = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    return frozenset({"var", "conn"} & names - set(piece.given))


class _Scanner:
    def __init__(self, reads: Reads, piece: Piece, reach: Reach) -> None:
        self.reads = reads
        self.piece = piece
        self.reach = reach
        self.constants = Constants(piece, reach)
        self.taken = _filled_by_the_run(piece)

    def look(self, node: ast.expr) -> None:
        """Notes what one candidate reads."""
        if self._from_context(node):
            return
        if isinstance(node, ast.Subscript):
            self._add(node.slice, "an environment variable", self.reads.environment)
        elif isinstance(node, ast.Call):
            self._call(node)

    def _call(self, node: ast.Call) -> None:
        name = _called(node)
        if name == "xcom_pull":
            self._pull(node)
        elif name == "xcom_push":
            self._push(node)
        elif name == "get_current_context":
            self.reads.whole_context = True
        elif name in ("get_connection", "get_connection_from_secrets", "get_hook"):
            self._named(node, "conn_id", "a connection", self.reads.connections)
        elif name in ("get", "set", "setdefault") and self._is_variable(node.func):
            self._variable(node, name)
        elif name == "getenv" or (name in ("get", "pop") and _is(node.func, "environ")):
            self._named(node, "key", "an environment variable", self.reads.environment)
        else:
            self._opened(node)

    def _from_context(self, node: ast.expr) -> bool:
        """Notes a read of the context's `var` or `conn`."""
        read = context_read(node, self.piece.node, self.taken)
        if read is None:
            return False
        if read.item == "conn":
            self._add(read.name, "a connection", self.reads.connections)
        else:
            self._add_variables(read.name, read.has_default)
        return True

    def _is_variable(self, func: ast.expr) -> bool:
        """Whether a method is one of `Variable`, also under another name."""
        return _is(func, "Variable") or any(_is(func, name) for name in self.reach.variable_names(self.piece))

    def _opened(self, node: ast.Call) -> None:
        known = self.reach.hook(self.piece, node.func)
        for item in opened(node, self.reach.is_own(self.piece, node.func), *known):
            if item.unknown:
                self.reads.computed.append(("a connection", node))
            elif item.expression is not None:
                self._add(item.expression, "a connection", self.reads.connections)
            elif item.default is not None and item.default not in self.reads.connections:
                self.reads.connections.append(item.default)

    def passed(self, expression: ast.expr) -> None:
        """A getter that is handed on: `partial(Variable.get, "x")` and `map(Variable.get, names)` are followed."""
        kind, into = _kind_of(expression)
        for call in facts_of(self.piece.node).calls:
            if len(call.args) > 1 and call.args[0] is expression and _called(call) in ("partial", "map"):
                given = call.args[1]
                values = self._values(given)
                if values is not None and _called(call) == "map":
                    lists = all(isinstance(v, list | tuple) for v in values)
                    values = [item for v in values for item in v] if lists else None
                if values is not None and all(isinstance(value, str) for value in values):
                    for value in values:
                        self._note(value, into, any(k.arg in ("default", "default_var") for k in call.keywords))
                    return
        self.reads.computed.append((kind, expression))

    def _note(self, name: str, into: str, default: bool) -> None:
        if into == "variables":
            self.reads.variables[name] = self.reads.variables.get(name, False) or default
        elif name not in getattr(self.reads, into):
            getattr(self.reads, into).append(name)

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
        if "include_prior_dates" in given and self._values(given["include_prior_dates"]) != [False]:
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
        if method in ("set", "setdefault"):
            self.reads.set_variables.extend(self._texts(given.get("key")) or ["?"])
            return
        default = any(name in given for name in ("default_var", "default"))
        self._add_variables(given.get("key", node), default)

    def _add_variables(self, expression: ast.expr, default: bool) -> None:
        names = self._texts(expression)
        if names is None:
            self.reads.computed.append(("a Variable", expression))
        for name in names or ():
            self._note(name, "variables", default)

    def _named(self, node: ast.Call, keyword: str, kind: str, into: list[str]) -> None:
        given = self._arguments(node, (keyword,))
        if keyword in given:
            self._add(given[keyword], kind, into)
        elif "*" in given:
            self.reads.computed.append((kind, node))

    def _add(self, node: ast.expr, kind: str, into: list[str]) -> None:
        """Adds all names that an expression may give; None means that nothing is read."""
        values = self._values(node)
        if values is None or not all(value is None or isinstance(value, str) for value in values):
            self.reads.computed.append((kind, node))
            return
        into.extend(value for value in dict.fromkeys(values) if isinstance(value, str) and value not in into)


def _is(func: ast.expr, name: str) -> bool:
    """Whether a method is taken from something called `name` (`Variable.get`, `os.environ.get`)."""
    base = func.value if isinstance(func, ast.Attribute) else func
    return (isinstance(base, ast.Attribute) and base.attr == name) or (isinstance(base, ast.Name) and base.id == name)
