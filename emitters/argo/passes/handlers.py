"""Pass `handlers`: callbacks become hooks, and the exit handler of the run (mapping 12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.context import CONTEXT
from emitters.argo.expressions import tag
from emitters.argo.helpers import plain_task
from emitters.argo.passes.data_flow import argument_text, input_text
from emitters.argo.passes.templates import build_leaf
from emitters.argo.passes.time import FIRE, INPUT, configured, context_expression, time_expressions
from emitters.argo.plan import Leaf, PassContext, Plan
from emitters.argo.templates.handlers import in_pod
from emitters.argo.wiring import TIMES, Wiring
from migrate.diagnostics import argo_limits as found
from migrate.ir.actions import Noop, Python
from migrate.ir.exprs import Literal
from migrate.ir.workflow import Handler, Node, Task
from migrate.names import slug

ON_EXIT = "on-exit"
FAILED = "['Failed','Error']"
STATES = {"success": ["Succeeded"], "failure": ["Failed", "Error"]}


def handlers(plan: Plan, context: PassContext) -> Plan:
    """Before: task `load` with an on-failure callback; the run with another.

    After: the call of load has `hooks.exit {template: load-on-failure, expression: tasks['load'].status in
    ['Failed','Error']}`, and the workflow has `onExit: on-exit`, whose steps test the run's status.
    """
    for body, call in list(plan.all_calls()):
        node = call.node
        if node is None or (node.fan_out is not None and not isinstance(body.node, Task)):
            continue
        done = in_pod(node) if isinstance(node, Task) else ()
        wanted = [h for h in node.handlers if h not in done and h.event not in _never(node)]
        plan = _hooked(plan, context, body.name, call.name, wanted)
    return _on_exit(plan, context)


def _never(node: Node) -> tuple[str, ...]:
    """The events that cannot happen to the node."""
    if isinstance(node, Task) and isinstance(node.action, Noop):
        return ("failure", "retry")
    return ("retry",) if not node.retry.limit else ()


def _hooked(plan: Plan, context: PassContext, body: str, name: str, wanted: list[Handler]) -> Plan:
    if not wanted:
        return plan
    call = plan.body(body).call(name)
    node = call.node
    assert node is not None
    where: dict[str, Any] = {"span": node.span, "workflow": plan.workflow.id, "task": node.id}
    lost = {"skipped": found.NoSkipHandler, "retry": found.NoRetryHandler}
    for event in sorted({h.event for h in wanted} & lost.keys()):
        context.sink.add(lost[event](**where))
    own = plan.names[node.id]
    ends = [h for h in wanted if h.event in STATES]
    starts = [h for h in wanted if h.event == "execute"]
    if starts:
        context.sink.add(found.HandlerMissed(**where))
        plan, hook = _hook(plan, context, body, name, node, starts[0], f"{own}-on-execute")
        hook.expression = f"tasks['{name}'].status == 'Running'"
        plan = _with_hook(plan, body, name, "started", hook)
    if len(ends) == 1:
        plan, hook = _hook(plan, context, body, name, node, ends[0], f"{own}-on-{ends[0].event}")
        hook.expression = _state_test(f"tasks['{name}'].status", ends[0].event)
        plan = _with_hook(plan, body, name, "exit", hook)
    elif ends:
        plan = _several(plan, context, body, name, node, ends, own)
    if ends and plan.body(body).calls[-1].name != name:
        context.sink.add(found.HandlersAwaited(**where))
    return plan


def _state_test(status: str, event: str) -> str:
    states = STATES[event]
    return f"{status} == '{states[0]}'" if len(states) == 1 else f"{status} in {FAILED}"


def _with_hook(plan: Plan, body: str, name: str, key: str, hook: m.Hook) -> Plan:
    call = plan.body(body).call(name)
    return plan.with_body(plan.body(body).with_call(replace(call, hooks={**call.hooks, key: hook})))


def _hook(
    plan: Plan, context: PassContext, body: str, name: str, node: Any, handler: Handler, template: str
) -> tuple[Plan, m.Hook]:
    leaf = _handler_leaf(plan, context, node, handler, slug(template))
    plan, parameters = _arguments(plan, context, body, name, leaf)
    plan = replace(plan, leaves=(*plan.leaves, leaf))
    return plan, m.Hook(
        template=leaf.template.name, arguments=m.Arguments(parameters=parameters) if parameters else None
    )


def _handler_leaf(plan: Plan, context: PassContext, node: Any, handler: Handler, name: str) -> Leaf:
    if isinstance(node, Task):
        owner = plain_task(node)
    else:
        owner = Task(id=getattr(node, "id", ""), span=handler.span, operator="", action=Noop())
    action = handler.action
    if isinstance(action, Python):
        level = "task" if isinstance(node, Task) else "run"
        kwargs = (("event", Literal(value=handler.event)), ("level", Literal(value=level)))
        action = action.model_copy(update={"mode": "handler", "kwargs": kwargs, "pass_context": True})
    leaf = build_leaf(plan, context, owner.model_copy(update={"action": action, "pushes": ()}), name, action)
    return replace(leaf, helper=True, comment=f"{handler.span}  {handler.event} handler of {owner.id}")


def _arguments(plan: Plan, context: PassContext, body: str, name: str, leaf: Leaf) -> tuple[Plan, list[m.Parameter]]:
    wiring = Wiring(plan, context)
    scope = wiring.scope(body, name)
    needs = leaf.ctx.inputs.values()
    out = [m.Parameter(name=need.name, value=input_text(wiring, scope, body, need)) for need in needs]
    return wiring.plan, out


def _several(plan: Plan, context: PassContext, body: str, name: str, node: Any, ends: list[Handler], own: str) -> Plan:
    """Several callbacks at the end of a task: one hook, whose steps test the state."""
    steps: list[m.Step] = []
    given: dict[str, str | None] = {}
    for number, handler in enumerate(ends, 1):
        leaf = _handler_leaf(plan, context, node, handler, slug(f"{own}-on-{handler.event}-{number}"))
        plan, parameters = _arguments(plan, context, body, name, leaf)
        plan = replace(plan, leaves=(*plan.leaves, leaf))
        given |= {p.name: p.value for p in parameters}
        passed = [m.Parameter(name=p.name, value=f"{{{{inputs.parameters.{p.name}}}}}") for p in parameters]
        steps.append(
            m.Step(
                name=f"on-{handler.event}-{number}",
                template=leaf.template.name,
                when=tag(_state_test("inputs.parameters.status", handler.event)),
                arguments=m.Arguments(parameters=passed) if passed else None,
            )
        )
    template_name = slug(f"{own}-on-exit")
    inputs = [m.Parameter(name="status"), *(m.Parameter(name=n) for n in given)]
    template = m.Template(name=template_name, inputs=m.Inputs(parameters=inputs), steps=[steps])
    arguments = [
        m.Parameter(name="status", value=f"{{{{tasks.{name}.status}}}}"),
        *(m.Parameter(name=n, value=v) for n, v in given.items()),
    ]
    hook = m.Hook(
        template=template_name,
        expression=f"tasks['{name}'].status in ['Succeeded','Failed','Error']",
        arguments=m.Arguments(parameters=arguments),
    )
    plan = replace(plan, extra=(*plan.extra, template))
    return _with_hook(plan, body, name, "exit", hook)


def _on_exit(plan: Plan, context: PassContext) -> Plan:
    workflow = plan.workflow
    wanted = [h for h in workflow.handlers if h.event in STATES]
    if not wanted:
        return plan
    values = time_expressions(workflow) or dict.fromkeys(TIMES.values(), INPUT)
    steps, inputs = [], {}
    for number, handler in enumerate(wanted, 1):
        name = slug(f"af-on-{handler.event}-{number}" if len(wanted) > 1 else f"af-on-{handler.event}")
        leaf = _handler_leaf(plan, context, workflow, handler, name)
        plan = configured(replace(plan, leaves=(*plan.leaves, leaf)))
        arguments = []
        for need in leaf.ctx.inputs.values():
            if need.name == CONTEXT and need.expr is None:
                inputs["fire-time"] = tag(FIRE[1:-1])
                inputs[CONTEXT] = tag(context_expression(plan))
                value = "{{inputs.parameters." + CONTEXT + "}}"
            else:
                assert need.expr is not None
                value = argument_text(need.expr, need.form, _RunScope(plan, context, inputs, values))
            arguments.append(m.Parameter(name=need.name, value=value))
        when = "workflow.status == 'Succeeded'" if handler.event == "success" else "workflow.status != 'Succeeded'"
        steps.append(
            m.Step(
                name=name.removeprefix("af-"),
                template=name,
                when=tag(when),
                arguments=m.Arguments(parameters=arguments) if arguments else None,
            )
        )
        where: dict[str, Any] = {"span": handler.span, "workflow": workflow.id}
        context.sink.add(found.HandlerNeverFails(**where))
        context.sink.add(found.OwnExitHandler(**where))
    parameters = [m.Parameter(name=n, value=v) for n, v in inputs.items()]
    template = m.Template(name=ON_EXIT, inputs=m.Inputs(parameters=parameters) if parameters else None, steps=[steps])
    return replace(plan, extra=(*plan.extra, template), on_exit=ON_EXIT)


class _RunScope:
    """References in the exit handler: times and parameters only."""

    def __init__(self, plan: Plan, context: PassContext, inputs: dict[str, str], values: dict[str, str]) -> None:
        self.inner = Wiring(plan, context).scope(plan.bodies[0].name, None)
        self.inputs = inputs
        self.values = values

    def time(self, of: str) -> str:
        self.inputs["fire-time"] = tag(FIRE[1:-1])
        return self.values[TIMES[of]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)
