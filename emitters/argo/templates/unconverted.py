"""The step that stands for a task that was not converted: it fails and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.registry import template
from migrate.ir.actions import Unconverted
from migrate.ir.exprs import Literal

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

EXIT = 64


@template(Unconverted)
def unconverted(action: Unconverted, ctx: TemplateContext) -> m.Template:
    """Prints the message with file and line, and ends with 64; no retry helps."""
    message = f"{ctx.task.span}: {action.message}"
    env = ctx.env([("MESSAGE", Literal(value=message))])
    source = f'echo "$MESSAGE" >&2\nexit {EXIT}\n'
    script = m.Script(image=ctx.image("busybox", "busybox:1.36"), command=["sh"], env=env, source=source)
    return m.Template(name=ctx.name, outputs=ctx.outputs(), script=script)
