"""`http>`, `http_call>` and `mail>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import TasksInAnswer
from migrate.ir import actions as a
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.scoped import scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

HTTP_KEYS = (
    "method", "content", "content_format", "content_type", "headers", "query", "retry", "timeout", "follow_redirects",
    "insecure", "store_content", "proxy",
)  # fmt: skip
HTTP_SECRETS = ("http.uri", "http.user", "http.password", "http.authorization")
MAIL_KEYS = (
    "subject", "to", "cc", "bcc", "from", "html", "attach_files", "body", "data", "host", "port", "username", "tls",
    "ssl", "debug", "password",
)  # fmt: skip
MAIL_SECRETS = ("mail.host", "mail.port", "mail.username", "mail.password", "mail.tls", "mail.ssl")


@operator("http", "a request from the pod; 5xx is retried for safe methods or with `retry`")
def http(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """An HTTP request. Stores `http.last_status`, and `http.last_content` with `store_content`."""
    action = scoped(task, scope, builder, "http", known=HTTP_KEYS, secrets=HTTP_SECRETS, stores=True)
    return scoped_task(task, node_id, action, scope, builder)


@operator("http_call", "not converted: the answer of the request is a workflow")
def http_call(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """The answer of a request is a workflow that nobody can know before the request."""
    builder.find(TasksInAnswer, task)
    message = "http_call>: the tasks are in the answer of a request"
    return builder.task(task, node_id, a.Unconverted(message=message, source=f"http_call>: {task.command}"))


@operator("mail", "a message sent from the pod by SMTP")
def mail(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """A mail. The command is a file (a template), or `data:` the text itself."""
    action = scoped(task, scope, builder, "mail", known=MAIL_KEYS, secrets=MAIL_SECRETS)
    return scoped_task(task, node_id, action, scope, builder)
