"""IR expressions to Argo expressions (expr-lang inside `{{= }}`).

`compile_expr` gives a `Code`: expression text and what it yields. A `Scope` says how the surrounding template reaches
outputs, times, parameters and items. What the language cannot say raises `NotExpressible`; the pass `render` then has a
helper task compute it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from typing import Literal as Lit

from emitters.argo.strftime import NoLayout, layouts
from migrate.ir import exprs as e

Yields = Lit["text", "json", "list", "value", "bool", "number", "time"]
RFC3339 = "2006-01-02T15:04:05-07:00"
STR = "2006-01-02 15:04:05-07:00"


class NotExpressible(Exception):  # noqa: N818 - an outcome, not an error
    """Argo's expression language cannot say it; the argument says what."""


@dataclass(frozen=True)
class Code:
    """Expression text. yields: `text` a string that is the value; `json` a string that holds its JSON encoding; `value`
    the decoded value; `time` a Go time; `list` what Argo makes of the outputs of a loop: JSON of a list whose elements
    are JSON texts, or plain values where all of them are lists or mappings. `simple` is the body of a simple tag that
    gives the same, if there is one."""

    text: str
    yields: Yields
    simple: str | None = None


class Scope(Protocol):
    """How expressions in one template reach what they refer to."""

    def output(self, ref: e.OutputRef) -> Code:
        """The value of an output (its path not yet applied)."""

    def time(self, of: str) -> str:
        """Expression text of a time of the run as RFC 3339 text."""

    def param(self, name: str) -> Code:
        """A run parameter."""

    def conf(self) -> Code:
        """The run's configuration object."""

    def item(self, of: str | None = None) -> Code:
        """The item of the fan-out around, or of the node `of`: JSON of `{"i": n, "kw": {...}}`."""

    def fact(self, field: str) -> Code:
        """A fact about the run."""

    def variable(self, ref: e.VariableRef | e.EnvRef) -> Code:
        """A value from outside that is no secret."""


def compile_expr(expr: e.Expr, scope: Scope) -> Code:
    """The expression in Argo's language. Raises NotExpressible."""
    handler = _COMPILERS.get(expr.kind)
    if handler is None:
        raise NotExpressible(expr.kind)
    return handler(expr, scope)  # type: ignore[no-any-return]


def as_text(code: Code) -> str:
    """Expression text that yields the value printed as Python prints it. A list or mapping that is only known at run
    time is printed as JSON."""
    if code.yields == "text":
        return code.text
    if code.yields == "number":
        return f"string({code.text})"
    if code.yields == "bool":
        return f"({code.text} ? 'True' : 'False')"
    if code.yields == "time":
        return f"{code.text}.Format('{STR}')"
    if code.yields in ("value", "list"):
        return _print_json(f"toJson({as_value(code)})")
    return _print_json(code.text)


def _print_json(text: str) -> str:
    words = "{'null':'None','true':'True','false':'False'}"
    return f"map([{text}], {{type(fromJSON(#)) == 'string' ? fromJSON(#) : {words}[#] ?? #}})[0]"


def as_json(code: Code) -> str:
    """Expression text that yields the JSON encoding."""
    if code.yields == "json":
        return code.text
    if code.yields == "time":
        return f"toJson({{'$datetime': {code.text}.Format('{RFC3339}')}})"
    return f"toJson({as_value(code)})"


def as_value(code: Code) -> str:
    """Expression text that yields the decoded value."""
    if code.yields == "json":
        return f"fromJSON({code.text})"
    if code.yields == "list":
        kept = "type(#) == 'map' && '$json' in # ? fromJSON(#['$json'])"
        return f"map(fromJSON({code.text}), {{type(#) == 'string' ? fromJSON(#) : {kept} : #}})"
    if code.yields == "time":
        return f"{{'$datetime': {code.text}.Format('{RFC3339}')}}"
    return code.text


def truth(code: Code) -> str:
    """Expression text of Python's truth of the value."""
    if code.yields == "bool":
        return code.text
    if code.yields == "text":
        return f"{_operand(code.text)} != ''"
    if code.yields == "number":
        return f"{_operand(code.text)} != 0"
    if code.yields == "time":
        return "true"
    falsy = "['null','false','0','0.0','\"\"','[]','{}']"
    text = as_json(code)
    return f"not ({_operand(text)} in {falsy})"


def kept_json(value: str) -> str:
    """The JSON text of an expression's value. What Argo would read as a tag of its own in it stays escaped."""
    return kept_braces(f"toJson({value})")


def kept_braces(json_text: str) -> str:
    """The JSON text that an expression yields, with `{{` in its strings escaped as JSON allows."""
    return f"replace({json_text}, '{{' + '{{', '{{\\\\u007b')"


def quote(text: str) -> str:
    """A string literal. Braces that Argo would read as a tag are kept apart."""
    out = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    parts = re.split(r"(?<=\{)(?=\{)|(?<=\})(?=\})", out)
    return "'" + "' + '".join(parts) + "'" if len(parts) == 1 else "('" + "' + '".join(parts) + "')"


def literal(value: Any) -> str:
    """A JSON value as an expression literal."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return "{" + ", ".join(f"{quote(str(k))}: {literal(v)}" for k, v in value.items()) + _close(value)


def _close(items: Any) -> str:
    """A closing brace that never makes `}}` with an inner one."""
    return " }" if items else "}"


def tag(text: str) -> str:
    """`{{= text }}`; the text must not contain `}}`."""
    return "{{= " + text.replace("}}", "} }") + " }}"


# compilers, one per kind ---------------------------------------------------------------------------------------------


def _literal(expr: e.Literal, scope: Scope) -> Code:
    value = expr.value
    if isinstance(value, str):
        return Code(quote(value), "text")
    if isinstance(value, bool):
        return Code(literal(value), "bool")
    if isinstance(value, int | float):
        return Code(literal(value), "number")
    return Code(quote(json.dumps(value, ensure_ascii=False)), "json")


def _concat(expr: e.Concat, scope: Scope) -> Code:
    parts = [_operand(as_text(compile_expr(p, scope)), "+") for p in expr.parts]
    return Code(" + ".join(parts) if parts else "''", "text")


def _list(expr: e.ListExpr, scope: Scope) -> Code:
    if expr.type == "set":
        raise NotExpressible("set")
    inside = "[" + ", ".join(as_value(compile_expr(i, scope)) for i in expr.items) + "]"
    return Code(inside if expr.type == "list" else f"{{'$tuple': {inside} }}", "value")


def _dict(expr: e.DictExpr, scope: Scope) -> Code:
    inside = ", ".join(f"{quote(k)}: {as_value(compile_expr(v, scope))}" for k, v in expr.items)
    return Code("{" + inside + _close(expr.items), "value")


def _output(expr: e.OutputRef, scope: Scope) -> Code:
    if expr.required:
        raise NotExpressible("a result that must be there")
    code = scope.output(expr)
    return _path(code, expr.path, expr.default, scope)


def _param(expr: e.ParamRef, scope: Scope) -> Code:
    return _path(scope.param(expr.name), expr.path, expr.default, scope)


def _conf(expr: e.RunConfRef, scope: Scope) -> Code:
    path = ((expr.name,) if expr.name is not None else ()) + expr.path
    return _path(scope.conf(), path, expr.default, scope)


def _item(expr: e.ItemRef, scope: Scope) -> Code:
    if expr.templates:
        raise NotExpressible("an item with templates")
    code = scope.item(expr.of)
    if expr.path == ("$index",):
        return Code(f"int(fromJSON({code.text}).i)", "number")
    arguments = f"fromJSON({code.text}).kw"
    decoded = Code(f"(type({arguments}) == 'string' ? fromJSON({arguments}) : {arguments})", "value")
    return _path(decoded, expr.path, None, scope)


def _path(code: Code, path: e.Path, default: e.Expr | None, scope: Scope) -> Code:
    if not path and default is None:
        return code
    text = as_value(code)
    for part in path:
        text += f"?.[{literal(part)}]"
    if default is not None:
        text = f"({text} ?? {as_value(compile_expr(default, scope))})"
    return Code(text, "value")


def _run(expr: e.RunRef, scope: Scope) -> Code:
    return scope.fact(expr.field)


def _outside(expr: e.VariableRef | e.EnvRef, scope: Scope) -> Code:
    code = scope.variable(expr)
    if isinstance(expr, e.VariableRef) and expr.json_path is not None:
        return _path(Code(code.text, "json"), expr.json_path, None, scope)
    return code


_COMPARE = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in", "not in": "not in"}


def _compare(expr: e.Compare, scope: Scope) -> Code:
    left, right = (_operand(as_value(compile_expr(x, scope))) for x in (expr.left, expr.right))
    if expr.op in ("in", "not in") and _is_text(expr.right):
        found = f"{right} contains {left}"
        return Code(found if expr.op == "in" else f"not ({found})", "bool")
    return Code(f"{left} {_COMPARE[expr.op]} {right}", "bool")


def _is_text(expr: e.Expr) -> bool:
    return isinstance(expr, e.Concat) or (isinstance(expr, e.Literal) and isinstance(expr.value, str))


def _bool(expr: e.Bool, scope: Scope) -> Code:
    parts = [truth(compile_expr(i, scope)) for i in expr.items]
    if expr.op == "not":
        return Code(f"not ({parts[0]})", "bool")
    if expr.op == "truth":
        return Code(parts[0], "bool")
    joined = f" {expr.op} ".join(f"({p})" if re.search(r" (and|or|&&|\|\|) ", p) else p for p in parts)
    return Code(joined, "bool")


def _operand(text: str, operator: str = "") -> str:
    """The text in parentheses unless it binds tighter than any operator beside it."""
    depth = 0
    quoted = False
    for i, ch in enumerate(text):
        if ch == "'" and text[i - 1 : i] != "\\":
            quoted = not quoted
        if quoted:
            continue
        depth += (ch in "([{") - (ch in ")]}")
        if depth == 0 and ch == " " and not (operator and text.startswith(f" {operator} ", i)):
            rest = text[i + 1 : i + 3]
            if rest[:1] in "+-*/%=!<>&|?:" or rest in ("in", "or", "an", "no", "co", "ma"):
                return f"({text})"
    return text


# times ---------------------------------------------------------------------------------------------------------------


def _time(expr: e.TimeRef, scope: Scope) -> Code:
    base = f"date({scope.time(expr.of)})"
    zone = f".In(timezone({quote(expr.zone)}))" if expr.zone and expr.zone != "UTC" else ".UTC()"
    text = base
    if expr.shifts or expr.truncate or expr.layout != "unix":
        text += zone
    for shift in expr.shifts:
        text += _shift(shift)
    if expr.truncate:
        text = _truncated(text, expr.truncate, expr.zone or "UTC")
    return _shown(text, expr.layout)


def _shift(shift: e.TimeShift) -> str:
    out = ""
    if shift.years or shift.months or shift.days:
        out += f".AddDate({shift.years}, {shift.months}, {shift.days})"
    if shift.seconds:
        out += f".Add(duration('{duration(shift.seconds)}'))"
    return out


def duration(seconds: float) -> str:
    """A Go duration."""
    whole = int(seconds) if float(seconds).is_integer() else None
    return f"{whole}s" if whole is not None else f"{seconds}s"


def _truncated(text: str, unit: str, zone: str) -> str:
    if unit in ("hour", "minute"):
        layout = "2006-01-02 15" if unit == "hour" else "2006-01-02 15:04"
        return f"date({text}.Format('{layout}'), '{layout}', {quote(zone)})"
    if unit == "week":
        days = f"-((int({text}.Weekday()) + 6) % 7)"
        text, unit = f"{text}.AddDate(0, 0, {days})", "day"
    layout = {"day": "2006-01-02", "month": "2006-01", "year": "2006"}[unit]
    return f"date({text}.Format('{layout}'), '{layout}', {quote(zone)})"


def _shown(text: str, layout: str | None) -> Code:
    if layout is None:
        return Code(text, "time")
    if layout == "unix":
        return Code(f"{text}.Unix()", "number")
    if layout in ("iso", "str"):
        return Code(f"{text}.Format('{RFC3339 if layout == 'iso' else STR}')", "text")
    try:
        pieces = layouts(layout)
    except NoLayout as problem:
        raise NotExpressible(f"strftime {problem}") from None
    parts = [f"{text}.Format({quote(p)})" if kind == "layout" else quote(p) for kind, p in pieces]
    return Code(" + ".join(parts) if parts else "''", "text")


_COMPILERS: dict[str, Any] = {
    "literal": _literal,
    "concat": _concat,
    "list": _list,
    "dict": _dict,
    "output": _output,
    "param": _param,
    "run-conf": _conf,
    "item": _item,
    "run": _run,
    "time": _time,
    "variable": _outside,
    "env": _outside,
    "compare": _compare,
    "bool": _bool,
}
