"""The texts of a workflow in as many ConfigMaps as they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROOM = 900_000
"""Bytes of keys and texts in one ConfigMap; Kubernetes allows 1 MiB."""


def source_maps(name: str, files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """ConfigMap -> its texts: `name`, and `<name>-2`, `<name>-3` ... where one has no room. A text that is longer than
    a ConfigMap may be stands alone."""
    maps: list[dict[str, str]] = [{}]
    used = 0
    for key, text in files.items():
        size = len(f"{key}{text}".encode())
        if maps[-1] and used + size > ROOM:
            maps.append({})
            used = 0
        maps[-1][key] = text
        used += size
    return {name if n == 1 else f"{name}-{n}": found for n, found in enumerate(maps, 1) if found}


def point_to(value: Any, name: str, maps: Mapping[str, Mapping[str, str]]) -> Any:
    """Part of a manifest (plain data) in which what refers to ConfigMap `name` refers to those that have its texts."""
    if len(maps) < 2:
        return value
    if isinstance(value, list):
        return [point_to(item, name, maps) for item in value]
    if not isinstance(value, dict):
        return value
    if (value.get("configMap") or {}).get("name") == name:
        rest = {key: item for key, item in value.items() if key != "configMap"}
        return {**rest, "projected": {"sources": _sources(value["configMap"], maps)}}
    reference = value.get("configMapKeyRef") or {}
    if reference.get("name") == name:
        home = next(own for own, texts in maps.items() if reference["key"] in texts)
        return {**value, "configMapKeyRef": {**reference, "name": home}}
    return {key: point_to(item, name, maps) for key, item in value.items()}


def _sources(volume: Mapping[str, Any], maps: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    if "items" not in volume:
        return [{"configMap": {"name": own}} for own in maps]
    parts = {own: [item for item in volume["items"] if item["key"] in texts] for own, texts in maps.items()}
    return [{"configMap": {"name": own, "items": items}} for own, items in parts.items() if items]
