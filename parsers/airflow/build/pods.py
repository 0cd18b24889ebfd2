"""`executor_config`: Kubernetes settings of the worker pod."""

from __future__ import annotations

from typing import Any

from migrate.diagnostics.building import PodOverrideLost
from migrate.ir.base import Json
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Symbolic, Unknown
from parsers.airflow.operators._kubernetes import api_object
from parsers.airflow.to_expr import opaque
from parsers.airflow.to_json import NotConstantError


def pod_overrides(args: Arguments) -> dict[str, Json]:
    """The PodSpec (camelCase) of `executor_config={"pod_override": V1Pod(...)}` with `metadata` beside it, or of the
    old `{"KubernetesExecutor": {...}}`; {} when there is none."""
    config = args.raw("executor_config")
    if not config:
        return {}
    if isinstance(config, Unknown | Symbolic):
        args.report(PodOverrideLost, "executor_config", why=opaque(config).why)
        return {}
    try:
        if isinstance(config, dict) and "pod_override" in config:
            return _pod(api_object(config["pod_override"]))
        if isinstance(config, dict) and "KubernetesExecutor" in config:
            return _legacy(api_object(config["KubernetesExecutor"]))
    except NotConstantError as error:
        args.report(PodOverrideLost, "executor_config", why=opaque(error.part).why)
        return {}
    args.report(PodOverrideLost, "executor_config", why="it is meant for another executor than Kubernetes")
    return {}


def _pod(pod: Any) -> dict[str, Json]:
    if not isinstance(pod, dict):
        return {}
    spec = dict(pod.get("spec") or {})
    metadata = {k: v for k, v in (pod.get("metadata") or {}).items() if k in ("labels", "annotations") and v}
    if metadata:
        spec["metadata"] = metadata
    return spec


def _legacy(config: dict[str, Any]) -> dict[str, Json]:
    """The dictionary that 1.10 took: requests and limits, image, volumes, node selectors, ..."""
    resources: dict[str, dict[str, Any]] = {}
    for key, value in config.items():
        kind, _, unit = key.partition("_")
        if kind in ("request", "limit") and unit in ("cpu", "memory", "ephemeral_storage"):
            resources.setdefault("requests" if kind == "request" else "limits", {})[unit.replace("_", "-")] = str(value)
    container = {"name": "base"}
    if resources:
        container["resources"] = resources  # type: ignore[assignment]
    if config.get("image"):
        container["image"] = config["image"]
    if config.get("volume_mounts"):
        container["volumeMounts"] = config["volume_mounts"]
    spec: dict[str, Any] = {}
    for key, target in (
        ("node_selectors", "nodeSelector"), ("affinity", "affinity"), ("tolerations", "tolerations"),
        ("volumes", "volumes"), ("service_account_name", "serviceAccountName"),
    ):  # fmt: skip
        if config.get(key):
            spec[target] = config[key]
    metadata = {key: config[key] for key in ("labels", "annotations") if config.get(key)}
    if len(container) > 1:
        spec["containers"] = [container]
    if metadata:
        spec["metadata"] = metadata
    return spec
