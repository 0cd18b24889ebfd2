"""YAML files that are templates: Digdag fills in `${...}` first and reads the YAML then; pods have no YAML reader.

So the file is read now, with marks where the expressions stand. A plain scalar with an expression becomes
`{"$plain": text}`: its type is that of the filled-in text, which the pod finds out.
"""

from __future__ import annotations

from typing import Any

from yaml.nodes import ScalarNode

from migrate.portable.digdag_text import split
from parsers.digdag.dig_yaml import Builder, Reader, compose

PLAIN = "$plain"
MARK = "\ue000{}\ue001"


class _Builder(Builder):
    """Puts the expressions back."""

    def __init__(self, reader: Reader, relative: str, marks: dict[str, str]) -> None:
        super().__init__(reader, relative, ())
        self.marks = marks

    def restored(self, text: str) -> str:
        for mark, code in self.marks.items():
            text = text.replace(mark, code)
        return text

    def scalar(self, node: ScalarNode) -> Any:
        """A scalar; one with an expression keeps its text."""
        text = self.restored(node.value)
        if text == node.value:
            return super().scalar(node)
        return text if node.style else {PLAIN: text}

    def key(self, node: Any) -> str:
        """A key as text."""
        return self.restored(str(node.value)) if isinstance(node, ScalarNode) else super().key(node)


def read_template(text: str, relative: str, reader: Reader) -> Any:
    """The value of a YAML template. Raises DigError for what is no YAML."""
    marks: dict[str, str] = {}
    parts = []
    for kind, part in split(text):
        if kind == "text":
            parts.append(part)
            continue
        mark = MARK.format(len(marks))
        marks[mark] = part if kind == "raw" else f"${{{part}}}"
        parts.append(mark)
    node = compose("".join(parts), relative)
    return None if node is None else _Builder(reader, relative, marks).value(node, 0)
