"""Operators that a service's own client does: what differs between them is data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.ir import workflow as w
from parsers.digdag.catalog import Mapping, operator
from parsers.digdag.scoped import file_value, plain_settings, scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask


@dataclass(frozen=True)
class Client:
    """One operator. keys: settings that it reads. secrets: keys of secrets that it reads by itself. stores: whether it
    stores parameters. how: a phrase for the list of operators."""

    keys: tuple[str, ...]
    secrets: tuple[str, ...]
    stores: bool
    how: str


def register(family: dict[str, Client]) -> None:
    """Registers the conversions of a family, by operator name."""
    for name, client in family.items():
        operator(name, client.how)(_conversion(name, client))


def _conversion(name: str, client: Client) -> Mapping:
    def convert(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
        return client_task(task, scope, node_id, builder, name, client)

    convert.__doc__ = f"`{name}>`."
    return convert


def client_task(task: DigTask, scope: Scope, node_id: str, builder: Builder, name: str, client: Client) -> w.Task:
    """The node of a task that a client does."""
    settings, secrets = plain_settings(task), client.secrets
    schema, template = settings.get("schema"), None
    if name == "bq_load" and isinstance(schema, str) and schema.endswith((".yml", ".yaml")):
        template = file_value(task, scope, builder, schema)
    if "password_override" in settings and "password_override" in client.keys:
        family = client.secrets[0].rpartition(".")[0]
        secrets = (*secrets, f"{family}.{settings['password_override']}")
    action = scoped(
        task,
        scope,
        builder,
        name,
        settings=settings,
        template=template,
        known=client.keys,
        secrets=secrets,
        stores=client.stores,
    )
    return scoped_task(task, node_id, action, scope, builder)
