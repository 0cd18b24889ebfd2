"""Proof that the objects are those that were written: each part is held against its mark in the facts.

What stands inside of pods (scripts, images, commands, files) has no second source to be proved from. A change of it is
told by name; whether it is right is up to who made it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Marks = dict[str, dict[str, str]]
TO_FILL_IN = "to fill in"
OPEN_KINDS = ("Kustomization",)
"""Objects to which a site adds what it likes."""


def marks(objects: Iterable[Mapping[str, Any]]) -> Marks:
    """Part of an object (a template, the object without its templates) -> field -> mark of its value."""
    found: Marks = {}
    for document in objects:
        for part, fields in _parts(document):
            while part in found:
                part += " (again)"
            found[part] = {name: _mark(value) for name, value in fields.items()}
    return found


def text_problems(objects: Iterable[Mapping[str, Any]], written: Marks) -> tuple[int, list[str]]:
    """(fields compared, problems): parts and fields that are missing, added or changed."""
    have = marks(objects)
    problems = [f"{part} is missing" for part in written if part not in have]
    problems += [f"{part} was not generated" for part in have if part not in written]
    count = 0
    for part, fields in written.items():
        count += len(fields)
        problems += list(_differences(part, fields, have[part])) if part in have else []
    return count, problems


def _differences(part: str, fields: Mapping[str, str], have: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*fields, *have}):
        if name not in have:
            yield f"{part}: `{name}` is missing"
        elif name not in fields:
            if part not in OPEN_KINDS:
                yield f"{part}: `{name}` was added"
        elif fields[name] not in (have[name], TO_FILL_IN):
            yield f"{part}: `{name}` was changed"


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind, metadata = document.get("kind", "object"), document.get("metadata")
    name = metadata.get("name", "") if isinstance(metadata, dict) else ""
    if kind in OPEN_KINDS:
        yield kind, {f"resources {path}": path for path in document.get("resources") or []}
        return
    fields: dict[str, Any] = {"metadata": metadata, "apiVersion": document.get("apiVersion")}
    spec = document.get("spec")
    if not isinstance(spec, dict):
        fields["spec"] = spec
    else:
        fields |= {k: v for k, v in spec.items() if k != "templates"}
        for template in _mappings(spec.get("templates")):
            yield f"template `{template.get('name')}` of {kind} `{name}`", dict(template)
    for section in ("data", "stringData"):
        values = document.get(section)
        fields |= {f"{section}.{k}": v for k, v in values.items()} if isinstance(values, dict) else {section: values}
    known = ("metadata", "apiVersion", "kind", "spec", "data", "stringData")
    fields |= {k: v for k, v in document.items() if k not in known}
    yield f"{kind} `{name}`" if name else str(kind), fields


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else ():
        yield item if isinstance(item, dict) else {"is": item}


def _mark(value: Any) -> str:
    if value == "":
        return TO_FILL_IN
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
