"""Helper calls that stand before a call and take over what it waits for."""

from __future__ import annotations

from dataclasses import replace

from emitters.argo.plan import Body, Call, Leaf, Plan
from migrate.ir.workflow import Limits, Retry, Task


def plain_task(task: Task) -> Task:
    """A task for a helper's context: the same identity, none of its behaviour."""
    return task.model_copy(
        update={
            "fan_out": None,
            "retry": Retry(),
            "handlers": (),
            "branch": None,
            "self_skip": False,
            "timeout": None,
            "limits": Limits(),
            "pushes": (),
            "pod": {},
            "condition": None,
        }
    )


def before(plan: Plan, body_name: str, call_name: str, helper: Call, leaf: Leaf) -> Plan:
    """Puts `helper` before a call: it starts when and if the call would have started, and the call follows it."""
    body = plan.body(body_name)
    call = body.call(call_name)
    helper = replace(
        helper, depends=call.depends, when=call.when, waits=call.waits, certain=call.certain, after=call.after
    )
    skips = bool(helper.when)
    call = replace(
        call,
        depends=f"{helper.name}.Succeeded || {helper.name}.Skipped" if skips else f"{helper.name}.Succeeded",
        when=(f"tasks['{helper.name}'].status == 'Succeeded'",) if skips else (),
        waits=(helper.name,),
        certain=call.certain | {helper.name},
    )
    calls: list[Call] = []
    for c in body.calls:
        calls.extend([helper, call] if c.name == call_name else [c])
    plan = plan.with_body(replace(body, calls=tuple(calls)))
    return replace(plan, leaves=(*plan.leaves, replace(leaf, calls=((body_name, helper.name),))))


def free_name(body: Body, name: str) -> str:
    """A name for a helper that no call of the body has."""
    taken = {c.name for c in body.calls}
    number = 2
    found = name
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found
