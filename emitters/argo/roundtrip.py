"""The emitted YAML is read back and compared with what the source says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from emitters.argo.readback import LOADER, ReadWorkflow
from emitters.argo.verify_graph import graph_problems
from migrate.output import OutputFile

UNREADABLE = "Unreadable"


def read_objects(files: Iterable[OutputFile]) -> list[dict[str, Any]]:
    """All objects in the YAML files. A text that cannot be read gives an object that says so."""
    found: list[dict[str, Any]] = []
    for file in files:
        if not file.path.endswith(".yaml"):
            continue
        try:
            found += [d for d in yaml.load_all(file.text, Loader=LOADER) if isinstance(d, dict)]
        except yaml.YAMLError as problem:  # the text is ours: whatever is wrong with it is a finding
            found.append({"kind": UNREADABLE, "metadata": {"name": file.path}, "problem": str(problem)})
    return found


def differences(facts: Mapping[str, Any], objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the WorkflowTemplate says otherwise than the source: missing or added nodes, edges, loops."""
    broken = [f"the output cannot be read back: {o['problem']}" for o in objects if o.get("kind") == UNREADABLE]
    template = next((o for o in objects if o.get("kind") == "WorkflowTemplate"), None)
    if broken or template is None:
        return broken or ["there is no WorkflowTemplate"]
    return list(graph_problems(ReadWorkflow.of(template), facts))
