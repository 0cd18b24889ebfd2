"""A person decides: a suspended step whose output is supplied by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.context import dumps
from emitters.argo.registry import template
from migrate.ir.actions import Approval

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Approval)
def approval(action: Approval, ctx: TemplateContext) -> m.Template:
    """`suspend` with an enumerated answer. A step that decides what follows gives it in the form that its children's
    conditions read (`branch`: a JSON list of ids, `go`: true or false); a time-out takes the default answer."""
    branch = ctx.task.branch
    name = "answer" if branch is None else "branch" if branch.kind == "choose" else "go"
    follow = dict(action.follow)
    answers = [_answer(follow.get(option, option), name) for option in action.options]
    default = _answer(follow.get(action.defaults[0], action.defaults[0]), name) if action.defaults else None
    subject = ctx.field(action.subject, "subject")
    body = ctx.field(action.body, "body") if action.body is not None else None
    description = f"{subject}: {body}" if body else subject
    supplied = m.ValueFrom(supplied={}, default=default)
    outputs = [m.Parameter(name=name, value_from=supplied)]
    if "return_value" in ctx.task.pushes:
        outputs.append(m.Parameter(name="return-value", value_from=m.ValueFrom(supplied={}, default="null")))
    asked = m.Parameter(name=name, default=default or answers[0], enum=answers, description=description)
    duration = str(max(1, round(action.timeout))) if action.timeout is not None else None
    return m.Template(
        name=ctx.name,
        inputs=m.Inputs(parameters=[asked]),
        outputs=m.Outputs(parameters=outputs),
        suspend=m.Suspend(duration=duration),
    )


def _answer(option: str, name: str) -> str:
    if name == "branch":
        return dumps([option])
    if name == "go":
        return "false" if option.lower() in ("reject", "no", "false") else "true"
    return json.dumps(option, ensure_ascii=False)
