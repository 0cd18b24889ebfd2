"""Volumes that several templates have in common stand once, at the workflow.

A pod gets a volume of the workflow only when its container mounts it, and a volume of its own template goes before one
of the same name (`addVolumeReferences` in Argo's workflow/controller/workflowpod.go).
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


def with_common_volumes(spec: dict[str, Any]) -> dict[str, Any]:
    """The WorkflowTemplate's spec (plain data) with `volumes` for what at least two templates mount alike.

    Where templates give one name to different volumes, the most frequent one moves. A volume that depends on a
    template's inputs stays where it is.
    """
    taken = {volume["name"] for volume in spec.get("volumes") or []}
    common = {name: text for name, text in _most_frequent(spec["templates"]).items() if name not in taken}
    if not common:
        return spec
    for template in spec["templates"]:
        own = template.get("volumes") or []
        left = [volume for volume in own if common.get(volume["name"]) != _text(volume)]
        if left:
            template["volumes"] = left
        elif own:
            del template["volumes"]
    moved = [json.loads(text) for text in common.values()]
    templates = spec.pop("templates")
    return {**spec, "volumes": [*(spec.get("volumes") or []), *moved], "templates": templates}


def _most_frequent(templates: list[dict[str, Any]]) -> dict[str, str]:
    """Name -> the volume as text, in order of first use."""
    counts = Counter((v["name"], _text(v)) for t in templates for v in t.get("volumes") or [])
    found: dict[str, str] = {}
    for (name, text), count in counts.items():
        if count > 1 and "{{" not in text and count > counts.get((name, found.get(name, "")), 1):
            found[name] = text
    return found


def _text(volume: dict[str, Any]) -> str:
    return json.dumps(volume)
