"""Requests to services of the operations of `pod_scoped`: patient with what passes, clear about what does not."""

from __future__ import annotations

import http.client
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

UNREACHABLE = 0
LONGEST = 30.0


class ServiceError(Exception):
    """The service refused: `status`, and its text."""

    def __init__(self, message, status=UNREACHABLE, text=""):
        super().__init__(message)
        self.status = status
        self.text = text


@dataclass
class Answer:
    """Status (0: no connection), headers, body."""

    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)

    @property
    def text(self):
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def passing(self):
        """Whether another try may help."""
        return self.status == UNREACHABLE or self.status in (408, 429) or self.status >= 500

    def json(self):
        """The body as data; nothing for an empty body."""
        return json.loads(self.body) if self.body.strip() else None


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller: a request carries credentials, or its sender wants to see them."""

    def redirect_request(self, *_args):
        return None


def listed(value):
    """A value that is a list, a list as JSON text, or one item."""
    if isinstance(value, str) and value.strip().startswith("["):
        value = json.loads(value)
    return value if isinstance(value, list) else [value] if value is not None else []


def once(method, url, headers=None, body=None, timeout=120):
    """One request; every answer of the service is an answer."""
    if not url.startswith(("http://", "https://")):
        raise ServiceError(f"not an address of a service: {url}")
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=timeout) as answer:
            return Answer(answer.status, answer.read(), dict(answer.headers.items()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(), dict(error.headers.items()))
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        return Answer(UNREACHABLE, str(getattr(error, "reason", error)).encode())


def patiently(send, what):
    """Sends until the answer is not one that passes: after 1, 2, 4 ... 30 seconds, for as long as it takes."""
    pause = 1.0
    while True:
        answer = send()
        if not answer.passing:
            return answer
        print(f"{what}: status {answer.status}: {answer.text[:200]}; again in {pause:g} s", file=sys.stderr, flush=True)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST)


def polled(look):
    """What `look` gives as soon as that is not None: after 1, 2, 4 ... 30 seconds."""
    pause = 1.0
    while (found := look()) is None:
        time.sleep(pause)
        pause = min(2 * pause, LONGEST)
    return found


def quoted(*parts):
    """A path of the given parts."""
    return "".join("/" + urllib.parse.quote(str(part), safe="") for part in parts)
