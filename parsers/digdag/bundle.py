"""Files of a project as they are handed on: text or base64, and never one that holds a secret."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from migrate.ir.actions import BundledFile
from parsers.digdag.file_secrets import file_secrets

KEY_FILES = re.compile(r"(?i)(^|/)(id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(p12|pfx|jks|keystore|ppk))$")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class FoundSecret:
    """Why a file counts as a secret, and the line."""

    reason: str
    line: int


def find_secret(path: str, data: bytes) -> FoundSecret | None:
    """The first secret in a file, by its name or its text."""
    if KEY_FILES.search(path):
        return FoundSecret("a private key, by its name", 1)
    text = plain_text(data)
    if text is None:
        return None
    first = min(file_secrets(path, text), key=lambda found: found[2], default=None)
    return FoundSecret(first[1], first[2]) if first is not None else None


def plain_text(data: bytes) -> str | None:
    """The text of a file; None for bytes that are none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if NO_TEXT.search(text) else text


def bundled(path: str, data: bytes, mode: int) -> BundledFile:
    """A file to hand on. mode: its mode bits."""
    text = plain_text(data)
    executable = bool(mode & 0o100) or data.startswith(b"#!")
    if text is None:
        return BundledFile(path=path, text=base64.b64encode(data).decode(), executable=executable, base64=True)
    return BundledFile(path=path, text=text, executable=executable)
