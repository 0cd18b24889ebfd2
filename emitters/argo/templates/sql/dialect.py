"""What one database needs: a client program, and a Python driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.ir.exprs import Expr

if TYPE_CHECKING:
    from emitters.argo import manifest as m
    from emitters.argo.context import TemplateContext

Options = Mapping[str, Expr]


@dataclass(frozen=True)
class Client:
    """A command-line client.

    image: (key of the images table, default). env: variable -> field of the connection. command: shell text that runs
    the statements in file `$SQL_FILE`. database: variable that names the database. options: those it honours;
    `flags(options, ctx)` gives the extra words of the command (`$FLAGS` in it) for them, and environment for values.
    """

    image: tuple[str, str]
    env: tuple[tuple[str, str], ...]
    command: str
    database: str | None = None
    options: frozenset[str] = frozenset()
    flags: Callable[[Options, TemplateContext], tuple[str, list[m.EnvVar]]] | None = None


@dataclass(frozen=True)
class Dialect:
    """A kind of database. driver: Python distributions to install for `pod_sql`; None: it has no driver there."""

    names: tuple[str, ...]
    client: Client | None
    driver: tuple[str, ...] | None
    google: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


DIALECTS: dict[str, Dialect] = {}


def register(dialect: Dialect) -> Dialect:
    """Makes a dialect known under its names."""
    for name in dialect.names:
        DIALECTS[name] = dialect
    return dialect


def flag(options: Options, name: str) -> bool:
    """Whether a constant option is true."""
    value = options.get(name)
    return bool(getattr(value, "value", False))
