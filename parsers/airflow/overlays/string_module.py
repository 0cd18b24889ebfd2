"""`string`."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Native, Value
from parsers.airflow.overlays.plain import (
    constants,
    lower,
    pure,
    unknown_because,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _own_template(interp: Interpreter, cls: ClassValue) -> type[string.Template] | None:
    """Python's own class with the delimiter of a user's subclass; None for one with patterns of its own."""
    if any(interp.lookup(cls, n) is not MISSING for n in ("idpattern", "braceidpattern", "pattern", "flags")):
        return None
    delimiter = lower(interp.lookup(cls, "delimiter"))
    return type(cls.name, (string.Template,), {"delimiter": delimiter}) if isinstance(delimiter, str) else None


def _substitute(safe: bool) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        template = lower(args[0].attrs["template"])
        if not isinstance(template, str):
            return unknown_because(interp, "Template.substitute", template, site)
        values = interp.dictionary(args[1:], kwargs, site)
        own = _own_template(interp, args[0].cls)
        if own is None:
            return interp.unknown("the pattern of this `Template` is not known", site)
        total: Value = ""
        position = 0
        for match in own.pattern.finditer(template):
            total = interp.binary("+", total, template[position : match.start()], site)
            position = match.end()
            name = match["named"] or match["braced"]
            if name is None:
                if match["escaped"] is None and not safe:
                    raise interp.error("ValueError", "Invalid placeholder in string")
                text: Value = own.delimiter if match["escaped"] is not None else match[0]
            elif name in values:
                text = interp.text(values[name])
            elif safe:
                text = match[0]
            else:
                raise interp.error("KeyError", name)
            total = interp.binary("+", total, text, site)
        return interp.binary("+", total, template[position:], site)

    return Native("Template.substitute", call)


def _template_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["template"] = args[1] if len(args) > 1 else kwargs.get("template")
    return None


TEMPLATE = make_class(
    "Template",
    "string.Template",
    (),
    {
        "delimiter": "$",
        "__init__": Native("Template.__init__", _template_init),
        "substitute": _substitute(False),
        "safe_substitute": _substitute(True),
    },
)


@overlay("string")
def string_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """string."""
    names = "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation printable whitespace"
    return {
        **constants(string, names),
        "capwords": pure("string.capwords", string.capwords),
        "Template": TEMPLATE,
        "Formatter": make_class(
            "Formatter",
            "string.Formatter",
            (),
            {"format": Native("format", lambda i, a, k, s: i.call(i.getattr(a[1], "format"), a[2:], k, s))},
        ),
    }
