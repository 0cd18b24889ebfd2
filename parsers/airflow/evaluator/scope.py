"""Name scopes: module, class and function bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parsers.airflow.modules import ParsedModule

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()


class Scope:
    """The names of one body.

    `kind` is `module`, `class`, `function` or `builtins`. Functions look past class scopes, as Python does. `escapes`
    says where a name declared `global` or `nonlocal` lives.
    """

    __slots__ = ("escapes", "generator", "kind", "module", "names", "owner", "parent", "receiver")

    def __init__(
        self, kind: str, module: ParsedModule | None, parent: Scope | None, names: dict[str, Any] | None = None
    ):
        self.kind = kind
        self.module = module
        self.parent = parent
        self.names: dict[str, Any] = {} if names is None else names
        self.escapes: dict[str, Scope] | None = None
        self.owner: Any = None
        """The class whose method this is, for `super()` and `__class__`."""
        self.receiver: Any = MISSING
        """First positional argument, for `super()`."""
        self.generator: Any = None

    def lookup(self, name: str) -> Any:
        """The value of `name`, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name, MISSING)
            if value is not MISSING and (scope.kind != "class" or scope is self):
                return value
            if scope.escapes is not None and name in scope.escapes:
                scope = scope.escapes[name]
                continue
            scope = scope.parent
        return MISSING

    def assign(self, name: str, value: Any) -> None:
        """Binds `name` where Python would."""
        if self.escapes is not None and name in self.escapes:
            self.escapes[name].names[name] = value
        else:
            self.names[name] = value

    def delete(self, name: str) -> bool:
        """Unbinds `name`; False when it was not bound."""
        target = self.escapes[name] if self.escapes is not None and name in self.escapes else self
        return target.names.pop(name, MISSING) is not MISSING

    def globals(self) -> Scope:
        """The module's scope."""
        scope: Scope = self
        while scope.kind != "module" and scope.parent is not None:
            scope = scope.parent
        return scope

    def declare_global(self, name: str) -> None:
        """`global name`."""
        if self.kind == "module":
            return
        self.escapes = self.escapes or {}
        self.escapes[name] = self.globals()

    def declare_nonlocal(self, name: str) -> None:
        """`nonlocal name`."""
        scope = self.parent
        while scope is not None and scope.kind != "module":
            if scope.kind == "function" and name in scope.names:
                self.escapes = self.escapes or {}
                self.escapes[name] = scope
                return
            scope = scope.parent
