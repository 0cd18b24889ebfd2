"""Which code of the project a callable may run: its own pieces and what these reach in modules that travel with it.

Names are followed, not values: a function counts as reached when code that is reached names it, a class with all its
methods, a module that is passed on with everything in it. What a module does when it is imported always counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from parsers.airflow.callables.imports import Bundle, Import, absolute, imports_in, module_imports
from parsers.airflow.callables.names import index_of
from parsers.airflow.callables.sources import lookup
from parsers.airflow.callables.syntax import module_syntax, syntax_of
from parsers.airflow.evaluator.scope import Scope
from parsers.airflow.evaluator.values import ClassValue, Function, Value
from parsers.airflow.modules import ParsedModule

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_PIECES = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A function, lambda or statement. `owner`: the class that it stands in; `given`: arguments that it is known to be
    started with (None: it is not what the pod starts)."""

    module: ParsedModule
    node: ast.AST
    scope: Scope | None = None
    owner: ast.ClassDef | None = None
    defaults: Mapping[str, Value] = field(default_factory=dict)
    given: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the text of a piece says, whoever reaches it. `references`: names and the longest dotted names that are
    read, with whether they are called; `imports`: those inside of it."""

    references: tuple[tuple[ast.expr, tuple[str, ...], bool], ...]
    calls: tuple[ast.Call, ...]
    imports: tuple[Import, ...]
    comprehensions: tuple[ast.comprehension, ...]


_FACTS: WeakKeyDictionary[ast.AST, Facts] = WeakKeyDictionary()


def facts_of(node: ast.AST) -> Facts:
    """The facts of a piece's node; kept as long as its tree."""
    known = _FACTS.get(node)
    if known is None:
        calls = tuple(n for n in ast.walk(node) if isinstance(n, ast.Call))
        loops = tuple(n for n in ast.walk(node) if isinstance(n, ast.comprehension))
        called = {id(call.func) for call in calls}
        references = tuple((n, tuple(_dotted(n)), id(n) in called) for n in _references(node))
        known = _FACTS[node] = Facts(references, calls, tuple(imports_in(node)), loops)
    return known


@dataclass(frozen=True, slots=True, eq=False)
class CallSite:
    """One call of a function in reached code; `skipped`: how many of its parameters are bound before (self)."""

    call: ast.Call
    piece: Piece
    skipped: int


class Reach:
    """Collects pieces, in the order in which they are found, and the calls between them."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.pieces: list[Piece] = []
        self.passed_on: set[int] = set()
        """Functions (by the id of their node) that are also used otherwise than called: their arguments are unknown."""
        self.cut = False
        """Whether there is more code than is looked at."""
        self.steps = 0
        """How much was evaluated to find the values of arguments; shared by all who ask."""
        self._sites: dict[int, list[CallSite]] = {}
        self._method_sites: dict[str, list[CallSite]] = {}
        self._seen: set[object] = set()
        self._classes: dict[int, ParsedModule] = {}
        self._variables: dict[int, list[str]] = {}
        self._resolved: dict[tuple[ParsedModule, tuple[str, ...]], list[tuple[ParsedModule, str]]] = {}
        self._defined: dict[tuple[ParsedModule, tuple[str, ...]], list[tuple[ParsedModule, ast.stmt]]] = {}

    # --- what is asked ------------------------------------------------------------------------------------------

    def sites(self, piece: Piece) -> list[CallSite]:
        """The calls of a function in reached code."""
        node = piece.node
        found = list(self._sites.get(id(node), ()))
        if piece.owner is not None and isinstance(node, _DEFINITIONS) and node.name != "__init__":
            found.extend(self._method_sites.get(node.name, ()))
        return found

    def definitions(self, piece: Piece, expression: ast.expr) -> list[tuple[ParsedModule, ast.stmt]]:
        """Module-level statements of bundled modules that bind what a (dotted) name means in `piece`."""
        dotted = tuple(_dotted(expression))
        if not dotted:
            return []
        if _imports_inside(piece, dotted[0]):
            targets = self._targets(piece, dotted)
            return [(m, s) for m, name in targets if name for s in _binding(m, name)]
        known = self._defined.get((piece.module, dotted))
        if known is None:
            targets = self._targets(piece, dotted)
            known = [(m, s) for m, name in targets if name for s in _binding(m, name)]
            self._defined[piece.module, dotted] = known
        return known

    def attribute(self, owner: ast.ClassDef, name: str) -> list[tuple[Piece, ast.expr]]:
        """What a class and its bases in reached code assign to `self.<name>` or, in the class body, to `<name>`."""
        module = self._classes.get(id(owner))
        if module is None:
            return []
        found: list[tuple[Piece, ast.expr]] = []
        for cls, home in self._lineage(owner, module):
            for statement in cls.body:
                piece = self._piece_of(statement) or Piece(home, statement, owner=cls)
                found.extend((piece, value) for value in _assigned(statement, name))
        return found

    def is_own(self, piece: Piece, expression: ast.expr) -> bool:
        """Whether an expression names a function or class of the project."""
        return any(True for _ in self._functions(piece, expression))

    def hook(self, piece: Piece, expression: ast.expr) -> tuple[str, str | None]:
        """The framework's hook class behind a name: the imported one under an alias, or the base of a class of the
        project that has no `__init__` of its own, with that class's default connection. Empty when it is none."""
        name = expression.id if isinstance(expression, ast.Name) else ""
        items = [*facts_of(piece.node).imports, *module_imports(piece.module)]
        alias = next((i.name for i in items if i.bound == name and i.alias and i.name), "")
        if alias and alias.endswith("Hook"):
            return alias, None
        for node in self._functions(piece, expression):
            if isinstance(node, ast.ClassDef):
                return self._hook_base(node, self._classes.get(id(node), piece.module))
        return "", None

    def _hook_base(self, cls: ast.ClassDef, module: ParsedModule) -> tuple[str, str | None]:
        default = None
        for current, home in self._lineage(cls, module):
            if any(isinstance(s, _DEFINITIONS) and s.name == "__init__" for s in current.body):
                return "", None
            for statement in current.body:
                for value in _assigned(statement, "default_conn_name") if default is None else ():
                    default = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
            aliases = {i.bound: i.name for i in module_imports(home) if i.name}
            for base in current.bases:
                known = aliases.get(base.id, base.id) if isinstance(base, ast.Name) else getattr(base, "attr", "")
                if known.endswith("Hook") and not self.is_own(Piece(home, base), base):
                    return known, default
        return "", None

    def variable_names(self, piece: Piece) -> list[str]:
        """Other names under which a module imports `Variable`."""
        known = self._variables.get(id(piece.module))
        if known is None:
            items = module_imports(piece.module)
            known = [i.bound for i in items if i.name == "Variable" and i.alias and i.module.startswith("airflow")]
            self._variables[id(piece.module)] = known
        return known

    # --- collecting ---------------------------------------------------------------------------------------------

    def start(self, functions: Iterable[Function], given: Mapping[int, Mapping[str, Value]]) -> None:
        """Begins with functions whose values are known. `given`: arguments by the id of a function's (LibCST) node."""
        for function in functions:
            node = syntax_of(function)
            if node is None or id(function.node) in self._seen:
                continue
            self._seen.add(id(function.node))
            owner = function.owner
            cls = syntax_of(owner) if owner is not None else None
            if isinstance(cls, ast.ClassDef) and owner is not None and owner.module is not None:
                self._classes.setdefault(id(cls), owner.module)
            known = given.get(id(function.node))
            inside = cls if isinstance(cls, ast.ClassDef) else None
            self._add(Piece(function.module, node, function.scope, inside, function.defaults, known))

    def statements(self, pieces: Iterable[tuple[ParsedModule, ast.stmt]]) -> None:
        """Adds module-level statements that stand in the pod's code."""
        for module, statement in pieces:
            self._add(Piece(module, statement))

    def modules(self) -> None:
        """Adds what the bundled modules do when they are imported."""
        for module in list(self.bundle.modules.values()):
            for statement in index_of(module).statements:
                if isinstance(statement, _DEFINITIONS):
                    if any(self._registers(module, decorator) for decorator in statement.decorator_list):
                        self._statement(module, statement)
                elif isinstance(statement, ast.ClassDef):
                    for part in [*statement.decorator_list, *_class_level(statement)]:
                        self._add(Piece(module, part, owner=statement))
                elif not isinstance(statement, ast.Import | ast.ImportFrom):
                    self._add(Piece(module, statement))

    def _registers(self, module: ParsedModule, decorator: ast.expr) -> bool:
        """Whether a decorator is the project's own code, which may keep the function and call it later."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        return bool(self.definitions(Piece(module, decorator), called))

    def _add(self, piece: Piece) -> None:
        if id(piece.node) in self._seen:
            return
        if len(self.pieces) >= _MOST_PIECES:
            self.cut = True
            return
        self._seen.add(id(piece.node))
        self.pieces.append(piece)
        self._follow(piece)

    def _follow(self, piece: Piece) -> None:
        facts = facts_of(piece.node)
        for call in facts.calls:
            self._note_call(piece, call)
        for expression, dotted, called in facts.references:
            for module, name in self._targets(piece, dotted):
                self._reach(module, name)
            if not called:
                self.passed_on.update(id(node) for node in self._functions(piece, expression))

    def _note_call(self, piece: Piece, call: ast.Call) -> None:
        for node in self._functions(piece, call.func):
            if isinstance(node, ast.ClassDef):
                self._note_maker(self._lineage(node, self._classes.get(id(node), piece.module)), piece, call)
            else:
                self._sites.setdefault(id(node), []).append(CallSite(call, piece, 0))
        if not isinstance(call.func, ast.Attribute):
            return
        self._method_sites.setdefault(call.func.attr, []).append(CallSite(call, piece, 1))
        above = call.func.value
        if call.func.attr == "__init__" and isinstance(above, ast.Call) and _is_name(above.func, "super"):
            home = self._classes.get(id(piece.owner), piece.module)
            if piece.owner is not None:
                self._note_maker(self._lineage(piece.owner, home)[1:], piece, call)

    def _note_maker(self, lineage: list[tuple[ast.ClassDef, ParsedModule]], piece: Piece, call: ast.Call) -> None:
        """Notes a call that makes an object: one of the first `__init__` in the lineage."""
        for cls, _ in lineage:
            maker = next((s for s in cls.body if isinstance(s, _DEFINITIONS) and s.name == "__init__"), None)
            if maker is not None:
                self._sites.setdefault(id(maker), []).append(CallSite(call, piece, 1))
                return

    def _functions(self, piece: Piece, expression: ast.expr) -> Iterator[ast.AST]:
        """Definitions that an expression names: in a bundled module, or as a value known in the piece's scope."""
        for module, statement in self.definitions(piece, expression):
            if isinstance(statement, (*_DEFINITIONS, ast.ClassDef)):
                if isinstance(statement, ast.ClassDef):
                    self._classes.setdefault(id(statement), module)
                yield statement
        if isinstance(expression, ast.Name):
            value = lookup(expression.id, piece.module, piece.scope)
            node = syntax_of(value) if isinstance(value, Function | ClassValue) else None
            if node is not None:
                if isinstance(node, ast.ClassDef) and isinstance(value, ClassValue) and value.module is not None:
                    self._classes.setdefault(id(node), value.module)
                yield node

    def _lineage(self, cls: ast.ClassDef, module: ParsedModule) -> list[tuple[ast.ClassDef, ParsedModule]]:
        """A class and its bases as far as they are the project's, nearest first."""
        order: list[tuple[ast.ClassDef, ParsedModule]] = []
        waiting = [(cls, module)]
        while waiting and len(order) < 50:
            current, home = waiting.pop(0)
            if any(current is known for known, _ in order):
                continue
            order.append((current, home))
            for base in current.bases:
                for node in self._functions(Piece(home, base), base):
                    if isinstance(node, ast.ClassDef):
                        waiting.append((node, self._classes.get(id(node), home)))
        return order

    def _piece_of(self, statement: ast.stmt) -> Piece | None:
        return next((piece for piece in self.pieces if piece.node is statement), None)

    # --- names --------------------------------------------------------------------------------------------------

    def _reach(self, module: ParsedModule, name: str) -> None:
        """Adds what `name` (empty: everything) means in a bundled module."""
        key = (module.name, name)
        if key in self._seen:
            return
        self._seen.add(key)
        if not name:
            for statement in index_of(module).statements:
                self._statement(module, statement)
            return
        for statement in _binding(module, name):
            self._statement(module, statement)

    def _statement(self, module: ParsedModule, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ClassDef):
            self._classes.setdefault(id(statement), module)
            for part in [*statement.decorator_list, *statement.bases, *statement.body]:
                self._add(Piece(module, part, owner=statement))
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            self._add(Piece(module, statement))

    def _targets(self, piece: Piece, dotted: tuple[str, ...], depth: int = 0) -> Iterable[tuple[ParsedModule, str]]:
        """The bundled module and the name in it that a dotted name means; an empty name means the whole module."""
        if not dotted or depth > 20:
            return ()
        inner = _imports_inside(piece, dotted[0])
        if inner or depth:
            return self._resolve(piece.module, dotted, inner, depth)
        known = self._resolved.get((piece.module, dotted))
        if known is None:
            known = self._resolved[piece.module, dotted] = list(self._resolve(piece.module, dotted, inner, depth))
        return known

    def _resolve(
        self, module: ParsedModule, dotted: tuple[str, ...], inner: list[Import], depth: int
    ) -> Iterator[tuple[ParsedModule, str]]:
        own = _binding(module, dotted[0]) if not inner else []
        items = inner or [item for s in own for item in facts_of(s).imports if item.bound == dotted[0]]
        if own and not items:
            if self._bundled(module.name) is module:
                yield module, dotted[0]
            return
        if not own and not items:
            items = [Import(i.module, dotted[0], None, i.level) for i in _stars(module)]
        for item in items:
            yield from self._imported(absolute(item, module.package), dotted, depth)

    def _imported(self, item: Import, dotted: tuple[str, ...], depth: int) -> Iterator[tuple[ParsedModule, str]]:
        if item.name is not None:
            whole = (*item.module.split("."), item.name, *dotted[1:])
        elif item.alias:
            whole = (*item.module.split("."), *dotted[1:])
        else:
            whole = dotted
        for length in range(len(whole), 0, -1):
            module = self._bundled(".".join(whole[:length]))
            if module is not None:
                left = whole[length:]
                if not left or _binding_here(module, left[0]):
                    yield module, left[0] if left else ""
                else:
                    yield from self._targets(Piece(module, ast.Pass()), left, depth + 1)
                return

    def _bundled(self, name: str) -> ParsedModule | None:
        return self.bundle.modules.get(name)


def _imports_inside(piece: Piece, name: str) -> list[Import]:
    """The imports in a piece's own text that bind a name."""
    return [item for item in facts_of(piece.node).imports if item.bound == name]


def _binding(module: ParsedModule, name: str) -> list[ast.stmt]:
    index = index_of(module)
    return [index.statements[number] for number in index.binds.get(name, ())]


def _binding_here(module: ParsedModule, name: str) -> bool:
    """Whether a module itself defines a name (it is not imported from another)."""
    found = _binding(module, name)
    return bool(found) and not all(isinstance(s, ast.Import | ast.ImportFrom) for s in found)


def _stars(module: ParsedModule) -> list[Import]:
    return [item for item in facts_of(module_syntax(module)).imports if item.name == "*"]


def _class_level(cls: ast.ClassDef) -> list[ast.stmt]:
    return [s for s in cls.body if not isinstance(s, _DEFINITIONS)]


def _references(node: ast.AST) -> Iterator[ast.expr]:
    """Names that are read and the longest dotted names over them."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Attribute) and _dotted(current):
            yield current
            continue
        if isinstance(current, ast.Name) and isinstance(current.ctx, ast.Load):
            yield current
        waiting.extend(ast.iter_child_nodes(current))


def _dotted(node: ast.expr) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []


def _assigned(statement: ast.stmt, name: str) -> Iterator[ast.expr]:
    """Values that a class body's statement gives to an attribute: `name = ...`, or `self.name = ...` in a method."""
    if not isinstance(statement, _DEFINITIONS):
        for target, value in _assignments(statement):
            if isinstance(target, ast.Name) and target.id == name:
                yield value
        return
    first = next((a.arg for a in (*statement.args.posonlyargs, *statement.args.args)), None)
    for node in ast.walk(statement):
        for target, value in _assignments(node):
            if isinstance(target, ast.Attribute) and target.attr == name and _is_name(target.value, first):
                yield value


def _is_name(node: ast.expr, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield node.target, node.value
