"""Notifier objects given as callbacks (`SlackNotifier`, `SmtpNotifier`, ...)."""

from __future__ import annotations

from typing import Literal

from migrate.ir.actions import Notify
from parsers.airflow.arguments import Arguments
from parsers.airflow.callables.sources import constant_arguments, made_by
from parsers.airflow.evaluator.values import ClassValue, Instance, Unknown, Value

_Channel = Literal["email", "slack", "slack-api", "other"]
_KNOWN: dict[str, tuple[_Channel, tuple[str, ...], str]] = {
    "SlackNotifier": ("slack-api", ("slack_conn_id",), "slack_api_default"),
    "SlackWebhookNotifier": ("slack", ("slack_webhook_conn_id",), "slack_default"),
    "SmtpNotifier": ("email", ("smtp_conn_id",), "smtp_default"),
    "send_slack_notification": ("slack-api", ("slack_conn_id",), "slack_api_default"),
    "send_slack_webhook_notification": ("slack", ("slack_webhook_conn_id",), "slack_default"),
    "send_smtp_notification": ("email", ("smtp_conn_id",), "smtp_default"),
}


def notification(value: Value, args: Arguments, name: str) -> Notify | None:
    """The message that a notifier object sends; None when `value` is no notifier that has one of the channels."""
    found = _notifier(value)
    if found is None:
        return None
    kind, given = found
    channel, names, default = _KNOWN[kind]
    connection = next((given[key] for key in names if isinstance(given.get(key), str)), default)
    fields = [(k, args.convert(v, f"{name}.{k}")) for k, v in given.items() if k not in names and v is not None]
    return Notify(channel=channel, connection=connection, fields=tuple(fields))


def _notifier(value: Value) -> tuple[str, dict[str, Value]] | None:
    """The class or function of a known notifier, and the arguments of the call that made it."""
    if isinstance(value, Instance):
        kind = next((c.name for c in _classes(value.cls) if c.name in _KNOWN), None)
        own = any(c.node is not None for c in _classes(value.cls))
        if kind is not None and not own and value.attrs:
            return (kind, {k: v for k, v in value.attrs.items() if not k.startswith("_")})
    if isinstance(value, Unknown):
        kind = value.path.removesuffix("()").rpartition(".")[2]
        place = made_by(value)
        if kind in _KNOWN and place is not None:
            given = constant_arguments(*place)
            return (kind, given) if given is not None else None
    return None


def _classes(cls: ClassValue) -> tuple[ClassValue, ...]:
    return cls.mro or (cls,)
