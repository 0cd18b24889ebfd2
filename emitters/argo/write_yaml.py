"""Manifests as YAML that people like to read and that a YAML 1.1 reader (Argo's) reads as meant."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

from emitters.argo.block_yaml import COMMENT, WORDS, BlockWriter, UnusualError

__all__ = ["COMMENT", "to_yaml"]

_NUMBER = re.compile(r"[-+.]?[0-9.][0-9a-fA-F_.,xXoObBeE:+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_WORD = re.compile(r"[\w./@+-][\w./:=@+-]*")
_CONTROL = re.compile(r"[\x00-\x1f]")
_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(_BASE):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        """The same object twice is written twice."""
        return True


def _text(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))


def _list(dumper: Any, value: list[Any]) -> Any:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=bool(value) and _short(value))


def _short(value: list[Any]) -> bool:
    """Short lists of plain words stand on one line."""
    return all(isinstance(v, str) and _WORD.fullmatch(v) for v in value) and sum(map(len, value)) < 70


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def _style(value: str) -> str | None:
    if "\n" in value and not re.search(r"[ \t]+$|^[ \t]", value.split("\n", 1)[0]) and "\t\n" not in value:
        return "|"
    if value.lower() in WORDS or _NUMBER.fullmatch(value):
        return '"'
    return '"' if ("'" in value or "{{" in value) and _reads_better_double(value) and _must_quote(value) else None


def _reads_better_double(value: str) -> bool:
    """Between double quotes, `"` and the backslash need an escape; between single ones, `'` does."""
    escapes = value.count('"') + value.count("\\")
    return not _CONTROL.search(value) and (escapes == 0 or escapes < value.count("'"))


def _must_quote(value: str) -> bool:
    return value[:1] in "{}[]&*!|>'\"%@`#,?:-" or ": " in value or " #" in value or value != value.strip()


def _dump(data: Any) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
    return text


def _one_line(data: Any, before: str, after: str) -> str:
    text = _dump(data)
    if len(text.splitlines()) != 1:
        raise UnusualError
    return text.removeprefix(before).removesuffix(after)


_WRITER = BlockWriter(_style, _short, lambda v: _one_line({"k": v}, "k: ", "\n"), lambda v: _one_line([v], "[", "]\n"))


def to_yaml(*documents: dict[str, Any], header: str = "") -> str:
    """The documents as one YAML text, with `header` as comment lines first."""
    body = "---\n".join(_document(d) for d in documents)
    return "".join(f"# {line}\n" for line in header.splitlines()) + body


def _document(document: dict[str, Any]) -> str:
    try:
        return _WRITER.text(document)
    except UnusualError:
        return by_library(document)


def by_library(document: dict[str, Any]) -> str:
    """The document as PyYAML writes it: what `BlockWriter` must give, too, where it can."""
    return _with_comments(_dump(document))


def _with_comments(text: str) -> str:
    """Turns `- __comment__: text` into a comment above the item."""
    if COMMENT not in text:
        return text
    out: list[str] = []
    pending: str | None = None
    for line in text.splitlines(keepends=True):
        match = re.match(rf"(\s*)- {COMMENT}: (.*)\n", line)
        if match:
            pending = match[1]
            out.append(f"{pending}# {_plain(match[2])}\n")
        elif pending is not None:
            out.append(f"{pending}- {line.lstrip()}")
            pending = None
        else:
            out.append(line)
    return "".join(out)


@lru_cache(maxsize=10_000)
def _plain(scalar: str) -> str:
    value = yaml.load(scalar, Loader=_READER)  # noqa: S506  a safe loader
    return " ".join(str(value).split())
