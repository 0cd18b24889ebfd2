"""Kubernetes and Docker models: objects that only hold what they were given.

`kubernetes.client.models.V1*` (any name), Airflow's `Secret`, `Volume`, `VolumeMount`, `Port`, `Resources`,
`PodRuntimeInfoEnv`, and `docker.types.Mount`. Field names stay Python's; the operator mappings translate them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Native, Unknown, Value
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_POSITIONAL: dict[str, tuple[str, ...]] = {
    "Secret": ("deploy_type", "deploy_target", "secret", "key", "items"),
    "Volume": ("name", "configs"),
    "VolumeMount": ("name", "mount_path", "sub_path", "read_only"),
    "Port": ("name", "container_port"),
    "PodRuntimeInfoEnv": ("name", "field_path"),
    "Resources": (
        "request_memory",
        "request_cpu",
        "request_ephemeral_storage",
        "limit_memory",
        "limit_cpu",
        "limit_gpu",
        "limit_ephemeral_storage",
    ),
    "Mount": ("target", "source", "type", "read_only", "consistency", "propagation"),
    "V1EnvVar": ("name", "value", "value_from"),
    "V1ResourceRequirements": ("claims", "limits", "requests"),
    "V1LocalObjectReference": ("name",),
    "V1Pod": ("api_version", "kind", "metadata", "spec", "status"),
}
"""Parameters by position of the classes that are called so in practice."""

_DEFAULTS: dict[str, dict[str, Value]] = {"Mount": {"type": "volume", "read_only": False}}

_CLASSES: dict[str, ClassValue] = {}


def _init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Keeps the arguments as attributes."""
    instance = args[0]
    if isinstance(instance, Instance):
        name = next((c.name for c in instance.cls.mro if c.name in _CLASSES), instance.cls.name)
        given = dict(zip(_POSITIONAL.get(name, ()), args[1:], strict=False))
        instance.attrs.update({**_DEFAULTS.get(name, {}), **given, **kwargs})
    return None


def _missing(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """A field that was not given is None."""
    name = args[1] if len(args) > 1 else None
    if isinstance(name, str) and not name.startswith("_") and name not in ("to_dict", "to_str"):
        return None
    raise interp.error("AttributeError", f"no attribute {name!r}")


def _to_dict(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _plain(args[0])


def _plain(value: Value) -> Value:
    if isinstance(value, Instance):
        return {k: _plain(v) for k, v in value.attrs.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value


def model(name: str, path: str) -> ClassValue:
    """The class that holds what it is given; one per name."""
    if name not in _CLASSES:
        namespace: dict[str, Value] = {
            "__init__": Native(f"{name}.__init__", _init),
            "__getattr__": Native(f"{name}.__getattr__", _missing),
            "to_dict": Native(f"{name}.to_dict", _to_dict),
        }
        _CLASSES[name] = make_class(name, f"{path}.{name}", namespace=namespace)
    return _CLASSES[name]


@overlay("kubernetes", "kubernetes.client", prefix=True)
def kubernetes(interp: Interpreter, name: str) -> ModuleValue | None:
    """`kubernetes`, `kubernetes.client`, `kubernetes.client.models` and the modules of single models."""
    if name == "kubernetes":
        return ModuleValue(name, {"client": _client("kubernetes.client")}, fallback=lambda n: _other(f"{name}.{n}"))
    if name.startswith("kubernetes.client"):
        return _client(name)
    return ModuleValue(name, {}, fallback=lambda n: _other(f"{name}.{n}"))


def _other(path: str) -> Value:
    """What is no model: clients, configuration, exceptions."""
    if path.rpartition(".")[2].startswith("__"):
        return MISSING
    return Unknown(f"`{path}` is third-party code", path=path)


def _client(path: str) -> ModuleValue:
    def fallback(name: str) -> Value:
        if name == "models":
            return _client("kubernetes.client.models")
        if name[:2] == "V1" or name.startswith(("V2", "CoreV1Event", "CoreV1EndpointPort")):
            return model(name, "kubernetes.client.models")
        return _other(f"{path}.{name}")

    return ModuleValue(path, {}, fallback=fallback)


@overlay(
    "airflow.kubernetes.secret",
    "airflow.contrib.kubernetes.secret",
    "airflow.providers.cncf.kubernetes.secret",
)
def secret(interp: Interpreter, name: str) -> dict[str, Value]:
    """`Secret(deploy_type, deploy_target, secret, key)`."""
    return {"Secret": model("Secret", "airflow.providers.cncf.kubernetes.secret")}


@overlay(
    "airflow.kubernetes.volume",
    "airflow.contrib.kubernetes.volume",
    "airflow.kubernetes.volume_mount",
    "airflow.contrib.kubernetes.volume_mount",
    "airflow.kubernetes.pod",
    "airflow.contrib.kubernetes.pod",
    "airflow.kubernetes.pod_runtime_info_env",
    "airflow.contrib.kubernetes.pod_runtime_info_env",
)
def helpers(interp: Interpreter, name: str) -> dict[str, Value]:
    """Airflow's own classes from before the Kubernetes client's models were used."""
    names = ("Volume", "VolumeMount", "Port", "Resources", "PodRuntimeInfoEnv")
    return {n: model(n, name) for n in names}


@overlay("docker.types")
def docker_types(interp: Interpreter, name: str) -> dict[str, Value]:
    """`Mount(target, source, type)` and the like."""
    return {n: model(n, "docker.types") for n in ("Mount", "DeviceRequest", "Ulimit", "LogConfig")}
