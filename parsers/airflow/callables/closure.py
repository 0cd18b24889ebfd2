"""The text that a callable needs: its own source and everything of its module that it reaches."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from migrate.ir import exprs
from migrate.python_texts import parse
from parsers.airflow.callables.assembled import annotated, indented, joined, why_missing
from parsers.airflow.callables.captured import together
from parsers.airflow.callables.imports import Bundle, Import, absolute, imports_in
from parsers.airflow.callables.literals import NoLiteralError, python_literal
from parsers.airflow.callables.names import index_of, needed_names
from parsers.airflow.callables.sources import (
    belongs_to_framework,
    definition_source,
    dirty,
    has_slots,
    kept_decorators,
    lookup,
    made_by,
    module_scope,
    plain_statement,
)
from parsers.airflow.callables.state import FileState, assignment, unsettled
from parsers.airflow.callables.syntax import dedented, lines_of, syntax_of
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassValue,
    DagObject,
    Function,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Symbolic,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.modules import ParsedModule


@dataclass(slots=True)
class Missing:
    """A name that the code needs and that has no source form; `why` is a phrase."""

    name: str
    why: str


@dataclass(slots=True)
class Closure:
    """Collects pieces of source. `imports` in order of need; `module_pieces` by (module name, statement number);
    `local_pieces` (definitions that stood inside functions, bound values) in the order they must run."""

    bundle: Bundle
    imports: dict[str, Import] = field(default_factory=dict)
    module_pieces: dict[tuple[str, int], str] = field(default_factory=dict)
    local_pieces: list[str] = field(default_factory=list)
    late_pieces: list[str] = field(default_factory=list)
    """What sets values as they are when the whole file has been read."""
    missing: list[Missing] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    """User functions whose text is included, for the scan of what they read."""
    statements: list[tuple[ParsedModule, ast.stmt]] = field(default_factory=list)
    """Module-level statements whose text is included."""
    values: list[exprs.Expr] = field(default_factory=list)
    """Variables and environment values that stand in the text because a value is made of them."""
    _names: dict[str, object] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _keep: list[Any] = field(default_factory=list)
    state: FileState = field(init=False)

    def __post_init__(self) -> None:
        self.state = FileState(self, self.bundle.loader.main if self.bundle.loader is not None else None)

    # --- for the state of the file ------------------------------------------------------------------------------

    def needs(self, text: str, module: ParsedModule) -> None:
        """Takes along what a module-level text needs."""
        self._needs(text, module, None)

    def mark(self, name: str, module: ParsedModule) -> None:
        """A module-level name has its text already."""
        self._names[f"{module.name}:{name}"] = module

    def known(self, value: Function | ClassValue) -> None:
        """A definition has its text already."""
        self._seen.add(id(value.node))
        self._keep.append(value)
        self.functions.extend([value] if isinstance(value, Function) else _methods(value))

    def text_of(self, value: Value, hint: str) -> str:
        """As `expression`, also for a value that only a run has."""
        try:
            return self.expression(value, hint)
        except NoLiteralError:
            text = self._run_time(value)
            if text is None:
                raise
            return text

    def lack(self, name: str, error: NoLiteralError) -> None:
        """Notes a name without a value."""
        self.missing.append(Missing(name, why_missing(error.part)))

    # --- values -----------------------------------------------------------------------------------------------

    def expression(self, value: Value, hint: str) -> str:
        """An expression that yields `value`; what it needs is added. Raises NoLiteralError."""
        text, modules = python_literal(value, lambda part: self._special(part, hint))
        for module in sorted(modules):
            self.imports.setdefault(f"import {module}", Import(module, None, None))
        return text

    def _special(self, value: Value, hint: str) -> str | None:
        if isinstance(value, Function):
            return self.function(value, hint)
        if isinstance(value, BoundMethod) and isinstance(value.function, Function):
            return f"{self.expression(value.receiver, hint + '_self')}.{_name_of_method(value, value.function)}"
        if isinstance(value, Partial):
            return self._partial(value, hint)
        if isinstance(value, ClassValue):
            return self.class_(value)
        if isinstance(value, Instance):
            return self._instance(value, hint)
        if isinstance(value, Native):
            return self._native(value.name)
        if isinstance(value, Unknown):
            return self._native(value.path) if value.path and "(" not in value.path else self._rebuilt(value)
        if isinstance(value, ModuleValue):
            return self._module(value)
        return self._run_time(value)

    def _partial(self, value: Partial, hint: str) -> str:
        self.imports.setdefault("import functools", Import("functools", None, None))
        parts = [self.expression(value.function, hint)]
        parts += [self.expression(item, f"{hint}_{number}") for number, item in enumerate(value.args)]
        parts += [f"{name}={self.expression(item, name)}" for name, item in value.kwargs.items()]
        return f"functools.partial({', '.join(parts)})"

    def _native(self, name: str) -> str | None:
        if "." not in name:
            return name if name.isidentifier() else None
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        cut = next((n for n, part in enumerate(parts[:-1]) if n and part[0].isupper()), len(parts) - 1)
        module, last = ".".join(parts[:cut]), parts[cut]
        item = Import(module, None, None)
        self.imports.setdefault(item.source(), item)
        near = self._near()
        if near is not None:
            self.bundle.add(Import(module, last, None), near)
        return name

    def _near(self) -> ParsedModule | None:
        return self.functions[0].module if self.functions else None

    def _module(self, value: ModuleValue) -> str:
        item = Import(value.name, None, None)
        self.imports.setdefault(item.source(), item)
        near = self._near() or value.parsed
        if near is not None:
            self.bundle.add(item, near)
        return value.name

    def _instance(self, value: Instance, hint: str) -> str | None:
        """An object of a user's class: made from its class and attributes, or, when some of these are not known, by
        the call that made it."""
        if value.cls.name == "Logger" and value.cls.node is None:
            self.imports.setdefault("import logging", Import("logging", None, None))
            named = value.attrs.get("name")
            return f"logging.getLogger({named!r})" if isinstance(named, str) else "logging.getLogger()"
        if value.cls.has_trait("namedtuple") and isinstance(value.native, tuple):
            return self._named_tuple(value.cls, value.native, hint)
        if value.cls.node is None:
            return self._rebuilt(value) if value.native is None and not belongs_to_framework(value.cls) else None
        member = value.attrs.get("_name_") if value.cls.has_trait("enum") else None
        if isinstance(member, str) and member.isidentifier():
            return f"{self.class_(value.cls)}.{member}"
        if value.native is not None:
            return None
        wanted = hint if hint.isidentifier() and hint != value.cls.name else f"{value.cls.name.lower()}_object"
        name = self._free_name(f"{wanted}_object" if wanted == "python_callable" else wanted, value)
        if id(value) in self._seen:
            return name
        lost = {key: item for key, item in value.attrs.items() if not self._has_source(item, key)}
        text = self._rebuilt(value) if lost else None
        self._seen.add(id(value))
        self._keep.append(value)
        if text is not None:
            self.local_pieces.append(f"{name} = {text}")
            return name
        for key, item in lost.items():
            self.missing.append(Missing(f"{value.cls.name}.{key}", why_missing(item)))
        cls = self.class_(value.cls)
        attrs = {key: item for key, item in value.attrs.items() if key not in lost}
        lines = [f"{name} = {cls}.__new__({cls})"]
        if attrs and has_slots(value.cls):
            lines += [f"object.__setattr__({name}, {k!r}, {self.expression(v, hint)})" for k, v in attrs.items()]
        elif attrs:
            lines.append(f"{name}.__dict__.update({self.expression(attrs, hint)})")
        self.local_pieces.append("\n".join(lines))
        return name

    def _named_tuple(self, cls: ClassValue, items: tuple[Value, ...], hint: str) -> str:
        """A tuple with named fields; a class without a statement of its own (`collections.namedtuple`) is made by the
        statement that binds its name, else anew."""
        near = self._near()
        scope = module_scope(near) if near is not None else None
        if cls.node is not None:
            made = self.class_(cls)
        elif near is not None and lookup(cls.name, near, scope) is cls:
            self._module_name(cls.name, near, scope)
            made = cls.name
        else:
            self.imports.setdefault("import collections", Import("collections", None, None))
            fields = next(c.namespace["_fields"] for c in cls.mro if "_fields" in c.namespace)
            made = f"collections.namedtuple({cls.name!r}, {list(fields)!r})"
        return f"{made}._make({self.expression(items, hint)})"

    def _has_source(self, value: Value, hint: str) -> bool:
        if isinstance(value, Unknown):
            return bool(value.path) and "(" not in value.path
        if isinstance(value, Instance) and value.cls.has_trait("namedtuple") and isinstance(value.native, tuple):
            return all(self._has_source(item, hint) for item in value.native)
        if isinstance(value, Instance):
            return value.cls.node is not None and (value.native is None or value.cls.has_trait("enum"))
        try:
            python_literal(value, lambda part: "x" if part is not value and self._has_source(part, hint) else None)
        except NoLiteralError:
            return isinstance(value, Function | BoundMethod | Partial | ClassValue | Native | ModuleValue)
        return True

    def _rebuilt(self, value: Value) -> str | None:
        """The call that made a value, as source, when it only uses names that the module binds once: the pod repeats
        it, as a worker that reads the file anew does."""
        place = made_by(value)
        if place is None:
            return None
        module, call = place
        text = dedented(module.code(call))
        index = index_of(module)
        names = needed_names(f"x = ({text}\n)\n")
        if any(len(index.binds.get(name, ())) != 1 for name in names) or "__file__" in names:
            return None
        scope = module_scope(module)
        for name in names:
            if belongs_to_framework(lookup(name, module, scope)):
                return None
        for name in names:
            self._module_name(name, module, scope)
        return text if "\n" not in text else f"(\n{text}\n)"

    def class_(self, value: ClassValue) -> str:
        """An expression for a class; a user's class brings its source."""
        if value.node is None or value.module is None:
            found = self._native(value.path)
            if found is None:
                raise NoLiteralError(value)
            return found
        self._definition(value.name, None, value)
        return value.name

    # --- functions --------------------------------------------------------------------------------------------

    def function(self, value: Function, hint: str) -> str:
        """An expression for a user's function; its source and what that needs are added."""
        if value.owner is not None and value.owner.node is not None and isinstance(value.node, cst.FunctionDef):
            self.functions.append(value)
            return f"{self.class_(value.owner)}.{value.name}"
        if isinstance(value.node, cst.Lambda):
            return self._lambda(value, hint)
        owner = value if value.scope.kind == "function" else value.node
        name = self._free_name(f"{value.name}_before" if self._replaced(value) else value.name, owner)
        self._definition(name, value.scope, value)
        return name

    @staticmethod
    def _replaced(value: Function) -> bool:
        """Whether the module's name of a function means another object in the end (a decorator's, a patch)."""
        if value.scope.kind != "module":
            return False
        final = value.scope.names.get(value.name)
        return final is not value and isinstance(final, Function | Partial | BoundMethod)

    def _lambda(self, value: Function, hint: str) -> str:
        assert isinstance(value.node, cst.Lambda)
        name = self._free_name(hint if hint.isidentifier() else "function", value)
        if id(value) not in self._seen:
            self._seen.add(id(value))
            self._keep.append(value)
            self.functions.append(value)
            code = value.module.code(value.node)
            self._needs(f"f = ({code}\n)", value.module, value.scope)
            text = code if "\n" not in code else f"(\n{code}\n)"
            self.local_pieces.append(f"{name} = {text}")
            tree = syntax_of(value)
            if isinstance(tree, ast.Lambda):
                self.local_pieces.extend(self._defaults(name, value, tree.args))
        return name

    def _definition(self, name: str, scope: Scope | None, value: Function | ClassValue) -> None:
        module, node = value.module, value.node
        key = id(node) if scope is None or scope.kind == "module" else id(value)
        if key in self._seen or module is None:
            return
        self._seen.add(key)
        self._keep.append(value)
        text = definition_source(value, scope)
        if not text:
            self.missing.append(Missing(name, "its syntax is newer than the Python that runs the conversion"))
            return
        if isinstance(value, Function) and scope is not None and scope.kind == "function":
            members, captured = together(text, value)
            shared = any("nonlocal " in part for part in members.values())
            if shared or any(self._taken_by_another(n, v) for n, v in captured.items() if n != name):
                self._factory(name, text, value)
                return
        if name != value.name:
            text = text.replace(f"def {value.name}(", f"def {name}(", 1)
            text += f"\n\n\n{name}.__name__ = {name}.__qualname__ = {value.name!r}"
        if isinstance(value, Function):
            self.functions.append(value)
        else:
            self.functions.extend(_methods(value))
        tree = syntax_of(value)
        text = self.inner_imports(text, tree, module)
        index = index_of(module)
        number = next((i for i, statement in enumerate(index.statements) if statement is tree), None)
        self._needs(text, module, scope, {name})
        if number is not None:
            self.module_pieces[(module.name, number)] = text
        else:
            self.local_pieces.append(text)
            if isinstance(value, Function) and isinstance(tree, ast.FunctionDef) and not text.startswith("@"):
                self.local_pieces.extend(self._defaults(name, value, tree.args))
        self.state.attributes(name, value)

    def _taken_by_another(self, name: str, value: Value) -> bool:
        known = self._names.get(name, value)
        return known is not value and not self._same(known, value)

    def _factory(self, name: str, text: str, value: Function) -> None:
        """A function inside of a function that gives it its own variables: other functions have other values under
        these names, or it binds them anew (`nonlocal`)."""
        members, captured = together(text, value)
        given = []
        for variable, item in captured.items():
            try:
                given.append((variable, self.text_of(item, variable)))
            except NoLiteralError as error:
                self.missing.append(Missing(variable, why_missing(error.part)))
        whole = "\n\n".join(self.inner_imports(part, parse(part), value.module) for part in members.values())
        self.functions.extend(f for f in members if f not in self.functions)
        maker = self._free_name(f"make_{name}", value.name)
        parameters = ", ".join(variable for variable, _ in given)
        body = f"def {maker}({parameters}):\n{indented(whole)}\n    return {value.name}"
        for needed in needed_names(body):
            self.name(needed, value.module, module_scope(value.module))
        self.local_pieces += [body, f"{name} = {maker}({', '.join(expression for _, expression in given)})"]

    def _defaults(self, name: str, value: Function, arguments: ast.arguments) -> list[str]:
        """Lines that set a function's default arguments to what they were when its `def` ran: the names in them may
        have other values by now (`def f(x=x)` in a loop)."""
        plain = [*arguments.posonlyargs, *arguments.args]
        plain = plain[len(plain) - len(arguments.defaults) :]
        keyed = [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        given = [*arguments.defaults, *(default for _, default in keyed)]
        if all(self._settled(ast.unparse(default), value) for default in given):
            return []
        try:
            first = [self.expression(value.defaults[a.arg], a.arg) for a in plain]
            second = [f"{a.arg!r}: {self.expression(value.defaults[a.arg], a.arg)}" for a, _ in keyed]
        except NoLiteralError as error:
            self.missing.append(Missing(f"{name}.__defaults__", why_missing(error.part)))
            return []
        except KeyError:
            return []
        lines = [f"{name}.__defaults__ = ({', '.join(first)},)"] if first else []
        return [*lines, f"{name}.__kwdefaults__ = {{{', '.join(second)}}}"] if second else lines

    def _settled(self, text: str, value: Function) -> bool:
        """Whether all names in an expression are bound once and for all, at module level."""
        index = index_of(value.module)
        for name in needed_names(f"x = ({text})\n"):
            if value.scope is not None and value.scope.kind == "function" and name in value.scope.names:
                return False
            numbers = index.binds.get(name, [])
            if len(numbers) > 1 or any(not plain_statement(index.statements[number]) for number in numbers):
                return False
        return True

    def inner_imports(self, text: str, tree: ast.AST | None, module: ParsedModule) -> str:
        """Takes along what imports inside of a definition need; relative ones get their module's full name."""
        for item in imports_in(tree) if tree is not None else ():
            whole = absolute(item, module.package)
            self.bundle.add(whole, module)
            if item.level:
                dots = re.escape("." * item.level + item.module)
                text = re.sub(rf"(?m)^(\s*)from\s+{dots}\s+import\b", rf"\1from {whole.module} import", text)
        return text

    # --- names ------------------------------------------------------------------------------------------------

    def _needs(
        self,
        text: str,
        module: ParsedModule,
        scope: Scope | None,
        own: set[str] = frozenset(),  # type: ignore[assignment]
    ) -> None:
        for name in needed_names(text):
            if name not in own and not self._stand_in(name, text, module, scope):
                self.name(name, module, scope)

    def _stand_in(self, name: str, text: str, module: ParsedModule, scope: Scope | None) -> bool:
        """A task or DAG of which the code only reads the id is replaced by an object with that id."""
        value = lookup(name, module, scope)
        value = value.task if isinstance(value, XComArg) else value.native if isinstance(value, Instance) else value
        if isinstance(value, TaskObject):
            ids = {"task_id": value.task_id}
        elif isinstance(value, DagObject):
            ids = {"dag_id": value.dag_id}
        else:
            return False
        uses = re.findall(rf"(?<![\w.]){re.escape(name)}\b(?:\.(\w+))?", text)
        if not all(use in ids for use in uses):
            return False
        if name not in self._names:
            self._names[name] = value
            self.imports.setdefault("import types", Import("types", None, None))
            shown = ", ".join(f"{key}={item!r}" for key, item in ids.items())
            self.local_pieces.append(f"{name} = types.SimpleNamespace({shown})")
        return self._names[name] is value

    def name(self, name: str, module: ParsedModule, scope: Scope | None) -> None:
        """Adds what binds `name` for code of `module` that stands in `scope` (None: module level)."""
        current = scope
        while current is not None and current.kind not in ("module", "builtins"):
            if current.kind == "function" and name in current.names:
                self._bind_value(name, current.names[name])
                return
            current = current.parent
        self._module_name(name, module, current)

    def _bind_value(self, name: str, value: Value) -> None:
        if self._names.get(name) is value or (name in self._names and self._same(self._names[name], value)):
            return
        if name in self._names:
            self.missing.append(Missing(name, "two parts of the code need different values under this name"))
            return
        self._names[name] = value
        if isinstance(value, Function) and value.name == name and isinstance(value.node, cst.FunctionDef):
            self.function(value, name)
            return
        if isinstance(value, ClassValue) and value.name == name and value.node is not None:
            self.class_(value)
            return
        try:
            text = self.expression(value, name)
        except NoLiteralError as error:
            text = self._run_time(value) or ""
            if not text:
                self.missing.append(Missing(name, why_missing(error.part)))
                return
        if text != name:
            self.local_pieces.append(f"{name} = {text}")

    @staticmethod
    def _same(left: object, right: object) -> bool:
        return type(left) is type(right) and isinstance(left, str | int | float | tuple | None) and left == right

    def _run_time(self, value: Value) -> str | None:
        """Source for a value that exists in the pod only: a variable, an environment value."""
        from parsers.airflow.callables.symbolic import symbolic_source

        if not isinstance(value, Symbolic):
            return None
        found = symbolic_source(value.expr)
        if found is None:
            return None
        for item in found[1]:
            self.imports.setdefault(item.source(), item)
        self.values += [part for part in exprs.walk(value.expr) if isinstance(part, exprs.VariableRef | exprs.EnvRef)]
        return found[0]

    def _module_name(self, name: str, module: ParsedModule, scope: Scope | None) -> None:
        key = f"{module.name}:{name}"
        if key in self._names:
            return
        self._names[key] = module
        index = index_of(module)
        numbers = index.binds.get(name, [])
        value = self._value(name, module, scope)
        if not numbers:
            self._unbound(name, value, module)
            return
        if any(isinstance(part, Import) for part in self._imports_of(name, module, numbers)):
            return
        changed = {*index.changes.get(name, []), *(c.number for c in self.state.later(name, value, module, numbers))}
        statement = index.statements[numbers[0]]
        if len(numbers) == 1 and isinstance(value, Function | ClassValue) and statement is syntax_of(value):
            self._take_definition(name, value)
            return
        if len(numbers) == 1 and not changed and plain_statement(statement) and not dirty(statement, module, scope):
            text = lines_of(module, statement)
            wrapped = not isinstance(statement, ast.Assign) and isinstance(value, Function | Partial)
            if not wrapped and not (
                isinstance(statement, ast.Assign) and unsettled(text, module, self.state) and self._has_value(value)
            ):
                self._take_statement(numbers[0], statement, module)
                return
        self._take_value(name, value, module, numbers, changed)

    def _has_value(self, value: Value) -> bool:
        return value is not MISSING and self._has_source(value, "")

    def _take_definition(self, name: str, value: Function | ClassValue) -> None:
        self._names.setdefault(name, value)
        if isinstance(value, Function):
            self.function(value, name)
        else:
            self.class_(value)

    def _take_statement(self, number: int, statement: ast.stmt, module: ParsedModule) -> None:
        key = (module.name, number)
        if key in self.module_pieces:
            return
        text = kept_decorators(statement, module, None) + lines_of(module, statement)
        text = self.inner_imports(text, statement, module)
        self.module_pieces[key] = text
        self.statements.append((module, statement))
        self._needs(text, module, None)

    def _take_value(self, name: str, value: Value, module: ParsedModule, numbers: list[int], changed: set[int]) -> None:
        """The evaluated value of a module-level name whose statements cannot be taken along."""
        if changed and not self._has_value(value) and self._take_as_written(module, numbers, changed):
            return
        self._names.setdefault(name, value)
        try:
            text: str | None = self.expression(value, name) if value is not MISSING else None
        except NoLiteralError as error:
            text = self._run_time(value)
            if text is None:
                if not self._take_as_written(module, numbers, changed):
                    self.missing.append(Missing(name, why_missing(error.part)))
                return
        if text is None:
            self.missing.append(Missing(name, "it has no value when the file has been read"))
        elif text != name:
            self._place_value(name, text, value, module, numbers)

    def _place_value(self, name: str, text: str, value: Value, module: ParsedModule, numbers: list[int]) -> None:
        """Data stand where the name is first bound; what refers to code comes after all code."""
        statement = index_of(module).statements[numbers[0]]
        if set(needed_names(f"x = {text}\n")) <= {item.bound for item in self.imports.values()}:
            self.module_pieces[(module.name, numbers[0])] = f"{name} = {text}"
            return
        definition = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if (
            definition
            or not isinstance(value, list | dict | set)
            or not plain_statement(statement)
            or dirty(statement, module, None)
        ):
            self.late_pieces.append(f"{name} = {text}")
            return
        self._take_statement(numbers[0], statement, module)
        self.late_pieces.append(assignment(name, text, value, True))

    def _take_as_written(self, module: ParsedModule, numbers: list[int], changed: set[int]) -> bool:
        """Takes the statements themselves and those that change what they bind, when a pod can repeat them."""
        if module is self.state.main:
            return not self.state.repeat({*numbers, *changed})
        statements = [index_of(module).statements[number] for number in numbers]
        if not all(plain_statement(s) and not dirty(s, module, None) for s in statements):
            return False
        for number, statement in zip(numbers, statements, strict=True):
            self._take_statement(number, statement, module)
        return True

    def _imports_of(self, name: str, module: ParsedModule, numbers: list[int]) -> list[Import]:
        """Takes the import that binds `name` at module level, if it is an import."""
        index = index_of(module)
        found = []
        for number in numbers:
            statement = index.statements[number]
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            for item in imports_in(statement):
                if item.bound == name and item.name != "*":
                    whole = absolute(item, module.package)
                    self.imports.setdefault(whole.source(), whole)
                    self.bundle.add(whole, module)
                    found.append(whole)
        return found

    def _unbound(self, name: str, value: Value, module: ParsedModule) -> None:
        index = index_of(module)
        for statement in index.statements:
            for item in imports_in(statement) if isinstance(statement, ast.ImportFrom) else []:
                if item.name == "*" and value is not MISSING:
                    whole = absolute(item, module.package)
                    one = Import(whole.module, name, None)
                    self.imports.setdefault(one.source(), one)
                    self.bundle.add(one, module)
                    return
        if name == "__file__":
            self.missing.append(Missing(name, "the file's own place is another one in the pod"))
        elif value is MISSING:
            self.missing.append(Missing(name, "nothing in the file defines it"))
        else:
            self._bind_value(name, value)

    @staticmethod
    def _value(name: str, module: ParsedModule, scope: Scope | None) -> Value:
        if scope is not None and scope.kind == "module" and name in scope.names:
            return scope.names[name]
        if module.value is not None and name in module.value.attrs:
            return module.value.attrs[name]
        return MISSING

    def _free_name(self, wanted: str, owner: object) -> str:
        """`wanted`, or `wanted_2` ... when something else has that name."""
        name, number = wanted, 2
        while name in self._names and self._names[name] is not owner:
            known = self._names[name]
            if isinstance(known, Function | ClassValue) and known.node is owner:
                break
            name, number = f"{wanted}_{number}", number + 1
        self._names[name] = owner
        return name

    # --- result -----------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The whole source: imports, module-level pieces in their order, local pieces."""
        lines = [item.source() for item in self.imports.values()]
        futures = [line for line in lines if line.startswith("from __future__")]
        plain = sorted(line for line in lines if not line.startswith("from __future__"))
        parts = ["\n".join(plain)] if plain else []
        modules = list(dict.fromkeys(name for name, _ in reversed(self.module_pieces)))
        order = {name: number for number, name in enumerate(modules)}
        for key in sorted(self.module_pieces, key=lambda k: (order[k[0]], k[1])):
            parts.append(self.module_pieces[key])
        parts.extend(self.local_pieces)
        parts.extend(self.late_pieces)
        body = joined(parts)
        head = "from __future__ import annotations\n\n" if futures or annotated(body) else ""
        return head + body + "\n"


def _name_of_method(method: BoundMethod, function: Function) -> str:
    """The name that the class has for a method; a decorated one is a function of another name (`wrapper`)."""
    receiver = method.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    for known in cls.mro if isinstance(cls, ClassValue) else ():
        for name, value in known.namespace.items():
            if value is function:
                return name
    return function.name


def _methods(value: ClassValue) -> list[Function]:
    return [f for f in value.namespace.values() if isinstance(f, Function)]
