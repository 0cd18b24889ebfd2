"""Container images with their pods: KubernetesPodOperator and relatives, DockerOperator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.registry import template
from migrate.ir.actions import RENDERED, Container
from migrate.ir.words import in_words

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

TEMPLATE_FIELDS = {
    "nodeSelector", "affinity", "tolerations", "priorityClassName", "schedulerName", "hostAliases",
    "serviceAccountName", "automountServiceAccountToken", "securityContext",
}  # fmt: skip
"""PodSpec fields that an Argo template has itself."""
WORKFLOW_FIELDS = {"imagePullSecrets"}
"""PodSpec fields that only a whole workflow has; the union of all tasks is written."""
OWN_FIELDS = {"volumes", "initContainers", "containers", "restartPolicy", "activeDeadlineSeconds"}
XCOM_DIR = "/airflow/xcom"


@template(Container)
def container(action: Container, ctx: TemplateContext) -> m.Template:
    """The container with all fields of its pod; what Argo has no field for goes into `podSpecPatch`."""
    texts = [ctx.field(expr, f"text-{number}") for number, expr in enumerate(action.rendered, 1)]
    pod = _filled(action.pod, texts)
    out = m.Template(name=ctx.name, volumes=list(pod.get("volumes") or []), outputs=_outputs(action, ctx))
    out.metadata = _metadata(action)
    fields = _filled(action.container, texts)
    rendered = fields.pop("resources") if fields.get("resources") != action.container.get("resources") else None
    out.container = _main(action, ctx, fields)
    out.init_containers = init_containers(pod, ctx)
    out.sidecars = _sidecars(pod)
    set_template_fields(out, pod)
    for name in sorted(WORKFLOW_FIELDS & pod.keys()):
        known = ctx.workflow_fields.setdefault(name, [])
        known.extend(entry for entry in pod[name] if entry not in known)
        if name == "imagePullSecrets":
            ctx.needs.image_pull_secrets.update(
                str(entry.get("name")) for entry in pod[name] if isinstance(entry, dict)
            )
    patch = {k: v for k, v in pod.items() if k not in TEMPLATE_FIELDS | WORKFLOW_FIELDS | OWN_FIELDS}
    if rendered is not None:  # Argo refuses a quantity with a tag in it
        patch["containers"] = [{"name": "main", "resources": rendered}]
    if patch:
        out.pod_spec_patch = json.dumps(patch, ensure_ascii=False, sort_keys=True)
    out.active_deadline_seconds = own_deadline(action)
    if action.output_file and action.output_file.startswith(f"{XCOM_DIR}/") and "return_value" in ctx.task.pushes:
        out.volumes = [*(out.volumes or []), {"name": "return", "emptyDir": {}}]
        out.container.volume_mounts = [
            *(out.container.volume_mounts or []),
            m.VolumeMount(name="return", mount_path=XCOM_DIR),
        ]
    return out


def own_deadline(action: Container) -> int | None:
    """Seconds that the source's pod may live, whatever the task's timeout; None: no limit of its own."""
    deadline = action.deadline or action.pod.get("activeDeadlineSeconds")
    return None if deadline is None else max(1, round(float(deadline)))


def _filled(value: Any, texts: list[str]) -> Any:
    """Raw fields with the texts that only the run knows in their places."""
    if isinstance(value, dict):
        return {k: _filled(v, texts) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, texts) for v in value]
    if isinstance(value, str) and value.startswith(RENDERED[0]):
        return texts[int(value.strip(RENDERED[0]))]
    return value


def _main(action: Container, ctx: TemplateContext, fields: dict[str, Any]) -> m.Container:
    """The container of the task; `fields`: the raw ones, which are used up."""
    env_from = fields.pop("envFrom", None)
    mounts = fields.pop("volumeMounts", None)
    fields.pop("env", None)
    env = ctx.env(action.env) + [m.EnvVar.model_validate(variable(v)) for v in action.env_raw]
    command = [ctx.text(v, f"command-{i}") for i, v in enumerate(action.command, 1)] if action.command else None
    args = [ctx.text(v, f"arg-{i}") for i, v in enumerate(action.args, 1)] or None
    image = ctx.field(action.image, "image")
    main = m.Container.model_validate({**fields, "image": image})
    main.command, main.args = command, args
    if action.skip_exit_codes and command:
        main.command, main.args = ["sh", "-c", _skipping(action.skip_exit_codes), "sh"], [*command, *(args or [])]
    main.env = [*ctx.early_env(), *env] or None
    main.env_from = env_from
    main.volume_mounts = [m.VolumeMount.model_validate(mount) for mount in mounts] if mounts else None
    ctx.needs.images.add(in_words(action.image))
    return main


def _skipping(codes: tuple[int, ...]) -> str:
    """Shell text that runs its arguments, and turns some exit codes into the skip state."""
    cases = " | ".join(str(code) for code in codes)
    return (
        'code=0; state=success; "$@" || code=$?; '
        f"case $code in {cases}) state=skipped; code=0 ;; esac; "
        "mkdir -p /tmp/af/out; printf %s $state > /tmp/af/out/state; exit $code"
    )


def variable(raw: dict[str, Any]) -> dict[str, Any]:
    """A Kubernetes EnvVar, with the key references in our model."""
    source = raw.get("valueFrom")
    if not isinstance(source, dict):
        return {"name": raw["name"], "value": raw.get("value")}
    known = {
        k: v for k, v in source.items() if k in ("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef")
    }
    return {"name": raw["name"], "valueFrom": known}


def init_containers(pod: dict[str, Any], ctx: TemplateContext) -> list[m.Container] | None:
    found = []
    for number, raw in enumerate(pod.get("initContainers") or [], 1):
        fields = {**raw, "name": raw.get("name") or f"init-{number}"}
        fields["env"] = [variable(v) for v in fields.get("env") or []] or None
        found.append(m.Container.model_validate(fields))
        ctx.needs.images.add(str(fields.get("image", "")))
    return found or None


def _sidecars(pod: dict[str, Any]) -> list[m.Container] | None:
    """Further containers beside the task's own."""
    found = []
    for raw in pod.get("containers") or []:
        fields = {**raw, "env": [variable(v) for v in raw.get("env") or []] or None}
        found.append(m.Container.model_validate(fields))
    return found or None


def _metadata(action: Container) -> m.Metadata | None:
    if not (action.labels or action.annotations):
        return None
    return m.Metadata(labels=dict(action.labels) or None, annotations=dict(action.annotations) or None)


_SETTERS: dict[str, Callable[[m.Template, Any], None]] = {
    "nodeSelector": lambda t, v: setattr(t, "node_selector", v),
    "affinity": lambda t, v: setattr(t, "affinity", v),
    "tolerations": lambda t, v: setattr(t, "tolerations", v),
    "priorityClassName": lambda t, v: setattr(t, "priority_class_name", v),
    "schedulerName": lambda t, v: setattr(t, "scheduler_name", v),
    "hostAliases": lambda t, v: setattr(t, "host_aliases", v),
    "serviceAccountName": lambda t, v: setattr(t, "service_account_name", v),
    "automountServiceAccountToken": lambda t, v: setattr(t, "automount_service_account_token", v),
    "securityContext": lambda t, v: setattr(t, "security_context", v),
}


def set_template_fields(out: m.Template, pod: dict[str, Any]) -> None:
    for name in sorted(TEMPLATE_FIELDS & pod.keys()):
        if pod[name] not in (None, [], {}):
            _SETTERS[name](out, pod[name])


def _outputs(action: Container, ctx: TemplateContext) -> m.Outputs | None:
    """The return value is the JSON file that the container writes."""
    found = ctx.outputs()
    if found is None or not action.output_file:
        return found
    for parameter in found.parameters or []:
        if parameter.name == "return-value" and parameter.value_from is not None:
            parameter.value_from.path = action.output_file
    return found
