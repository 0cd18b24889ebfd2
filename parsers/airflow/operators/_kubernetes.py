"""Kubernetes objects of the sources (`kubernetes.client` models, Airflow's own helper classes) as API objects."""

from __future__ import annotations

import re
from typing import Any

from migrate.diagnostics.pod_options import OptionDropped
from migrate.ir import exprs
from migrate.ir.actions import RENDERED
from migrate.ir.exprs import Expr
from migrate.secrets import secret_reason
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Instance, Value, XComArg
from parsers.airflow.jinja import has_template
from parsers.airflow.operators._common import environment
from parsers.airflow.to_json import NotConstantError, to_json

_SPECIAL = {
    "host_ip": "hostIP",
    "pod_ip": "podIP",
    "host_pid": "hostPID",
    "host_ipc": "hostIPC",
    "_from": "from",
    "_exec": "exec",
    "_not": "not",
    "disk_uri": "diskURI",
    "volume_id": "volumeID",
    "pd_id": "pdID",
    "scale_io": "scaleIO",
    "target_ww_ns": "targetWWNs",
    "storage_policy_id": "storagePolicyID",
    "dataset_uuid": "datasetUUID",
    "provider_id": "providerID",
}
"""Python names of API fields that are not plain camel case (`attribute_map` of the client's models)."""


def camel(name: str) -> str:
    """The API's spelling of a Python field name: `mount_path` -> `mountPath`."""
    if name in _SPECIAL:
        return _SPECIAL[name]
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def api_object(value: Value) -> Any:
    """A model, or lists and dicts of models, as JSON with the API's field names; None values are left out.

    Keys of dictionaries stay as they are. Raises NotConstantError for parts that are not known at conversion.
    """
    if isinstance(value, Instance):
        made = _HELPERS.get(value.cls.name)
        if made is not None:
            return api_object(made(value.attrs))
        fields = {k: v for k, v in value.attrs.items() if v is not None and not k.startswith("__")}
        if value.cls.name.startswith("V1") or fields:
            return {camel(k): api_object(v) for k, v in fields.items()}
        raise NotConstantError(value)
    if isinstance(value, dict):
        return {str(k): api_object(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [api_object(item) for item in value]
    return to_json(value)


def _volume(attrs: dict[str, Value]) -> Value:
    configs = attrs.get("configs")
    return {"name": attrs.get("name"), **(configs if isinstance(configs, dict) else {})}


def _volume_mount(attrs: dict[str, Value]) -> Value:
    return {
        "name": attrs.get("name"),
        "mountPath": attrs.get("mount_path"),
        "subPath": attrs.get("sub_path"),
        "readOnly": attrs.get("read_only"),
    }


def _port(attrs: dict[str, Value]) -> Value:
    return {"name": attrs.get("name"), "containerPort": attrs.get("container_port")}


def _runtime_env(attrs: dict[str, Value]) -> Value:
    return {"name": attrs.get("name"), "valueFrom": {"fieldRef": {"fieldPath": attrs.get("field_path")}}}


_HELPERS = {"Volume": _volume, "VolumeMount": _volume_mount, "Port": _port, "PodRuntimeInfoEnv": _runtime_env}


def api_argument(args: Arguments, name: str) -> Any:
    """An argument as API object(s); None when absent or (reported) not known at conversion."""
    value = args.raw(name)
    if value is None:
        return None
    try:
        found = api_object(value)
    except NotConstantError as error:
        args._undetermined(name, error.part)
        return None
    return hide_secrets(found, args, name)


def api_list(args: Arguments, name: str) -> list[Any]:
    """As `api_argument`, always a list."""
    found = api_argument(args, name)
    return found if isinstance(found, list) else [] if found is None else [found]


_OF_BOTH = {
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
    "windowsOptions",
    "appArmorProfile",
}
OF_POD = _OF_BOTH | {
    "fsGroup", "fsGroupChangePolicy", "seLinuxChangePolicy", "supplementalGroups", "supplementalGroupsPolicy",
    "sysctls",
}  # fmt: skip
"""Fields of Kubernetes' PodSecurityContext."""
OF_CONTAINER = _OF_BOTH | {
    "allowPrivilegeEscalation", "capabilities", "privileged", "procMount", "readOnlyRootFilesystem",
}  # fmt: skip
"""Fields of Kubernetes' SecurityContext of a container."""


def known_fields(args: Arguments, name: str, fields: set[str]) -> Any:
    """As `api_argument`, without what Kubernetes has no field for: it ignores that, but refuses it in a manifest."""
    found = api_argument(args, name)
    if not isinstance(found, dict):
        return found
    for key in sorted(found.keys() - fields):
        args.report(OptionDropped, name, name=f"{name}.{key}", why="Kubernetes has no such field there and ignores it")
    return {k: v for k, v in found.items() if k in fields}


class RenderedTexts:
    """Takes the templates out of API objects: what only the run knows is kept in `found`, with a mark in its place."""

    def __init__(self, args: Arguments) -> None:
        self.args = args
        self.found: list[exprs.Expr] = []

    def replaced(self, fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        """The fields of a pod or container; texts in those of these names are rendered as far as they are known."""
        return {k: self._value(v, k) if k in names else v for k, v in fields.items()}

    def _value(self, value: Any, label: str) -> Any:
        if isinstance(value, dict):
            return {k: self._value(v, f"{label}.{k}") for k, v in value.items()}
        if isinstance(value, list):
            return [self._value(v, label) for v in value]
        if not isinstance(value, str) or not has_template(value):
            return value
        expr = self.args.convert(value, label)
        if isinstance(expr, exprs.Literal):
            return str(expr.value)
        if expr not in self.found:
            self.found.append(expr)
        return RENDERED.format(self.found.index(expr))


def hide_secrets(found: Any, args: Arguments, name: str) -> Any:
    """Environment variables inside of API objects whose values are secrets become references to a Secret."""
    if isinstance(found, list):
        return [hide_secrets(item, args, _of_container(item, name)) for item in found]
    if not isinstance(found, dict):
        return found
    label, value = found.get("name"), found.get("value")
    if isinstance(label, str) and isinstance(value, str) and secret_reason(label, value):
        reference = args.convert(value, f"{name}.{label}", templated=False)
        if isinstance(reference, exprs.SecretRef):
            return {"name": label, "valueFrom": secret_key_ref(reference)}
    return {k: hide_secrets(v, args, f"{name}.{k}") for k, v in found.items()}


def _of_container(item: Any, name: str) -> str:
    """Containers of one pod may have variables of the same name."""
    return f"{name}.{item['name']}" if isinstance(item, dict) and "env" in item and "name" in item else name


def secret_key_ref(reference: exprs.SecretRef) -> dict[str, Any]:
    """`valueFrom` for a reference."""
    return {"secretKeyRef": {"name": reference.name, "key": reference.key}}


def env_of(args: Arguments, name: str) -> tuple[tuple[tuple[str, Expr], ...], tuple[dict[str, Any], ...]]:
    """Environment variables given as a dict, as models, or as API objects: (name, value) pairs, and objects with
    `valueFrom`."""
    value = args.raw(name)
    if isinstance(value, dict):
        return args.mapping(name), ()
    if isinstance(value, XComArg) or (isinstance(value, Instance) and isinstance(value.native, XComArg)):
        return environment(args, name), ()
    pairs: list[tuple[str, Expr]] = []
    raw: list[dict[str, Any]] = []
    for item in value if isinstance(value, list | tuple) else ():
        fields = item.attrs if isinstance(item, Instance) else item if isinstance(item, dict) else {}
        label = fields.get("name")
        source = fields.get("value_from", fields.get("valueFrom"))
        if not isinstance(label, str):
            args._wrong(name, item, "an environment variable")
        elif source is not None or (isinstance(item, Instance) and item.cls.name in _HELPERS):
            raw += [found for found in [_constant(args, name, item)] if found]
        else:
            text = fields.get("value")
            pairs.append((label, args.convert("" if text is None else text, f"{name}.{label}")))
    if value is not None and not isinstance(value, list | tuple):
        args._wrong(name, value, "environment variables")
    return tuple(pairs), tuple(raw)


def _constant(args: Arguments, name: str, item: Value) -> Any:
    try:
        return api_object(item)
    except NotConstantError as error:
        args._undetermined(name, error.part)
        return None


def resources_of(args: Arguments, name: str) -> dict[str, Any] | None:
    """Container resources: a model, an API object, or the old flat keys (`request_memory`, `limit_cpu`, ...)."""
    found = api_argument(args, name)
    if not isinstance(found, dict):
        return None
    out: dict[str, Any] = {k: v for k, v in found.items() if k in ("requests", "limits", "claims")}
    for key, value in found.items():
        kind, _, what = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower().partition("_")
        if kind in ("request", "limit") and what and value is not None:
            unit = {"ephemeral_storage": "ephemeral-storage", "gpu": "nvidia.com/gpu"}.get(what, what)
            out.setdefault(f"{kind}s", {})[unit] = value
    return {k: {n: str(v) for n, v in part.items()} if isinstance(part, dict) else part for k, part in out.items()}


def secrets_of(args: Arguments, name: str) -> dict[str, list[dict[str, Any]]]:
    """Airflow's `Secret(deploy_type, deploy_target, secret, key)` objects: env, envFrom, volumes, volumeMounts."""
    out: dict[str, list[dict[str, Any]]] = {"env": [], "envFrom": [], "volumes": [], "volumeMounts": []}
    value = args.raw(name)
    for number, item in enumerate(value if isinstance(value, list | tuple) else [] if value is None else [value]):
        if not isinstance(item, Instance):
            args._wrong(name, item, "a Secret")
            continue
        try:
            fields = {k: to_json(v) for k, v in item.attrs.items() if k != "items" and not k.startswith("__")}
            items = api_object(item.attrs.get("items") or [])
        except NotConstantError as error:
            args._undetermined(name, error.part)
            continue
        _place_secret(fields, items, number, out)
    return out


def _place_secret(fields: dict[str, Any], items: list[Any], number: int, out: dict[str, list[dict[str, Any]]]) -> None:
    target, secret, key = fields.get("deploy_target"), fields.get("secret"), fields.get("key")
    if fields.get("deploy_type") == "volume":
        volume = f"secretvol{number + 1}"
        source: dict[str, Any] = {"secretName": secret}
        if items or key:
            source["items"] = items or [{"key": key, "path": key}]
        out["volumes"].append({"name": volume, "secret": source})
        out["volumeMounts"].append({"name": volume, "mountPath": target, "readOnly": True})
    elif target is None or key is None:
        out["envFrom"].append({"secretRef": {"name": secret}})
    else:
        name = str(target).upper()
        out["env"].append({"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}})
