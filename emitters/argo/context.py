"""What a template builder is given: it asks here for values, files, images and credentials.

A builder never writes a reference to another task by itself. It asks `ctx.text(expr)` or `ctx.json(expr)` and puts the
returned text where it belongs; the context notes which template inputs that needs, and the pass `data_flow` fills them
in at the call.
"""

from __future__ import annotations

import hashlib
import json as _json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from typing import Literal as Lit

from emitters.argo import manifest as m
from emitters.argo.names import env_name, key_name, parameter_name
from emitters.argo.printing import print_text
from migrate.config import Config
from migrate.diagnostics.base import Diagnostic, Sink
from migrate.ir.actions import BundledFile
from migrate.ir.exprs import (
    Concat,
    ConnectionRef,
    EnvRef,
    Expr,
    ItemRef,
    Literal,
    OutputRef,
    ParamRef,
    RunConfRef,
    RunRef,
    SecretRef,
    TimeRef,
    VariableRef,
    walk,
)
from migrate.ir.workflow import Group, Task, Workflow
from migrate.names import slug
from migrate.output import Needs
from migrate.source import Span

if TYPE_CHECKING:
    from emitters.argo.site import Site

Form = Lit["text", "json", "raw"]

OUT_DIR = "/tmp/af/out"  # noqa: S108 - a path inside the pod
SRC_DIR = "/af/src"
LIB_DIR = "/af/lib"
ITEM = "af-item"
CONTEXT = "af-context"
STATE = "af-state"
SECRET_NAME = re.compile(r"pass|secret|token|key|credential", re.IGNORECASE)
UNSAFE = re.compile(r"\{\{|\{%|\$\$|\$\((ARGO_|GODEBUG\))")
"""Text that Argo or the kubelet would read, or that a reader would take for a tag (mapping 8.4)."""
_RUN_DATA = ("output", "param", "run-conf", "item", "variable", "env")
BRACE = "AF_BRACE"
"""Stands for `{` in environment values and arguments with data of a run: Argo would read `{{` there."""
UNSAFE_TAG = re.compile(r"\{\{\s*=|\{\{-?\s*(item|inputs|outputs|tasks|steps|pod|workflow|retries|lastRetry)\b")


@dataclass(frozen=True)
class InputNeed:
    """A value that the template takes as input parameter `name`; `form` says how it is written."""

    name: str
    expr: Expr | None
    form: Form


@dataclass
class TemplateContext:
    """The surroundings of one task while its template is built. One instance per template."""

    task: Task
    workflow: Workflow
    site: Site
    config: Config
    sink: Sink
    slug: str
    """Name of the workflow's objects."""
    name: str
    """Name of the template."""
    needs: Needs = field(default_factory=Needs)
    inputs: dict[str, InputNeed] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Keys of ConfigMap `<slug>-src`."""
    workflow_fields: dict[str, Any] = field(default_factory=dict)
    """Fields that Argo has at workflow level only (imagePullSecrets, hostNetwork, dnsPolicy, dnsConfig)."""
    common_code: frozenset[str] = frozenset()
    """Code that is kept once for all tasks that have it."""
    want_state: bool = False
    """A consumer's rule needs to know whether each instance skipped itself."""
    whole_project: bool = False
    """The pod mounts all files of the workflow's project."""
    own_clock: bool = False
    """The runner in the pod ends the task at its timeout; the pod's deadline is only for a pod that hangs."""
    context_names: set[str] = field(default_factory=set)
    _early_env: dict[str, m.EnvVar] = field(default_factory=dict)
    _given_env: set[str] = field(default_factory=set)

    # values -----------------------------------------------------------------------------------------------------

    def text(self, expr: Expr, hint: str) -> str:
        """Argo text for a value as the source language prints it: for an env value, an argument or a manifest field.

        `hint` names the template input when one is needed. Values that Kubernetes keeps (variables, credentials) come
        back as `$(NAME)`: use the text only where the kubelet expands it (env values, command, args) and put
        `early_env()` first in the container's `env`; `env()` does that by itself.
        """
        return self._value(expr, hint, "text")

    def field(self, expr: Expr, hint: str) -> str:
        """As `text`, for fields that the kubelet does not expand (image, workingDir, manifests)."""
        if isinstance(expr, Literal):
            return print_text(expr.value)
        return self._need(input_name(expr, hint), expr, "raw")

    def json(self, expr: Expr, hint: str) -> str:
        """As `text`, with the JSON encoding of the value."""
        return self._value(expr, hint, "json")

    def env(self, pairs: Iterable[tuple[str, Expr]], form: Form = "text") -> list[m.EnvVar]:
        """Environment variables for these values, with whatever they refer to placed before them."""
        out: list[m.EnvVar] = []
        for name, expr in pairs:
            out.append(self._env_var(name, expr, form))
        return [*self.early_env(), *out]

    def early_env(self) -> list[m.EnvVar]:
        """Variables that texts returned so far refer to by `$(NAME)`; each is returned once."""
        out = [v for v in self._early_env.values() if v.name not in self._given_env]
        self._given_env.update(v.name for v in out)
        return out

    def constant(self, text: str) -> str:
        """A constant text for an env value or argument: Argo and the kubelet leave it as it is."""
        if UNSAFE_TAG.search(text):
            return f"$({self._text_in_config_map(text)})"
        return escape_dollars(text)

    def item(self, of: str | None = None) -> str:
        """The item of the fan-out around this task as JSON text `{"i": number, "kw": {...}}` (for a runner's file).

        of: id of the fanned-out node, where another than the nearest is meant.
        """
        if of is None or of == self.nearest_loop():
            return self._need(ITEM, ItemRef(), "json")
        return self._need(f"{ITEM}-of-{parameter_name(of)[-40:].strip('-')}", ItemRef(of=of), "json")

    def nearest_loop(self) -> str | None:
        """Id of the fanned-out node nearest around this task, or of the task itself if it is fanned out."""
        return self.loops[-1] if self.loops else None

    def numbered(self) -> bool:
        """Whether code can ask which instance it is: the task, or in Airflow a group around it, is fanned out."""
        if self.task.fan_out is not None:
            return True
        return self.workflow.system == "airflow" and any(loop != self.task.id for loop in self.loops)

    @property
    def loops(self) -> tuple[str, ...]:
        """Ids of the fanned-out nodes around this task, the outermost first."""
        return loops_around(self.workflow.nodes, self.task.id)

    def run_context(self, names: Iterable[str] | None = None) -> str:
        """The run's facts as JSON text, for the runner's file AF_CONTEXT. Keys: logical_date, data_interval_start,
        data_interval_end, fire_time (RFC 3339), run_id, run_type (`scheduled`|`manual`), params (name -> text), conf
        (JSON text of an object), uid. `names`: those of the source's context that the pod reads (None: any)."""
        self.context_names.update(["*"] if names is None else names)
        return self._need(CONTEXT, None, "json")

    def try_number(self) -> str:
        """Number of the try, from 0; only in templates with retries (else `0`)."""
        return "{{retries}}" if self.task.retry.limit > 0 else "0"

    # outputs ----------------------------------------------------------------------------------------------------

    def outputs(self, *, extra: Iterable[m.Parameter] = ()) -> m.Outputs | None:
        """Output parameters for the keys that somebody reads (`task.pushes`), plus the state of a self-skipping task
        and the decision of a branch. Files stand under OUT_DIR: `return_value`, `xcom/<key>`, `state`, `branch`, `go`.
        """
        mapped = self.task.fan_out is not None
        found = [self._output(key, mapped) for key in self.task.pushes]
        if self.task.branch is not None:
            choose = self.task.branch.kind == "choose"
            name, default = ("branch", "[]") if choose else ("go", "true")
            found.append(_path_output(name, f"{OUT_DIR}/{name}", default))
        if self.writes_state():
            found.append(_path_output(STATE, f"{OUT_DIR}/state", "success" if mapped else "skipped"))
        found.extend(extra)
        return m.Outputs(parameters=found) if found else None

    def writes_state(self) -> bool:
        """Whether the pod must write `success` or `skipped` to OUT_DIR/state."""
        return self.task.self_skip or self.want_state

    def output_path(self, key: str) -> str:
        """Path of the file for an output key inside the pod."""
        return f"{OUT_DIR}/return_value" if key == "return_value" else f"{OUT_DIR}/xcom/{key}"

    def _output(self, key: str, mapped: bool) -> m.Parameter:
        return _path_output(output_name(key), self.output_path(key), None if mapped else "null")

    # files and images -------------------------------------------------------------------------------------------

    def file(self, name: str, text: str) -> str:
        """Keeps a text in ConfigMap `<slug>-src` and returns its path in the pod; mount with `source_mount`."""
        key = key_name(f"{self.name}.{name}")
        self.files[key] = text
        return f"{SRC_DIR}/{key}"

    def bundle(self, files: Iterable[BundledFile]) -> list[tuple[str, str]]:
        """Keeps files in ConfigMap `<slug>-src`; returns (path in the bundle, key)."""
        out = []
        for item in files:
            path = self.shared_file(item.path.replace("/", "."), item.text)
            out.append((item.path, path.rpartition("/")[2]))
        return out

    def shared_file(self, name: str, text: str) -> str:
        """As `file`, for texts that several tasks have: the same text is kept once."""
        key = key_name(f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.{name}")
        self.files[key] = text
        return f"{SRC_DIR}/{key}"

    @property
    def source_config_map(self) -> str:
        """Name of the ConfigMap with the workflow's texts."""
        return f"{self.slug}-src"

    def source_volume(self) -> dict[str, Any]:
        """The volume of `file()`."""
        return {"name": "src", "configMap": {"name": self.source_config_map}}

    def source_mount(self) -> m.VolumeMount:
        """Where that volume stands."""
        return m.VolumeMount(name="src", mount_path=SRC_DIR, read_only=True)

    def runner_volume(self) -> dict[str, Any]:
        """The volume with the runner (ConfigMap `migrate-runtime`)."""
        self.needs.runtime.add("runtime")
        return {"name": "runtime", "configMap": {"name": "migrate-runtime"}}

    def runner_mount(self) -> m.VolumeMount:
        """Where the runner stands: LIB_DIR."""
        return m.VolumeMount(name="runtime", mount_path=LIB_DIR, read_only=True)

    def inline_safe(self, text: str) -> bool:
        """Whether a text may stand in the manifest verbatim (mapping 8.4); otherwise use `file`."""
        return UNSAFE.search(text) is None

    def image(self, kind: str, default: str = "") -> str:
        """The image for a kind of task from the configuration (`images.<kind>`), else `default`."""
        configured = self.config.task_image(self.workflow.id, self.task.id, self.task.operator)
        found = configured or self.config.images.get(kind) or default
        if found:
            self.needs.images.add(found)
        return found

    # credentials ------------------------------------------------------------------------------------------------

    def connection(self, name: str, *fields: str) -> list[m.EnvVar]:
        """`AIRFLOW_CONN_<NAME>` (the URI) when no field is asked for, else `<NAME>_<FIELD>` per field, from the Secret
        `airflow-conn-<slug>`."""
        if not fields:
            return [self._connection_env(f"AIRFLOW_CONN_{env_name(name)}", name, "uri", optional=False)]
        return [self._connection_env(f"{env_name(name)}_{env_name(f)}", name, f, optional=True) for f in fields]

    def variable(self, name: str, *, optional: bool = False) -> m.EnvVar:
        """`AIRFLOW_VAR_<NAME>` from ConfigMap `airflow-variables`, or from a Secret when the name looks secret."""
        return self._variable_env(f"AIRFLOW_VAR_{env_name(name)}", name, optional)

    def secret(self, env: str, name: str, key: str = "value", *, optional: bool = False) -> m.EnvVar:
        """An environment variable from a key of a Secret; the stub is written with that key."""
        self.needs.secrets.setdefault(name, set()).add(key)
        ref = m.KeyRef(name=name, key=key, optional=optional or None)
        return m.EnvVar(name=env, value_from=m.EnvVarSource(secret_key_ref=ref))

    # findings ---------------------------------------------------------------------------------------------------

    def find(self, finding: type[Diagnostic], *, span: Span | None = None, **fields: Any) -> None:
        """Files a finding of this task."""
        self.sink.add(finding(span=span or self.task.span, workflow=self.workflow.id, task=self.task.id, **fields))

    # inside -----------------------------------------------------------------------------------------------------

    def _value(self, expr: Expr, hint: str, form: Form) -> str:
        if isinstance(expr, Literal):
            return self.constant(print_text(expr.value) if form == "text" else dumps(expr.value))
        if form == "text" and isinstance(expr, Concat) and not _has_template(expr):
            return "".join(self._value(part, f"{hint}-{i}", "text") for i, part in enumerate(expr.parts))
        if kept_by_kubernetes(expr) and form == "text":
            return f"$({self._early(expr)})"
        if isinstance(expr, RunRef) and expr.field == "try_number" and self.task.retry.limit > 0:
            return "{{=asInt(retries) + 1}}"
        if isinstance(expr, RunRef) and form == "text":
            known = self._run_fact(expr.field)
            if known is not None:
                return known
        return self._need(input_name(expr, hint), expr, form)

    def _run_fact(self, field: str) -> str | None:
        """Facts of the run that every template can name without being given them."""
        constants = {"workflow_id": self.workflow.id, "task_id": self.task.id}
        if field in constants:
            return self.constant(constants[field])
        return {"run_id": "{{workflow.name}}", "uid": "{{workflow.uid}}"}.get(field)

    def _need(self, name: str, expr: Expr | None, form: Form) -> str:
        for known in self.inputs.values():
            if (known.expr, known.form) == (expr, form):
                return "{{inputs.parameters." + known.name + "}}"
        taken = self.inputs.get(name)
        number = 2
        base = name
        while taken is not None and (taken.expr, taken.form) != (expr, form):
            name = f"{base}-{number}"
            number += 1
            taken = self.inputs.get(name)
        self.inputs[name] = InputNeed(name, expr, form)
        if form == "text" and may_hold_anything(expr):
            self._early_env.setdefault(BRACE, m.EnvVar(name=BRACE, value="{"))
        return "{{inputs.parameters." + name + "}}"

    def _env_var(self, name: str, expr: Expr, form: Form) -> m.EnvVar:
        if form == "text" and kept_by_kubernetes(expr):
            return self._kept_env(name, expr)
        return m.EnvVar(name=name, value=self._value(expr, name, form))

    def _early(self, expr: Expr) -> str:
        name = f"AF_REF_{len(self._early_env) + 1}"
        for known, var in self._early_env.items():
            if self._kept_env(known, expr) == var:
                return known
        self._early_env[name] = self._kept_env(name, expr)
        return name

    def _kept_env(self, name: str, expr: Expr) -> m.EnvVar:
        if isinstance(expr, VariableRef):
            return self._variable_env(name, expr.name, expr.default is not None)
        if isinstance(expr, ConnectionRef):
            return self._connection_env(name, expr.name, expr.field, optional=True)
        if isinstance(expr, SecretRef):
            return self.secret(name, slug(expr.name), expr.key)
        assert isinstance(expr, EnvRef)
        self.needs.worker_env.add(expr.name)
        ref = m.KeyRef(name=self.config.deployment.worker_env or "airflow-worker-env", key=expr.name, optional=True)
        return m.EnvVar(name=name, value_from=m.EnvVarSource(config_map_key_ref=ref))

    def _variable_env(self, env: str, name: str, optional: bool) -> m.EnvVar:
        ref = m.KeyRef(name=self.config.variables.config_map, key=key_name(name), optional=optional or None)
        if secret_variable(name, self.config):
            self.needs.secret_variables.add(name)
            ref = ref.model_copy(update={"name": self.config.variables.secret})
            return m.EnvVar(name=env, value_from=m.EnvVarSource(secret_key_ref=ref))
        self.needs.variables.add(name)
        return m.EnvVar(name=env, value_from=m.EnvVarSource(config_map_key_ref=ref))

    def _connection_env(self, env: str, name: str, part: str, *, optional: bool) -> m.EnvVar:
        self.needs.connections.setdefault(name, set()).add(part)
        ref = m.KeyRef(name=self.site.connection_secret(name), key=key_name(part), optional=optional or None)
        return m.EnvVar(name=env, value_from=m.EnvVarSource(secret_key_ref=ref))

    def _text_in_config_map(self, text: str) -> str:
        for name, var in self._early_env.items():
            ref = var.value_from.config_map_key_ref if var.value_from else None
            if ref is not None and self.files.get(ref.key) == text:
                return name
        name = f"AF_REF_{len(self._early_env) + 1}"
        key = key_name(f"{self.name}.text-{len(self._early_env) + 1}")
        self.files[key] = text
        ref = m.KeyRef(name=self.source_config_map, key=key)
        self._early_env[name] = m.EnvVar(name=name, value_from=m.EnvVarSource(config_map_key_ref=ref))
        return name


def loops_around(nodes: tuple[Task | Group, ...], wanted: str, around: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Ids of the fanned-out nodes around (and at) a node, the outermost first; empty when there is none."""
    for node in nodes:
        inside = (*around, node.id) if node.fan_out is not None else around
        if node.id == wanted:
            return inside
        if isinstance(node, Group):
            found = loops_around(node.nodes, wanted, inside)
            if found:
                return found
    return ()


def secret_variable(name: str, config: Config) -> bool:
    """Whether a variable belongs in the Secret: its name says so, or the configuration does."""
    return bool(SECRET_NAME.search(name)) or any(fnmatchcase(name, p) for p in config.variables.secret_names)


def input_name(expr: Expr, hint: str) -> str:
    """A name for the input that brings a value: what the value is, where that can be said, else the hint."""
    if isinstance(expr, TimeRef):
        return {"logical": "date", "fire": "fire-time"}.get(expr.of, parameter_name(expr.of))
    if isinstance(expr, OutputRef):
        key = "" if expr.key == "return_value" else f"-{expr.key}"
        return parameter_name(f"{expr.task}{key}")
    if isinstance(expr, ParamRef | RunConfRef | VariableRef) and expr.name:
        return parameter_name(expr.name)
    return parameter_name(hint)


def may_hold_anything(expr: Expr | None) -> bool:
    """Whether data of a run are in the value: texts that Argo or the kubelet could read as theirs."""
    return expr is not None and any(e.kind in _RUN_DATA for e in walk(expr))


def kept_by_kubernetes(expr: Expr) -> bool:
    """A value that only a ConfigMap or Secret has, so that it never becomes a parameter."""
    if isinstance(expr, VariableRef):
        return expr.json_path is None and expr.default is None
    return isinstance(expr, ConnectionRef | SecretRef) or (isinstance(expr, EnvRef) and expr.default is None)


def escape_dollars(text: str) -> str:
    """Doubles each `$` that the kubelet would read as `$$` or `$(NAME)`."""
    return re.sub(r"\$(?=[$(])", "$$$$", text)


def escaped_json(text: str) -> str:
    """JSON text without what Argo or the kubelet would read as their own in its strings."""
    return text.replace("$", "\\u0024").replace("{{", "{\\u007b")


def dumps(value: Any) -> str:
    """Compact JSON, keys in the order given, non-ASCII kept."""
    return _json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def output_name(key: str) -> str:
    """The output parameter for an output key: `return-value`, else `xcom-<slug>`."""
    return "return-value" if key == "return_value" else f"xcom-{slug(key)}"


def _path_output(name: str, path: str, default: str | None) -> m.Parameter:
    return m.Parameter(name=name, value_from=m.ValueFrom(path=path, default=default))


def _has_template(expr: Expr) -> bool:
    return any(e.kind in ("template", "opaque", "transformed", "written") for e in walk(expr))
