"""Google's APIs with the credential of a secret, else with the identity of the pod (Workload Identity)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import time
import urllib.parse

from pod_service import ServiceError, once, patiently

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
METADATA = "/computeMetadata/v1/"
LIFETIME = 3600


class Google:
    """One credential. project: that of the secret `gcp.project`, else the credential's own."""

    def __init__(self, task):
        text = task.secret("gcp.credential", needed=False)
        self.credential = json.loads(text) if text else None
        own = (self.credential or {}).get("project_id")
        self.project = task.secret("gcp.project", needed=False) or own or self._metadata("project/project-id")
        self._token = ("", 0.0)

    def call(self, method, url, data=None, allowed=()):
        """The answer to a request; one with status 4xx is an error, unless it is allowed."""

        def send():
            headers = {"Authorization": f"Bearer {self.token()}", "Accept": "application/json"}
            body = None
            if data is not None:
                body = json.dumps(data).encode()
                headers["Content-Type"] = "application/json"
            return once(method, url, headers, body)

        answer = patiently(send, f"{method} {url}")
        if answer.status >= 300 and answer.status not in allowed:
            raise ServiceError(f"{method} {url}: status {answer.status}: {answer.text[:500]}", answer.status)
        return answer

    def token(self):
        """An access token that holds for some minutes at least."""
        if self._token[1] < time.time() + 300:
            self._token = self._new_token()
        return self._token[0]

    def _new_token(self):
        kind = (self.credential or {}).get("type")
        if kind == "service_account":
            fields = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed(self.credential)}
        elif kind == "authorized_user":
            names = ("client_id", "client_secret", "refresh_token")
            fields = {"grant_type": "refresh_token", **{name: self.credential[name] for name in names}}
        elif self.credential:
            raise ServiceError(f"credentials of type {kind!r} are not supported")
        else:
            found = json.loads(self._metadata(f"instance/service-accounts/default/token?scopes={SCOPE}"))
            return found["access_token"], time.time() + found["expires_in"]
        url = self.credential.get("token_uri") or "https://oauth2.googleapis.com/token"
        body = urllib.parse.urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = patiently(lambda: once("POST", url, headers, body), "signing in")
        if answer.status >= 300:
            raise ServiceError(f"signing in: status {answer.status}: {answer.text[:500]}", answer.status)
        found = answer.json()
        return found["access_token"], time.time() + found.get("expires_in", LIFETIME)

    @staticmethod
    def _metadata(path):
        """What the cluster says of the pod's identity."""
        host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
        answer = once("GET", f"http://{host}{METADATA}{path}", {"Metadata-Flavor": "Google"}, timeout=10)
        if answer.status != 200:
            raise ServiceError("there is neither the secret gcp.credential nor an identity of the pod", answer.status)
        return answer.text


def signed(credential):
    """A signed claim to be the service account, for an hour."""
    now = int(time.time())
    head = {"alg": "RS256", "typ": "JWT", "kid": credential.get("private_key_id", "")}
    claim = {
        "iss": credential["client_email"], "scope": SCOPE, "iat": now, "exp": now + LIFETIME,
        "aud": credential.get("token_uri") or "https://oauth2.googleapis.com/token",
    }  # fmt: skip
    text = ".".join(coded(json.dumps(part).encode()) for part in (head, claim))
    return f"{text}.{coded(signature(credential['private_key'], text.encode()))}"


def coded(data):
    """Base 64 as in web tokens."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signature(key, text):
    """RSA with SHA-256, by the openssl that Python's images have for their certificates."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(key)
        file.flush()
        command = ["openssl", "dgst", "-sha256", "-sign", file.name]
        done = subprocess.run(command, input=text, capture_output=True, check=False)
    if done.returncode:
        raise ServiceError("the private key of gcp.credential cannot be used: " + done.stderr.decode(errors="replace"))
    return done.stdout


def base_of(variable, default):
    """The address of an API; emulators are named by the variable that Google's own clients read."""
    found = os.environ.get(variable)
    return (found if "://" in found else f"http://{found}").rstrip("/") if found else default
