"""Pass `parameters`: run parameters become parameters of the workflow (mapping 14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.names import param_name
from emitters.argo.passes.time import logical_date_parameter
from emitters.argo.plan import PassContext, Plan
from emitters.argo.printing import dumps, param_encoding, param_text
from migrate.diagnostics import argo_params as found
from migrate.ir.workflow import Param

CHECKED = ("minimum", "maximum", "minLength", "maxLength", "pattern", "format", "exclusiveMinimum", "exclusiveMaximum")


def parameters(plan: Plan, context: PassContext) -> Plan:
    """Before: a workflow with the parameter `n`, an integer with default 3, one of 1, 3, 5.

    After: `arguments.parameters` has `logical-date`, and `n` with value "3" and enum ["1", "3", "5"].
    """
    own = [_parameter(plan, context, p) for p in plan.workflow.params]
    return replace(plan, parameters=(logical_date_parameter(), *own, *plan.parameters))


def _parameter(plan: Plan, context: PassContext, param: Param) -> m.Parameter:
    where: dict[str, Any] = {"span": plan.workflow.span, "workflow": plan.workflow.id}
    out = m.Parameter(name=param_name(param.name), description=_description(param).replace("{{", "{ {") or None)
    if not param.required:
        out.value = param_text(param)
    elif plan.workflow.schedule is not None:
        context.sink.add(found.RequiredParameter(name=param.name, **where))
    options = param.schema_.get("enum")
    if isinstance(options, list) and options:
        out.enum = [o if isinstance(o, str) and param_encoding(param) != "json" else dumps(o) for o in options]
        if out.value not in out.enum:
            if not param.required:
                context.sink.add(found.DefaultNotInList(name=param.name, value=out.enum[0], **where))
            out.value = out.enum[0]
    rules = [k for k in CHECKED if k in param.schema_]
    if rules and not context.config.params.check:
        context.sink.add(found.NotChecked(name=param.name, rules=", ".join(rules), **where))
    return out


def _description(param: Param) -> str:
    schema = param.schema_
    parts = [str(schema.get("title") or ""), param.description or str(schema.get("description_md") or "")]
    kind = schema.get("type")
    if kind and kind != "string":
        parts.append(f"type: {'|'.join(map(str, kind)) if isinstance(kind, list) else kind}")
    parts += [f"{k}: {schema[k]}" for k in CHECKED if k in schema]
    if isinstance(schema.get("examples"), list):
        parts.append(f"examples: {', '.join(map(str, schema['examples']))}")
    return "; ".join(p for p in parts if p)
