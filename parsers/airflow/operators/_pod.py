"""The base pod of a KubernetesPodOperator: `full_pod_spec`, `pod_template_dict`, `pod_template_file`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml

from migrate.diagnostics.pod_options import PodFile
from parsers.airflow.arguments import Arguments
from parsers.airflow.operators._files import read_template
from parsers.airflow.operators._kubernetes import api_argument, hide_secrets


@dataclass
class PodParts:
    """A pod description in pieces: `container` is the one that does the work, `spec` has no containers."""

    container: dict[str, Any] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)
    spec: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, Any] = field(default_factory=dict)
    namespace: str | None = None

    def merge(self, other: PodParts) -> None:
        """Lays `other` over this one, as Airflow reconciles pods: later values win, lists are joined by name."""
        self.container = overlay(self.container, other.container)
        self.others = join(self.others, other.others)
        self.spec = overlay(self.spec, other.spec)
        self.labels = {**self.labels, **other.labels}
        self.annotations = {**self.annotations, **other.annotations}
        self.namespace = other.namespace or self.namespace


def base_pod(args: Arguments) -> PodParts:
    """The pod that the operator's own arguments are laid over."""
    base_name = args.text("base_container_name") or "base"
    parts = PodParts()
    found = _template_file(args) or api_argument(args, "pod_template_dict")
    for pod in (found, api_argument(args, "full_pod_spec")):
        if isinstance(pod, dict):
            parts.merge(split_pod(pod, base_name))
    return parts


def split_pod(pod: dict[str, Any], base_name: str = "base") -> PodParts:
    """The pieces of a Pod (or of an object that has just `spec` and `metadata`)."""
    spec = dict(pod.get("spec") or {})
    meta = pod.get("metadata") or {}
    containers = [c for c in spec.pop("containers", None) or [] if isinstance(c, dict)]
    main = next((c for c in containers if c.get("name") == base_name), containers[0] if containers else {})
    spec.pop("restartPolicy", None)
    return PodParts(
        container={k: v for k, v in main.items() if k != "name"},
        others=[c for c in containers if c is not main],
        spec=spec,
        labels=dict(meta.get("labels") or {}),
        annotations=dict(meta.get("annotations") or {}),
        namespace=meta.get("namespace"),
    )


def overlay(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` wins; mappings are merged key by key, lists of named objects joined."""
    out = dict(under)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            out[key] = overlay(old, value)
        elif isinstance(old, list) and isinstance(value, list) and key not in ("command", "args"):
            out[key] = join(old, value)
        elif value not in (None, [], {}):
            out[key] = value
    return out


def join(first: list[Any], second: list[Any]) -> list[Any]:
    """Both lists; an object of the second replaces one of the same name in the first."""
    names = {
        item.get("name") for item in second if isinstance(item, dict) and item.get("name") and "mountPath" not in item
    }
    kept = [item for item in first if not (isinstance(item, dict) and item.get("name") in names)]
    return [*kept, *(item for item in second if item not in kept)]


def _template_file(args: Arguments) -> dict[str, Any] | None:
    value = args.raw("pod_template_file")
    if value is None:
        return None
    if not isinstance(value, str | PurePosixPath):
        args.text("pod_template_file")
        return None
    path = str(value)
    text = next((t for t in (read_template(p, args.context) for p in _tails(path)) if t is not None), None)
    if text is None:
        args.report(PodFile, "pod_template_file", path=path, why="it is not among the sources")
        return None
    try:
        pod = yaml.safe_load(text)
    except yaml.YAMLError:
        pod = None
    if not isinstance(pod, dict):
        args.report(PodFile, "pod_template_file", path=path, why="it is not a YAML description of one pod")
        return None
    found: dict[str, Any] = hide_secrets(pod, args, "pod_template_file")
    return found


def _tails(path: str) -> list[str]:
    parts = PurePosixPath(path).parts
    return [str(PurePosixPath(*parts[n:])) for n in range(len(parts)) if parts[n] != "/"]
