"""Reads `.dig` files as Digdag does, and keeps where every key stands.

Digdag's dialect (`YamlTagResolver`, `YamlConfigLoader`, `StrictSafeConstructor`): YAML 1.1 where booleans are only
true/True/false/False, dates and sexagesimals are text, floats do not start with 0, duplicate keys are refused, keys
become text, and `!include : path` merges a file in place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import BaseResolver

from migrate.source import Span
from parsers.digdag.errors import DigError
from parsers.digdag.yaml_scalars import java_text, tagged

_Python: Any = yaml.SafeLoader
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_FILE = 4 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 200
MAX_INCLUDES = 200

TAG = "tag:yaml.org,2002:"
SURROGATE = re.compile("[\ud800-\udfff]")
FLOAT = re.compile(
    r"^([-+]?(\.[0-9]+|[1-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
INT = re.compile(r"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+)$")


class DigMap(dict[str, Any]):
    """A mapping that knows where its keys stand. `span` is its own place, `spans` that of each key."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.spans: dict[str, Span] = {}

    def put(self, key: str, value: Any, span: Span) -> None:
        """Sets a key with its place; a key that is set again keeps its order, as in Jackson's object nodes."""
        self[key] = value
        self.spans[key] = span

    def without(self, *keys: str) -> DigMap:
        """A copy without some keys."""
        copy, left = DigMap(self.span), set(keys)
        for key, value in self.items():
            if key not in left:
                copy.put(key, value, self.where(key))
        return copy

    def only(self, *keys: str) -> DigMap:
        """A copy with some keys, in their order here."""
        return self.without(*(key for key in self if key not in keys))

    def where(self, key: str) -> Span:
        """The place of a key (the mapping's own if it has none)."""
        return self.spans.get(key, self.span)


class DigList(list[Any]):
    """A list that knows its place and those of its items."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.spans: list[Span] = []


class _Resolver(BaseResolver):
    pass


for _tag, _pattern, _first in (
    ("bool", re.compile(r"^(?:[Tt]rue|[Ff]alse)$"), "TtFf"),
    ("int", INT, "-+0123456789"),
    ("float", FLOAT, "-+0123456789."),
    ("merge", re.compile(r"^<<$"), "<"),
    ("null", re.compile(r"^(?:~|null|Null|NULL| )$"), "~nN"),
    ("null", re.compile(r"^$"), [""]),
):
    _Resolver.add_implicit_resolver(TAG + _tag, _pattern, list(_first))


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers = _Resolver.yaml_implicit_resolvers


class _PlainLoader(_Python):  # type: ignore[misc]
    """The loader in Python is a port of what SnakeYAML is a port of: it reads tabs and escapes in the same way."""

    yaml_implicit_resolvers = _Resolver.yaml_implicit_resolvers
    ESCAPE_REPLACEMENTS = {k: v for k, v in yaml.SafeLoader.ESCAPE_REPLACEMENTS.items() if k != "/"}  # noqa: RUF012

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """A node; an anchor may be set again."""
        anchor = None if self.check_event(yaml.AliasEvent) else self.peek_event().anchor
        self.anchors.pop(anchor, None)
        return super().compose_node(parent, index)  # type: ignore[no-any-return]

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> list[str] | None:
        """Blanks within a plain scalar; tabs are blanks there."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        blanks = self.prefix(length)
        self.forward(length)
        if self.peek() in "\r\n\x85\u2028\u2029":
            return super().scan_plain_spaces(indent, start_mark)  # type: ignore[no-any-return]
        return [blanks] if blanks else []


UNLIKE = re.compile(r"\t|\\|&[\s\S]*&")
"""Texts that libyaml may read in another way than SnakeYAML."""


@dataclass
class Reader:
    """Reads files below `root`. `files` are the paths read, relative to it, in order."""

    root: Path
    files: list[str] = field(default_factory=list)

    def load(self, relative: str) -> DigMap:
        """The mapping in a file, its includes merged. Raises DigError (stage yaml)."""
        return self._load(relative, ())

    def _load(self, relative: str, chain: tuple[str, ...]) -> DigMap:
        whole = Span(relative)
        path = (self.root / relative).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise DigError("yaml", f"File name must not include ..: {relative}", whole)
        self.files.append(relative)
        text = read_text(path, relative)
        node = compose(text, relative)
        value = Builder(self, relative, (*chain, relative)).value(node, 0) if node is not None else None
        if not isinstance(value, DigMap):
            raise DigError("yaml", f"Expected object to load Config but got {describe(value)}", whole)
        return value

    def include(self, name: str, base: str, chain: tuple[str, ...], span: Span) -> DigMap:
        """A file included from the file `base`; the path is relative to its folder and may not leave it."""
        folder = Path(base).parent
        target = (self.root / folder / name).resolve()
        if not target.is_relative_to((self.root / folder).resolve()):
            raise DigError("yaml", f"File name must not include ..: {name}", span)
        if not target.is_file():
            raise DigError("yaml", f"included file {name} does not exist", span)
        relative = (folder / name).as_posix()
        if relative in chain or len(self.files) > MAX_INCLUDES:
            raise DigError("yaml", f"`!include` of {relative} includes itself or too many files", span)
        return self._load(relative, chain)


def read_text(path: Path, relative: str) -> str:
    """A file's text (UTF-8, BOM dropped). Raises DigError for what is no readable text."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise DigError("yaml", f"the file is larger than {MAX_FILE} bytes", Span(relative))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DigError("yaml", f"the file is not UTF-8: {error.reason}", Span(relative, line)) from None
    except OSError as error:
        raise DigError("yaml", f"cannot be read: {error.strerror}", Span(relative)) from None


def compose(text: str, relative: str) -> Node | None:
    """The node tree of a YAML text. Raises DigError with the line of a syntax error."""
    try:
        loader = _PlainLoader(text) if UNLIKE.search(text) else _Loader(text)
        node = loader.get_single_node()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = getattr(error, "position", None)  # of a character that YAML does not allow
        line = mark.line + 1 if mark else text.count("\n", 0, place) + 1 if isinstance(place, int) else 0
        problem = getattr(error, "problem", None) or str(error)
        raise DigError("yaml", f"{problem} (line {line})" if line else problem, Span(relative, line)) from None
    return node  # type: ignore[no-any-return]


def describe(value: Any) -> str:
    """A short text of a value for messages."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
    return text if len(text) < 200 else text[:200] + "..."


class Builder:
    """Turns YAML nodes of one file into values. Counts nodes, so that aliases cannot blow up."""

    def __init__(self, reader: Reader, relative: str, chain: tuple[str, ...]) -> None:
        self.reader = reader
        self.relative = relative
        self.chain = chain
        self.count = 0
        self.open: set[int] = set()

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        start, end = node.start_mark, node.end_mark
        return Span(self.relative, start.line + 1, start.column, end.line + 1, end.column)

    def fail(self, message: str, node: Node) -> DigError:
        """An error at a node."""
        return DigError("yaml", message, self.span(node))

    def value(self, node: Node, depth: int) -> Any:
        """The value of a node: DigMap, DigList or a scalar."""
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise self.fail("the document is too large or too deeply nested", node)
        if id(node) in self.open:
            raise self.fail("an alias contains itself", node)
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        self.open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                self.known_tag(node, "seq")
                found = self.sequence(node, depth)
                return self.ordered(node, found) if node.tag == TAG + "omap" else found
            assert isinstance(node, MappingNode)
            self.known_tag(node, "map")
            made = self.mapping(node, depth)
            return self.names(node, made) if node.tag == TAG + "set" else made
        finally:
            self.open.discard(id(node))

    def ordered(self, node: Node, found: DigList) -> DigMap:
        """The mapping that `!!omap` makes of a list."""
        out = DigMap(self.span(node))
        for item in found:
            if not isinstance(item, DigMap) or len(item) != 1:
                raise self.fail("while constructing an ordered map", node)
            for key, value in item.items():
                out.put(key, value, item.where(key))
        return out

    def names(self, node: Node, made: DigMap) -> DigList:
        """The list that `!!set` makes of keys."""
        out = DigList(self.span(node))
        for key in made:
            out.append(key)
            out.spans.append(made.where(key))
        return out

    def known_tag(self, node: Node, kind: str) -> None:
        """Refuses tags that Digdag's constructor does not know."""
        if node.tag not in (TAG + kind, TAG + "omap", TAG + "pairs", TAG + "set"):
            raise self.fail(f"could not determine a constructor for the tag {node.tag}", node)

    def scalar(self, node: ScalarNode) -> Any:
        """A scalar by its resolved tag."""
        if not node.tag.startswith(TAG):
            raise self.fail(f"could not determine a constructor for the tag {node.tag}", node)
        text = node.value
        if SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        try:
            return tagged(node.tag.removeprefix(TAG), text)
        except (ValueError, OverflowError) as error:
            raise self.fail(str(error), node) from None

    def sequence(self, node: SequenceNode, depth: int) -> DigList:
        """A list."""
        out = DigList(self.span(node))
        for item in node.value:
            out.append(self.value(item, depth + 1))
            out.spans.append(self.span(item))
        return out

    def mapping(self, node: MappingNode, depth: int) -> DigMap:
        """A mapping: duplicates refused, `<<` flattened, `!include` merged in place."""
        self.refuse_duplicates(node)
        out = DigMap(self.span(node))
        for key_node, value_node in self.flattened(node):
            if key_node.tag == "!include":
                path = self.value(value_node, depth + 1)
                included = self.reader.include(str(path), self.relative, self.chain, self.span(key_node))
                merge(out, included)
                continue
            out.put(self.key(key_node), self.value(value_node, depth + 1), self.span(key_node))
        return out

    def key(self, node: Node) -> str:
        """A key as text."""
        try:
            return java_text(self.value(node, 0))
        except ValueError as error:
            raise self.fail(str(error), node) from None

    def refuse_duplicates(self, node: MappingNode) -> None:
        """Digdag's own duplicate check: by text, `!include` keys excepted."""
        seen: dict[str, Node] = {}
        for key, _ in node.value:
            if isinstance(key, ScalarNode) and key.tag != "!include":
                if key.value in seen:
                    raise self.fail(f"Duplicated keys: [{key.value}]", key)
                seen[key.value] = key

    def flattened(self, node: MappingNode) -> list[tuple[Node, Node]]:
        """Pairs with `<<` merged where it stands; own keys win, at the place where the key came first (SnakeYAML)."""
        pairs: list[tuple[Node, Node]] = []
        places: dict[str, int] = {}
        for key, value in node.value:
            merged = key.tag == TAG + "merge"
            for pair in self.merged(value) if merged else [(key, value)]:
                name = pair[0].value if isinstance(pair[0], ScalarNode) and pair[0].tag != "!include" else None
                if name is not None and name in places:
                    pairs[places[name]] = pairs[places[name]] if merged else pair
                    continue
                if name is not None:
                    places[name] = len(pairs)
                pairs.append(pair)
        return pairs

    def merged(self, value: Node) -> list[tuple[Node, Node]]:
        """Pairs of the mappings that `<<` names; of the same key the first counts."""
        found = []
        for source in value.value if isinstance(value, SequenceNode) else [value]:
            if not isinstance(source, MappingNode):
                raise self.fail("expected a mapping for merging", value)
            self.count += len(source.value)
            if self.count > MAX_NODES or id(source) in self.open:
                raise self.fail("the document is too large or too deeply nested", value)
            self.open.add(id(source))
            found += self.flattened(source)
            self.open.discard(id(source))
        return found


def merge(into: DigMap, source: DigMap) -> None:
    """Deep merge of mappings; otherwise the later value wins (`YamlConfigLoader.mergeObject`)."""
    for key, value in source.items():
        known = into.get(key)
        if isinstance(known, DigMap) and isinstance(value, DigMap):
            merge(known, value)
        else:
            into.put(key, value, source.where(key))
