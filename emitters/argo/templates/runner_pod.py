"""Pods that the runner runs: what all of them have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.templates.handlers import in_pod
from emitters.argo.templates.images import built_image
from emitters.argo.templates.python_text import script
from emitters.argo.templates.spec import Encoder
from migrate.ir.actions import BundledFile, CodeUnit, Python
from migrate.ir.exprs import EnvRef, Expr, Literal, SecretRef
from migrate.ir.workflow import Param, Task, TriggerRule, walk_nodes

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

LIB_DIR = "/af/lib"
MODULES_DIR = "/af/modules"
SCRIPT_LIMIT = 60_000
"""Characters of a script that stay in the manifest; longer ones go to the ConfigMap."""


@dataclass
class RunnerPod:
    """Collects what a pod of the runner needs and makes its template.

    source, entry: the code that is run. modules: files that must be importable.
    """

    ctx: TemplateContext
    source: str = ""
    entry: str = "None"
    modules: list[BundledFile] = field(default_factory=list)
    image: str = ""
    command: tuple[str, ...] = ("python",)
    outputs: m.Outputs | None = None
    extra_env: list[m.EnvVar] = field(default_factory=list)
    spec: dict[str, Any] = field(default_factory=dict)
    with_context: bool = False
    volumes: list[dict[str, Any]] = field(default_factory=list)
    mounts: list[m.VolumeMount] = field(default_factory=list)
    packages: set[str] = field(default_factory=set)
    """Distributions that the image must contain."""
    image_kind: str = ""
    """A kind of image that is always built."""
    own_image: bool = False
    """The image, or what installs packages in it, is the task's own affair."""

    def __post_init__(self) -> None:
        self.encoder = Encoder(self.ctx)

    def add_code(self, unit: CodeUnit) -> None:
        """The pod needs the unit's modules and what its code reads."""
        for item in unit.modules:
            if item not in self.modules:
                self.modules.append(item)
        self.encoder.uses(unit.uses)
        self.packages.update(unit.requirements)
        self.ctx.needs.packages.update(unit.requirements)

    def add_unit(self, unit: CodeUnit, name: str) -> dict[str, Any]:
        """A unit beside the pod's own code, with its modules; returns what the runner loads it by."""
        self.add_code(unit)
        return self.encoder.unit(unit, name)

    def add_env(self, pairs: Iterable[tuple[str, Expr]]) -> None:
        """Environment variables: constants and references of Kubernetes stand in the manifest, others are set by the
        runner."""
        late: dict[str, Any] = {}
        for name, value in pairs:
            if isinstance(value, Literal | SecretRef) or (isinstance(value, EnvRef) and value.default is None):
                self.extra_env.extend(self.ctx.env([(name, value)]))
            else:
                late[name] = self.encoder.encode(value)
        if late:
            self.spec["env"] = late

    def add_handlers(self) -> None:
        """Handlers that this pod calls. The runner keeps the task's time, too."""
        found = []
        for handler in in_pod(self.ctx.task):
            assert isinstance(handler.action, Python)
            unit = self.add_unit(handler.action.code, f"on-{handler.event}")
            found.append([handler.event, unit])
        if found:
            self.spec["handlers"] = found
            self.with_context = True
        self.keep_time()

    def keep_time(self) -> None:
        """The runner itself ends the task at its timeout: only the task's own code counts, not the pod's start, and the
        code sees the exception."""
        if self.ctx.task.timeout:
            self.spec["timeout"] = self.ctx.task.timeout
            self.ctx.own_clock = True

    def template(self, *, own_outputs: bool = True) -> m.Template:
        """The finished template. `own_outputs` false: the outputs are not those of the task."""
        ctx = self.ctx
        text = self._script(self._whole_spec(own_outputs))
        inline = ctx.inline_safe(text) and len(text) <= SCRIPT_LIMIT
        path = "" if inline else ctx.file("script.py", text)
        volumes, mounts = self._files(needs_source=bool(ctx.files))
        shared: dict[str, Any] = {
            "image": self._image(),
            "env": self._environment(),
            "volume_mounts": [*mounts, *self.mounts],
        }
        template = m.Template(name=ctx.name, outputs=self.outputs, volumes=[*volumes, *self.volumes])
        artifacts = self.encoder.artifacts()
        if artifacts:
            template.inputs = m.Inputs(artifacts=artifacts)
        if inline:
            template.script = m.Script(command=list(self.command), source=text, **shared)
        else:
            template.container = m.Container(command=[*self.command, path], **shared)
        return template

    def _script(self, spec: dict[str, Any]) -> str:
        """The whole script. Code that is kept once for several tasks runs in it as if it stood there."""
        if self.source not in self.ctx.common_code:
            return script(self.source, self.entry, spec)
        path = self.ctx.shared_file("code.py", self.source)
        return script(f"exec(code({path!r}))", self.entry, spec, imports="code, run")

    def _image(self) -> str:
        base = self.image or self.ctx.image("python", "python:3.12-slim")
        return base if self.own_image else built_image(self.ctx, base, self.packages, self.image_kind)

    def _whole_spec(self, own_outputs: bool) -> dict[str, Any]:
        """Identity first, then what the task does."""
        ctx, task = self.ctx, self.ctx.task
        spec: dict[str, Any] = {"workflow": ctx.workflow.id, "task": task.id}
        if ctx.workflow.system != "airflow":
            spec["system"] = ctx.workflow.system
        if ctx.workflow.generation:
            spec["version"] = ctx.workflow.generation
        spec.update(self.spec)
        if own_outputs and self.outputs is not None:
            spec.update(_outputs(ctx))
        elif own_outputs and not task.keeps_result:
            spec["keep_result"] = False
        if task.retry.limit > 0:
            spec["retries"] = task.retry.limit
        if self.encoder.reads:
            spec["reads"] = [[name, key, code] for (name, key), code in self.encoder.reads.items()]
        if self.with_context or self.encoder.needs_context:
            spec.update(_context_facts(ctx, task))
            text = f"{self.source}{spec}{''.join(item.text for item in self.modules)}"
            about = _about(ctx, text)
            if about:
                spec["about"] = about
            about_task = _about_task(task, text)
            if about_task:
                spec["about_task"] = about_task
        return spec

    def _environment(self) -> list[m.EnvVar]:
        ctx, task = self.ctx, self.ctx.task
        env = [m.EnvVar(name="PYTHONPATH", value=LIB_DIR)]
        if self.modules:
            env.append(m.EnvVar(name="AF_MODULES", value=MODULES_DIR))
        if self.with_context or self.encoder.needs_context:
            self.encoder.add_file("AF_CONTEXT", ctx.run_context())
            if ctx.numbered():
                self.encoder.add_file("AF_ITEM", ctx.item())
        if task.retry.limit > 0:
            env.append(m.EnvVar(name="AF_TRY", value=ctx.try_number()))
        seen = {variable.name for variable in self.extra_env}
        inputs = [variable for variable in self.encoder.env() if variable.name not in seen]
        return [*env, *inputs, *self.extra_env]

    def _files(self, *, needs_source: bool) -> tuple[list[dict[str, Any]], list[m.VolumeMount]]:
        ctx = self.ctx
        volumes, mounts = [ctx.runner_volume()], [ctx.runner_mount()]
        if needs_source:
            volumes.append(ctx.source_volume())
            mounts.append(ctx.source_mount())
        if self.modules:
            items = [{"key": key, "path": path} for path, key in ctx.bundle(self.modules)]
            volumes.append({"name": "modules", "configMap": {"name": ctx.source_config_map, "items": items}})
            mounts.append(m.VolumeMount(name="modules", mount_path=MODULES_DIR, read_only=True))
        return volumes, mounts


def _outputs(ctx: TemplateContext) -> dict[str, Any]:
    task = ctx.task
    facts: dict[str, Any] = {}
    if task.pushes:
        facts["outputs"] = list(task.pushes)
    if not task.keeps_result:
        facts["keep_result"] = False
    if task.fan_out is not None:
        facts["mapped"] = True
    if ctx.writes_state():
        facts["state"] = True
    return facts


def _context_facts(ctx: TemplateContext, task: Task) -> dict[str, Any]:
    """Facts about workflow and task that code can read in the context."""
    workflow = ctx.workflow
    facts: dict[str, Any] = {}
    if workflow.params:
        facts["params"] = {param.name: param.value for param in workflow.params}
        types = {param.name: kinds for param in workflow.params if (kinds := param_types(param))}
        if types:
            facts["param_types"] = types
    own = {name: value.value for name, value in task.export if isinstance(value, Literal)}
    if own:
        facts["task_params"] = own
    facts["operator"] = task.operator
    upstream = [edge.node for edge in task.upstream]
    if upstream:
        facts["upstream"] = upstream
    downstream = [n.id for n in walk_nodes(workflow.nodes) if any(edge.node == task.id for edge in n.upstream)]
    if downstream:
        facts["downstream"] = downstream
    return facts


def _about(ctx: TemplateContext, text: str) -> dict[str, Any]:
    """What code may ask of the workflow itself; only what `text` speaks of."""
    workflow = ctx.workflow
    facts: dict[str, Any] = {}
    zone = getattr(workflow.schedule, "timezone", "UTC")
    if zone != "UTC" and "timezone" in text:
        facts["timezone"] = zone
    for name, value in (
        ("description", workflow.description),
        ("tags", list(workflow.tags)),
        ("owner", workflow.owner),
    ):
        if value and name in text:
            facts[name] = value
    if workflow.doc and "doc_md" in text:
        facts["doc"] = workflow.doc
    return facts


def param_types(param: Param) -> list[str]:
    """JSON Schema types that a parameter's schema names; empty when its default says enough."""
    kinds = param.schema_.get("type")
    if kinds is None:
        return []
    return [kinds] if isinstance(kinds, str) else [str(kind) for kind in kinds]


def _about_task(task: Task, text: str) -> dict[str, Any]:
    """What code may ask of its task (`task.owner`); only what `text` speaks of."""
    facts = {
        "owner": task.owner,
        "trigger_rule": task.rule.value if task.rule is not TriggerRule.ALL_SUCCESS else None,
        "pool": task.limits.pool,
        "pool_slots": task.limits.pool_slots if task.limits.pool_slots != 1 else None,
        "queue": task.limits.queue,
        "priority_weight": task.limits.priority,
        "retry_delay": task.retry.delay if task.retry.delay != 300 else None,
        "execution_timeout": task.timeout,
        "depends_on_past": task.depends_on_past or None,
        "wait_for_downstream": task.wait_for_downstream or None,
        "doc_md": task.doc or None,
    }
    asked = text + ("owner" if "AIRFLOW_CTX_DAG_OWNER" in text else "")
    return {name: value for name, value in facts.items() if value is not None and name in asked}
