"""Messages: e-mail, Slack."""

from __future__ import annotations

from migrate.ir.actions import Notify
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._common import by_hand, differs, dropped, literal, template_text
from parsers.airflow.operators._sql import connection_id

_SLACK_FIELDS = ("message", "channel", "username", "icon_emoji", "icon_url", "attachments", "blocks", "link_names")


@operator(
    "airflow.operators.email.EmailOperator",
    "airflow.operators.email_operator.EmailOperator",
    "airflow.providers.smtp.operators.smtp.EmailOperator",
)
def email(args: Arguments) -> Notify:
    """Sent by Python's smtplib; the server and its password come from the connection's Secret."""
    by_hand(args, "attachments must be files of the pod; they are not sent", "files")
    fields = _fields(args, ("to", "subject", "from_email", "cc", "bcc", "custom_headers"))
    content = template_text(args, "html_content", (".html",))
    if content is not None:
        fields = (*fields, ("html_content", content))
    fields = (*fields, *_fields(args, ("mime_subtype", "mime_charset")))
    default = "smtp_default"
    return Notify(channel="email", connection=connection_id(args, "conn_id", default=default), fields=fields)


@operator(
    "airflow.providers.slack.operators.slack_webhook.SlackWebhookOperator",
    "airflow.contrib.operators.slack_webhook_operator.SlackWebhookOperator",
)
def slack_webhook(args: Arguments) -> Notify:
    """Posted to the webhook address, which comes from the connection's Secret."""
    names = ("slack_webhook_conn_id", "http_conn_id")
    connection = connection_id(args, *names, default="slack_default")
    dropped(args, "the request goes out directly", "proxy", "timeout", "retry_handlers")
    return Notify(channel="slack", connection=connection, fields=_fields(args, (*_SLACK_FIELDS, "webhook_token")))


@operator(
    "airflow.providers.slack.operators.slack.SlackAPIPostOperator",
    "airflow.operators.slack_operator.SlackAPIPostOperator",
    "airflow.providers.slack.operators.slack.SlackAPIOperator",
    "airflow.operators.slack_operator.SlackAPIOperator",
)
def slack_api(args: Arguments) -> Notify:
    """Posted with the Slack API; the token comes from the connection's Secret."""
    fields = _fields(args, ("channel", "text", "username", "icon_url", "attachments", "blocks", "thread_ts"))
    fields = (*fields, *_fields(args, ("method", "api_params", "token")))
    dropped(args, "the request goes out directly", "proxy", "timeout", "retry_handlers", "base_url")
    return _api(args, fields)


@operator(
    "airflow.providers.slack.operators.slack.SlackAPIFileOperator",
    "airflow.operators.slack_operator.SlackAPIFileOperator",
)
def slack_file(args: Arguments) -> Notify:
    """A text is uploaded as a file; a file of the worker's disk must be written by the step itself."""
    by_hand(args, "the file must be in the pod", "filename")
    fields = _fields(
        args, ("channels", "channel", "initial_comment", "content", "title", "filetype", "display_filename")
    )
    fields = (*fields, *_fields(args, ("filename", "snippet_type", "thread_ts", "token")))
    dropped(args, "the newer upload method is used", "method_version", "proxy", "timeout", "retry_handlers", "base_url")
    differs(args, "another method than the upload is not called", "api_params")
    return _api(args, (("method", literal("files.upload")), *fields))


def _api(args: Arguments, fields: tuple[tuple[str, Expr], ...]) -> Notify:
    connection = connection_id(args, "slack_conn_id", default="slack_api_default")
    return Notify(channel="slack-api", connection=connection, fields=fields)


def _fields(args: Arguments, names: tuple[str, ...]) -> tuple[tuple[str, Expr], ...]:
    """The arguments that were given, by their own names."""
    found = [(name, args.expr(name)) for name in names if args.has(name)]
    args.ignore_all(*names)
    return tuple((name, expr) for name, expr in found if expr is not None)
