"""Text of values: `str`, `repr`, `format`, f-strings, `%` and `str.format`."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.ir import exprs
from parsers.airflow.evaluator.classes import OBJECT, PLAIN, bind, class_of, plain, user_method
from parsers.airflow.evaluator.errors import NATIVE, convert
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.set_order import in_order
from parsers.airflow.evaluator.unknowns import cause_of, concat, derived
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Symbolic,
    Unknown,
    Value,
)
from parsers.airflow.overlays.registry import Hooks

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_BRACKETS: dict[type, tuple[str, str]] = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}")}
_WIDE = re.compile(r"\d{6,}")


def text(interp: Interpreter, value: Value, conversion: str = "str", spec: Value = "") -> Value:
    """`str(value)`, `repr(value)`, `ascii(value)`, or `format(value, spec)` when there is a spec."""
    if type(value) is str and conversion == "str" and spec == "":
        return value
    if cause_of(spec) is not None:
        return derived(interp, spec)
    if conversion != "str":
        shown = show(interp, value, repr_=True)
        return text(interp, shown, "str", spec) if spec != "" else shown
    if spec == "":
        return show(interp, value)
    return formatted(interp, value, spec)


def formatted(interp: Interpreter, value: Value, spec: str) -> Value:
    """`format(value, spec)`."""
    method = user_method(class_of(value), "__format__")
    if method is not MISSING:
        return interp.call(bind(interp, method, value, class_of(value)), [spec], {})
    value = plain(value)
    if cause_of(value) is not None:
        return derived(interp, value)
    if type(value) is Instance:
        return show(interp, value)
    _check_width(interp, spec)
    try:
        return format(value, spec)
    except NATIVE as error:
        raise convert(error) from None


def _check_width(interp: Interpreter, spec: str) -> None:
    for number in _WIDE.findall(spec):
        interp.meter.check_text(int(number[:12]))


def show(interp: Interpreter, value: Value, repr_: bool = False) -> Value:
    """`str(value)` or `repr(value)`: text, or Symbolic with its unknown parts."""
    kind = type(value)
    if kind is str:
        return repr(value) if repr_ else value
    if kind is Symbolic and not repr_ and Hooks.symbolic_text is not None:
        return Hooks.symbolic_text(value)
    if kind is Symbolic and repr_:
        return _represented(interp, value)
    if kind is Symbolic or kind is Unknown:
        return value
    if kind in (int, float, bool, bytes, type(None)):
        return str(value)
    cls = class_of(value)
    for name in ("__repr__",) if repr_ else ("__str__", "__repr__"):
        method = user_method(cls, name)
        if method is not MISSING:
            return interp.call(bind(interp, method, value, cls), [], {})
    if kind is Instance and type(value.native) in PLAIN:
        return show(interp, value.native, repr_)
    if kind in _BRACKETS or kind is dict:
        return _show_container(interp, value)
    return _show_object(interp, value, cls, repr_)


def _represented(interp: Interpreter, value: Symbolic) -> Value:
    """`repr` of a value of the run: written when the run is there, if it is a text or plain data."""
    if value.type is not str and not isinstance(value.expr, exprs.VariableRef):
        return derived(interp, value)
    return Symbolic(exprs.Written(value=value.expr, form="repr"), value.unknown, str)


def _show_object(interp: Interpreter, value: Value, cls: ClassValue, repr_: bool) -> Value:
    if isinstance(value, Instance):
        if cls.has_trait("exception"):
            return _show_exception(interp, value, repr_)
        return f"<{cls.path} object>"
    if isinstance(value, ClassValue):
        return f"<class '{value.path}'>"
    if isinstance(value, Function):
        return f"<function {value.qualname or value.name}>"
    if isinstance(value, Native):
        return f"<built-in function {value.name}>"
    if isinstance(value, BoundMethod):
        return f"<bound method {value.function.name}>"
    if isinstance(value, ModuleValue):
        return f"<module '{value.name}'>"
    if cls is OBJECT or hasattr(type(value), "__dataclass_fields__"):
        return interp.unknown(f"the text of a {type(value).__name__}")
    return repr(value) if repr_ else str(value)


def _show_exception(interp: Interpreter, value: Instance, repr_: bool) -> Value:
    args = list(value.attrs.get("args", ()))
    if repr_:
        inner = _join(interp, [show(interp, a, True) for a in args], ", ")
        return concat(interp, [f"{value.cls.name}(", inner, ")"])
    if not args:
        return ""
    return show(interp, args[0] if len(args) == 1 else tuple(args), value.cls.name == "KeyError")


def _join(interp: Interpreter, parts: list[Value], separator: str) -> Value:
    out: list[Value] = []
    for number, part in enumerate(parts):
        if number:
            out.append(separator)
        out.append(part)
    return concat(interp, out)


def _show_container(interp: Interpreter, value: Any) -> Value:
    interp.meter.step()
    if isinstance(value, dict):
        parts = [concat(interp, [show(interp, k, True), ": ", show(interp, v, True)]) for k, v in list(value.items())]
        return concat(interp, ["{", _join(interp, parts, ", "), "}"])
    if isinstance(value, set) and not value:
        return "set()"
    opening, closing = _BRACKETS[type(value)]
    items = in_order(value) if isinstance(value, set | frozenset) else list(value)
    parts = [show(interp, v, True) for v in items]
    tail = "," if isinstance(value, tuple) and len(parts) == 1 else ""
    return concat(interp, [opening, _join(interp, parts, ", "), tail + closing])


_PERCENT = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[#0\- +]*)(?P<width>\*|\d+)?(?:\.(?P<prec>\*|\d+))?[hlL]?(?P<kind>.)", re.S
)


def percent(interp: Interpreter, template: Value, value: Value, site: cst.CSTNode | None = None) -> Value:
    """`template % value`."""
    if isinstance(template, bytes):
        return derived(interp, value, site) if cause_of(value) is not None else _native_percent(interp, template, value)
    parts: list[Value] = []
    position = 0
    positional = list(value) if isinstance(value, tuple) else [value]
    used = 0
    for match in _PERCENT.finditer(template):
        parts.append(template[position : match.start()])
        position = match.end()
        if match["kind"] == "%":
            parts.append("%")
            continue
        if match["key"] is not None:
            item = interp.getitem(value, match["key"], site)
        else:
            if match["width"] == "*" or match["prec"] == "*":
                return _native_percent(interp, template, value)
            if used >= len(positional):
                raise interp.error("TypeError", "not enough arguments for format string")
            item = positional[used]
            used += 1
        parts.append(_percent_item(interp, match, item))
    if used < len(positional) and isinstance(value, tuple):
        raise interp.error("TypeError", "not all arguments converted during string formatting")
    parts.append(template[position:])
    return concat(interp, parts, site)


def _native_percent(interp: Interpreter, template: Any, value: Value) -> Value:
    _check_width(interp, str(template))
    if "*" in str(template):
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, int):
                interp.meter.check_text(abs(number))
    try:
        return template % value
    except NATIVE as error:
        raise convert(error) from None


def _percent_item(interp: Interpreter, match: re.Match[str], item: Value) -> Value:
    spec = f"%{match['flags']}{match['width'] or ''}{'.' + match['prec'] if match['prec'] else ''}{match['kind']}"
    if match["kind"] in "sra":
        item = text(interp, item, {"s": "str", "r": "repr", "a": "ascii"}[match["kind"]])
        if cause_of(item) is not None:
            return item
        spec = spec[:-1] + "s"
    elif cause_of(item) is not None:
        return item
    return _native_percent(interp, spec, (plain(item),))


def format_method(interp: Interpreter, template: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`template.format(*args, **kwargs)`; `format_map` passes its mapping as `kwargs`."""
    numbers = iter(range(len(args) + 1_000))
    return _format(interp, template, args, kwargs, numbers, 2)


def _format(interp: Interpreter, template: str, args: list[Value], kwargs: Any, numbers: Any, depth: int) -> Value:
    parts: list[Value] = []
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise convert(error) from None
    for literal, name, spec, conversion in fields:
        if literal:
            parts.append(literal)
        if name is None:
            continue
        value = _field(interp, name, args, kwargs, numbers)
        inner: Value = spec or ""
        if spec and "{" in spec and depth:
            inner = _format(interp, spec, args, kwargs, numbers, depth - 1)
        kind = {"r": "repr", "s": "str", "a": "ascii"}.get(conversion or "", "str")
        parts.append(text(interp, value, kind, inner))
    return concat(interp, parts)


_ACCESS = re.compile(r"\.([^.\[]+)|\[([^\]]+)\]")


def _field(interp: Interpreter, name: str, args: list[Value], kwargs: Any, numbers: Any) -> Value:
    head = re.match(r"[^.\[]*", name)
    assert head is not None
    first = head.group()
    if first == "" or first.isdigit():
        index = next(numbers) if first == "" else int(first)
        if index >= len(args):
            raise interp.error("IndexError", "Replacement index out of range for positional args tuple")
        value = args[index]
    elif isinstance(kwargs, dict) and first not in kwargs:
        unknown = kwargs.get("**")
        if unknown is None:
            raise interp.error("KeyError", first)
        value = derived(interp, unknown)
    else:
        value = interp.getitem(kwargs, first)
    for attribute, item in _ACCESS.findall(name[head.end() :]):
        if attribute:
            value = interp.getattr(value, attribute)
        else:
            value = interp.getitem(value, int(item) if item.isdigit() else item)
    return value


def fstring(interp: Interpreter, node: cst.FormattedString, scope: Any) -> Value:
    """An f-string."""
    quote = node.start
    raw = "r" in quote.lower()
    parts = [p for piece in node.parts for p in _piece(interp, piece, scope, raw)]
    return concat(interp, parts, node)


def _piece(interp: Interpreter, piece: cst.BaseFormattedStringContent, scope: Any, raw: bool) -> list[Value]:
    if isinstance(piece, cst.FormattedStringText):
        return [unescape(piece.value.replace("{{", "{").replace("}}", "}"), raw)]
    assert isinstance(piece, cst.FormattedStringExpression)
    value = interp.evaluate(piece.expression, scope)
    spec: Value = ""
    if piece.format_spec is not None:
        spec = concat(interp, [p for inner in piece.format_spec for p in _piece(interp, inner, scope, raw)])
    conversion = {"r": "repr", "a": "ascii"}.get(piece.conversion or "", "str")
    out: list[Value] = []
    if piece.equal is not None:
        out.append(_expression_text(interp, piece))
        if piece.conversion is None and piece.format_spec is None:
            conversion = "repr"
    out.append(text(interp, value, conversion, spec))
    return out


def _expression_text(interp: Interpreter, piece: cst.FormattedStringExpression) -> str:
    module = interp.frame.module
    assert piece.equal is not None
    before = piece.whitespace_before_expression
    return module.code(before) + module.code(piece.expression) + module.code(piece.equal)


_ESCAPE = re.compile(r"\\(\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\})")
_SIMPLE = {"\n": "", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _escape(match: re.Match[str]) -> str:
    body = match[1]
    if body in _SIMPLE:
        return _SIMPLE[body]
    if body in "\\'\"":
        return body
    if body[0] == "N":
        import unicodedata

        try:
            return unicodedata.lookup(body[2:-1])
        except KeyError:
            return match[0]
    number = int(body[1:], 16) if body[0] in "xuU" else int(body, 8)
    return chr(number) if number < 0x110000 else match[0]


def unescape(body: str, raw: bool) -> str:
    """The text of a string literal's body."""
    return body if raw or "\\" not in body else _ESCAPE.sub(_escape, body)


def literal(node: cst.SimpleString) -> str | bytes:
    """The value of a plain string literal."""
    source = node.value
    start = 0
    while source[start] not in "'\"":
        start += 1
    prefix = source[:start].lower()
    width = 3 if source[start : start + 3] in ("'''", '"""') and len(source) - start >= 6 else 1
    body = source[start + width : len(source) - width]
    if "b" in prefix:
        value: str | bytes = node.evaluated_value
        return value
    return unescape(body, "r" in prefix)


Formatter = Callable[["Interpreter", Value], Value]
