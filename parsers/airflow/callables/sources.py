"""Source text of definitions and statements, and whether it can stand alone in a pod."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from parsers.airflow.callables.names import needed_names
from parsers.airflow.callables.syntax import lines_of, positions, segment, syntax_of
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import (
    ClassMember,
    ClassValue,
    DagObject,
    Function,
    GroupObject,
    Instance,
    Native,
    TaskObject,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.modules import ParsedModule

_PLACE_NAMES = frozenset({"__file__", "open", "globals", "locals", "glob", "vars"})
_PLACE_CALLS = (".read_text(", ".open(", "listdir(", ".glob(", ".iterdir(", "importlib", "open(", "__file__")
_FRAMEWORK_TRAITS = ("operator", "sensor", "dag", "task_group", "timetable")


def definition_source(value: Function | ClassValue, scope: Scope | None) -> str:
    """The text of a function or class at the left margin, without the decorators that the evaluation has already
    applied or that only mean something to the source framework. Empty when its syntax is newer than this Python."""
    module, node = value.module, syntax_of(value)
    if module is None or node is None or isinstance(node, ast.Lambda):
        return ""
    if value.node is not None and positions(module).syntax(value.node) is not node:
        return ast.unparse(node)
    return kept_decorators(node, module, scope) + lines_of(module, node)


def kept_decorators(node: ast.stmt, module: ParsedModule, scope: Scope | None) -> str:
    """The lines of a definition's decorators that its text needs; empty for any other statement."""
    kept = [d for d in getattr(node, "decorator_list", ()) if _keeps(d, module, scope)]
    return "".join(f"@{segment(module, d)}\n" for d in kept)


def _keeps(decorator: ast.expr, module: ParsedModule, scope: Scope | None) -> bool:
    expression = decorator
    while isinstance(expression, ast.Call | ast.Subscript):
        expression = expression.func if isinstance(expression, ast.Call) else expression.value
    base: ast.expr = expression
    while isinstance(base, ast.Attribute):
        base = base.value
    if not isinstance(base, ast.Name):
        return False
    value = lookup(base.id, module, scope)
    if base.id in (
        "staticmethod",
        "classmethod",
        "property",
        "dataclass",
        "dataclasses",
        "functools",
        "abstractmethod",
    ):
        return True
    if isinstance(expression, ast.Attribute) and expression.attr in ("setter", "deleter", "getter"):
        return True
    if isinstance(value, Unknown):
        return not value.path.startswith("airflow")
    if isinstance(value, Native):
        return value.name.split(".")[0] in ("functools", "contextlib", "dataclasses", "abc", "atexit")
    return isinstance(value, ClassMember)


def lookup(name: str, module: ParsedModule, scope: Scope | None) -> Value:
    """The value of a name as code in `scope` (None: module level) of `module` sees it; MISSING when unbound."""
    if scope is not None:
        found = scope.lookup(name)
        if found is not MISSING:
            return found
    if module.value is not None:
        return module.value.attrs.get(name, MISSING)
    return MISSING


def plain_statement(statement: ast.stmt) -> bool:
    """A statement that only binds names: assignments, definitions, and `if`/`try` made of imports and such."""
    if isinstance(statement, ast.If | ast.Try):
        inner = [*statement.body, *statement.orelse]
        if isinstance(statement, ast.Try):
            inner += [*statement.finalbody, *(line for handler in statement.handlers for line in handler.body)]
        return all(plain_statement(line) for line in inner)
    return isinstance(
        statement,
        ast.Assign
        | ast.AnnAssign
        | ast.Import
        | ast.ImportFrom
        | ast.Pass
        | ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.ClassDef,
    )


def dirty(statement: ast.stmt, module: ParsedModule, scope: Scope | None) -> bool:
    """Whether a statement does what a pod must not or cannot repeat: it makes tasks, or reads files of the project."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    text = lines_of(module, statement)
    names = needed_names(text)
    if _PLACE_NAMES & set(names) or any(word in text for word in _PLACE_CALLS):
        return True
    return any(belongs_to_framework(lookup(name, module, scope)) for name in names)


def belongs_to_framework(value: Value) -> bool:
    """A DAG, task, group, result of a task, or a class that makes such."""
    if isinstance(value, DagObject | TaskObject | GroupObject | XComArg):
        return True
    if isinstance(value, Instance):
        return isinstance(value.native, DagObject | TaskObject | GroupObject) or belongs_to_framework(value.cls)
    if isinstance(value, ClassValue):
        return any(value.has_trait(trait) for trait in _FRAMEWORK_TRAITS)
    if isinstance(value, Native):
        return value.name.startswith("airflow") and not value.name.startswith(
            ("airflow.models.variable", "airflow.exceptions")
        )
    if isinstance(value, Unknown):
        return value.path.startswith("airflow.") and any(part in value.path for part in (".operators.", ".sensors."))
    return False


def has_slots(cls: ClassValue) -> bool:
    """Whether objects of a class may have no `__dict__`."""
    return cls.has_trait("attrs") or any("__slots__" in base.namespace for base in cls.mro)


def made_by(value: Value) -> tuple[ParsedModule, cst.Call] | None:
    """The call expression that made an object or an unknown value, and its module; None when it was no call."""
    module: Any = None
    node: Any = None
    if isinstance(value, Instance) and isinstance(value.site, tuple):
        module, node = getattr(value.site[0], "module", None), value.site[1]
    elif isinstance(value, Unknown) and value.site is not None:
        module, node = value.site[0], value.site[1]
    if isinstance(module, ParsedModule) and isinstance(node, cst.Call):
        return (module, node)
    return None


def module_scope(module: ParsedModule) -> Scope | None:
    """The scope of an evaluated module's own names."""
    return Scope("module", module, None, module.value.attrs) if module.value is not None else None


def constant_arguments(module: ParsedModule, call: cst.Call) -> dict[str, Value] | None:
    """The named arguments of a call whose values are literals or module-level names of plain data; None otherwise."""
    found: dict[str, Value] = {}
    for argument in call.args:
        if argument.keyword is None or argument.star:
            return None
        try:
            found[argument.keyword.value] = _constant(argument.value, module)
        except ValueError:
            return None
    return found


def _constant(node: cst.BaseExpression, module: ParsedModule) -> Value:
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        if isinstance(value, str):
            return value
    if isinstance(node, cst.FormattedString):
        return "".join(_constant_part(part, module) for part in node.parts)
    if isinstance(node, cst.Integer | cst.Float):
        return node.evaluated_value
    if isinstance(node, cst.List | cst.Tuple):
        return [_constant(element.value, module) for element in node.elements]
    if isinstance(node, cst.Dict):
        pairs = [e for e in node.elements if isinstance(e, cst.DictElement)]
        return {_constant(pair.key, module): _constant(pair.value, module) for pair in pairs}
    if isinstance(node, cst.Name):
        words = {"None": None, "True": True, "False": False}
        if node.value in words:
            return words[node.value]
        value = lookup(node.value, module, None)
        if isinstance(value, str | int | float | list | dict):
            return value
    raise ValueError("not constant")


def _constant_part(part: cst.BaseFormattedStringContent, module: ParsedModule) -> str:
    if isinstance(part, cst.FormattedStringText):
        return part.value.replace("{{", "{").replace("}}", "}")
    if isinstance(part, cst.FormattedStringExpression) and part.format_spec is None and part.conversion is None:
        return str(_constant(part.expression, module))
    raise ValueError("not constant")
