"""Names that both sides must agree on: Kubernetes objects that stand for something of the sources."""

from __future__ import annotations

import hashlib
import re
import unicodedata

NAME_LIMIT = 63
RESERVED = frozenset(
    "in not and or matches contains startswith endswith let if else true false nil".split()  # noqa: SIM905
)


def slug(source_id: str, limit: int = NAME_LIMIT) -> str:
    """A name `^[a-z]([-a-z0-9]*[a-z0-9])?$` of at most `limit` characters for a source id; the same id always gives the
    same name. Ids that are too long keep their beginning and end with a hash of the whole id."""
    text = unicodedata.normalize("NFKD", source_id).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    if not text or text[0].isdigit():
        text = f"t-{text}".rstrip("-")
        if text == "t":
            text = f"t-{short_hash(source_id, 6)}"
    if text in RESERVED:
        text += "-task"
    if len(text) > limit:
        text = f"{text[: limit - 9].rstrip('-')}-{short_hash(source_id, 8)}"
    return text


def secret_object(workflow: str) -> str:
    """The Secret for values that stood as plain text in a workflow's source. Ids that others may share the short name
    with (`a.b`, `a-b`) get a hash."""
    if re.fullmatch(r"[a-z](?:_?[a-z0-9])*", workflow):
        return slug(f"{workflow}-secrets")
    return f"{slug(workflow, NAME_LIMIT - 17)}-{short_hash(workflow, 8)}-secrets"


def project_object(project: str) -> str:
    """The Secret for files of a project that hold secrets; `project` may be empty."""
    return slug(f"project-{project}-files" if project else "project-files")


def file_key(path: str) -> str:
    """The key of a file in a ConfigMap or Secret: its path with dots, and a hash where that could be another's."""
    text = re.sub(r"[^-._a-zA-Z0-9]+", "-", path.replace("/", ".")).strip(".-")[:200]
    plain = text == path.replace("/", ".") and "/" not in path
    return text if plain else f"{text or 'file'}-{short_hash(path, 6)}"


def short_hash(text: str, length: int) -> str:
    """The first characters of a hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]
