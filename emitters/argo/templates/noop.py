"""Tasks that only join or name a place: no pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.registry import template
from migrate.ir.actions import Noop

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


@template(Noop)
def noop(_action: Noop, ctx: TemplateContext) -> m.Template:
    """A suspend of no duration ends in the same reconcile; an empty `steps` would hang the dag around it."""
    return m.Template(name=ctx.name, suspend=m.Suspend(duration="0"))
