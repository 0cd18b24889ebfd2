"""HTTP requests of `pod_scoped`.

Rules (digdag-standards `operator/HttpOperatorFactory.java`): 4xx fails (408 and 429 are tried again), 5xx is tried
again for GET, HEAD, OPTIONS and TRACE or with `retry`; the answer's status is stored, its text with `store_content`.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
MAX_CONTENT = 65536
TRIES = 8


class HttpFailed(Exception):
    """The server answered with an error."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller."""

    def redirect_request(self, *_args):
        return None


def http(task):
    """Sends the request; tries again where the rules say so."""
    from pod_scoped_ops import as_text

    method = as_text(task.setting("method") or "GET").upper()
    retried = task.setting("retry")
    again = method in SAFE if retried is None else retried in (True, "true")
    for attempt in range(TRIES):
        status, text = send(task, method)
        if status < 400:
            break
        temporary = status in (408, 429) or (status >= 500 and again)
        if not temporary or attempt == TRIES - 1:
            raise HttpFailed(f"HTTP {method} request failed with status {status}: {text[:200]}")
        time.sleep(min(2**attempt, 30))
    result = {"last_status": status}
    if task.setting("store_content") in (True, "true"):
        if len(text.encode()) > MAX_CONTENT:
            raise HttpFailed(f"Response content too large: > {MAX_CONTENT} bytes")
        result["last_content"] = text
    task.store({"http": result})


def send(task, method):
    """(status, text) of one request."""
    request = urllib.request.Request(url_of(task), method=method)
    body, kind = content_of(task)
    if kind:
        request.add_header("Content-Type", kind)
    for header in task.with_secrets(task.setting("headers") or []):
        for name, value in header.items():
            request.add_header(name, str(value))
    authorize(task, request)
    handlers = [] if task.setting("follow_redirects", True) in (True, "true") else [NoRedirect()]
    if task.setting("insecure") in (True, "true"):
        handlers.append(urllib.request.HTTPSHandler(context=ssl._create_unverified_context()))
    timeout = float(str(task.setting("timeout") or 30))
    try:
        with urllib.request.build_opener(*handlers).open(request, data=body, timeout=timeout) as answer:
            return answer.status, answer.read().decode(answer.headers.get_content_charset() or "utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except (urllib.error.URLError, OSError) as error:
        return 599, str(error)


def url_of(task):
    """The address with its query."""
    from pod_scoped_ops import as_text

    url = task.secret("http.uri", needed=False) or task.with_secrets(as_text(task.command()))
    query = task.with_secrets(task.setting("query"))
    if not query:
        return url
    pairs = list(query.items()) if isinstance(query, dict) else [p for item in query for p in item.items()]
    joined = urllib.parse.urlencode([(k, as_text(v)) for k, v in pairs])
    return f"{url}{'&' if '?' in url else '?'}{joined}"


def content_of(task):
    """(bytes or None, content type)."""
    from pod_scoped_ops import as_text

    content = task.with_secrets(task.setting("content"))
    if content is None:
        return None, None
    form = task.setting("content_format") or ("text" if isinstance(content, str) else "json")
    kind = task.setting("content_type")
    if form == "json":
        text = content if isinstance(content, str) and kind else json.dumps(content, ensure_ascii=False)
        return text.encode(), kind or "application/json"
    if form == "form":
        return urllib.parse.urlencode([(k, as_text(v)) for k, v in content.items()]).encode(), (
            kind or "application/x-www-form-urlencoded"
        )
    return as_text(content).encode(), kind or "text/plain"


def authorize(task, request):
    """Credentials from secrets."""
    header = task.secret("http.authorization", needed=False)
    user = task.secret("http.user", needed=False)
    if header:
        request.add_header("Authorization", header)
    elif user:
        pair = f"{user}:{task.secret('http.password', needed=False) or ''}"
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
