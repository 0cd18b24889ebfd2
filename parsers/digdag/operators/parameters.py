"""`param_get>` and `param_set>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import ParameterServer
from migrate.ir import actions as a
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask


def _stub(task: DigTask, node_id: str, builder: Builder) -> w.Task:
    builder.find(ParameterServer, task, operator=task.operator)
    keys = ", ".join(k for k in task.config if not k.startswith("_") and not k.endswith(">"))
    message = f"{task.operator}> of {keys} needs a parameter server"
    return builder.task(task, node_id, a.Unconverted(message=message, source=f"{task.operator}>: {keys}"))


@operator("param_get", "a stub: it needs a store of parameters")
def param_get(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Reads parameters of earlier runs."""
    return _stub(task, node_id, builder)


@operator("param_set", "a stub: it needs a store of parameters")
def param_set(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Keeps parameters for later runs."""
    return _stub(task, node_id, builder)
