"""From workflows to files: one folder per workflow, and what all of them share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.build import metadata, workflow_template
from emitters.argo.cron import schedule_files
from emitters.argo.facts import facts_of, facts_text
from emitters.argo.lower import lower, source_files
from emitters.argo.passes.limits import own_limits
from emitters.argo.plan import PassContext, Plan
from emitters.argo.roundtrip import differences, read_objects
from emitters.argo.shared import shared_files
from emitters.argo.site import Site
from emitters.argo.sizes import too_large
from emitters.argo.source_maps import source_maps
from emitters.argo.templates.project_files import project_file
from emitters.argo.verify_text import marks
from emitters.argo.write_yaml import to_yaml
from migrate.config import Config
from migrate.diagnostics.argo_templates import NotSound, RoundTripDiffers
from migrate.diagnostics.base import Sink
from migrate.ir.check import problems
from migrate.ir.workflow import Workflow
from migrate.output import Needs, OutputFile

PARAMETER_LABEL = {"workflows.argoproj.io/configmap-type": "Parameter"}


@dataclass(frozen=True)
class Emitted:
    """What became of one workflow. task_names: source id -> Argo task name."""

    workflow_id: str
    slug: str
    files: tuple[OutputFile, ...]
    needs: Needs
    task_names: Mapping[str, str]


def emit(workflow: Workflow, site: Site, config: Config, sink: Sink) -> Emitted:
    """Lowers one workflow and writes its files. Findings go to `sink`; the output is read back and compared."""
    context = PassContext(config, site, sink)
    for problem in problems(workflow):
        if "reads an output" not in problem:
            sink.add(NotSound(span=workflow.span, workflow=workflow.id, problem=problem))
    plan = lower(workflow, context)
    maps = source_maps(f"{plan.slug}-src", source_files(plan))
    template = workflow_template(plan, context, maps)
    files = [_file(plan, "workflow-template.yaml", to_yaml(template, header=_header(workflow)))]
    scripts = [found for name, texts in maps.items() if (found := _config_map(name, texts, config))]
    if scripts:
        files.append(_file(plan, "scripts.yaml", to_yaml(*scripts)))
    limits = _config_map(f"{plan.slug}-limits", own_limits(plan), config)
    if limits:
        files.append(_file(plan, "limits.yaml", to_yaml(limits)))
    for name, text in schedule_files(plan, context):
        files.append(_file(plan, name, text))
        if name == "backfill.yaml":
            plan.needs.rules.update(f"{verb} workflows.argoproj.io" for verb in ("create", "get", "list", "watch"))
    facts, written = facts_of(workflow, plan.slug, plan.names), read_objects(files)
    for difference in differences(facts, written, template):
        sink.add(RoundTripDiffers(span=workflow.span, workflow=workflow.id, difference=difference))
    for finding in too_large(plan, files, written):
        sink.add(finding)
    text = facts_text(facts, marks(written))
    if workflow.project is not None and any(leaf.ctx.whole_project for leaf in plan.leaves):
        files.append(project_file(workflow.project, config))
    files.append(OutputFile(path=f".migrate/facts/{plan.slug}.json", text=text, source=workflow.id))
    return Emitted(workflow.id, plan.slug, tuple(files), plan.needs, dict(plan.names))


def emit_shared(
    emitted: Sequence[Emitted], site: Site, config: Config, sink: Sink, pins: Mapping[str, str] | None = None
) -> tuple[OutputFile, ...]:
    """What all workflows of the batch need together, and the kustomization. pins: requirements of the project."""
    files = shared_files(emitted, config, pins or {})
    told = {f.path: f for e in emitted for f in e.files if f.source is None}  # files of projects
    written = marks(read_objects([*files, *told.values()]))
    text = json.dumps({"kind": "SharedFacts", "written": written}, ensure_ascii=False, indent=1)
    return (*files, OutputFile(path=".migrate/shared.json", text=text + "\n"))


def _header(workflow: Workflow) -> str:
    return f"{workflow.id}, from {workflow.span}"


def _file(plan: Plan, name: str, text: str) -> OutputFile:
    return OutputFile(path=f"{plan.slug}/{name}", text=text, source=plan.workflow.id)


def _config_map(name: str, data: Mapping[str, str], config: Config) -> dict[str, Any] | None:
    if not data:
        return None
    return m.to_plain(m.Manifest(api_version="v1", kind="ConfigMap", metadata=metadata(name, config), data=dict(data)))
