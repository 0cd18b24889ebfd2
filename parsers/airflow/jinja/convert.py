"""Template text -> Expr."""

from __future__ import annotations

import ast
from functools import cache, lru_cache

import jinja2
from jinja2 import nodes

from migrate.diagnostics.templates import TemplateHistory, TemplateSyntax
from migrate.ir import exprs
from migrate.ir.exprs import Expr, Literal
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject
from parsers.airflow.jinja.errors import CannotSayError
from parsers.airflow.jinja.expressions import Converter, printed
from parsers.airflow.jinja.names import HISTORY
from parsers.airflow.jinja.printing import python_text
from parsers.airflow.jinja.runtime import runtime_template


@cache
def environment() -> jinja2.Environment:
    """The parser, set up as Airflow sets it up (`airflow/template/templater.py`)."""
    return jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701  no HTML


@lru_cache(maxsize=1_000)
def _parsed(text: str) -> nodes.Template:
    """The tree of a template; it is only looked at, never changed. Raises TemplateSyntaxError."""
    return environment().parse(text)


def has_template(text: str) -> bool:
    """Whether Jinja would change `text` (apart from its last newline)."""
    return "{{" in text or "{%" in text or "{#" in text


def parse_template(text: str, context: DagContext, task: TaskObject | None = None) -> Expr:
    """`text` as Airflow renders it in a template field: constants folded, references as expressions, whatever these
    cannot say as a `Template` for run time. One trailing newline goes, as Jinja does it."""
    if not has_template(text):
        return _constant(_without_last_newline(text), context)
    try:
        tree = _parsed(text)
    except jinja2.TemplateSyntaxError as error:
        context.report(TemplateSyntax, task.span if task else None, task, error=error.message or "syntax error")
        return exprs.Template(text=text)
    for name in sorted(HISTORY & {node.name for node in tree.find_all(nodes.Name)}):
        context.report(TemplateHistory, task.span if task else None, task, name=name)
    try:
        parts = _parts(tree, Converter(context, task))
    except CannotSayError:
        return runtime_template(text, tree, context, task, context.native)
    if context.native and not all(isinstance(part, Literal) for part in parts):
        return runtime_template(text, tree, context, task, native=True)
    return _whole(parts, context)


def parse_concat(expr: exprs.Concat, context: DagContext, task: TaskObject | None = None) -> Expr:
    """Text put together by the DAG file from Jinja text and values of the run (an f-string with a variable in it)."""
    if not any(isinstance(p, Literal) and isinstance(p.value, str) and has_template(p.value) for p in expr.parts):
        return expr
    text, bound = "", {}
    for number, part in enumerate(expr.parts):
        if isinstance(part, Literal) and isinstance(part.value, str):
            text += part.value
        else:
            bound[f"__part_{number}"] = part
            text += f"{{{{ __part_{number} }}}}"
    try:
        parts = _parts(environment().parse(text), Converter(context, task, bound))
    except (jinja2.TemplateSyntaxError, CannotSayError):
        return exprs.Opaque(why="Jinja text that a value of the run is part of", text=text)
    return _whole(parts, context)


def _parts(tree: nodes.Template, converter: Converter) -> list[Expr]:
    """The parts of a template that is text and expressions only. Raises CannotSayError."""
    parts: list[Expr] = []
    for statement in tree.body:
        if not isinstance(statement, nodes.Output):
            raise CannotSayError(type(statement).__name__)
        for node in statement.nodes:
            found = printed(converter.convert(node))
            parts.extend(found.parts if isinstance(found, exprs.Concat) else (found,))
    return parts


def _whole(parts: list[Expr], context: DagContext) -> Expr:
    joined: list[Expr] = []
    for part in parts:
        text = python_text(part.value) if isinstance(part, Literal) else None
        last = joined[-1] if joined else None
        if text is not None and isinstance(last, Literal):
            joined[-1] = Literal(value=f"{last.value}{text}")
        elif text is not None:
            joined.append(Literal(value=text))
        else:
            joined.append(part)
    if not joined:
        return _constant("", context)
    if len(joined) == 1:
        only = joined[0]
        if isinstance(only, Literal):
            return _constant(str(only.value), context)
        if isinstance(only, exprs.TimeRef) and only.layout not in (None, "unix"):
            return only
    return exprs.Concat(parts=tuple(joined))


def _constant(text: str, context: DagContext) -> Literal:
    if not context.native:
        return Literal(value=text)
    try:
        value = ast.literal_eval(ast.parse(text, mode="eval"))  # as Jinja does: a space in front makes it a text
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return Literal(value=text)
    from parsers.airflow.to_json import NotConstantError, to_json

    try:
        return Literal(value=to_json(value))
    except NotConstantError:
        return Literal(value=text)


def _without_last_newline(text: str) -> str:
    for end in ("\r\n", "\n", "\r"):
        if text.endswith(end):
            return text[: -len(end)].replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\r\n", "\n").replace("\r", "\n")
