"""Expression text to a tree of tuples `(kind, ...)`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Tree = tuple[Any, ...]


class ParseError(ValueError):
    """The text is no expression of the language."""


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.\d+|\d+)
  | (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
  | (?P<name>[A-Za-z_]\w*|\#\w*)
  | (?P<op>\?\.|\?\?|\|\||&&|==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}|])
  )""",
    re.VERBOSE,
)
_BINARY = {
    "??": 5, "||": 10, "or": 10, "&&": 15, "and": 15, "==": 20, "!=": 20, "<": 20, ">": 20, "<=": 20, ">=": 20,
    "in": 20, "not in": 20, "contains": 20, "matches": 20, "startsWith": 20, "endsWith": 20, "+": 30, "-": 30,
    "*": 60, "/": 60, "%": 60,
}  # fmt: skip
_WORDS = {"in", "not", "and", "or", "contains", "matches", "startsWith", "endsWith"}
_CLOSURES = {"any", "all", "none", "one", "map", "filter", "count"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression. Raises ParseError."""
    parser = _Parser(text)
    tree = parser.expression(0)
    if parser.peek() != "":
        raise ParseError(f"`{parser.peek()}` is left over in `{text}`")
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text.rstrip()):
            match = _TOKEN.match(text, place)
            if match is None:
                raise ParseError(f"cannot read `{text[place : place + 20]}`")
            self.tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
            place = match.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place][1] if place < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "end"

    def next(self) -> str:
        word = self.peek()
        if not word:
            raise ParseError(f"`{self.text}` ends too early")
        self.at += 1
        return word

    def expect(self, word: str) -> None:
        if self.next() != word:
            raise ParseError(f"`{word}` expected in `{self.text}`")

    def expression(self, floor: int) -> Tree:
        left = self.unary()
        while True:
            operator = self.peek()
            if self.kind() == "string":
                break
            if operator == "not" and self.peek(1) == "in":
                operator = "not in"
            if operator == "?" and floor == 0:
                left = self.conditional(left)
                continue
            power = _BINARY.get(operator)
            if power is None or power < floor:
                break
            for _ in operator.split():
                self.next()
            left = ("binary", operator, left, self.expression(power + 1))
        return left

    def conditional(self, test: Tree) -> Tree:
        self.expect("?")
        yes = self.expression(0)
        self.expect(":")
        return ("if", test, yes, self.expression(0))

    def unary(self) -> Tree:
        word = self.peek()
        if self.kind() == "op" and word in ("!", "-", "+"):
            self.next()
            return ("unary", word, self.expression(70 if word != "!" else 65))
        if self.kind() == "name" and word == "not":
            self.next()
            return ("unary", "!", self.expression(18))
        return self.postfix(self.primary())

    def postfix(self, tree: Tree) -> Tree:
        while self.kind() == "op":
            word = self.peek()
            if word in (".", "?."):
                self.next()
                optional = word == "?."
                if self.peek() == "[":
                    tree = ("index", tree, self.bracket(), optional)
                    continue
                name = self.next()
                if self.peek() == "(":
                    tree = ("method", tree, name, self.arguments())
                else:
                    tree = ("member", tree, name, optional)
            elif word == "[":
                tree = ("index", tree, self.bracket(), False)
            else:
                break
        return tree

    def bracket(self) -> Tree:
        self.expect("[")
        inside = ("value", None) if self.peek() == ":" else self.expression(0)
        if self.peek() == ":":
            self.next()
            inside = ("range", inside, ("value", None) if self.peek() == "]" else self.expression(0))
        self.expect("]")
        return inside

    def primary(self) -> Tree:
        kind, word = self.kind(), self.next()
        if kind == "number":
            return ("value", float(word) if "." in word else int(word))
        if kind == "string":
            return ("value", re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), word[1:-1]))
        if kind == "name":
            return self.named(word)
        if word == "(":
            inside = self.expression(0)
            self.expect(")")
            return inside
        if word == "[":
            return ("list", tuple(self.items("]")))
        if word == "{":
            return self.mapping()
        raise ParseError(f"`{word}` is out of place in `{self.text}`")

    def named(self, word: str) -> Tree:
        if word in ("true", "false"):
            return ("value", word == "true")
        if word == "nil":
            return ("value", None)
        if word in _WORDS:
            raise ParseError(f"the word `{word}` is out of place in `{self.text}`")
        if self.peek() == "(":
            if word in _CLOSURES:
                return self.closure(word)
            return ("call", word, self.arguments())
        return ("name", word)

    def closure(self, name: str) -> Tree:
        self.expect("(")
        items = self.expression(0)
        self.expect(",")
        if self.peek() == "{":
            self.next()
            body = self.expression(0)
            self.expect("}")
        else:
            body = self.expression(0)
        self.expect(")")
        return ("closure", name, items, body)

    def arguments(self) -> tuple[Tree, ...]:
        self.expect("(")
        return tuple(self.items(")"))

    def items(self, end: str) -> list[Tree]:
        found: list[Tree] = []
        while self.peek() != end:
            found.append(self.expression(0))
            if self.peek() == ",":
                self.next()
        self.expect(end)
        return found

    def mapping(self) -> Tree:
        pairs = []
        while self.peek() != "}":
            key = self.primary()
            self.expect(":")
            pairs.append((key[1], self.expression(0)))
            if self.peek() == ",":
                self.next()
        self.expect("}")
        return ("map", tuple(pairs))
