"""Programs that start a job of a service over HTTP and wait for its end."""

from __future__ import annotations

CALL = """
import json
import os
import sys
import time
import urllib.error
import urllib.request


def call(url, body=None, method=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    for attempt in range(5):
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            if error.code < 500 or data is not None or attempt == 4:
                sys.exit("%s answers %s: %s" % (url.partition("?")[0], error.code, text))
        except urllib.error.URLError as error:
            if attempt == 4:
                sys.exit("%s cannot be reached: %s" % (url.partition("?")[0], error.reason))
        time.sleep(2 ** attempt)


def value(name, default=None):
    text = os.environ.get(name)
    return default if not text else json.loads(text)


def keep(result):
    with open("/tmp/result.json", "w") as out:
        json.dump(result, out)
"""

GOOGLE_LOGGED_IN = """
import subprocess

token = subprocess.check_output(["gcloud", "auth", "print-access-token"], text=True).strip()
project = os.environ.get("PROJECT") or os.environ.get("GOOGLE_PROJECT")
if not project:
    project = subprocess.check_output(["gcloud", "config", "get-value", "project"], text=True).strip()
auth = {"Authorization": "Bearer " + token}
"""
