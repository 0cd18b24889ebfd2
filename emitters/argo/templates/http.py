"""HTTP requests: curl where the answer does not matter, else the runner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.handlers import in_pod
from emitters.argo.templates.printing import prints_alike
from emitters.argo.templates.python import poll_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Http
from migrate.ir.exprs import Literal

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Http)
def http(action: Http, ctx: TemplateContext) -> m.Template:
    """curl for a plain request whose response nobody reads. The runner for checks, filters, waits and results, and for
    connections: they may hold headers and a login that only it puts together."""
    values = [action.url, *(value for _, value in action.headers), *([action.body] if action.body is not None else [])]
    computed = (
        action.connection
        or action.check
        or action.response_filter
        or action.poll
        or ctx.task.pushes
        or in_pod(ctx.task)
    )
    text_body = action.body is None or (action.body_type == "raw" and _is_text(action.body))
    if computed or not text_body or not all(prints_alike(v, ctx.workflow) for v in values):
        return _by_runner(action, ctx)
    return _curl(action, ctx)


def _is_text(body: Any) -> bool:
    return not isinstance(body, Literal) or isinstance(body.value, str)


def _curl(action: Http, ctx: TemplateContext) -> m.Template:
    options = ["--silent", "--show-error", "--fail-with-body"]
    if action.allow_redirects:
        options.append("--location")
    if not action.verify_tls:
        options.append("--insecure")
    if action.timeout:
        options.append(f"--max-time {round(action.timeout)}")
    pairs = [("URL", action.url)]
    lines = []
    for number, (name, value) in enumerate(action.headers, 1):
        pairs.append((f"HEADER_{number}", value))
        lines.append(f'  --header "{name}: $HEADER_{number}"')
    if action.body is not None:
        pairs.append(("BODY", action.body))
        lines.append('  --data "$BODY"')
    env = ctx.env(pairs)
    command = " \\\n".join([f"curl {' '.join(options)} --request {action.method}", *lines, '  "$URL"'])
    image = ctx.image("curl", "curlimages/curl:8.10.1")
    script = m.Script(image=image, command=["sh"], env=env, source=f"{command}\n")
    return m.Template(name=ctx.name, outputs=ctx.outputs(), script=script)


def _by_runner(action: Http, ctx: TemplateContext) -> m.Template:
    pod = RunnerPod(ctx, outputs=ctx.outputs())
    encoder = pod.encoder
    settings: dict[str, Any] = {"method": action.method, "url": encoder.encode(action.url)}
    if action.connection:
        settings["connection"] = action.connection
        encoder.add_env(ctx.connection(action.connection))
    if action.headers:
        settings["headers"] = encoder.pairs(action.headers)
    if action.body is not None:
        settings |= {"body": encoder.encode(action.body), "body_type": action.body_type}
    if action.timeout:
        settings["timeout"] = action.timeout
    if not action.verify_tls:
        settings["verify"] = False
    if not action.allow_redirects:
        settings["redirects"] = False
    for name, unit in (("check", action.check), ("filter", action.response_filter)):
        if unit is not None:
            settings[name] = pod.add_unit(unit, f"response-{name}")
            pod.with_context = True
    pod.spec |= {"mode": "http", "http": settings}
    if action.poll is not None:
        pod.spec["poll"] = poll_facts(action.poll)
    pod.add_handlers()
    return pod.template()
