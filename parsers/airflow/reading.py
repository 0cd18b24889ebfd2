"""Reading source files: encodings, sizes, syntax; every problem is a value with its finding."""

from __future__ import annotations

import gc
import io
import re
import stat
import tokenize
from dataclasses import dataclass

import libcst as cst

from migrate.diagnostics.base import Diagnostic
from migrate.diagnostics.sources import (
    BadEncoding,
    NotPython,
    PythonTwo,
    SourceSyntax,
    TooLarge,
    TooManyItems,
    TooManyLines,
    Unreadable,
)
from migrate.source import SourceFile, Span


@dataclass(slots=True)
class SourceProblem:
    """Why a file could not be used."""

    finding: Diagnostic


def read_source(file: SourceFile, limit: int, lines: int) -> str | SourceProblem:
    """The text of a Python file (PEP 263 cookie, byte order mark, UTF-8), with `\\n` line ends."""
    whole = Span(file.relative)
    try:
        status = file.path.stat()
        if not stat.S_ISREG(status.st_mode):
            return SourceProblem(Unreadable(span=whole, reason="it is not a regular file"))
        if status.st_size > limit:
            return SourceProblem(TooLarge(span=whole, size=status.st_size, limit=limit))
        data = file.path.read_bytes()
    except OSError as error:
        return SourceProblem(Unreadable(span=whole, reason=error.strerror or type(error).__name__))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return SourceProblem(BadEncoding(span=whole, reason="UTF-16 is no encoding of Python source"))
    if b"\0" in data:
        return SourceProblem(NotPython(span=whole))
    count = data.count(b"\n")
    if count > lines:
        return SourceProblem(TooManyLines(span=Span(file.relative, lines), lines=count, limit=lines))
    return decode(data, file)


def decode(data: bytes, file: SourceFile) -> str | SourceProblem:
    """The text of source bytes."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, LookupError) as error:
        return SourceProblem(BadEncoding(span=Span(file.relative, 1), reason=str(error)))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return SourceProblem(
            BadEncoding(span=Span(file.relative, line), reason=f"byte {error.start} is not {encoding}")
        )
    return _with_raw_lines(text.replace("\r\n", "\n").replace("\r", "\n"))


_RAW_LINES = re.compile(r"""(?i)(?:rf|fr)["'][^\n]*\\\n""")
_STRINGS = re.compile(
    r"#[^\n]*|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}"
    r"|(?<![A-Za-z0-9_])(?P<raw>[rR][fF]|[fF][rR])(?:\"(?P<two>(?:[^\"\\\n]|\\.)*)\"|'(?P<one>(?:[^'\\\n]|\\.)*)')"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
    re.S,
)


def _with_raw_lines(text: str) -> str:
    """Raw f-strings that go on after a backslash at the end of a line, with three quotes, which mean the same: LibCST
    does not read them otherwise. Lines stay where they are."""
    if not _RAW_LINES.search(text):
        return text

    def tripled(match: re.Match[str]) -> str:
        quote = '"' if match["two"] is not None else "'"
        body = match["two"] if match["two"] is not None else match["one"]
        if not match["raw"] or "\\\n" not in body or body.endswith(quote) or quote * 3 in body:
            return match[0]
        return f"{match['raw']}{quote * 3}{body}{quote * 3}"

    return _STRINGS.sub(tripled, text)


_PYTHON_2 = re.compile(
    r"^\s*(?:print\s+[\"'%\w(]|except\s+[\w.]+\s*,\s*\w+\s*:|exec\s+[\"'\w]|raise\s+\w+\s*,)|\bur[\"']|\b0[0-7]+\b(?<!\b0)|`|<>",
    re.M,
)


BRACKETS = 200
"""Python's own limit of nested brackets."""
CHAIN = 1_000
"""Operators in one expression; the parser's time grows with their third power."""

_TOKENS = re.compile(
    r"#[^\n]*|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<stop>[,;\n=](?!=))|(?P<op>\b(?:and|or|not|lambda|if)\b|[-+*/%|&^.~<>!]+)",
    re.S,
)


def nested_at(text: str) -> int:
    """The line at which an expression is nested too deeply for the parser; 0 when none is."""
    counts = max((text.count(c) for c in "+-*/%|&^.~<>"), default=0)
    words = max(text.count(w) for w in ("and ", "or ", "not ", "lambda", "if "))
    brackets = sum(text.count(c) for c in "([{")
    if max(counts, words) < CHAIN and brackets < BRACKETS:
        return 0
    chains = [0]
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            chains.append(0)
            if len(chains) > BRACKETS:
                return text.count("\n", 0, match.start()) + 1
        elif kind == "close":
            if len(chains) > 1:
                chains.pop()
        elif kind == "op":
            chains[-1] += 1
            if chains[-1] > CHAIN:
                return text.count("\n", 0, match.start()) + 1
        elif kind == "stop" and not (match.group() == "\n" and len(chains) > 1):
            chains[-1] = 0
    return 0


def commas(text: str, enough: int) -> int:
    """Commas outside texts and comments: a measure of the nodes that the tree will have. Not counted below `enough`."""
    if text.count(",") <= enough:
        return 0
    return sum(match.group() == "," for match in _TOKENS.finditer(text))


def parse_source(file: SourceFile, text: str, items: int) -> cst.Module | SourceProblem:
    """The tree of a file of at most `items` items, or the syntax error with its line."""
    count = commas(text, items)
    if count > items:
        return SourceProblem(TooManyItems(span=Span(file.relative), items=count, limit=items))
    nested = nested_at(text)
    if nested:
        return SourceProblem(SourceSyntax(span=Span(file.relative, nested), source="nested too deeply"))
    collecting = gc.isenabled()
    gc.disable()  # trees hold no cycles, and the collector would walk them again and again while they grow
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        line, column = error.raw_line, error.raw_column
        lines = text.splitlines()
        here = lines[line - 1] if 0 < line <= len(lines) else ""
        span = Span(file.relative, line, max(column, 0))
        if _PYTHON_2.search(here) or re.search(r"^\s*print\s+[\"'\w]", text, re.M):
            return SourceProblem(PythonTwo(span=span, source=here.strip()[:80]))
        return SourceProblem(SourceSyntax(span=span, source=here.strip()[:80]))
    except RecursionError:
        return SourceProblem(SourceSyntax(span=Span(file.relative), source="nested too deeply"))
    except Exception as error:  # the parser's own failure on odd input is that file's finding, not a crash
        return SourceProblem(SourceSyntax(span=Span(file.relative), source=type(error).__name__))
    finally:
        if collecting:
            gc.enable()
