"""Digdag's `${...}` in texts: how a text splits into literal parts and expressions, and what a value prints as.

Source of the rules: digdag-core, `agent/ConfigEvalEngine.java` (seen in recorded runs): if a text holds `${` or `$$`,
`$$` outside of expressions becomes `$` (so `$${n}` is `$` and the value); braces inside an expression nest;
`${word:...}` is left alone; results are text, objects print as JSON, null and undefined as nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import Any

try:
    from .js_evaluate import evaluate
    from .js_parse import Unsupported, free_names, parse
    from .js_values import UNDEFINED, HostObject, JsFault, number_text, stringify
except ImportError:  # in a pod the files stand side by side
    from js_evaluate import evaluate  # type: ignore[import-not-found, no-redef]
    from js_parse import Unsupported, free_names, parse  # type: ignore[import-not-found, no-redef]
    from js_values import UNDEFINED, HostObject, JsFault, number_text, stringify  # type: ignore[import-not-found, no-redef]

OPENING = re.compile(r"\$\{(?![a-z]+:)(?=[\s\S])")
NOT_EVALUATED = ("_do", "_else_do")


def is_dynamic(text: str) -> bool:
    """Whether a text is changed by evaluation."""
    return "${" in text or "$$" in text


def split(text: str) -> list[tuple[str, str]]:
    """(kind, text) parts: `text`, `code` (an expression). `${word:...}` belongs to the text."""
    if not is_dynamic(text):
        return [("text", text)] if text else []
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        opening = OPENING.search(text, at)
        end = _end(text, opening.end()) if opening else -1
        if opening is None or end < 0:
            parts.append(("text", text[at:].replace("$$", "$")))
            break
        if opening.start() > at:
            parts.append(("text", text[at : opening.start()].replace("$$", "$")))
        parts.append(("code", text[opening.end() : end]))
        at = end + 1
    return parts


def _end(text: str, at: int) -> int:
    """Index of the brace that closes an expression; -1 if none does."""
    depth = 1
    while at < len(text):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1


def printed(value: Any) -> str:
    """A result as text."""
    if value is None or value is UNDEFINED:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return number_text(value)
    if isinstance(value, float):
        return number_text(value) if math.isfinite(value) else "null"
    if isinstance(value, HostObject):
        return json.dumps(value.member("toISOString").call())
    text = stringify(value)
    return "undefined" if text is UNDEFINED else str(text)


def codes(value: Any) -> Iterator[str]:
    """All expressions in a value (texts in lists and mappings included)."""
    if isinstance(value, str):
        for kind, text in split(value):
            if kind == "code":
                yield text
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from codes(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from codes(item)


def names_in(value: Any) -> tuple[set[str], bool]:
    """Names that the expressions of a value read, and whether all of them could be parsed."""
    found: set[str] = set()
    whole = True
    for code in codes(value):
        try:
            found |= free_names(parse(code))
        except Unsupported:
            whole = False
            found |= set(re.findall(r"(?<![\w.$'\"])[A-Za-z_$][\w$]*", code))
    return found, whole


def merge(into: dict[str, Any], source: Mapping[str, Any]) -> None:
    """Digdag's merge of parameters: mappings merge deeply, everything else is replaced. `source` stays as it is."""
    for key, value in source.items():
        known = into.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            inner = dict(known)
            merge(inner, value)
            into[key] = inner
        else:
            into[key] = value


def evaluate_text(text: str, names: Mapping[str, Any], library: Mapping[str, Any], engine: Any = None) -> str:
    """A text with its expressions replaced. `engine(code)` is asked for what the evaluator does not cover.

    Raises JsFault (the task fails), Unsupported (no engine).
    """
    out = []
    for kind, part in split(text):
        if kind != "code":
            out.append(part)
            continue
        if not part:
            continue
        if not part.strip():
            raise JsFault("SyntaxError: Expected an operand but found )")
        try:
            out.append(printed(evaluate(part, names, library)))
        except Unsupported:
            if engine is None:
                raise
            out.append(engine(part))
    return "".join(out)


def evaluate_value(
    value: Any,
    names: Mapping[str, Any],
    library: Mapping[str, Any],
    engine: Any = None,
    written: Mapping[str, Any] | None = None,
) -> Any:
    """A value with every text in it evaluated. A text within a mapping sees what stands before it in that mapping,
    else the parameters as they are written (`written`; default: `names`), not evaluated.

    Source: `ConfigEvalEngine.evalObjectRecursive`, seen in runs.
    """
    if isinstance(value, str):
        return evaluate_text(value, names, library, engine) if is_dynamic(value) else value
    if isinstance(value, Mapping):
        outer = names if written is None else written
        built: dict[str, Any] = {}
        for key, inner in value.items():
            late = key in NOT_EVALUATED
            seen = ChainMap(built, outer)  # type: ignore[arg-type]
            built[key] = inner if late else evaluate_value(inner, seen, library, engine, outer)
        return built
    if isinstance(value, list | tuple):
        return [evaluate_value(v, names, library, engine, written) for v in value]
    return value
