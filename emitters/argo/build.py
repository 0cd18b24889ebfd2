"""A finished plan, written down as manifests. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.passes.join_rules import NOOP, order_only
from emitters.argo.plan import Body, Call, Leaf, PassContext, Plan, chain_of
from emitters.argo.rules import wrapped
from emitters.argo.source_maps import point_to
from emitters.argo.volumes import with_common_volumes
from emitters.argo.write_yaml import COMMENT
from migrate.config import Config
from migrate.ir.workflow import Group, Task, Workflow

ID = "migrate.source/id"
INNER = "migrate.source/inner-id"


def workflow_template(
    plan: Plan, context: PassContext, maps: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """The WorkflowTemplate as plain data, comments included. maps: the ConfigMaps with the workflow's texts."""
    config = context.config
    spec = m.WorkflowSpec(
        entrypoint=plan.bodies[0].name,
        on_exit=plan.on_exit,
        arguments=m.Arguments(parameters=list(plan.parameters)) if plan.parameters else None,
        service_account_name=config.service_account,
        synchronization=plan.synchronization,
        **plan.fields,
    )
    manifest = m.Manifest(
        api_version=m.ARGO,
        kind="WorkflowTemplate",
        metadata=metadata(plan.slug, config, source_notes(plan.workflow)),
        spec=spec,
    )
    plain = m.to_plain(manifest)
    written = point_to(list(templates(plan)), f"{plan.slug}-src", maps or {})
    plain["spec"] = with_common_volumes({**plain["spec"], "templates": written})
    return plain


def metadata(name: str, config: Config, notes: dict[str, str] | None = None) -> m.Metadata:
    """Name, namespace if one is configured, labels and annotations of the configuration, and `notes`."""
    marks = {**(notes or {}), **config.annotations}
    return m.Metadata(
        name=name, namespace=config.namespace, labels=dict(config.labels) or None, annotations=marks or None
    )


def source_notes(workflow: Workflow) -> dict[str, str]:
    """What the source says about the workflow, for people."""
    notes = {ID: workflow.id, "migrate.source/file": str(workflow.span)}
    text = workflow.description or workflow.doc
    if workflow.description:
        notes["workflows.argoproj.io/title"] = workflow.description.strip().split("\n")[0]
    if workflow.doc:
        notes["workflows.argoproj.io/description"] = workflow.doc.strip()
    elif text and len(text.strip().split("\n")) > 1:
        notes["workflows.argoproj.io/description"] = text.strip()
    if workflow.tags:
        notes["migrate.source/tags"] = ",".join(workflow.tags)
    if workflow.owner:
        notes["migrate.source/owner"] = workflow.owner
    if workflow.email:
        notes["migrate.source/email"] = ",".join(workflow.email)
    produced = sorted({p for t in workflow.tasks() for p in t.produces})
    if produced:
        notes["migrate.source/produces"] = ",".join(produced)
    return {k: v.replace("{{", "{ {") for k, v in notes.items()}


def templates(plan: Plan) -> Iterable[dict[str, Any]]:
    """All templates: bodies from the root down, each followed by what its calls run."""
    by_name = {leaf.template.name: leaf for leaf in plan.leaves}
    written: set[str] = set()
    for body in plan.bodies:
        yield body_template(plan, body)
        for call in body.calls:
            leaf = by_name.get(call.template)
            if leaf is not None and call.template not in written:
                written.add(call.template)
                yield leaf_template(leaf, INNER if inner(plan, body) else ID)
    for leaf in plan.leaves:
        if leaf.template.name not in written:
            written.add(leaf.template.name)
            yield leaf_template(leaf)
    yield from (m.to_plain(t) for t in plan.extra)
    if any(call.template == NOOP for _, call in plan.all_calls()):
        yield m.to_plain(m.Template(name=NOOP, suspend=m.Suspend(duration="0")))


def inner(plan: Plan, body: Body) -> bool:
    """Whether the tasks of a body belong to a workflow of their own in the source, which is called as one task."""
    if order_only(plan.workflow):
        return False
    return any(isinstance(b.node, Group) and b.node.fan_out is None for b in chain_of(plan, body))


def leaf_template(leaf: Leaf, key: str = ID) -> dict[str, Any]:
    """A template that runs something, with the note which task it is."""
    template = leaf.template.model_copy()
    task = leaf.ctx.task
    if not leaf.helper:
        known = template.metadata or m.Metadata()
        notes = {key: task.id.replace("{{", "{ {"), **(known.annotations or {})}
        if task.doc:
            notes["workflows.argoproj.io/description"] = task.doc.strip().replace("{{", "{ {")
        template.metadata = m.Metadata(labels=known.labels, annotations=notes)
    plain = m.to_plain(template)
    return {COMMENT: leaf.comment, **plain} if leaf.comment else plain


def body_template(plan: Plan, body: Body) -> dict[str, Any]:
    """A dag template."""
    inputs = [m.Parameter(name=n, value=v) for n, v in body.inputs.items()]
    outputs = [m.Parameter(name=n, value_from=v) for n, v in body.outputs.items()]
    notes = None
    if isinstance(body.node, Group) and not body.sequence:
        key = "migrate.source/group" if body.node.fan_out is not None and not order_only(plan.workflow) else ID
        notes = m.Metadata(annotations={key: body.node.id.replace("{{", "{ {")})
    if not body.calls:  # no tasks: such a run succeeds at once, and Argo takes no empty dag
        return m.to_plain(m.Template(name=body.name, metadata=notes, suspend=m.Suspend(duration="0")))
    template = m.Template(
        name=body.name,
        metadata=notes,
        inputs=m.Inputs(parameters=inputs) if inputs else None,
        outputs=m.Outputs(parameters=outputs) if outputs else None,
        retry_strategy=body.retry,
        parallelism=body.parallelism,
        dag=m.Dag(fail_fast=plan.workflow.fail_fast, tasks=[dag_task(c) for c in body.calls]),
    )
    plain = m.to_plain(template)
    tasks = plain["dag"]["tasks"]
    plain["dag"]["tasks"] = [
        {COMMENT: comment, **t} if comment else t
        for t, comment in zip(tasks, map(call_comment, body.calls), strict=True)
    ]
    return plain


def dag_task(call: Call) -> m.DagTask:
    """One call."""
    parameters = [m.Parameter(name=n, value=v) for n, v in call.arguments.items()]
    return m.DagTask(
        name=call.name,
        template=call.template,
        depends=_bare(call.depends) or None,
        when=when_text(call.when),
        with_items=list(call.loop.items) if call.loop is not None and call.loop.items is not None else None,
        with_param=call.loop.param if call.loop is not None else None,
        arguments=m.Arguments(parameters=parameters) if parameters else None,
        hooks=dict(call.hooks) or None,
    )


def _bare(text: str) -> str:
    """Without parentheses around the whole."""
    return text[1:-1] if wrapped(text) else text


def when_text(clauses: tuple[str, ...]) -> str | None:
    """`{{= ... }}` of all clauses."""
    if not clauses:
        return None
    if len(clauses) == 1:
        return f"{{{{= {_bare(clauses[0])} }}}}"
    return "{{= " + " && ".join(f"({c})" if " || " in c else c for c in clauses) + " }}"


def call_comment(call: Call) -> str:
    """`file:line  task id (Operator)`, and the rule where it is not the usual one."""
    node = call.node
    if node is None:
        return call.comment
    operator = node.operator
    rule = "" if node.rule.value == "all_success" else f", {node.rule.value}"
    kind = f"{operator}{rule}" if operator else ("group" if not isinstance(node, Task) else "") + rule
    return f"{node.span}  {node.id} ({kind})" if kind else f"{node.span}  {node.id}"
