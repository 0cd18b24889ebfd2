"""Mails of `pod_scoped` (digdag-standards `operator/MailOperatorFactory.java`)."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

from pod_service import listed


class MailFailed(Exception):
    """There is no server to send by."""


def mail(task):
    """Sends the mail; the server comes from secrets `mail.*`, else from the task's keys."""
    from pod_scoped import ConfigError
    from pod_scoped_ops import as_text

    message = EmailMessage()
    for name, header in (("subject", "Subject"), ("from", "From")):
        if task.setting(name) is None:
            raise ConfigError(f"Parameter '{name}' is required but not set")
        message[header] = as_text(task.setting(name))
    receivers = []
    for name, header in (("to", "To"), ("cc", "Cc"), ("bcc", None)):
        people = addresses(name, task.setting(name))
        receivers += people
        if people and header:
            message[header] = ", ".join(people)
    html = task.setting("html") in (True, "true")
    message.set_content(task.statement("body"), subtype="html" if html else "plain")
    for item in task.setting("attach_files") or []:
        attach(task, message, item)
    deliver(task, message, receivers)


def attach(task, message, item):
    """One attachment: path, content_type, filename."""
    task.workspace()
    path = Path(item["path"])
    kind = item.get("content_type") or "application/octet-stream"
    main, _, sub = kind.partition("/")
    message.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=item.get("filename") or path.name)


def addresses(name, value):
    """Receivers: a list; `to` may be one of them as text."""
    from pod_scoped import ConfigError

    if isinstance(value, str) and name != "to" and not value.strip().startswith("["):
        raise ConfigError(f"Expected array type for key '{name}' but got \"{value}\" (string)")
    if value is None and name == "to":
        raise ConfigError("Parameter 'to' is required but not set")
    return [str(v) for v in listed(value)]


def deliver(task, message, receivers):
    """Sends by the configured server."""

    def fact(name, default=None):
        found = task.secret(f"mail.{name}", needed=False)
        return found if found is not None else task.setting(name, default)

    if fact("host") is None or fact("port") is None:
        raise MailFailed("Missing SMTP configuration: secrets mail.host and mail.port")
    host, port = str(fact("host")), int(fact("port"))
    ssl = fact("ssl", False) in (True, "true")
    with (smtplib.SMTP_SSL if ssl else smtplib.SMTP)(host, port, timeout=60) as smtp:
        smtp.ehlo()
        if not ssl and fact("tls", True) in (True, "true") and smtp.has_extn("starttls"):
            smtp.starttls()
            smtp.ehlo()
        if fact("username"):
            smtp.login(str(fact("username")), str(fact("password", "")))
        smtp.send_message(message, to_addrs=receivers)
