"""`s3_wait` of `pod_scoped` (digdag-standards `operator/aws/S3WaitOperatorFactory.java`): signed requests."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import time
import urllib.parse

from pod_aws import signed_headers
from pod_service import ServiceError, once, patiently

FIRST_LOOK, LONGEST = 5.0, 300.0


class TimedOut(Exception):
    """The object did not come in time."""


def s3_wait(task):
    """Waits for an object in S3: looks after 5, 10, 20 ... 300 seconds."""
    bucket, key = place_of(task)
    timeout = task.setting("timeout")
    look = request_of(task, bucket, key)
    limit = None
    if timeout is not None:
        from pod_tools_data import duration

        limit = time.monotonic() + duration(timeout)
    pause = FIRST_LOOK
    while (answer := patiently(look, f"HEAD {bucket}/{key}")).status == 404:
        print(f"Object '{bucket}/{key}' does not yet exist", flush=True)
        if limit is not None and time.monotonic() + pause >= limit:
            time.sleep(max(0.0, limit - time.monotonic()))
            if task.setting("continue_on_timeout") in (True, "true"):
                task.store({"s3": {}})
                return
            raise TimedOut(f"Object '{bucket}/{key}' did not come in {timeout}")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST)
    if answer.status >= 300:
        raise ServiceError(f"HEAD {bucket}/{key}: status {answer.status}", answer.status)
    task.store({"s3": {"last_object": facts(answer.headers)}})


def place_of(task):
    """(bucket, key): the command, or both settings."""
    from pod_scoped import ConfigError

    command, bucket, key = task.command(), task.setting("bucket"), task.setting("key")
    if (command in (None, "")) != (bucket is not None and key is not None):
        raise ConfigError("Either the s3_wait operator command or both 'bucket' and 'key' parameters must be set")
    if command not in (None, ""):
        bucket, slash, key = str(command).partition("/")
        if not slash:
            raise ConfigError(f"Illegal s3 path: {command}")
    return str(bucket), str(key)


def secret_of(task, name, *, needed=False):
    """`aws.s3.<name>`, else `aws.<name>`."""
    found = task.secret(f"aws.s3.{name}", needed=False)
    return found if found is not None else task.secret(f"aws.{name}", needed=needed)


def request_of(task, bucket, key):
    """A function that asks for the object."""
    keys = (secret_of(task, "access_key_id", needed=True), secret_of(task, "secret_access_key", needed=True))
    region = secret_of(task, "region") or task.setting("region") or "us-east-1"
    endpoint = task.secret("aws.s3.endpoint", needed=False) or task.setting("endpoint")
    path_style = task.setting("path_style_access") in (True, "true")
    if not endpoint:
        endpoint = f"https://s3.{region}.amazonaws.com"
    elif "://" not in str(endpoint):
        endpoint = f"https://{endpoint}"
    parts = urllib.parse.urlsplit(str(endpoint))
    local = (parts.hostname or "").replace(".", "").isdigit() or parts.hostname == "localhost"
    path = "/" + urllib.parse.quote(key, safe="/-_.~")
    host = parts.netloc
    if path_style or local or "." in bucket:
        path = f"/{bucket}{path}"
    else:
        host = f"{bucket}.{host}"
    version = task.setting("version_id")
    query = f"versionId={urllib.parse.quote(str(version), safe='')}" if version else ""
    url = f"{parts.scheme}://{host}{path}" + (f"?{query}" if query else "")

    more = customer_key(task)

    def look():
        return once("HEAD", url, signed_headers("HEAD", host, path, query, str(region), keys, more=more))

    return look


def customer_key(task):
    """Headers for an object that is encrypted with a key of the customer's (`aws.s3.sse_c_key...`)."""
    key = task.secret("aws.s3.sse_c_key", needed=False)
    if key is None:
        return {}
    name = "x-amz-server-side-encryption-customer-"
    digest = base64.b64encode(hashlib.md5(base64.b64decode(key), usedforsecurity=False).digest()).decode()
    return {
        f"{name}algorithm": task.secret("aws.s3.sse_c_key_algorithm", needed=False) or "AES256", f"{name}key": key,
        f"{name}key-md5": task.secret("aws.s3.sse_c_key_md5", needed=False) or digest,
    }  # fmt: skip


def facts(headers):
    """What is stored of an object: its headers, and the user's own apart."""
    metadata, own = {}, {}
    for name, value in headers.items():
        lower = name.lower()
        if lower.startswith("x-amz-meta-"):
            own[name[len("x-amz-meta-") :]] = value
        elif lower in ("content-length", "content-type", "etag", "last-modified", "accept-ranges"):
            metadata[HEADERS[lower]] = typed(HEADERS[lower], value)
        elif lower.startswith("x-amz-") and lower not in ("x-amz-id-2", "x-amz-request-id"):
            metadata[lower] = value
    return {"metadata": metadata, "user_metadata": own}


HEADERS = {
    "content-length": "Content-Length", "content-type": "Content-Type", "etag": "ETag",
    "last-modified": "Last-Modified", "accept-ranges": "Accept-Ranges",
}  # fmt: skip


def typed(name, value):
    """Sizes are numbers, times are milliseconds, as in Digdag."""
    if name == "Content-Length":
        return int(value)
    if name == "Last-Modified":
        return int(email.utils.parsedate_to_datetime(value).timestamp() * 1000)
    return value.strip('"') if name == "ETag" else value


OPERATIONS = {"s3_wait": s3_wait}
