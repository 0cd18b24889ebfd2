"""Helper pods that other steps need before them: texts, lists of items, data intervals, a check of parameters.

Each writes files below OUT_DIR, one output parameter per file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.templates.runner_pod import RunnerPod
from migrate.ir.actions import Python
from migrate.ir.exprs import Expr, Transformed
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Axes, Count, Items, KwargsList, LiteralItems, Param, RangeItems, Task

if TYPE_CHECKING:
    from emitters.argo.context import Form, TemplateContext

OUT_DIR = "/tmp/af/out"  # noqa: S108 - a path inside the pod


def render_template(ctx: TemplateContext, values: Mapping[str, tuple[Expr, Form]]) -> m.Template:
    """A pod that computes values that Argo's expressions cannot: output parameter `<name>` per value, as text (as the
    source language prints it) or as JSON."""
    pod = RunnerPod(ctx, outputs=_files(list(values)), with_context=True)
    coded = {name: [form, pod.encoder.encode(expr)] for name, (expr, form) in values.items()}
    pod.spec |= {"mode": "render", "values": coded}
    return pod.template(own_outputs=False)


def expand_template(ctx: TemplateContext, items: Items) -> m.Template:
    """A pod that builds the items of a fan-out: output parameter `items`, JSON of `[{"i": n, "kw": {...}}, ...]`."""
    pod = RunnerPod(ctx, outputs=_files(["items"], default="[]"))
    coded = _coded_items(items, pod)
    if fails_late(items, ctx.task):
        coded["late"] = True
    pod.spec |= {"mode": "expand", "items": coded}
    return pod.template(own_outputs=False)


def interval_template(
    ctx: TemplateContext, patterns: tuple[str, ...], zone: str, *, rule: str, seconds: float = 0
) -> m.Template:
    """A pod that walks cron patterns: outputs `interval-start`, `interval-end`, `previous-logical-date`,
    `next-logical-date` (RFC 3339) for the run's fire time, or for its logical date in a run by hand.

    rule: `period` (from tick to tick) or `point`.
    """
    names = ["run-date", "interval-start", "interval-end", "previous-logical-date", "next-logical-date"]
    pod = RunnerPod(ctx, outputs=_files(names), with_context=True)
    pod.spec |= {"mode": "interval", "cron": list(patterns), "zone": zone, "rule": rule}
    if seconds:
        pod.spec["seconds"] = seconds
    return pod.template(own_outputs=False)


def check_template(ctx: TemplateContext, params: tuple[Param, ...]) -> m.Template:
    """A pod that checks the run's parameters against their JSON Schema and fails with what is wrong."""
    pod = RunnerPod(ctx, with_context=True)
    schemas = {param.name: param.schema_ for param in params if param.schema_}
    pod.spec |= {"mode": "check", "schemas": schemas, "required": [p.name for p in params if p.required]}
    return pod.template(own_outputs=False)


def _files(names: list[str], default: str | None = None) -> m.Outputs:
    found = [m.Parameter(name=n, value_from=m.ValueFrom(path=f"{OUT_DIR}/{n}", default=default)) for n in names]
    return m.Outputs(parameters=found)


def fails_late(items: Items, task: Task) -> bool:
    """Whether a function computes items one by one and the task's own pods can be told that one has no value: Airflow
    calls the function of `map` in each instance, so an exception ends that instance alone (`MapXComArg.resolve`)."""
    return isinstance(task.action, Python) and computes_items(items)


def computes_items(items: Items) -> bool:
    """Whether a function of the source makes the items."""
    return any(isinstance(expr, Transformed) and expr.op == "map" for expr in exprs_in(items))


def _coded_items(items: Items, pod: RunnerPod) -> dict[str, Any]:
    encode = pod.encoder.encode
    if isinstance(items, LiteralItems):
        return {"kind": "items", "items": [dict(item) for item in items.items]}
    if isinstance(items, Axes):
        return {"kind": "axes", "axes": [[name, encode(value)] for name, value in items.axes]}
    if isinstance(items, KwargsList):
        return {"kind": "kwargs", "value": encode(items.value)}
    if isinstance(items, Count):
        return {"kind": "count", "name": items.name, "count": encode(items.count)}
    assert isinstance(items, RangeItems)
    bounds = {"start": items.start, "stop": items.stop, "step": items.step, "slices": items.slices}
    return {"kind": "range", "name": items.name} | {k: encode(v) for k, v in bounds.items() if v is not None}
