"""Messages to people: mail by SMTP, Slack by webhook or API."""

from __future__ import annotations

import json
import mimetypes
import os
import smtplib
import ssl
import urllib.request
from email.message import EmailMessage
from pathlib import Path

import pod_connections


def mail(runner, _function):
    """Sends a mail. Settings: `spec.message` (encoded: to, cc, bcc, subject, html_content or text, files, from_email);
    server: SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, or a connection."""
    fields = {name: runner.resolver.value(code) for name, code in runner.spec["message"].items()}
    server = _server(runner.spec)
    message = EmailMessage()
    message["Subject"] = str(fields.get("subject") or "")
    message["From"] = str(
        fields.get("from_email") or runner.spec.get("sender") or server["user"] or "migrate@localhost"
    )
    receivers = []
    for name, header in (("to", "To"), ("cc", "Cc"), ("bcc", None)):
        people = _addresses(fields.get(name))
        receivers += people
        if people and header:
            message[header] = ", ".join(people)
    for name, text in (fields.get("custom_headers") or {}).items():
        message[name] = text
    if fields.get("html_content") is not None:
        message.set_content(str(fields["html_content"]), subtype="html")
    else:
        message.set_content(str(fields.get("text") or fields.get("body") or ""))
    for path in fields.get("files") or ():
        kind, _, subtype = (mimetypes.guess_type(path)[0] or "application/octet-stream").partition("/")
        message.add_attachment(Path(path).read_bytes(), maintype=kind, subtype=subtype, filename=Path(path).name)
    with smtplib.SMTP(server["host"], server["port"], timeout=60) as smtp:
        smtp.ehlo()
        if runner.spec.get("starttls", True) and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server["user"]:
            smtp.login(server["user"], server["password"])
        smtp.send_message(message, to_addrs=receivers)


def _server(spec):
    if spec.get("connection"):
        found = pod_connections.get(spec["connection"])
        return {"host": found.host, "port": found.port or 25, "user": found.login, "password": found.password}
    return {
        "host": os.environ.get("SMTP_HOST", "localhost"),
        "port": int(os.environ.get("SMTP_PORT") or 25),
        "user": os.environ.get("SMTP_USER"),
        "password": os.environ.get("SMTP_PASSWORD"),
    }


def _addresses(found):
    if not found:
        return []
    if isinstance(found, str):
        return [part.strip() for part in found.replace(";", ",").split(",") if part.strip()]
    return [str(item) for item in found]


def slack(runner, _function):
    """Posts to Slack. Settings: `spec.message` (encoded fields of the payload); SLACK_WEBHOOK_URL, a connection, or for
    the API a token."""
    fields = {name: runner.resolver.value(code) for name, code in runner.spec["message"].items()}
    payload = {name: value for name, value in fields.items() if value is not None}
    headers = {"Content-Type": "application/json; charset=utf-8"}
    found = pod_connections.get(runner.spec["connection"]) if runner.spec.get("connection") else None
    if runner.spec.get("api"):
        token = (found.password if found else None) or os.environ.get("SLACK_TOKEN", "")
        url = os.environ.get("SLACK_API_URL", "https://slack.com/api/") + runner.spec["api"]
        headers["Authorization"] = "Bearer " + token
    else:
        url = _webhook(found)
    request = urllib.request.Request(url, data=json.dumps(payload).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read().decode("utf-8", "replace")
    if runner.spec.get("api") and not json.loads(text).get("ok"):
        raise RuntimeError("Slack refused the message: " + text[:300])


def _webhook(connection):
    if connection is None:
        return os.environ["SLACK_WEBHOOK_URL"]
    token = connection.password or ""
    if "://" in token:
        return token
    host = connection.host or "hooks.slack.com/services"
    base = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    return base.rstrip("/") + "/" + token.lstrip("/")
