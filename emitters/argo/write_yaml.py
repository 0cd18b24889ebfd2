"""Manifests as YAML that people like to read and that a YAML 1.1 reader (Argo's) reads as meant."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

COMMENT = "__comment__"
"""A mapping in a list may start with this key: its text becomes a comment above the item."""

_WORDS = frozenset("y n yes no on off true false null ~".split())  # noqa: SIM905
_NUMBER = re.compile(r"[-+.]?[0-9.][0-9a-fA-F_.,xXoObBeE:+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_WORD = re.compile(r"[\w./@+-][\w./:=@+-]*")
_SAFE_DOUBLE = re.compile(r'[^"\\\x00-\x1f]*')
_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(_BASE):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        """The same object twice is written twice."""
        return True


def _text(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))


def _list(dumper: Any, value: list[Any]) -> Any:
    """Short lists of plain words stand on one line."""
    short = all(isinstance(v, str) and _WORD.fullmatch(v) for v in value) and sum(map(len, value)) < 70
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=bool(value) and short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def _style(value: str) -> str | None:
    if "\n" in value and not re.search(r"[ \t]+$|^[ \t]", value.split("\n", 1)[0]) and "\t\n" not in value:
        return "|"
    if value.lower() in _WORDS or _NUMBER.fullmatch(value):
        return '"'
    return '"' if ("'" in value or "{{" in value) and _SAFE_DOUBLE.fullmatch(value) and _must_quote(value) else None


def _must_quote(value: str) -> bool:
    return value[:1] in "{}[]&*!|>'\"%@`#,?:-" or ": " in value or " #" in value or value != value.strip()


def to_yaml(*documents: dict[str, Any], header: str = "") -> str:
    """The documents as one YAML text, with `header` as comment lines first."""
    texts = [yaml.dump(d, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000) for d in documents]
    body = "---\n".join(_with_comments(t) for t in texts)
    return "".join(f"# {line}\n" for line in header.splitlines()) + body


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
