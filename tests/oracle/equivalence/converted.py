"""Converts a case with the command line and finds its way in the output."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ID = "migrate.source/id"


@dataclass
class Converted:
    """The output of one conversion, read back.

    slugs: source workflow id -> Argo name. documents: (file, object). templates: (workflow slug, template name) ->
    source task id. names: (workflow slug, task name in a dag template) -> source task id.
    """

    out: Path
    log: str
    slugs: dict[str, str] = field(default_factory=dict)
    documents: list[tuple[Path, dict[str, Any]]] = field(default_factory=list)
    templates: dict[tuple[str, str], str] = field(default_factory=dict)
    holders: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def find(self, kind: str, name: str) -> dict[str, Any] | None:
        """The object of a kind and name."""
        return next((d for _, d in self.documents if d["kind"] == kind and d["metadata"]["name"] == name), None)

    def parameters(self, slug: str) -> list[str]:
        """Names of the parameters that a workflow declares."""
        spec = (self.find("WorkflowTemplate", slug) or {}).get("spec", {})
        return [p["name"] for p in spec.get("arguments", {}).get("parameters", [])]


def convert(command: list[str], out: Path) -> Converted:
    """Runs `migrate ...` and reads what it wrote. Raises RuntimeError when nothing usable came out."""
    migrate = Path(sys.executable).parent / "migrate"
    done = subprocess.run([str(migrate), *command, "-o", str(out)], capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"migrate ended with {done.returncode}: {(done.stderr or done.stdout)[-1500:]}")
    return read(out, done.stdout + done.stderr)


def read(out: Path, log: str = "") -> Converted:
    """Reads an output folder."""
    result = Converted(out, log)
    for path in sorted(out.rglob("*.yaml")):
        if ".migrate" in path.parts or path.name == "kustomization.yaml":
            continue
        for document in yaml.load_all(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(document, dict) and document.get("kind"):
                result.documents.append((path, document))
    for _, document in result.documents:
        if document["kind"] == "WorkflowTemplate":
            index(result, document)
    report = out / "report.json"
    if report.exists():
        import json

        result.findings = json.loads(report.read_text()).get("findings", [])
    return result


def index(result: Converted, document: dict[str, Any]) -> None:
    """Notes the source ids in one WorkflowTemplate."""
    slug = document["metadata"]["name"]
    source = document["metadata"].get("annotations", {}).get(ID)
    if source:
        result.slugs[source] = slug
    for template in document["spec"].get("templates", []):
        own = template.get("metadata", {}).get("annotations", {}).get(ID)
        if own:
            result.templates[(slug, template["name"])] = own
        for task in template.get("dag", {}).get("tasks", []):
            if task.get("template"):
                result.holders[(slug, task["template"])] = template["name"]
