"""Kubernetes objects that are created and waited for."""

from __future__ import annotations

import copy
import re
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
    text = found if isinstance(found, str) else _text(action, ctx)
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


def _text(action: Resource, ctx: TemplateContext) -> str:
    """The manifest as YAML. Values of the run are put in as JSON texts, which YAML reads as they are."""
    filled = copy.deepcopy(action.manifest)
    tags: dict[str, str] = {}
    for number, (place, expr) in enumerate(action.values):
        at: Any = filled
        for key in place[:-1]:
            at = at[key]
        mark = f"value-of-the-run-{number}"
        at[place[-1]] = mark
        text = ctx.field(expr, str(place[-1]) if isinstance(place[-1], str) else f"{place[-2]}-{place[-1]}")
        tags[mark] = text.replace("{{inputs.parameters.", "{{=toJson(inputs.parameters['").replace("}}", "'])}}")
    dumped = yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=1000)
    return re.sub(r"value-of-the-run-\d+", lambda found: tags.get(found.group(), found.group()), dumped)


def _name(found: Any) -> dict[str, Any]:
    """An object with a generated name belongs to its workflow and goes with it."""
    metadata = found.get("metadata") if isinstance(found, dict) else None
    return {"set_owner_reference": True} if isinstance(metadata, dict) and "generateName" in metadata else {}


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith(("s", "x", "ch", "sh")):
        return f"{lower}es"
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"
