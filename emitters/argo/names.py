"""Names: source ids to names that Argo and Kubernetes accept (docs/semantics.md, names).

Limits and pitfalls come from Argo's validator (`workflow/validate/validate.go`), its pod names
(`workflow/util/pod_name.go` does not lower the case of a template name) and its `depends` language, which compiles task
names as expressions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from migrate.names import NAME_LIMIT, short_hash, slug

WORKFLOW_LIMIT = 52
OUR_NAMES = frozenset(["main", "on-exit", "run"])
OUR_PREFIX = "af-"


def unique_slugs(ids: Iterable[str], limit: int = NAME_LIMIT, *, inside: bool = True) -> Mapping[str, str]:
    """Names for ids that live side by side. When ids clash, every one of them gets a hash of its id, so that another id
    added later renames none of the others. inside: names inside a workflow, where those that we use count as taken."""
    ids = list(dict.fromkeys(ids))
    plain = {i: slug(i, limit) for i in ids}
    users: dict[str, int] = {}
    for name in plain.values():
        users[name] = users.get(name, 0) + 1
    out = {}
    for source_id, name in plain.items():
        taken = users[name] > 1 or (inside and (name in OUR_NAMES or name.startswith(OUR_PREFIX)))
        out[source_id] = f"{name[: limit - 7].rstrip('-')}-{short_hash(source_id, 6)}" if taken else name
    return out


def parameter_name(hint: str) -> str:
    """A parameter name `^[-a-zA-Z0-9_]+$` for a hint: lower case, hyphens. What is too long ends with a hash, so that
    two long hints do not get one name."""
    text = unicodedata.normalize("NFKD", hint).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    if len(text) > NAME_LIMIT:
        return f"{text[: NAME_LIMIT - 7].rstrip('-')}-{short_hash(text, 6)}"
    return text or "value"


def param_name(source_name: str) -> str:
    """The workflow parameter for a run parameter: its own name where Argo allows it."""
    if re.fullmatch(r"[-a-zA-Z0-9_]+", source_name):
        return source_name
    return f"{parameter_name(source_name)}-{short_hash(source_name, 6)}"


def env_name(source_name: str) -> str:
    """An environment variable name: upper case, `_` for everything else."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", source_name).strip("_").upper() or "X"
    return f"_{text}" if text[0].isdigit() else text


def key_name(source_name: str) -> str:
    """A ConfigMap or Secret key: the name itself where Kubernetes allows it, else without the other characters and with
    a hash."""
    if re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", source_name) and source_name not in (".", ".."):
        return source_name
    text = re.sub(r"[^-._a-zA-Z0-9]+", "-", source_name).strip("-")[:200] or "key"
    return f"{text}-{short_hash(source_name, 6)}"
