"""Pass `templates`: each task's action becomes a template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pydantic import ValidationError

from emitters.argo import manifest as m
from emitters.argo.context import TemplateContext
from emitters.argo.passes.join_rules import state_wanted
from emitters.argo.plan import Leaf, PassContext, Plan
from emitters.argo.registry import builder_of
from emitters.argo.templates.pod_override import with_pod
from migrate.diagnostics.argo_templates import NoTemplate, NotForKubernetes, TemplateFailed
from migrate.ir.actions import Action, Unconverted
from migrate.ir.workflow import Task
from migrate.names import secret_object

ID = "migrate.source/id"
FILE = "migrate.source/file"


def templates(plan: Plan, context: PassContext) -> Plan:
    """Before: calls of templates that do not exist yet.

    After: one leaf per task with the container, script, resource or suspend of its action, its inputs declared. An
    action that no template knows becomes a step that fails, and a finding.
    """
    leaves = list(plan.leaves)
    for body, call in plan.all_calls():
        if isinstance(call.node, Task) and call.template == plan.names[call.node.id]:
            leaf = build_leaf(plan, context, call.node, call.template)
            leaves.append(replace(leaf, calls=((body.name, call.name),)))
    return replace(plan, leaves=tuple(leaves))


def build_leaf(plan: Plan, context: PassContext, task: Task, name: str, action: Action | None = None) -> Leaf:
    """The template of one action (the task's own unless another is given)."""
    action = action or task.action
    ctx = new_context(plan, context, task, name)
    builder = builder_of(action)
    if builder is None:
        context.sink.add(
            NoTemplate(
                span=task.span, workflow=plan.workflow.id, task=task.id, action=action.kind, operator=task.operator
            )
        )
        return placeholder(ctx, f"{task.operator}: no template for {action.kind}")
    try:
        template = with_pod(builder(action, ctx), task.pod, ctx, action.kind)
    except ValidationError as problem:
        said = _said(problem)
        context.sink.add(
            NotForKubernetes(
                span=task.span, workflow=plan.workflow.id, task=task.id, operator=task.operator, problem=said
            )
        )
        return placeholder(new_context(plan, context, task, name), f"{task.operator}: not valid in Kubernetes: {said}")
    except Exception as problem:
        context.sink.add(
            TemplateFailed(
                span=task.span, workflow=plan.workflow.id, task=task.id, problem=f"{type(problem).__name__}: {problem}"
            )
        )
        return placeholder(new_context(plan, context, task, name), f"{task.operator}: internal error of the conversion")
    return finish(template, ctx)


def _said(problem: ValidationError) -> str:
    parts = [(".".join(map(str, e["loc"])) or problem.title, e["msg"]) for e in problem.errors(include_url=False)]
    return "; ".join(f"`{place}`: {text}" for place, text in parts)


def build_helper(
    plan: Plan, context: PassContext, task: Task, name: str, build: Callable[[TemplateContext], m.Template]
) -> Leaf:
    """The template of a helper step for a task."""
    ctx = new_context(plan, context, task, name)
    return replace(finish(build(ctx), ctx), comment="", helper=True)


def new_context(plan: Plan, context: PassContext, task: Task, name: str) -> TemplateContext:
    """The context that a builder is given."""
    return TemplateContext(
        task=task,
        workflow=plan.workflow,
        site=context.site,
        config=context.config,
        sink=context.sink,
        slug=plan.slug,
        name=name,
        common_code=plan.common_code,
        want_state=task.fan_out is not None and state_wanted(plan, task.id),
    )


def finish(template: m.Template, ctx: TemplateContext) -> Leaf:
    """Adds what every template has: name, inputs, the note where it comes from."""
    template = template.model_copy(update={"name": ctx.name})
    if ctx.inputs:
        given = list(template.inputs.parameters or []) if template.inputs else []
        have = {p.name for p in given}
        wanted = [m.Parameter(name=n) for n in ctx.inputs if n not in have]
        artifacts = template.inputs.artifacts if template.inputs else None
        template.inputs = m.Inputs(parameters=[*given, *wanted], artifacts=artifacts)
    _need_own_secrets(template, ctx)
    return Leaf(template, ctx, comment=source_comment(ctx.task))


def _need_own_secrets(template: m.Template, ctx: TemplateContext) -> None:
    """Keys of the workflow's own Secret that a pod given as Kubernetes objects reads: the stub gets them, too."""
    own = secret_object(ctx.workflow.id)
    main = [c for c in (template.container, template.script) if c is not None]
    for container in (*main, *(template.init_containers or []), *(template.sidecars or [])):
        for variable in container.env or []:
            reference = variable.value_from.secret_key_ref if variable.value_from else None
            if reference is not None and reference.name == own:
                ctx.needs.secrets.setdefault(own, set()).add(reference.key)


def source_comment(task: Task) -> str:
    """`file:line  task id (Operator)`."""
    place = f"{task.span} (from {task.call_site})" if task.call_site else str(task.span)
    return f"{place}  {task.id} ({task.operator})"


def placeholder(ctx: TemplateContext, message: str) -> Leaf:
    """A step that says what is missing and fails."""
    action = Unconverted(message=message, source=ctx.task.source_text)
    builder = builder_of(action)
    template = builder(action, ctx) if builder else _plain_placeholder(ctx, message)
    return finish(template, ctx)


def _plain_placeholder(ctx: TemplateContext, message: str) -> m.Template:
    command = ["sh", "-c", 'echo "not converted: $1" >&2; exit 64', "placeholder", ctx.constant(message)]
    return m.Template(name=ctx.name, container=m.Container(image=ctx.image("busybox"), command=command))
