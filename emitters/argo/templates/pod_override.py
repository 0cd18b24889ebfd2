"""Kubernetes settings that the source gave for the pod of a task (`Task.pod`), laid over its template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.templates.container import (
    OWN_FIELDS,
    TEMPLATE_FIELDS,
    WORKFLOW_FIELDS,
    init_containers,
    set_template_fields,
    variable,
)

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

WORKER_KINDS = ("shell", "python", "hosted")
"""Actions that run what the old worker ran itself; only these take over its image."""


def with_pod(template: m.Template, pod: dict[str, Any], ctx: TemplateContext, kind: str) -> m.Template:
    """The template with the PodSpec fields of `pod` (camelCase; `metadata` beside them, `containers[0]` or the one
    called `base` is the task's own container). Templates without a pod stay as they are."""
    main = template.container or template.script
    if not pod or main is None:
        return template
    containers = [c for c in pod.get("containers") or [] if isinstance(c, dict)]
    base = next((c for c in containers if c.get("name") == "base"), containers[0] if containers else {})
    _container(main, base, kind)
    set_template_fields(template, pod)
    template.volumes = [*(template.volumes or []), *(pod.get("volumes") or [])] or None
    template.init_containers = [*(template.init_containers or []), *(init_containers(pod, ctx) or [])] or None
    others = [c for c in containers if c is not base]
    if others:
        found = [m.Container.model_validate({**c, "env": [variable(v) for v in c.get("env") or []]}) for c in others]
        template.sidecars = [*(template.sidecars or []), *found]
    for name in sorted(WORKFLOW_FIELDS & pod.keys()):
        ctx.needs.image_pull_secrets.update(str(e.get("name")) for e in pod[name] if isinstance(e, dict))
    _metadata(template, pod.get("metadata") or {})
    _patch(template, pod)
    return template


def _container(main: Any, base: dict[str, Any], kind: str) -> None:
    """Resources, variables, mounts and the like; the command stays the step's own."""
    env = [m.EnvVar.model_validate(variable(v)) for v in base.get("env") or []]
    mounts = [m.VolumeMount.model_validate(v) for v in base.get("volumeMounts") or []]
    if env:
        own = {v.name for v in main.env or []}
        main.env = [*(v for v in env if v.name not in own), *(main.env or [])]
    if mounts:
        main.volume_mounts = [*(main.volume_mounts or []), *mounts]
    for key, name in (
        ("resources", "resources"),
        ("securityContext", "security_context"),
        ("imagePullPolicy", "image_pull_policy"),
        ("envFrom", "env_from"),
    ):
        if base.get(key):
            setattr(main, name, base[key])
    if base.get("image") and kind in WORKER_KINDS:
        main.image = base["image"]


def _metadata(template: m.Template, given: dict[str, Any]) -> None:
    labels, annotations = given.get("labels") or {}, given.get("annotations") or {}
    if not labels and not annotations:
        return
    old = template.metadata or m.Metadata()
    template.metadata = m.Metadata(
        labels={**(old.labels or {}), **{k: str(v) for k, v in labels.items()}} or None,
        annotations={**(old.annotations or {}), **{k: str(v) for k, v in annotations.items()}} or None,
    )


def _patch(template: m.Template, pod: dict[str, Any]) -> None:
    """What Argo has no field for goes into `podSpecPatch`."""
    known = TEMPLATE_FIELDS | WORKFLOW_FIELDS | OWN_FIELDS | {"metadata"}
    patch = {k: v for k, v in pod.items() if k not in known}
    if patch:
        old = json.loads(template.pod_spec_patch) if template.pod_spec_patch else {}
        template.pod_spec_patch = json.dumps({**old, **patch}, ensure_ascii=False, sort_keys=True)
