"""What the code of a mapping says about it: the kinds of action it makes, the arguments it reads.

Read from our own source text, so that the operators' reference cannot differ from what the code does.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_METHODS = "raw value text bool integer number seconds strings expr mapping list callable callables has"
_HELPERS = """template_text env_of api_argument api_list resources_of secrets_of statements differs by_hand dropped
connection_id table table_expr _put _fields _body _texts"""
_READERS = frozenset(f"{_METHODS} {_HELPERS}".split())
"""Methods of Arguments, and helpers, whose constant texts name arguments."""

_WHY_FIRST = frozenset({"dropped", "differs", "by_hand"})
_SENSOR = ("poke_interval", "timeout", "mode", "soft_fail", "never_fail", "exponential_backoff", "max_wait")


def kinds_made(function: Callable[..., Any]) -> tuple[str, ...]:
    """The kinds of action in a mapping's return annotation; `Action` itself stands for a hosted operator."""
    hint = get_type_hints(function, include_extras=True)["return"]
    found: list[str] = []
    for cls in _members(hint):
        kind = cls.model_fields["kind"].default if hasattr(cls, "model_fields") else "hosted"
        found.append(str(kind))
    return tuple(dict.fromkeys(k for k in found if k != "unconverted"))


def _members(hint: Any) -> list[Any]:
    """The classes of a union; the closed union of all actions counts as one."""
    if get_origin(hint) in (Union, UnionType):
        return [m for part in get_args(hint) for m in _members(part)]
    if hasattr(hint, "__metadata__"):
        return [object]
    return [hint]


@cache
def arguments_read(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the arguments that a mapping reads, in the order of its code, helpers included."""
    found: dict[str, None] = {}
    _collect(function, found, set())
    return tuple(found)


def _collect(function: Callable[..., Any], found: dict[str, None], seen: set[Any]) -> None:
    own = inspect.isfunction(function) and function.__module__.startswith("parsers.airflow.operators.")
    if function in seen or not own or function.__module__.endswith(".hosted"):
        return
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = function.__globals__
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            found.update(dict.fromkeys(_looped(node.iter, names)))
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "poll":
            found.update(dict.fromkeys(_SENSOR))
        if called in _READERS:
            _add(called, node, names, found)
        target = names.get(called) if isinstance(node.func, ast.Name) else None
        if target is not None and any(isinstance(a, ast.Name) and a.id == "args" for a in node.args):
            given = [*node.args, *(k.value for k in node.keywords)]
            found.update(dict.fromkeys(t for a in given if isinstance(a, ast.Tuple) for t in _texts(a, names)))
            found.update(dict.fromkeys(_defaults(target, node)))
            _collect(target, found, seen)


def _defaults(function: Any, call: ast.Call) -> list[str]:
    """The argument that a helper reads when the call does not name one (`statements(args)` reads `sql`)."""
    if not inspect.isfunction(function) or len(call.args) > 1:
        return []
    parameter = inspect.signature(function).parameters.get("name")
    return [parameter.default] if parameter is not None and isinstance(parameter.default, str) else []


def _add(called: str, node: ast.Call, names: dict[str, Any], found: dict[str, None]) -> None:
    arguments = node.args[2:] if called in _WHY_FIRST else node.args
    for argument in arguments[:1] if isinstance(node.func, ast.Attribute) else arguments:
        for item in _texts(argument, names):
            found.setdefault(item)


def _looped(node: ast.expr, names: dict[str, Any]) -> list[str]:
    """Names in a module constant that a loop goes over (`for name, field in _FIELDS.items()`)."""
    inner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node
    return _texts(inner, names) if isinstance(inner, ast.Name) else []


def _texts(node: ast.expr, names: dict[str, Any]) -> list[str]:
    """Constant texts of an argument, also through module constants."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if node.value.isidentifier() and node.value.islower() else []
    if isinstance(node, ast.Starred):
        return _texts(node.value, names)
    if isinstance(node, ast.Tuple | ast.List):
        return [text for item in node.elts for text in _texts(item, names)]
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        value = names.get(node.id)
        if isinstance(value, tuple | dict | frozenset):
            return [v for v in value if isinstance(v, str) and v.isidentifier()]
    return []
