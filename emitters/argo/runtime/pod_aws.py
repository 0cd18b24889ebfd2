"""Requests to AWS, signed as its Signature Version 4 says, and temporary keys of a role."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import os
import re
import urllib.parse

from pod_service import ServiceError, once, patiently

STS_VERSION, THREE_HOURS = "2011-06-15", 3 * 3600


def signed_headers(method, host, path, query, region, keys, *, service="s3", body=b"", more=None, now=None):
    """The headers of a request. more: further headers, names in lower case; they are signed, too."""
    moment = now or datetime.datetime.now(datetime.timezone.utc)
    stamp, day = moment.strftime("%Y%m%dT%H%M%SZ"), moment.strftime("%Y%m%d")
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": stamp, **(more or {})}
    headers = dict(sorted(headers.items()))
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    asked = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}"
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = f"AWS4{keys[1]}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    mark = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    authorization = f"AWS4-HMAC-SHA256 Credential={keys[0]}/{scope}, SignedHeaders={names}, Signature={mark}"
    shown = {"Host" if name == "host" else name: value for name, value in headers.items()}
    return {**shown, "Authorization": authorization}


def assumed(keys, role, session=None, seconds=None):
    """(access key, secret key, token) of a role, for a while (Digdag's defaults: three hours, its own session name)."""
    region = os.environ.get("AWS_REGION") or "us-east-1"
    endpoint = os.environ.get("AWS_ENDPOINT_URL_STS") or f"https://sts.{region}.amazonaws.com"
    fields = {
        "Action": "AssumeRole", "Version": STS_VERSION, "RoleArn": role,
        "RoleSessionName": session or "digdag-operator-session",
        "DurationSeconds": str(seconds if seconds is not None else THREE_HOURS),
    }  # fmt: skip
    body, host = urllib.parse.urlencode(fields).encode(), urllib.parse.urlsplit(endpoint).netloc
    kind = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}

    def ask():
        headers = signed_headers("POST", host, "/", "", region, keys, service="sts", body=body, more=kind)
        return once("POST", f"{endpoint}/", headers, body)

    answer = patiently(ask, "AssumeRole")
    found = [
        re.search(f"<{name}>([^<]+)</{name}>", answer.text)
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")
    ]
    if answer.status != 200 or not all(found):
        raise ServiceError(f"AssumeRole {role}: status {answer.status}: {answer.text[:300]}", answer.status)
    return [part[1] for part in found]
