"""Operators that a service's own client does: what differs between them is data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    stores parameters. how: a phrase for the list of operators. unread: settings of Digdag's that are not converted."""

    keys: tuple[str, ...]
    secrets: tuple[str, ...]
    stores: bool
    how: str
    unread: tuple[str, ...] = ()


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
    if "password_override" in client.keys:
        override = settings.get("password_override") or in_defaults(scope, name, "password_override")
        family = client.secrets[0].rpartition(".")[0]
        secrets = (*secrets, f"{family}.{override}") if override is not None else secrets
    action = scoped(
        task,
        scope,
        builder,
        name,
        settings=settings,
        template=template,
        known=client.keys,
        unread=client.unread,
        secrets=secrets,
        stores=client.stores,
    )
    return scoped_task(task, node_id, action, scope, builder)


def in_defaults(scope: Scope, name: str, key: str) -> Any:
    """A key of an operator's defaults (`_export: {pg: {...}}`), as the nearest level has it."""
    places = [layer.exports.get(name.partition("_")[0]) for layer in reversed(scope.layers)]
    return next((place[key] for place in places if isinstance(place, dict) and key in place), None)
