"""Messages to people: mail and Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.context import dumps
from emitters.argo.registry import template
from emitters.argo.templates.handlers import in_pod
from emitters.argo.templates.runner_pod import RunnerPod
from emitters.argo.templates.unconverted import unconverted
from migrate.ir.actions import Notify, Unconverted
from migrate.ir.exprs import Expr, Literal, SecretRef

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Notify)
def notify(action: Notify, ctx: TemplateContext) -> m.Template:
    """Mail by SMTP in a Python pod; a constant Slack message by curl, others by the runner."""
    if action.channel == "email":
        return _mail(action, ctx)
    if action.channel in ("slack", "slack-api"):
        constant = all(isinstance(value, Literal) for _, value in action.fields)
        webhook = action.channel == "slack" and action.connection is None
        if constant and webhook and not in_pod(ctx.task) and not ctx.task.pushes:
            return _slack_curl(action, ctx)
        return _slack(action, ctx)
    return unconverted(Unconverted(message="a message to a service that has no template"), ctx)


def _mail(action: Notify, ctx: TemplateContext) -> m.Template:
    pod = RunnerPod(ctx, outputs=ctx.outputs())
    settings = getattr(ctx.config, "mail", None)
    pod.spec |= {"mode": "mail", "message": pod.encoder.pairs(action.fields)}
    if action.connection:
        pod.spec["connection"] = action.connection
        pod.encoder.add_env(ctx.connection(action.connection))
    else:
        secret = getattr(settings, "secret", "smtp")
        for name, key in (
            ("SMTP_HOST", "host"),
            ("SMTP_PORT", "port"),
            ("SMTP_USER", "user"),
            ("SMTP_PASSWORD", "password"),
        ):
            pod.extra_env.append(ctx.secret(name, secret, key, optional=key != "host"))
    if getattr(settings, "sender", None):
        pod.spec["sender"] = settings.sender  # type: ignore[union-attr]
    if not getattr(settings, "starttls", True):
        pod.spec["starttls"] = False
    pod.add_handlers()
    return pod.template()


def _slack(action: Notify, ctx: TemplateContext) -> m.Template:
    pod = RunnerPod(ctx, outputs=ctx.outputs())
    pod.spec |= {"mode": "slack", "message": pod.encoder.pairs(payload(action.fields))}
    if action.channel == "slack-api":
        pod.spec["api"] = "chat.postMessage"
    if action.connection:
        pod.spec["connection"] = action.connection
        pod.encoder.add_env(ctx.connection(action.connection))
    else:
        name, key = _webhook(ctx)
        pod.extra_env.append(ctx.secret("SLACK_WEBHOOK_URL", name, key))
    pod.add_handlers()
    return pod.template()


def _slack_curl(action: Notify, ctx: TemplateContext) -> m.Template:
    name, key = _webhook(ctx)
    values = {k: v.value for k, v in payload(action.fields) if isinstance(v, Literal) and v.value is not None}
    env = ctx.env([("SLACK_WEBHOOK_URL", SecretRef(name=name, key=key)), ("MESSAGE", Literal(value=dumps(values)))])
    source = (
        "curl --silent --show-error --fail-with-body --header 'Content-Type: application/json' \\\n"
        '  --data "$MESSAGE" "$SLACK_WEBHOOK_URL"\n'
    )
    script = m.Script(image=ctx.image("curl", "curlimages/curl:8.10.1"), command=["sh"], env=env, source=source)
    return m.Template(name=ctx.name, outputs=ctx.outputs(), script=script)


def payload(fields: tuple[tuple[str, Expr], ...]) -> list[tuple[str, Expr]]:
    """Slack's own names of the fields."""
    return [("text" if name == "message" else name, value) for name, value in fields]


def _webhook(ctx: TemplateContext) -> tuple[str, str]:
    settings: Any = getattr(ctx.config, "notifications", None)
    return getattr(settings, "slack_secret", "slack-webhook"), getattr(settings, "slack_key", "url")
