"""Notifier objects given as callbacks (`SlackNotifier`, `SmtpNotifier`, ...)."""

from __future__ import annotations

from typing import Literal

from migrate.ir.actions import Notify
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import ClassValue, Instance, Value

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
    if not isinstance(value, Instance):
        return None
    known = next((_KNOWN[c.name] for c in _classes(value.cls) if c.name in _KNOWN and c.node is None), None)
    if known is None:
        return None
    channel, names, default = known
    given = {k: v for k, v in value.attrs.items() if not k.startswith("_")}
    connection = next((given[key] for key in names if isinstance(given.get(key), str)), default)
    fields = [(k, args.convert(v, f"{name}.{k}")) for k, v in given.items() if k not in names and v is not None]
    return Notify(channel=channel, connection=connection, fields=tuple(fields))


def _classes(cls: ClassValue) -> tuple[ClassValue, ...]:
    return cls.mro or (cls,)
