"""Secrets that stand as literals in the sources: found here, and never copied to an output, a report or a log.

Two questions are answered: "is this value, under this name, a secret?" (`secret_reason`) and "which parts of this text
are secrets?" (`secret_parts`, `redact`). Both are heuristics that lean to the safe side; a value that is only a
reference (a template, an environment variable, a path, a name of a secret) is none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME = re.compile(
    r"(?i)(?:^|[_\-. ])"
    r"(?:pass(?:word|wd|phrase|wort)?|pwd|secret(?:s)?|token|api[_\-]?key|access[_\-]?key|private[_\-]?key|"
    r"secret[_\-]?key|auth[_\-]?key|account[_\-]?key|credential(?:s)?|webhook[_\-]?(?:url|token)|bearer|authorization)"
    r"(?:$|[_\-. ]|[0-9])"
)
_JOINED_NAME = re.compile(r"(?i)(?:password|passwd|apikey|secretkey|accesskey|authtoken|pgpassword|mysql_pwd)")
_ABOUT_A_SECRET = re.compile(
    r"(?i)(?:url|uri|path|file|filename|name|names|id|ids|arn|ttl|expiry|expires|expiration|endpoint|type|types|count|"
    r"enabled|required|length|limit|limits|header|field|key_id|ref|version|policy|dir|mount|volume|host|port|user|username|"
    r"provider|manager|scope|column|table|alias|seconds|prefix|suffix)$"
)
_REFERENCE = re.compile(
    r"^\s*(?:\{\{.*\}\}|\{%.*|\$\{?\w+\}?|\$\(\w+\)|%\(\w+\)s|<[^>]*>|\*+|x{3,}|\.{3})\s*$", re.DOTALL
)
_PATH = re.compile(r"^(?:/|\./|~/|[A-Za-z]:\\|s3://|gs://|file:|projects/|arn:|secretmanager)")
_WORD = re.compile(
    r"(?i)^(?:true|false|none|null|yes|no|on|off|changeme|todo|tbd|placeholder|default|required|optional|disabled|\d{1,3})$"
)

BY_NAME = "a password in a text"
"""The reason for `name=value`; without quotes the value may be a name of code, or a word."""
GUESSED = "a value that looks random"

_VALUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a private key",
        re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    ),
    ("an AWS access key id", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a Slack token", re.compile(r"\bxox[abeoprs]-[0-9A-Za-z-]{8,}")),
    ("a Slack webhook address", re.compile(r"(?<=hooks\.slack\.com/services/)[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]+")),
    ("a GitHub token", re.compile(r"\b(?:gh[opsur]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{16,}")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{30,}")),
    ("a Stripe key", re.compile(r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{10,}")),
    ("a Databricks token", re.compile(r"\bdapi[0-9a-f]{30,}\b")),
    ("a SendGrid key", re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("a password in a URL", re.compile(r"(?<=://)(?P<user>[^\s:/@'\"{}$<]*):(?P<part>[^\s@/'\"]+)(?=@)")),
    ("an authorization header", re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<part>[A-Za-z0-9+/_.=-]{12,})")),
    (
        BY_NAME,
        re.compile(
            r"(?i)(?:^|[\s\"'{(,;&?-])(?P<name>[\w-]{0,40}?(?:password|passwd|pwd|secret|token|api_?key|access_?key))"
            r"[\"']?\]?\s*(?:=|:(?!:)|\sIDENTIFIED\s+BY\s)\s*(?:b?\"(?P<dq>[^\"\n]{4,})\"|b?'(?P<sq>[^'\n]{4,})'|(?P<part>[^\s\"',;&)(}{]{6,}))"
        ),
    ),
    (
        "a password in a command",
        re.compile(
            r"(?i)(?:^|[\s\"'])--?[\w-]{0,40}?(?:password|passwd|token|api-?key|secret-?key)"
            r"(?:[\"']\s*,\s*[bfr]?[\"']|\s+[\"']?)(?P<part>[^\s\"'$-][^\s\"',;&)(]{3,})"
        ),
    ),
    (
        "a password in a statement",
        re.compile(r"(?i)\bIDENTIFIED\s+BY\s+'(?P<part>[^'\n]+)'|\bPASSWORD\s+'(?P<sq>[^'\n]+)'"),
    ),
)  # fmt: skip

_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{32,}")


@dataclass(frozen=True, slots=True)
class SecretPart:
    """Where in a text a secret stands (`start`, `end`: character offsets) and what kind it is (`reason`)."""

    start: int
    end: int
    reason: str


def secret_name(name: str) -> bool:
    """Whether a variable, argument or key called `name` holds a secret by its name (`DB_PASSWORD`, `apiToken`)."""
    if _ABOUT_A_SECRET.search(name) and not re.search(r"(?i)webhook[_-]?url$", name):
        return False
    return bool(_NAME.search(_CAMEL.sub("_", name)) or _JOINED_NAME.search(name))


def secret_reason(name: str | None, value: object) -> str | None:
    """Why `value`, found under `name`, is a secret as a whole; None when it is none.

    Only text can be one. References (templates, `$NAME`, paths) and plain words are none.
    """
    if not isinstance(value, str) or not value.strip():
        return None
    if not is_plain(value):
        return None
    if name is not None and secret_name(name) and not _PATH.match(value) and " " not in value.strip():
        return f"a secret, by its name `{name}`"
    whole = [p for p in secret_parts(value) if p.end - p.start >= len(value.strip()) - 8]
    return whole[0].reason if whole else None


def is_plain(value: str) -> bool:
    """Whether a text can be a secret at all: no pure reference and no everyday word."""
    return not (_REFERENCE.match(value) or _WORD.match(value.strip()))


def secret_parts(text: str) -> list[SecretPart]:
    """The secrets inside a text, in order and without overlap."""
    return list(_secret_parts(text))


@lru_cache(maxsize=20_000)
def _secret_parts(text: str) -> list[SecretPart]:
    found: list[SecretPart] = []
    for reason, pattern in _VALUES:
        for match in pattern.finditer(text):
            group = next((g for g in ("part", "dq", "sq") if g in pattern.groupindex and match.group(g)), 0)
            start, end = match.span(group)
            named = match.group("name") if "name" in pattern.groupindex else None
            if _is_reference(match.group(group)) or text[end : end + 1] in ("(", "["):
                continue
            if named is not None and not secret_name(named):
                continue
            found.append(SecretPart(start, end, reason))
    for match in _TOKEN.finditer(text):
        if _random_looking(match.group(0)):
            found.append(SecretPart(match.start(), match.end(), GUESSED))
    return _without_overlap(found)


def redact(text: str, mask: str = "***") -> str:
    """`text` with every secret in it replaced by `mask`; for excerpts in reports and logs."""
    out, at = [], 0
    for part in secret_parts(text):
        out += [text[at : part.start], mask]
        at = part.end
    return "".join([*out, text[at:]])


def _is_reference(value: str) -> bool:
    """A value that only names where the secret is."""
    if _REFERENCE.match(value) or _WORD.match(value) or _PATH.match(value):
        return True
    return bool(re.match(r"^(?:\{|\$|%s|%\(|<|\w+\(|os\.|self\.|\w+\.\w+|\w+\[)", value))


def _random_looking(token: str) -> bool:
    """Mixed case and digits with the entropy of a generated key; identifiers, hashes and paths are not."""
    if "/" in token and len(token) != 40:
        return False
    kinds = [any(c.islower() for c in token), any(c.isupper() for c in token), any(c.isdigit() for c in token)]
    if not all(kinds) or token.count("-") + token.count("_") > 3 or token.count("/") > 3:
        return False
    counts = Counter(token)
    entropy = -sum(n / len(token) * math.log2(n / len(token)) for n in counts.values())
    digits = sum(c.isdigit() for c in token)
    return entropy >= 4.3 and digits >= 3


def _without_overlap(parts: list[SecretPart]) -> list[SecretPart]:
    kept: list[SecretPart] = []
    for part in sorted(parts, key=lambda p: (p.start, -(p.end - p.start))):
        if not kept or part.start >= kept[-1].end:
            kept.append(part)
    return kept
