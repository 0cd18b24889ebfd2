"""Operator mappings of the user (`--mappings DIR`): YAML files that say what a task of an operator becomes.

    - operator: acme.operators.LoadOperator      # class name or import path, or a list of them
      action: container                          # shell, container, command, sql, http, hosted, noop
      image: acme/loader:1.4
      args: ["load", "${table}", "--date=${day:-today}"]
      env: {TARGET: "${target}"}
      ignore: [verbose]                          # arguments that need nothing
      note: What people should know.

`${name}` stands for the operator's argument (Jinja in it is converted as everywhere); `${name:-text}` has a default.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from migrate.diagnostics.base import Diagnostic
from migrate.diagnostics.operators import MappingProblem, MappingReplaced
from migrate.ir import exprs
from migrate.ir.actions import Action, Command, Container, Http, Noop, Shell, Sql
from migrate.ir.exprs import Expr
from migrate.source import Span
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import Catalog, Entry, catalog
from parsers.airflow.operators._common import concat
from parsers.airflow.operators.hosted import hosted

_REFERENCE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class UserMapping(BaseModel):
    """One entry of a mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operator: str | tuple[str, ...]
    action: Literal["shell", "container", "command", "sql", "http", "hosted", "noop"]
    image: str | None = None
    script: str = ""
    tool: str = ""
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    connection: str | None = None
    credentials: dict[str, str] = {}
    dialect: str = "postgres"
    sql: str | tuple[str, ...] = ()
    method: str = "POST"
    url: str = ""
    headers: dict[str, str] = {}
    body: str | None = None
    ignore: tuple[str, ...] = ()
    note: str = ""

    def paths(self) -> tuple[str, ...]:
        """The operators it is for."""
        return (self.operator,) if isinstance(self.operator, str) else self.operator

    def names(self) -> tuple[str, ...]:
        """The arguments that its texts refer to, in order."""
        texts = re.findall(_REFERENCE.pattern, repr(self.model_dump()))
        return tuple(dict.fromkeys(name for name, _ in texts))


@cache
def with_user_mappings(folders: tuple[Path, ...]) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    """The built-in catalogue with the mappings of these folders, and what is wrong with them."""
    base = catalog()
    if not folders:
        return base, ()
    known = Catalog({name: list(entries) for name, entries in base.by_name.items()}, dict(base.by_decorator))
    found: list[Diagnostic] = []
    for folder in folders:
        for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
            _load(path, f"{folder.name}/{path.relative_to(folder).as_posix()}", known, found)
    return known, tuple(found)


def _load(path: Path, shown: str, known: Catalog, found: list[Diagnostic]) -> None:
    try:
        text = path.read_text(encoding="utf-8")
        items, lines = yaml.safe_load(text), _lines(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        found.append(MappingProblem(span=Span(shown), what=f"cannot be read ({type(error).__name__})"))
        return
    if not isinstance(items, list):
        found.append(MappingProblem(span=Span(shown), what="the file must be a list of mappings"))
        return
    for item, line in zip(items, lines, strict=True):
        span = Span(shown, line)
        try:
            mapping = UserMapping.model_validate(item)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"]))
            found.append(MappingProblem(span=span, what=f"{where}: {problem['msg'].lower()}"))
            continue
        _add(mapping, span, shown, known, found)


def _lines(text: str) -> list[int]:
    """The line of each item of the file's list."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return [item.start_mark.line + 1 for item in node.value] if isinstance(node, yaml.SequenceNode) else []


def _add(mapping: UserMapping, span: Span, shown: str, known: Catalog, found: list[Diagnostic]) -> None:
    for path in mapping.paths():
        others = known.by_name.get(path.rpartition(".")[2], [])
        if any(other.user and path in other.paths for other in others):
            found.append(MappingProblem(span=span, what=f"`{path}` is mapped twice; the first mapping counts"))
            return
        if any(not other.user for other in others):
            found.append(MappingReplaced(span=span, operator=path, file=shown))
    notes = mapping.note or f"As {shown} says."
    entry = Entry(
        _function(mapping), mapping.paths(), user=True, kinds=(mapping.action,), reads=mapping.names(), notes=notes
    )
    known.add(entry)


def _function(mapping: UserMapping) -> Callable[[Arguments], Action]:
    def convert(args: Arguments) -> Action:
        if args.task is not None and args.task.cls.node is not None:
            for name, argument in args.task.call_arguments.items():
                args.values.setdefault(name, argument)
        args.ignore_all(*mapping.ignore)
        return _MAKERS[mapping.action](mapping, args)

    return convert


def fill(text: str, args: Arguments) -> Expr:
    """A text with `${name}` replaced by arguments; a text that is one reference keeps the argument's own type."""
    pieces: list[Expr | str] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        pieces += [text[at : match.start()]] if match.start() > at else []
        name, default = match.group(1), match.group(2)
        value = args.expr(name) if args.has(name) else None
        args.ignore(name)
        pieces.append(value if value is not None else exprs.Literal(value=default or ""))
        at = match.end()
    pieces += [text[at:]] if at < len(text) else []
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return pieces[0]
    return concat(*pieces)


def _pairs(values: dict[str, str], args: Arguments) -> tuple[tuple[str, Expr], ...]:
    return tuple((name, fill(text, args)) for name, text in values.items())


def _constant(text: str | None, args: Arguments, default: str) -> str:
    expr = fill(text, args) if text else None
    return expr.value if isinstance(expr, exprs.Literal) and isinstance(expr.value, str) else default


def _shell(mapping: UserMapping, args: Arguments) -> Action:
    return Shell(script=fill(mapping.script, args), env=_pairs(mapping.env, args), image=mapping.image)


def _container(mapping: UserMapping, args: Arguments) -> Action:
    command = tuple(fill(word, args) for word in mapping.command) if mapping.command is not None else None
    arguments = [item for word in mapping.args for item in _spread(fill(word, args))]
    return Container(
        image=fill(mapping.image or "", args),
        command=command,
        args=tuple(arguments),
        env=_pairs(mapping.env, args),
        service="user",
    )


def _spread(expr: Expr) -> tuple[Expr, ...]:
    """A list given for one word becomes several words."""
    if isinstance(expr, exprs.ListExpr):
        return expr.items
    if isinstance(expr, exprs.Literal) and isinstance(expr.value, list):
        return tuple(exprs.Literal(value=item) for item in expr.value)
    return (expr,)


def _command(mapping: UserMapping, args: Arguments) -> Action:
    return Command(
        tool=mapping.tool or mapping.image or "bash",
        script=mapping.script,
        env=_pairs(mapping.env, args),
        connection=_constant(mapping.connection, args, "") or None,
        credentials=tuple(mapping.credentials.items()),
    )


def _sql(mapping: UserMapping, args: Arguments) -> Action:
    texts = (mapping.sql,) if isinstance(mapping.sql, str) else mapping.sql
    return Sql(
        dialect=mapping.dialect,
        connection=_constant(mapping.connection, args, f"{mapping.dialect}_default"),
        statements=tuple(item for text in texts for item in _spread(fill(text, args))),
    )


def _http(mapping: UserMapping, args: Arguments) -> Action:
    return Http(
        method=mapping.method,
        url=fill(mapping.url, args),
        connection=_constant(mapping.connection, args, "") or None,
        headers=_pairs(mapping.headers, args),
        body=fill(mapping.body, args) if mapping.body is not None else None,
    )


def _noop(mapping: UserMapping, args: Arguments) -> Action:
    return Noop()


_MAKERS: dict[str, Callable[[UserMapping, Arguments], Action]] = {
    "shell": _shell,
    "container": _container,
    "command": _command,
    "sql": _sql,
    "http": _http,
    "hosted": lambda mapping, args: hosted(args),
    "noop": _noop,
}


def known_to(args: Arguments) -> Catalog:
    """The catalogue for a task: with the user's mappings; problems of these are filed once per sink."""
    folders: Any = args.context.mappings
    known, problems = with_user_mappings(tuple(folders))
    args.sink.extend(list(problems))
    return known
