"""Kubernetes objects that are created and waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from emitters.argo import manifest as m
from emitters.argo.registry import template
from migrate.ir.actions import Resource

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Resource)
def resource(action: Resource, ctx: TemplateContext) -> m.Template:
    """A `resource` template. The service account needs rights on the object's kind."""
    found = action.manifest
    text = found if isinstance(found, str) else yaml.safe_dump(found, sort_keys=False, allow_unicode=True)
    kind = str(found.get("kind", "")) if isinstance(found, dict) else ""
    group = str(found.get("apiVersion", "v1")).rpartition("/")[0] if isinstance(found, dict) else ""
    for verb in ("get", "list", "watch", action.operation if action.operation != "apply" else "patch"):
        ctx.needs.rules.add(" ".join([verb, _plural(kind) + (f".{group}" if group else "")]))
    return m.Template(
        name=ctx.name,
        outputs=ctx.outputs(),
        resource=m.Resource(
            action=action.operation,
            success_condition=action.success,
            failure_condition=action.failure,
            manifest=text,
            **_name(found),
        ),
    )


def _name(found: Any) -> dict[str, Any]:
    """An object with a generated name belongs to its workflow and goes with it."""
    metadata = found.get("metadata") if isinstance(found, dict) else None
    return {"set_owner_reference": True} if isinstance(metadata, dict) and "generateName" in metadata else {}


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith(("s", "x", "ch", "sh")):
        return f"{lower}es"
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"
