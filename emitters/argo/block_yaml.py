"""Plain data as block YAML: byte for byte what libyaml's emitter writes, in a fraction of its time.

PyYAML resolves every scalar several times in Python before its fast emitter sees it; writing was a twelfth of a whole
conversion. Manifests are mappings, lists and printable text with few exceptions. Those are written here by libyaml's
own rules; a scalar that is not clear at once is asked of the library, and a document that cannot be put together line
by line is refused with `UnusualError`. `tests/unit/argo/test_block_yaml.py` compares both on arbitrary data.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

COMMENT = "__comment__"
"""A mapping in a list may start with this key: its text becomes a comment above the item."""

WORDS = frozenset("y n yes no on off true false null ~".split())  # noqa: SIM905
"""Texts that a YAML 1.1 reader takes for something else."""

_PLAIN_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/$(")
"""A text that begins so is no number, no date and no indicator."""
_INDICATORS = frozenset(",[]{}#&*!|>'\"%@`")
_PRINTABLE = re.compile(r"[\n -~\u00a1-\u2027\u202a-\ud7ff]*")
_LONGEST_KEY = 100

Asked = Callable[[Any], str]


class UnusualError(Exception):
    """The data contain something that only the library can write."""


class BlockWriter:
    """Writes documents. `style`: the quoting wanted for a text (`|`, `"` or None: as plain as possible). `short`:
    whether a list stands on one line. `ask`: what the library writes for a value after `key:`; `ask_in_list`: in a
    list on one line."""

    def __init__(
        self,
        style: Callable[[str], str | None],
        short: Callable[[list[Any]], bool],
        ask: Asked,
        ask_in_list: Asked,
    ) -> None:
        self.style = style
        self.short = short
        self.ask_for = ask
        self.ask = lru_cache(maxsize=2_000)(ask)
        self.ask_in_list = lru_cache(maxsize=2_000)(ask_in_list)
        self.key = lru_cache(maxsize=2_000)(self._key)

    def text(self, document: dict[str, Any]) -> str:
        """The document. Raises UnusualError."""
        if not document:
            raise UnusualError
        out: list[str] = []
        self._mapping(document, "", "", out)
        return "".join(out)

    def _mapping(self, data: dict[str, Any], lead: str, pad: str, out: list[str]) -> None:
        """`lead` stands before the first key, `pad` before the others."""
        for key, value in data.items():
            kind = type(value)
            if kind is str:
                out.append(f"{lead}{self.key(key)}: {self._scalar(value, pad)}\n")
            elif kind is dict and value:
                out.append(f"{lead}{self.key(key)}:\n")
                self._mapping(value, pad + "  ", pad + "  ", out)
            elif kind is list and value:
                if self.short(value):
                    out.append(f"{lead}{self.key(key)}: {self._on_one_line(value)}\n")
                else:
                    out.append(f"{lead}{self.key(key)}:\n")
                    self._items(value, pad, pad, out)
            else:
                out.append(f"{lead}{self.key(key)}: {self._other(value)}\n")
            lead = pad

    def _items(self, data: list[Any], lead: str, pad: str, out: list[str]) -> None:
        inner = pad + "  "
        for item in data:
            kind = type(item)
            if kind is str:
                out.append(f"{lead}- {self._scalar(item, pad)}\n")
            elif kind is dict and item:
                if COMMENT in item:
                    out.append(f"{lead}# {' '.join(item[COMMENT].split())}\n")
                    item = {k: v for k, v in item.items() if k != COMMENT}
                    lead = pad
                self._mapping(item, f"{lead}- ", inner, out)
            elif kind is list and item:
                if self.short(item):
                    out.append(f"{lead}- {self._on_one_line(item)}\n")
                else:
                    self._items(item, f"{lead}- ", inner, out)
            else:
                out.append(f"{lead}- {self._other(item)}\n")
            lead = pad

    def _on_one_line(self, data: list[str]) -> str:
        return f"[{', '.join([self._in_list(v) for v in data])}]"

    def _in_list(self, value: str) -> str:
        if value[0] in _PLAIN_START and value.isascii() and ":" not in value and value.lower() not in WORDS:
            return value
        return self.ask_in_list(value)

    def _other(self, value: Any) -> str:
        kind = type(value)
        if kind is bool:
            return "true" if value else "false"
        if kind is int:
            return str(value)
        if value is None:
            return "null"
        if kind is dict or kind is list:
            return "{}" if kind is dict else "[]"
        if kind is float:
            return self.ask_for(value)  # not remembered: 0.0 and -0.0 are equal
        raise UnusualError

    def _key(self, key: str) -> str:
        if type(key) is not str or len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise UnusualError
        return self._scalar(key, "")

    def _scalar(self, value: str, pad: str) -> str:
        if not (value.isascii() and value.isprintable() and value):
            return self._block(value, pad) if self.style(value) == "|" else self.ask(value)
        first = value[0]
        open_ended = ": " in value or " #" in value or value[-1] in ": "
        if first in _PLAIN_START and not open_ended and value.lower() not in WORDS:
            return value
        if self.style(value) == '"':
            return self.ask(value) if '"' in value or "\\" in value else f'"{value}"'
        if open_ended or first in _INDICATORS or first == " ":
            return "'" + value.replace("'", "''") + "'"
        return self.ask(value)

    def _block(self, value: str, pad: str) -> str:
        if (
            not _PRINTABLE.fullmatch(value)
            or value[0] == "\n"
            or " \n" in value
            or value[-1] == " "
            or value.endswith("\n\n")
        ):
            return self.ask(value)
        inner = f"\n{pad}  "
        lines = "".join([inner + line if line else "\n" for line in value.removesuffix("\n").split("\n")])
        return f"{'|' if value.endswith(chr(10)) else '|-'}{lines}"
