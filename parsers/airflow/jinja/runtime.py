"""Templates that are rendered when the task runs: what they refer to, and the code of the user's macros."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import meta, nodes

from migrate.diagnostics.templates import TemplateInclude, TemplateName
from migrate.ir import exprs
from migrate.ir.exprs import Expr
from parsers.airflow.callables.context_missing import MISSING
from parsers.airflow.callables.pulls import any_task
from parsers.airflow.callables.units import function_table
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject
from parsers.airflow.jinja import names
from parsers.airflow.jinja.errors import CannotSayError
from parsers.airflow.jinja.expressions import Converter
from parsers.airflow.to_json import NotConstantError, to_json

_REFERENCES = (
    exprs.OutputRef, exprs.ParamRef, exprs.RunConfRef, exprs.TimeRef, exprs.VariableRef, exprs.ConnectionRef,
    exprs.RunRef, exprs.ItemRef, exprs.EnvRef, exprs.SecretRef,
)  # fmt: skip


def runtime_template(
    text: str, tree: nodes.Template, context: DagContext, task: TaskObject | None, native: bool = False
) -> Expr:
    """The template as `exprs.Template`. Names that runs do not have are reported (TPL002)."""
    from parsers.airflow.jinja.convert import environment

    converter = Converter(context, task)
    converter.locals = _own_names(tree)
    included = _includes(tree, context, task)
    trees = [tree, *(environment().parse(inner) for _, inner in included)]
    used: set[str] = set()
    for part in trees:
        own = _own_names(part) | converter.locals
        loaded = {node.name for node in part.find_all(nodes.Name) if node.ctx == "load"} - own
        for name in sorted(loaded - used - _guarded(part)):
            if not names.known(name, context):
                context.report(TemplateName, task.span if task else None, task, name=name)
        used |= loaded
        for found in part.find_all(nodes.Getattr):
            root = found.node.name if isinstance(found.node, nodes.Name) else ""
            if root not in own and found.attr in MISSING.get(root, ()):
                context.report(TemplateName, task.span if task else None, task, name=f"{root}.{found.attr}")
    uses = tuple(_unique([item for part in trees for item in _references(part, converter)]))
    constants, callables = _macros(used, context)
    wanted = sorted({name for part in trees for name in _filters(part)})
    filters = {name: context.filters[name] for name in wanted if name in context.filters}
    table = function_table({**callables, **{f"filter {k}": v for k, v in filters.items()}}, context, task)
    return exprs.Template(
        text=text,
        uses=(*uses, *table.uses),
        names=tuple(sorted(constants.items())),
        code=table.source,
        functions=tuple((name, table.entries[name]) for name in callables if name in table.entries),
        filters=tuple((name, table.entries[f"filter {name}"]) for name in filters if f"filter {name}" in table.entries),
        native=native,
        includes=included,
    )


def _guarded(tree: nodes.Template) -> set[str]:
    """Names that are only used where a missing one does no harm: `x | default(...)`, `x is defined`."""
    safe: dict[str, int] = {}
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        inner = node.node
        if node.name in ("default", "d", "defined", "undefined") and isinstance(inner, nodes.Name):
            safe[inner.name] = safe.get(inner.name, 0) + 1
    uses = [node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"]
    tested = {n.node.name for n in tree.find_all(nodes.Test) if n.name == "defined" and isinstance(n.node, nodes.Name)}
    return {name for name, count in safe.items() if name in tested or uses.count(name) == count}


def _own_names(tree: nodes.Template) -> set[str]:
    """Names that the template itself binds: `set`, `for`, macros and their parameters, imports."""
    found = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    found |= {node.name for node in tree.find_all(nodes.Macro)}
    found |= {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.FromImport):
        found |= {item[1] if isinstance(item, tuple) else item for item in node.names}
    return found


def _references(node: nodes.Node, converter: Converter) -> list[Expr]:
    """References of all largest parts that can be said as expressions."""
    if isinstance(node, nodes.Expr) and not isinstance(node, nodes.TemplateData):
        try:
            found = converter.convert(node)
        except CannotSayError:
            found = None
        if found is not None:
            if isinstance(found, times_delta()):
                return []
            return [part for part in exprs.walk(found) if isinstance(part, _REFERENCES)]
        if isinstance(node, nodes.Call):
            pulled = _pulled(node, converter)
            if pulled:
                return pulled
        bare = _bare_reference(node, converter)
        if bare:
            return bare
    return [item for child in node.iter_child_nodes() for item in _references(child, converter)]


def times_delta() -> type:
    """The class of durations inside templates."""
    from parsers.airflow.jinja.times import Delta

    return Delta


def _pulled(node: nodes.Call, converter: Converter) -> list[Expr]:
    """Outputs of an `xcom_pull` that names several tasks, a mapped one, or none."""
    if not (isinstance(node.node, nodes.Getattr) and node.node.attr == "xcom_pull"):
        return []
    given: dict[str, Any] = {}
    order = ("task_ids", "dag_id", "key")
    for name, item in [*zip(order, node.args, strict=False), *((k.key, k.value) for k in node.kwargs)]:
        try:
            value = converter.convert(item)
        except CannotSayError:
            continue
        given[name] = value.value if isinstance(value, exprs.Literal) else None
    ids = given.get("task_ids")
    if isinstance(ids, dict):
        ids = next(iter(ids.values()), [])
    task_ids = (
        [ids] if isinstance(ids, str) else ids if isinstance(ids, list) else any_task(converter.context, converter.task)
    )
    key = given.get("key", "return_value")
    known = converter.context.dag.tasks
    return [
        exprs.OutputRef(task=task_id, key=key)
        for task_id in task_ids
        if isinstance(task_id, str) and task_id in known and isinstance(key, str)
    ]


def _bare_reference(node: nodes.Expr, converter: Converter) -> list[Expr]:
    """Whole context objects: all parameters, the whole configuration."""
    if not isinstance(node, nodes.Name) or node.name in converter.locals:
        return []
    if node.name == "params":
        params = [exprs.ParamRef(name=name) for name in sorted(converter.context.param_names)]
        return [*params, exprs.RunConfRef()]
    if node.name == "dag_run":
        return [exprs.RunConfRef()]
    return []


def _unique(items: list[Expr]) -> list[Expr]:
    """Each reference once; of times only the moment counts."""
    found: dict[str, Expr] = {}
    for item in items:
        plain: Expr = exprs.TimeRef(of=item.of) if isinstance(item, exprs.TimeRef) else item
        if isinstance(plain, exprs.OutputRef):
            plain = exprs.OutputRef(task=plain.task, key=plain.key)
        found.setdefault(plain.model_dump_json(), plain)
    return list(found.values())


def _macros(used: set[str], context: DagContext) -> tuple[dict[str, Any], dict[str, Any]]:
    constants: dict[str, Any] = {}
    callables: dict[str, Any] = {}
    for name in sorted(used & context.macros.keys()):
        try:
            constants[name] = to_json(context.macros[name])
        except NotConstantError:
            callables[name] = context.macros[name]
    return constants, callables


def _filters(tree: nodes.Template) -> list[str]:
    return sorted({node.name for node in tree.find_all(nodes.Filter)})


def _includes(tree: nodes.Template, context: DagContext, task: TaskObject | None) -> tuple[tuple[str, str], ...]:
    """Texts of templates that this one includes, imports or extends, theirs as well."""
    from parsers.airflow.jinja.convert import environment
    from parsers.airflow.operators._files import read_template

    found: dict[str, str] = {}
    waiting = [tree]
    while waiting:
        current = waiting.pop()
        for name in meta.find_referenced_templates(current):
            if name is None or name in found:
                continue
            text = read_template(name, context)
            if text is None:
                context.report(TemplateInclude, task.span if task else None, task, name=name)
                continue
            found[name] = text
            waiting.append(environment().parse(text))
    return tuple(sorted(found.items()))


PLACEHOLDER = re.compile(r"^__part_\d+$")
