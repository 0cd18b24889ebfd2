"""HTTP requests of `pod_scoped`.

Rules (digdag-standards `operator/HttpOperatorFactory.java`): 4xx fails (408 and 429 are tried again), 5xx is tried
again for GET, HEAD, OPTIONS and TRACE or with `retry`; the answer's status is stored, its text with `store_content`.
"""

from __future__ import annotations

import base64
import http.client as http_client
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

from pod_service import LONGEST, UNREACHABLE, NoRedirect, listed

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
MAX_CONTENT = 65536
MAX_SHOWN = 200
AGENT = "Digdag/0.10"


class HttpFailed(Exception):
    """The server answered with an error, or did not answer."""


def http(task):
    """Sends the request; again after 1, 2, 4 ... 30 seconds where the rules say so, for as long as it takes."""
    from pod_scoped_ops import as_text

    method = as_text(task.setting("method") or "GET").upper()
    retried = task.setting("retry")
    again = method in SAFE if retried is None else retried in (True, "true")
    request, body, shown = request_of(task, method)
    pause = 1
    while True:
        status, text = send(task, request, body)
        if 200 <= status < 400:
            break
        message = failure(method, shown, status, text)
        client_error = 400 <= status < 500
        if status not in (408, 429) and (client_error or not again):
            raise HttpFailed(message)
        print(f"{message}; again in {pause} s", flush=True)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST)
    result = {"last_status": status}
    if task.setting("store_content") in (True, "true"):
        if len(text) > MAX_CONTENT:
            raise HttpFailed(f"Response content too large: {len(text)} > {MAX_CONTENT}")
        result["last_content"] = text
    task.store({"http": result})


def failure(method, shown, status, text):
    """The message of an error, as Digdag words it."""
    if status == UNREACHABLE:
        return f"HTTP request failed. {text}"
    kind = "HTTP 4XX Client Error" if status < 500 else "HTTP 5XX Server Error"
    if not 400 <= status < 600:
        kind = "Unexpected HTTP status"
    reason = "Server Error" if status == 500 else http_client.responses.get(status, "")
    if len(text) > MAX_SHOWN:
        text = text[: MAX_SHOWN - 3] + "..."
    return f"{kind}: {method} {shown} - {status} {reason}: {text}"


def request_of(task, method):
    """(request, body, the address as messages show it: not with secrets in it)."""
    url = url_of(task)
    from pod_scoped import SECRET

    hidden = task.secret("http.uri", needed=False) is not None or SECRET.search(str(task.command()))
    shown = f"{urllib.parse.urlsplit(url).scheme}://***" if hidden else url
    request = urllib.request.Request(url, method=method)
    body, kind = content_of(task)
    if kind:
        request.add_header("Content-Type", kind)
    request.add_header("User-Agent", AGENT)
    authorize(task, request)
    for name, values in headers_of(task).items():
        request.add_header(name, ", ".join(values))
    return request, body, shown


def headers_of(task):
    """Name -> values. Each entry of `headers` is a mapping with one key; a name may come again."""
    from pod_scoped import ConfigError
    from pod_scoped_ops import as_text

    given, found = task.with_secrets(task.setting("headers")), {}
    if isinstance(given, dict):
        raise ConfigError(f"Expected array type for key 'headers' but got {compact(given)} (object)")
    for header in listed(given):
        if not isinstance(header, dict) or len(header) != 1:
            raise ConfigError(f"Invalid header: {compact(header)}")
        for name, value in header.items():
            values = found.setdefault(name, [])
            if as_text(value) not in values:
                values.append(as_text(value))
    return found


def proxies(task):
    """Handlers for `proxy: {enabled, host, port, tls}`; without it, the environment decides."""
    proxy = task.setting("proxy")
    if not isinstance(proxy, dict) or proxy.get("enabled") not in (True, "true"):
        return []
    scheme = "https" if proxy.get("tls") in (True, "true") else "http"
    address = f"{scheme}://{proxy['host']}:{proxy['port']}"
    return [urllib.request.ProxyHandler({"http": address, "https": address})]


def send(task, request, body):
    """(status, text) of one request; status 0 without an answer."""
    handlers = proxies(task) + ([] if task.setting("follow_redirects", True) in (True, "true") else [NoRedirect()])
    if task.setting("insecure") in (True, "true"):
        handlers.append(urllib.request.HTTPSHandler(context=ssl._create_unverified_context()))
    timeout = float(str(task.setting("timeout") or 30))
    try:
        with urllib.request.build_opener(*handlers).open(request, data=body, timeout=timeout) as answer:
            return answer.status, answer.read().decode(answer.headers.get_content_charset() or "utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except (urllib.error.URLError, OSError) as error:
        return UNREACHABLE, str(error)


def url_of(task):
    """The address with its query."""
    from pod_scoped import ConfigError
    from pod_scoped_ops import as_text

    url = task.secret("http.uri", needed=False) or task.with_secrets(as_text(task.command()))
    query = task.with_secrets(task.setting("query"))
    if not query:
        return url
    if isinstance(query, str):
        query = json.loads(query) if query.strip().startswith("{") else dict(urllib.parse.parse_qsl(query))
    if any(isinstance(value, (dict, list)) for value in query.values()):
        raise ConfigError(f"Expected string type for key 'query' but got {compact(query)} (object)")
    joined = urllib.parse.urlencode([(k, as_text(v)) for k, v in query.items()])
    return f"{url}{'&' if '?' in url else '?'}{joined}"


def content_of(task):
    """(bytes or None, content type). Raises ConfigError for a format that the content cannot have."""
    from pod_scoped import ConfigError
    from pod_scoped_ops import as_text

    content = task.with_secrets(task.setting("content"))
    if content is None:
        return None, None
    nested = isinstance(content, (dict, list))
    form = as_text(task.setting("content_format") or ("json" if nested else "text")).lower()
    kind = task.setting("content_type")
    if form == "json":
        return compact(content).encode(), kind or "application/json"
    if form == "text" and not nested:
        return as_text(content).encode(), kind or "plain/text"
    if form == "form" and isinstance(content, dict):
        wrong = next((value for value in content.values() if isinstance(value, (dict, list))), None)
        if wrong is not None:
            raise ConfigError(f"Invalid form content field value: {compact(wrong)}")
        pairs = [(k, "null" if v is None else as_text(v)) for k, v in content.items()]
        return urllib.parse.urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    name = "object" if isinstance(content, dict) else "array" if nested else type_name(content)
    raise ConfigError(f"Invalid content format for {name}s: '{form}'")


def compact(value):
    """JSON as Digdag writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def type_name(value):
    """The kind of a scalar, as Digdag names it."""
    return "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"


def authorize(task, request):
    """Credentials from secrets."""
    header = task.secret("http.authorization", needed=False)
    user = task.secret("http.user", needed=False)
    if header:
        request.add_header("Authorization", header)
    elif user:
        pair = f"{user}:{task.secret('http.password', needed=False) or ''}"
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
