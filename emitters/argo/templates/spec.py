"""Values and facts for the runner: an `Expr` tree becomes JSON whose references the pod resolves (`pod_exprs`).

Outputs of other tasks, items and facts of the run reach the pod as files below IN_DIR (an environment variable holds at
most 128 KiB), variables and credentials as environment variables; the encoder collects them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.names import env_name
from emitters.argo.templates.fan_out import spans_instances
from migrate.ir import exprs as e
from migrate.ir.actions import CodeUnit
from migrate.ir.base import Json
from migrate.names import slug

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

IN_DIR = "/af/in"


class Encoder:
    """Encodes the values of one task. `env` is what the pod's environment must hold, in the order it was asked for."""

    def __init__(self, ctx: TemplateContext) -> None:
        self.ctx = ctx
        self._variables: dict[str, m.EnvVar] = {}
        self._files: dict[str, str] = {}
        self._outputs: dict[tuple[str, str, Any], str] = {}
        self.needs_context = False
        self.reads: dict[tuple[str, str], Json] = {}

    def env(self) -> list[m.EnvVar]:
        """The environment variables that the encoded values refer to, references before their users."""
        return [*self.ctx.early_env(), *self._variables.values()]

    def artifacts(self) -> list[m.Artifact]:
        """The files that the encoded values refer to, in the order they were asked for."""
        return [
            m.Artifact(name=name, path=f"{IN_DIR}/{name}", raw={"data": text}) for name, text in self._files.items()
        ]

    def add_file(self, name: str, text: str) -> None:
        """A file with JSON text below IN_DIR; a name is kept once. Argo fills in what `text` refers to."""
        self._files.setdefault(name, text)

    def add_env(self, variables: Iterable[m.EnvVar]) -> None:
        """Further environment variables; a name is kept once."""
        for variable in variables:
            self._variables.setdefault(variable.name, variable)

    def encode(self, expr: e.Expr) -> Json:
        """The value as tagged JSON with references. Raises ValueError for a kind of expression it does not know."""
        kind = "env_ref" if expr.kind == "env" else expr.kind.replace("-", "_")
        method = getattr(self, f"_{kind}", None)
        if method is None:
            raise ValueError(f"no encoding for {expr.kind}")
        return method(expr)

    def pairs(self, pairs: Iterable[tuple[str, e.Expr]]) -> dict[str, Json]:
        """Encoded values by name."""
        return {name: self.encode(value) for name, value in pairs}

    def unit(self, unit: CodeUnit, name: str) -> dict[str, Json]:
        """Keeps a unit's source in the workflow's ConfigMap; returns what the runner loads it by."""
        self.uses(unit.uses)
        return {"file": self.ctx.shared_file(f"{name}.py", unit.source), "entry": unit.entry}

    def uses(self, references: Iterable[e.Expr]) -> None:
        """Makes what code or a template reads by itself reach the pod."""
        for reference in references:
            if isinstance(reference, e.OutputRef) and reference.task == self.ctx.task.id and not self._after_the_fact():
                continue  # its own value: the runner has it, or there is none yet
            if isinstance(reference, e.OutputRef):
                bare = e.OutputRef(task=reference.task, key=reference.key)
                self.reads.setdefault((reference.task, reference.key), self.encode(bare))
            elif isinstance(reference, e.VariableRef | e.ConnectionRef | e.EnvRef | e.SecretRef):
                self.encode(reference)
            elif not isinstance(reference, e.Literal):
                self.needs_context = True
                for child in e.children(reference):
                    self.uses([child])

    def _after_the_fact(self) -> bool:
        """Whether the pod is a hook, which reads the values of the task that it belongs to."""
        return getattr(self.ctx.task.action, "mode", "") == "handler"

    # constants and collections

    def _literal(self, expr: e.Literal) -> Json:
        return _guarded(expr.value)

    def _concat(self, expr: e.Concat) -> Json:
        return {"$concat": [self.encode(part) for part in expr.parts]}

    def _list(self, expr: e.ListExpr) -> Json:
        items = [self.encode(item) for item in expr.items]
        return items if expr.type == "list" else {f"${expr.type}": items}

    def _dict(self, expr: e.DictExpr) -> Json:
        items = {key: self.encode(value) for key, value in expr.items}
        return {"$dict": items} if any(key.startswith("$") for key in items) else items

    # references

    def _param(self, expr: e.ParamRef) -> Json:
        self.needs_context = True
        return self._end({"$param": expr.name}, expr)

    def _run_conf(self, expr: e.RunConfRef) -> Json:
        self.needs_context = True
        return self._end({"$conf": expr.name}, expr)

    def _output(self, expr: e.OutputRef) -> Json:
        found = self._outputs.get((expr.task, expr.key, expr.index == "same"))
        if found is None:
            found = self._output_file(expr)
        code: dict[str, Json] = {"$in": found}
        path = list(expr.path)
        if expr.index != "same" and spans_instances(self.ctx.workflow, expr.task, self.ctx.task.id):
            code["all"] = True
            if isinstance(expr.index, int):
                path.insert(0, expr.index)
        if path:
            code["path"] = path
        if expr.default is not None:
            code["default"] = self.encode(expr.default)
        if expr.required:
            code["required"] = [expr.task, expr.key]
        return code

    def _output_file(self, expr: e.OutputRef) -> str:
        hint = slug(expr.task) if expr.key == "return_value" else f"{slug(expr.task)}-{slug(expr.key)}"
        name = base = f"AF_IN_{env_name(hint)}"
        number = 2
        while name in self._files:
            name, number = f"{base}_{number}", number + 1
        bare = e.OutputRef(task=expr.task, key=expr.key, index="same" if expr.index == "same" else None)
        self.add_file(name, self.ctx.json(bare, hint))
        self._outputs[(expr.task, expr.key, expr.index == "same")] = name
        return name

    def _variable(self, expr: e.VariableRef) -> Json:
        variable = self.ctx.variable(expr.name, optional=expr.default is not None)
        self.add_env([variable])
        code: dict[str, Json] = {"$var": expr.name}
        if expr.json_path is not None:
            code["json"] = list(expr.json_path)
        if expr.default is not None:
            code["default"] = self.encode(expr.default)
        return code

    def _connection(self, expr: e.ConnectionRef) -> Json:
        self.add_env(self.ctx.connection(expr.name))
        return {"$conn": expr.name, "field": expr.field}

    def _secret(self, expr: e.SecretRef) -> Json:
        name = f"AF_SECRET_{env_name(f'{expr.name}_{expr.key}')}"
        self.add_env(self.ctx.env([(name, expr)]))
        return {"$env": name}

    def _env_ref(self, expr: e.EnvRef) -> Json:
        self.add_env(self.ctx.env([(expr.name, e.EnvRef(name=expr.name))]))
        code: dict[str, Json] = {"$env": expr.name}
        if expr.default is not None:
            code["default"] = self.encode(expr.default)
        return code

    def _item(self, expr: e.ItemRef) -> Json:
        if expr.of is None or expr.of == self.ctx.nearest_loop():
            self.add_file("AF_ITEM", self.ctx.item())
            if expr.templates:
                self.needs_context = True
                return {"$item": list(expr.path), "render": True}
            return {"$item": list(expr.path)}
        name = f"AF_ITEM_{env_name(expr.of)}"
        self.add_file(name, self.ctx.item(expr.of))
        return {"$item": list(expr.path), "env": name}

    def _run(self, expr: e.RunRef) -> Json:
        if expr.field == "item_index":
            self._item(e.ItemRef())
        elif expr.field not in ("workflow_id", "task_id", "try_number"):
            self.needs_context = True
        return {"$run": expr.field}

    def _time(self, expr: e.TimeRef) -> Json:
        self.needs_context = True
        code: dict[str, Json] = {"$time": expr.of}
        if expr.shifts:
            code["shifts"] = [shift.model_dump(exclude_defaults=True) for shift in expr.shifts]
        for name in ("zone", "truncate", "layout"):
            value = getattr(expr, name)
            if value is not None:
                code[name] = value
        return code

    # computed

    def _template(self, expr: e.Template) -> Json:
        self.uses(expr.uses)
        self.needs_context = True
        code: dict[str, Json] = {"$template": expr.text}
        if expr.names:
            code["names"] = {name: _guarded(value) for name, value in expr.names}
        if expr.functions or expr.filters:
            path = self.ctx.shared_file("functions.py", expr.code)
            for key, table in (("functions", expr.functions), ("filters", expr.filters)):
                if table:
                    code[key] = {name: {"file": path, "entry": entry} for name, entry in table}
        if expr.native:
            code["native"] = True
        if expr.includes:
            code["includes"] = dict(expr.includes)
        return code

    def _transformed(self, expr: e.Transformed) -> Json:
        code: dict[str, Json] = {"$transformed": expr.op, "inputs": [self.encode(item) for item in expr.inputs]}
        if expr.code:
            code["unit"] = {"file": self.ctx.shared_file(f"{expr.op}.py", expr.code), "entry": expr.entry}
        if expr.op == "zip" and expr.fill is not None:
            code["fill"] = expr.fill
        return code

    def _written(self, expr: e.Written) -> Json:
        return {"$written": self.encode(expr.value), "form": expr.form}

    def _compare(self, expr: e.Compare) -> Json:
        return {"$compare": [expr.op, self.encode(expr.left), self.encode(expr.right)]}

    def _bool(self, expr: e.Bool) -> Json:
        return {"$bool": [expr.op, [self.encode(item) for item in expr.items]]}

    def _opaque(self, expr: e.Opaque) -> Json:
        return {"$unknown": expr.text or expr.why}

    def _end(self, code: dict[str, Json], expr: e.ParamRef | e.RunConfRef) -> Json:
        if expr.path:
            code["path"] = list(expr.path)
        if expr.default is not None:
            code["default"] = self.encode(expr.default)
        return code


def encode(expr: e.Expr, ctx: TemplateContext) -> Json:
    """One value, where the pod's environment is not of interest (see Encoder)."""
    return Encoder(ctx).encode(expr)


def _guarded(value: Json) -> Json:
    """A constant; a mapping with several keys of which one starts with `$` is marked as a mapping."""
    if isinstance(value, list):
        return [_guarded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)).startswith("$"):
        return value
    plain = {key: _guarded(item) for key, item in value.items()}
    return {"$dict": plain} if any(key.startswith("$") for key in plain) else plain
