"""HTTP requests: curl where the answer does not matter, else the runner."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.context import UNSAFE_TAG, kept_by_kubernetes
from emitters.argo.registry import template
from emitters.argo.templates.handlers import in_pod
from emitters.argo.templates.printing import cannot_be_misread, prints_alike
from emitters.argo.templates.python import poll_facts
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Http
from migrate.ir.exprs import Concat, Expr, Literal, walk

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Http)
def http(action: Http, ctx: TemplateContext) -> m.Template:
    """curl for a plain request whose response nobody reads, or Argo's own template where that is configured. The runner
    for checks, filters, waits and results, and for connections: they may hold headers and a login that only it puts
    together."""
    values = [action.url, *(value for _, value in action.headers), *([action.body] if action.body is not None else [])]
    reads = action.check or action.response_filter or action.poll or ctx.task.pushes or in_pod(ctx.task)
    text_body = action.body is None or (action.body_type == "raw" and _is_text(action.body))
    if reads or not text_body or not all(prints_alike(v, ctx.workflow) for v in values):
        return _by_runner(action, ctx)
    address = _address(action, ctx)
    plain = action.allow_redirects and all(_is_plain(value, ctx) for value in values)
    if ctx.config.http.mode == "template" and address and plain:
        return _by_agent(action, address, ctx)
    return _by_runner(action, ctx) if action.connection else _curl(action, ctx)


def _address(action: Http, ctx: TemplateContext) -> Expr | None:
    """The whole address; None when only the run knows it. A slash comes between the base and a path without one, as
    `HttpHook.url_from_endpoint` puts it."""
    if not action.connection:
        return action.url
    target = ctx.config.connections.get(action.connection)
    parts = action.url.parts if isinstance(action.url, Concat) else (action.url,)
    if target is None or not target.url or not isinstance(parts[0], Literal):
        return None
    path = str(parts[0].value)
    slash = "" if not path or target.url.endswith("/") or path.startswith("/") else "/"
    return Concat(parts=(Literal(value=target.url + slash), *parts))


def _is_text(body: Any) -> bool:
    return not isinstance(body, Literal) or isinstance(body.value, str)


def _is_plain(value: Expr, ctx: TemplateContext) -> bool:
    """Whether a field of Argo's own can hold the value: nothing that only a Secret or ConfigMap has, no text that Argo
    would take for a tag."""
    parts = list(walk(value))
    texts = [p.value for p in parts if isinstance(p, Literal) and isinstance(p.value, str)]
    kept = any(map(kept_by_kubernetes, parts)) or any(map(UNSAFE_TAG.search, texts))
    return not kept and cannot_be_misread(value, ctx.workflow)


def _by_agent(action: Http, address: Expr, ctx: TemplateContext) -> m.Template:
    """Argo's `http` template (`http.mode = "template"`). The agent follows redirects, has no time limit of its own and
    takes 2xx for success (`workflow/executor/agent.go`); the condition is that of curl and of the source."""
    ctx.needs.rules.update(("list workflowtasksets.argoproj.io", "watch workflowtasksets.argoproj.io"))
    ctx.needs.rules.add("patch workflowtasksets/status.argoproj.io")
    limits = [math.ceil(seconds) for seconds in (action.timeout, ctx.task.timeout) if seconds]
    request = m.HttpTemplate(
        url=_joined(address, "url", ctx),
        method=action.method,
        headers=[{"name": name, "value": _joined(value, f"header-{name}", ctx)} for name, value in action.headers],
        timeout_seconds=min(limits, default=None),
        body=_joined(action.body, "body", ctx) if action.body is not None else None,
        success_condition="response.statusCode < 400",
        insecure_skip_verify=None if action.verify_tls else True,
    )
    return m.Template(name=ctx.name, outputs=ctx.outputs(), http=request)


def _joined(value: Expr, hint: str, ctx: TemplateContext) -> str:
    parts = value.parts if isinstance(value, Concat) else (value,)
    return "".join(ctx.field(part, f"{hint}-{number}" if number else hint) for number, part in enumerate(parts))


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
