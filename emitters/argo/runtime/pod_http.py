"""HTTP requests, with the checks that the source system makes on the response."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pod_connections
import pod_modes
import pod_units
from pod_context import accepted
from pod_service import NoRedirect


class HttpFailed(Exception):
    """The server answered with an error, or the check refused the response."""


class Response:
    """The response as code expects it."""

    def __init__(self, status, reason, headers, content, url):
        self.status_code, self.reason, self.headers, self.content, self.url = status, reason, headers, content, url

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def encoding(self):
        return self.headers.get_content_charset() or "utf-8"

    @property
    def text(self):
        return self.content.decode(self.encoding, "replace")

    def json(self, **options):
        return json.loads(self.content, **options)

    def raise_for_status(self):
        if not self.ok:
            raise HttpFailed(f"{self.status_code}:{self.reason}")

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return f"<Response [{self.status_code}]>"


def http(runner, _function):
    """Sends the request of `spec.http`; as a sensor again and again."""
    settings = runner.spec["http"]
    if "poll" in runner.spec:
        pod_modes.poll(runner, lambda: _look(runner, settings))
        return
    response = send(runner, settings)
    if not response.ok:
        print(response.text)
    response.raise_for_status()
    if "check" in settings and not _call(runner, settings["check"], response):
        raise HttpFailed("Response check returned False.")
    if "filter" in settings:
        runner.keep_result(_call(runner, settings["filter"], response))
    else:
        runner.keep_result(response.text)


def _look(runner, settings):
    response = send(runner, settings)
    if response.status_code == 404:
        return False, None
    response.raise_for_status()
    if "check" not in settings:
        return True, None
    found = _call(runner, settings["check"], response)
    return bool(found), getattr(found, "xcom_value", None)


def _call(runner, unit, response):
    function = pod_units.load(unit)
    return function(response, **accepted(function, [response], runner.context))


def send(runner, settings):
    """The response to one request. Errors of the connection are raised, those of the server are not."""
    value = runner.resolver.value
    connection = pod_connections.get(settings["connection"]) if settings.get("connection") else None
    headers = dict(connection.extra_dejson) if connection else {}
    headers = {k: str(v) for k, v in headers.items() if k not in _OPTIONS}
    headers.update({name: str(value(code)) for name, code in (settings.get("headers") or {}).items()})
    url = _url(connection, str(value(settings["url"])))
    body = _body(settings, value, headers)
    if settings.get("body_type") == "query" and isinstance(body, (dict, str)) and body:
        query = body if isinstance(body, str) else urllib.parse.urlencode(body, doseq=True)
        url, body = url + ("&" if "?" in url else "?") + query, None
    if connection and connection.login:
        token = base64.b64encode(f"{connection.login}:{connection.password or ''}".encode()).decode()
        headers.setdefault("Authorization", "Basic " + token)
    request = urllib.request.Request(url, data=body, headers=headers, method=settings.get("method", "POST"))
    return _open(request, settings)


_OPTIONS = {
    "verify",
    "stream",
    "proxies",
    "cert",
    "timeout",
    "allow_redirects",
    "max_redirects",
    "check_response",
    "trust_env",
}


def _url(connection, endpoint):
    if connection is None or "://" in endpoint.split("?")[0]:
        return endpoint
    host = connection.host or ""
    base = host if "://" in host else f"{connection.schema or 'http'}://{host}"
    if connection.port:
        base += f":{connection.port}"
    return base + ("" if not endpoint or base.endswith("/") or endpoint.startswith("/") else "/") + endpoint


def _body(settings, value, headers):
    if settings.get("body") is None:
        return None
    found = value(settings["body"])
    kind = settings.get("body_type", "raw")
    if kind == "query":
        return found
    if kind == "json":
        headers.setdefault("Content-Type", "application/json")
        return json.dumps(found).encode()
    if isinstance(found, dict):
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return urllib.parse.urlencode(found, doseq=True).encode()
    return found.encode() if isinstance(found, str) else found


def _open(request, settings):
    context = ssl.create_default_context()
    if settings.get("verify") is False:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    handlers = [urllib.request.HTTPSHandler(context=context)]
    if settings.get("redirects") is False:
        handlers.append(NoRedirect)
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=settings.get("timeout") or 600) as answer:
            return Response(answer.status, answer.reason, answer.headers, answer.read(), answer.url)
    except urllib.error.HTTPError as error:
        return Response(error.code, error.reason, error.headers, error.read(), error.url)
