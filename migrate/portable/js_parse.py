"""Tokenizer and parser for ES5 expressions (no statements, no function or regular expression literals)."""

from __future__ import annotations

import re
from typing import Any, NamedTuple


class Unsupported(Exception):  # noqa: N818 - not an error of the user's text
    """Valid JavaScript, maybe, but beyond this evaluator."""


class Token(NamedTuple):
    """kind: num, str, name, op, regex (pattern and flags), end."""

    kind: str
    value: Any
    at: int


SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]+(?![\d.])|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
NAME = re.compile(r"[A-Za-z_$][\w$]*")
REGEX = re.compile(r"/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])*)/([a-z]*)")
OPERATORS = (
    ">>>", "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "+", "-", "*", "/", "%", "<", ">", "!", "?",
    ":", "(", ")", "[", "]", "{", "}", ",", ".", "~", "&", "|", "^",
)  # fmt: skip
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
BINARY = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "===": 6, "!==": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "in": 7, "instanceof": 7, "<<": 8, ">>": 8, ">>>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
RESERVED = {
    "function", "new", "var", "delete", "void", "return", "if", "for", "while", "this", "try", "throw", "switch",
    "let", "const", "class",
}  # fmt: skip
MAX_LENGTH = 20_000
MAX_DEPTH = 100


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression. Raises Unsupported."""
    if len(text) > MAX_LENGTH:
        raise Unsupported("the expression is too long")
    tokens: list[Token] = []
    at = SPACE.match(text, 0).end()  # type: ignore[union-attr]
    while at < len(text):
        before = tokens[-1] if tokens else Token("op", "(", 0)
        operand = before.kind == "op" and before.value not in (")", "]", "}")
        match = REGEX.match(text, at) if operand else None
        token, at = (Token("regex", match.groups(), at), match.end()) if match else _token(text, at)
        tokens.append(token)
        at = SPACE.match(text, at).end()  # type: ignore[union-attr]
    tokens.append(Token("end", None, len(text)))
    return tokens


def _token(text: str, at: int) -> tuple[Token, int]:
    if text[at] in "'\"":
        return _string(text, at)
    match = NUMBER.match(text, at)
    if match:
        word = match.group()
        octal = re.fullmatch(r"0[0-7]+", word)
        value = int(word, 16) if word[:2].lower() == "0x" else int(word, 8) if octal else float(word)
        return Token("num", number(value), at), match.end()
    match = NAME.match(text, at)
    if match:
        return Token("name", match.group(), at), match.end()
    for operator in OPERATORS:
        if text.startswith(operator, at):
            return Token("op", operator, at), at + len(operator)
    raise Unsupported(f"unexpected character {text[at]!r}")


def _string(text: str, start: int) -> tuple[Token, int]:
    out: list[str] = []
    quote, at = text[start], start + 1
    while at < len(text):
        char = text[at]
        if char == quote:
            return Token("str", "".join(out), start), at + 1
        if char == "\n":
            break
        if char != "\\":
            out.append(char)
            at += 1
            continue
        escaped = text[at + 1 : at + 2]
        if escaped in ("x", "u"):
            size = 2 if escaped == "x" else 4
            try:
                out.append(chr(int(text[at + 2 : at + 2 + size], 16)))
            except ValueError:
                raise Unsupported("bad escape in a string") from None
            at += 2 + size
            continue
        if escaped != "\n":
            out.append(ESCAPES.get(escaped, escaped))
        at += 2
    raise Unsupported("a string has no end")


def number(value: Any) -> Any:
    """A number as int where it is whole (JavaScript has one number type), else float."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value


class Parser:
    """Precedence climbing. Nodes are tuples: (kind, ...)."""

    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0

    def peek(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """The next token, consumed."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def is_op(self, *values: str) -> bool:
        """Whether the next token is one of some operators."""
        token = self.peek()
        return token.kind == "op" and token.value in values

    def expect(self, value: str) -> None:
        """Consumes an operator. Raises Unsupported if something else comes."""
        if not self.is_op(value):
            raise Unsupported(f"expected {value!r} in {self.peek().value!r}")
        self.take()

    def whole(self) -> Any:
        """The tree of the whole text."""
        node = self.sequence()
        if self.peek().kind != "end":
            raise Unsupported(f"unexpected {self.peek().value!r}")
        return node

    def sequence(self) -> Any:
        """Expressions after one another; the value is that of the last."""
        items = [self.expression()]
        while self.is_op(","):
            self.take()
            items.append(self.expression())
        return items[0] if len(items) == 1 else ("sequence", tuple(items))

    def expression(self) -> Any:
        """Conditional expression."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unsupported("the expression is nested too deeply")
        test = self.binary(1)
        if self.is_op("?"):
            self.take()
            yes = self.expression()
            self.expect(":")
            test = ("if", test, yes, self.expression())
        self.depth -= 1
        return test

    def binary(self, level: int) -> Any:
        """Binary operators of a precedence level and above."""
        left = self.unary()
        while True:
            operator = self.operator()
            if operator is None or BINARY[operator] < level:
                return left
            self.take()
            left = ("binary", operator, left, self.binary(BINARY[operator] + 1))

    def operator(self) -> str | None:
        """The next token if it is a binary operator."""
        token = self.peek()
        known = token.kind == "op" or (token.kind == "name" and token.value in ("in", "instanceof"))
        return token.value if known and token.value in BINARY else None

    def unary(self) -> Any:
        """! - + ~ typeof."""
        token = self.peek()
        if token.kind == "op" and token.value in ("!", "-", "+", "~"):
            self.take()
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise Unsupported("the expression is nested too deeply")
            node = ("unary", token.value, self.unary())
            self.depth -= 1
            return node
        if token.kind == "name" and token.value == "typeof":
            self.take()
            return ("unary", "typeof", self.unary())
        return self.postfix(self.primary())

    def postfix(self, node: Any) -> Any:
        """Members, indexes and calls."""
        while True:
            if self.is_op("."):
                self.take()
                name = self.take()
                if name.kind != "name":
                    raise Unsupported("expected a name after '.'")
                node = ("member", node, ("literal", name.value))
            elif self.is_op("["):
                self.take()
                node = ("member", node, self.expression())
                self.expect("]")
            elif self.is_op("("):
                node = ("call", node, self.arguments(")"))
            else:
                return node

    def arguments(self, end: str) -> tuple[Any, ...]:
        """Comma separated expressions up to `end`; the opening token is next."""
        self.take()
        items: list[Any] = []
        while not self.is_op(end):
            items.append(self.expression())
            if not self.is_op(end):
                self.expect(",")
        self.take()
        return tuple(items)

    def primary(self) -> Any:
        """Literals, names, parentheses, arrays, objects."""
        token = self.peek()
        if token.kind in ("num", "str"):
            self.take()
            return ("literal", token.value)
        if token.kind == "regex":
            self.take()
            return ("regex", *token.value)
        if token.kind == "name":
            self.take()
            constants = {"true": True, "false": False, "null": None}
            if token.value in constants:
                return ("literal", constants[token.value])
            if token.value in RESERVED:
                raise Unsupported(f"`{token.value}` needs a JavaScript engine")
            return ("name", token.value)
        if self.is_op("("):
            self.take()
            node = self.sequence()
            self.expect(")")
            return node
        if self.is_op("["):
            return ("array", self.arguments("]"))
        if self.is_op("{"):
            return self.object()
        raise Unsupported(f"unexpected {token.value!r}")

    def object(self) -> Any:
        """An object literal."""
        self.take()
        items: list[tuple[str, Any]] = []
        while not self.is_op("}"):
            key = self.take()
            if key.kind not in ("name", "str", "num"):
                raise Unsupported(f"unexpected {key.value!r} in an object")
            self.expect(":")
            items.append((str(key.value), self.expression()))
            if not self.is_op("}"):
                self.expect(",")
        self.take()
        return ("object", tuple(items))


def parse(text: str) -> Any:
    """The tree of an expression. Raises Unsupported."""
    return Parser(text).whole()


def free_names(node: Any, bound: frozenset[str] | None = None) -> set[str]:
    """Names that a tree reads; `typeof x` counts too."""
    if not isinstance(node, tuple) or not node:
        return set()
    if node[0] == "name":
        return {node[1]}
    if node[0] in ("literal", "regex"):
        return set()
    found: set[str] = set()
    for part in node[1:]:
        if isinstance(part, tuple):
            if part and isinstance(part[0], str) and part[0] in KINDS:
                found |= free_names(part)
            else:
                for item in part:
                    if isinstance(item, tuple):
                        inner = (
                            item[1] if len(item) == 2 and isinstance(item[0], str) and item[0] not in KINDS else item
                        )
                        found |= free_names(inner)
    return found


KINDS = {"name", "literal", "member", "call", "unary", "binary", "if", "array", "object", "sequence", "regex"}
