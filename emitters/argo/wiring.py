"""How a value reaches the template that needs it: outputs up through nested templates, inputs down into them."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo import manifest as m
from emitters.argo.context import ITEM, output_name, secret_variable
from emitters.argo.expressions import Code, NotExpressible, literal, quote
from emitters.argo.names import key_name, param_name, parameter_name
from emitters.argo.plan import Body, Call, PassContext, Plan, chain_of, place_of
from emitters.argo.printing import param_encoding
from migrate.ir import exprs as e
from migrate.ir.schedule import Cron, Interval, PointInterval
from migrate.ir.workflow import Group, Task, Workflow

TIMES = {
    "logical": "run-date",
    "interval_start": "interval-start",
    "interval_end": "interval-end",
    "fire": "fire-time",
    "previous_logical": "previous-logical-date",
    "next_logical": "next-logical-date",
}
"""Time of the run -> input parameter of the root template."""


class Wiring:
    """Changes a plan while expressions are compiled: whatever they refer to is passed along. `plan` is the result."""

    def __init__(self, plan: Plan, context: PassContext) -> None:
        self.plan = plan
        self.context = context

    def scope(self, body: str, call: str | None) -> CallScope:
        """The scope of texts at a call (its arguments, `when`, loop), or of a body when `call` is None."""
        return CallScope(self, body, call)

    # inputs -----------------------------------------------------------------------------------------------------

    def thread_input(self, body_name: str, name: str) -> str:
        """Makes input `name`, which the root has, reach this body; returns the expression for it."""
        chain = chain_of(self.plan, self.plan.body(body_name))
        for i, body in enumerate(chain):
            if name in body.inputs:
                continue
            self.add_input(body.name, name)
            if i:
                self.argue(body, name, "{{inputs.parameters." + name + "}}")
        return f"inputs.parameters['{name}']"

    def add_input(self, body_name: str, name: str) -> None:
        body = replace(self.plan.body(body_name), inputs={**self.plan.body(body_name).inputs, name: None})
        for call in body.calls:
            if call.template == body.name and name not in call.arguments:
                again = {**call.arguments, name: f"{{{{inputs.parameters.{name}}}}}"}
                body = body.with_call(replace(call, arguments=again))
        self.plan = self.plan.with_body(body)

    def argue(self, body: Body, name: str, value: str, *, item: bool = False) -> None:
        """Gives an argument at every call of `body` in its parent. item: it is the item of the parent's loop."""
        assert body.parent is not None
        parent = self.plan.body(body.parent[0])
        for call in parent.calls:
            if call.template == body.name and name not in call.arguments:
                own = parent.item_texts.get(call.name, value) if item else value
                parent = parent.with_call(replace(call, arguments={**call.arguments, name: own}))
        self.plan = self.plan.with_body(parent)

    # outputs ----------------------------------------------------------------------------------------------------

    def output(self, body_name: str, call_name: str | None, ref: e.OutputRef) -> Code:
        """The output of a task, seen from a call in a body."""
        place = place_of(self.plan, ref.task)
        if place is None:
            raise NotExpressible(f"no task {ref.task}")
        made_in, maker = place
        upper = chain_of(self.plan, self.plan.body(body_name))
        lower = chain_of(self.plan, made_in)
        depth = 0
        while depth + 1 < min(len(upper), len(lower)) and upper[depth + 1].name == lower[depth + 1].name:
            depth += 1
        common = upper[depth].name
        seen, name = self._raise(lower[depth:], maker, output_name(ref.key))
        consumer = call_name
        if depth + 1 < len(upper):
            consumer = upper[depth + 1].parent[1] if upper[depth + 1].parent else None  # type: ignore[index]
        code = self._read(common, consumer, seen, name, self._mapped(lower[depth:], maker))
        for body in upper[depth + 1 :]:
            code = self._pass_down(body.name, f"{seen.name}-{name}", code)
        return code

    def _raise(self, chain: list[Body], maker: Call, name: str) -> tuple[Call, str]:
        """Forwards an output from the innermost body of `chain` to the outermost; the call and its output there."""
        call = maker
        for body in reversed(chain[1:]):
            forwarded = name if isinstance(body.node, Task) or call.name == name else f"{call.name}-{name}"
            if forwarded not in body.outputs:
                source = _forwarded(body, call, name, forwarded)
                if not self._looped(body):
                    source.default = "null"
                body = self.plan.body(body.name)
                self.plan = self.plan.with_body(replace(body, outputs={**body.outputs, forwarded: source}))
            assert body.parent is not None
            call = self.plan.body(body.parent[0]).call(body.parent[1])
            name = forwarded
        return call, name

    def _looped(self, body: Body) -> bool:
        return body.node is not None and body.node.fan_out is not None

    def _mapped(self, chain: list[Body], maker: Call) -> bool:
        """Whether the value is a list over instances, seen from the outermost body of `chain`."""
        if any(self._looped(b) for b in chain[1:]):
            return True
        return maker.node is not None and maker.node.fan_out is not None and not isinstance(chain[-1].node, Task)

    def _read(self, body_name: str, consumer: str | None, maker: Call, name: str, mapped: bool) -> Code:
        body = self.plan.body(body_name)
        certain = consumer is not None and maker.name in body.call(consumer).certain
        task = f"tasks['{maker.name}']"
        if certain:
            tag = f"tasks.{maker.name}.outputs.parameters.{name}"
            return Code(f"{task}.outputs.parameters['{name}']", "list" if mapped else "json", simple=tag)
        found = f"({task}.outputs?.parameters?.['{name}'] ?? '{'[]' if mapped else 'null'}')"
        if mapped:
            found = f"(type({task}.outputs?.parameters) == 'map' ? {found} : '[]')"
        return Code(found, "list" if mapped else "json")

    def _pass_down(self, body_name: str, name: str, code: Code) -> Code:
        name = parameter_name(name)
        body = self.plan.body(body_name)
        if name not in body.inputs:
            self.add_input(body_name, name)
            value = f"{{{{{code.simple}}}}}" if code.simple else f"{{{{= {code.text} }}}}"
            self.argue(body, name, value)
        return Code(f"inputs.parameters['{name}']", code.yields, simple=f"inputs.parameters.{name}")

    # parameters -------------------------------------------------------------------------------------------------

    def parameter(self, parameter: m.Parameter) -> None:
        """Declares a parameter of the workflow, once."""
        if all(p.name != parameter.name for p in self.plan.parameters):
            self.plan = replace(self.plan, parameters=(*self.plan.parameters, parameter))


def _forwarded(body: Body, call: Call, name: str, own_name: str) -> m.ValueFrom:
    """Where a body's output `own_name` comes from: a call in it, or for a sequence the list over its calls."""
    if not body.sequence and not (isinstance(body.node, Group) and body.node.fan_out is not None):
        return m.ValueFrom(parameter=f"{{{{tasks.{call.name}.outputs.parameters.{name}}}}}")
    if not body.sequence:  # one of many: as text, since Argo changes lists and objects in the list of all instances
        return m.ValueFrom(expression=f"toJson({{'$json': tasks['{call.name}'].outputs.parameters['{name}']}})")

    def of(each: str, output: str, missing: str) -> str:
        return f"tasks['{each}'].outputs?.parameters?.['{output}'] ?? '{missing}'"

    own = [c for c in body.calls if c.template != body.name]
    items = ", ".join(of(c.name, name, "null") for c in own)
    again = [f"fromJSON({of(c.name, own_name, '[]')})" for c in body.calls if c.template == body.name]
    if not again:
        return m.ValueFrom(expression=f"toJson([{items}])")
    return m.ValueFrom(expression=f"toJson(concat([{items}], {', '.join(again)}))")


def _is_loop(body: Body) -> bool:
    return body.node is not None and body.node.fan_out is not None and not body.sequence


class CallScope:
    """References as they are written at one call (see expressions.Scope)."""

    def __init__(self, wiring: Wiring, body: str, call: str | None) -> None:
        self.wiring = wiring
        self.body = body
        self.call = call

    def output(self, ref: e.OutputRef) -> Code:
        return self.wiring.output(self.body, self.call, ref)

    def time(self, of: str) -> str:
        if of == "now":
            return "string(now().UTC().Format('2006-01-02T15:04:05Z07:00'))"
        name = "fire-time" if is_point(self.wiring.plan.workflow) else TIMES[of]
        return self.wiring.thread_input(self.body, name)

    def param(self, name: str) -> Code:
        known = next((p for p in self.wiring.plan.workflow.params if p.name == name), None)
        own = param_name(name)
        if known is None:
            self.wiring.parameter(m.Parameter(name=own, value=""))
        text = f"workflow.parameters['{own}']"
        as_text = known is None or param_encoding(known) == "text"
        return Code(text, "text" if as_text else "json", simple=f"workflow.parameters.{own}")

    def conf(self) -> Code:
        self.wiring.parameter(conf_parameter())
        return Code("workflow.parameters.conf", "json")

    def item_text(self, of: str | None = None) -> str:
        """The text of an argument that is the whole item of a loop (of the nearest one, or of node `of`)."""
        body = self.wiring.plan.body(self.body)
        call = body.call(self.call) if self.call else None
        if call is not None and call.node is not None and of in (None, call.node.id):
            if call.name in body.item_texts:
                return body.item_texts[call.name]
            if call.loop is not None:
                return "{{item}}"
        return f"{{{{{self.item(of).simple}}}}}"

    def item(self, of: str | None = None) -> Code:
        around = [b for b in chain_of(self.wiring.plan, self.wiring.plan.body(self.body)) if _is_loop(b)]
        for depth, loop in reversed(list(enumerate(around, 1))):
            assert loop.node is not None
            if of in (None, loop.node.id):
                return self._item_of(loop, ITEM if depth == 1 else f"{ITEM}-{depth}")
        raise NotExpressible("no loop around")

    def _item_of(self, around: Body, name: str) -> Code:
        """Passes the item down from the loop's call to this body."""
        inside = False
        for body in chain_of(self.wiring.plan, self.wiring.plan.body(self.body)):
            first = body.name == around.name
            inside = inside or first
            if inside and name not in body.inputs:
                self.wiring.add_input(body.name, name)
                self.wiring.argue(body, name, "{{item}}" if first else "{{inputs.parameters." + name + "}}", item=first)
        return Code(f"inputs.parameters['{name}']", "json", simple=f"inputs.parameters.{name}")

    def fact(self, field: str) -> Code:
        workflow = self.wiring.plan.workflow
        if field in ("run_id", "uid"):
            name = "workflow.name" if field == "run_id" else "workflow.uid"
            return Code(name, "text", simple=name)
        if field == "workflow_id":
            return Code(quote(workflow.id), "text")
        if field == "run_type":
            return Code("(workflow.scheduledTime == nil ? 'manual' : 'scheduled')", "text")
        if field == "item_index":
            return Code(f"int(fromJSON({self.item().text}).i)", "number")
        node = self.wiring.plan.body(self.body).call(self.call).node if self.call else None
        if field == "task_id" and node is not None:
            return Code(quote(node.id), "text")
        if field == "task_key" and node is not None:
            day = f"date({self.time('logical')}).UTC().Format('20060102')"
            return Code(f"{quote(f'{workflow.id}__{node.id}__')} + {day}", "text")
        raise NotExpressible(field)

    def variable(self, ref: e.VariableRef | e.EnvRef) -> Code:
        config = self.wiring.context.config
        default = ref.default
        if default is not None and not isinstance(default, e.Literal):
            raise NotExpressible("a default that is only known at run time")
        if isinstance(ref, e.VariableRef) and secret_variable(ref.name, config):
            raise NotExpressible("a secret")
        if isinstance(ref, e.VariableRef):
            where, prefix = config.variables.config_map, "var"
            self.wiring.plan.needs.variables.add(ref.name)
        else:
            where, prefix = config.deployment.worker_env or "airflow-worker-env", "env"
            self.wiring.plan.needs.worker_env.add(ref.name)
        name = f"{prefix}-{param_name(ref.name)}"
        source = m.ValueFrom(config_map_key_ref=m.KeyRef(name=where, key=key_name(ref.name)))
        if default is not None:
            source.default = default.value if isinstance(default.value, str) else literal(default.value)
        self.wiring.parameter(m.Parameter(name=name, value_from=source))
        return Code(f"workflow.parameters['{name}']", "text", simple=f"workflow.parameters.{name}")


def is_point(workflow: Workflow) -> bool:
    """Whether all times of a run are the one at which it fires."""
    schedule = workflow.schedule
    return not isinstance(schedule, Cron | Interval) or isinstance(schedule.interval, PointInterval)


def conf_parameter() -> m.Parameter:
    """The parameter for the run's free-form configuration."""
    return m.Parameter(name="conf", value="{}", description="run configuration: a JSON object")
