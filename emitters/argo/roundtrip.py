"""The emitted YAML is read back and compared with what the source says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from emitters.argo.block_yaml import COMMENT
from emitters.argo.read_yaml import read_yaml
from emitters.argo.readback import ReadWorkflow
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
            found += [d for d in read_yaml(file.text) if isinstance(d, dict)]
        except yaml.YAMLError as problem:  # the text is ours: whatever is wrong with it is a finding
            found.append({"kind": UNREADABLE, "metadata": {"name": file.path}, "problem": str(problem)})
    return found


def differences(
    facts: Mapping[str, Any], objects: Sequence[Mapping[str, Any]], written: Mapping[str, Any] | None = None
) -> list[str]:
    """What the WorkflowTemplate says otherwise than the source: missing or added nodes, edges, loops. `written`: the
    data that its text was made of; the text must give them back, too."""
    broken = [f"the output cannot be read back: {o['problem']}" for o in objects if o.get("kind") == UNREADABLE]
    template = next((o for o in objects if o.get("kind") == "WorkflowTemplate"), None)
    if broken or template is None:
        return broken or ["there is no WorkflowTemplate"]
    changed = [] if written is None else list(_changed(written, template))
    return [*changed, *graph_problems(ReadWorkflow.of(template), facts)]


def _changed(written: Mapping[str, Any], read: Mapping[str, Any]) -> Iterator[str]:
    expected = {**written, "spec": {**written["spec"], "templates": _templates(written["spec"]["templates"])}}
    for key in sorted({*expected, *read}):
        if expected.get(key) != read.get(key):
            yield f"the text reads otherwise than what was written, in `{key}`"


def _templates(written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The templates without the comments, which stand before templates and before the tasks of a dag."""
    out = []
    for template in _uncommented(written):
        dag = template.get("dag")
        out.append(template if dag is None else {**template, "dag": {**dag, "tasks": _uncommented(dag["tasks"])}})
    return out


def _uncommented(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in item.items() if k != COMMENT} for item in items]
